import { runOfCall, type TaskEvent } from "../../model/protocol.ts";
import { controlOf } from "../control/control.ts";
import { cancelledError, pausedError } from "../control/gate.ts";
import type { Asked } from "../control/waits.ts";
import type { HandlerRequest, Middleware, TaskCall } from "../handler-types.ts";
import type { Ports } from "../ports.ts";

/**
 * Refuses a call of a run that is being cancelled or is paused, before the author's code begins; and says what the run
 * repeats. One read an attempt, and one for each run that waits for this one.
 */
export function letIn(): Middleware<TaskCall> {
  return {
    before(request) {
      const { event, ports } = request.internal;
      if (!event || event.undo || !ports?.controls) return undefined;
      return ask(request, event, ports.controls);
    },
  };
}

async function ask(
  request: HandlerRequest<TaskCall>,
  event: TaskEvent,
  controls: NonNullable<Ports["controls"]>,
): Promise<void> {
  const runs = [event.runId, ...(event.callers ?? []).map(runOfCall)];
  const found = new Map<string, Asked>();
  const asked = await controlOf(runs, async (runId) => {
    const one = await controls.asked(runId);
    found.set(runId, one);
    return one.control;
  });
  // The run that nobody waits for is the one that was started to repeat another.
  const rerun = found.get(runs.at(-1) ?? "")?.rerun;
  if (rerun) request.internal.rerun = rerun;
  const refused =
    asked === "CANCELLED" ? cancelledError() : asked === "PAUSED" ? pausedError(event) : undefined;
  if (!refused) return;
  request.internal.notLetIn = refused;
  throw refused;
}
