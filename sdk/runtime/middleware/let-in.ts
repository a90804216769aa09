import { cancelledError } from "../control/gate.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";

/** Refuses a call of a run that is being cancelled, before the author's code begins. One read an attempt. */
export function letIn(): Middleware<TaskCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || event.undo || !ports?.controls) return;
      if ((await ports.controls.control(event.runId)) !== "CANCELLED") return;
      request.internal.cancelled = true;
      throw cancelledError();
    },
  };
}
