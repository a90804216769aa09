import { cancelledError, pausedError } from "../control/gate.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";

/** Refuses a call of a run that is being cancelled or is paused, before the author's code begins. One read an attempt. */
export function letIn(): Middleware<TaskCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || event.undo || !ports?.controls) return;
      const asked = await ports.controls.control(event.runId);
      const refused =
        asked === "CANCELLED" ? cancelledError() : asked === "PAUSED" ? pausedError(event) : undefined;
      if (!refused) return;
      request.internal.notLetIn = refused;
      throw refused;
    },
  };
}
