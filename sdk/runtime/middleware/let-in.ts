import { runOfCall } from "../../model/protocol.ts";
import { controlOf } from "../control/control.ts";
import { cancelledError, pausedError } from "../control/gate.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";

/**
 * Refuses a call of a run that is being cancelled or is paused, before the author's code begins. One read an attempt, and
 * one for each run that waits for this one.
 */
export function letIn(): Middleware<TaskCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || event.undo || !ports?.controls) return;
      const { controls } = ports;
      const callers = (event.callers ?? []).map(runOfCall);
      const asked = await controlOf([event.runId, ...callers], (runId) => controls.control(runId));
      const refused =
        asked === "CANCELLED" ? cancelledError() : asked === "PAUSED" ? pausedError(event) : undefined;
      if (!refused) return;
      request.internal.notLetIn = refused;
      throw refused;
    },
  };
}
