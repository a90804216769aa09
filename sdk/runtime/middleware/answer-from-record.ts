import { INLINE_RESULT_BYTES, REFERENCE_KEY, type TaskEvent } from "../../model/protocol.ts";
import { earlierRun, isAnswer, type Rerun } from "../control/rerun.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";
import type { Ports, StateStore, TaskRecord } from "../ports.ts";
import { loadValue } from "../references.ts";

/**
 * Answers from a completed record instead of running the task again: after a crash or a lost answer, and in a run that
 * repeats another. A first attempt of a first run cannot have a record, so the happy path pays no read.
 */
export function answerFromRecord(): Middleware<TaskCall> {
  return {
    before(request) {
      const { event, ports, rerun } = request.internal;
      if (!event || !ports?.states || (event.attempt === 0 && !rerun)) return undefined;
      return recorded(ports, ports.states, event, rerun);
    },
  };
}

async function recorded(
  ports: Ports,
  states: StateStore,
  event: TaskEvent,
  rerun: Rerun | undefined,
): Promise<unknown> {
  const record = await findCompleted(states, event, rerun);
  return record ? answerOf(record, ports) : undefined;
}

async function findCompleted(
  states: StateStore,
  event: TaskEvent,
  rerun: Rerun | undefined,
): Promise<TaskRecord | undefined> {
  const { runId, step, frames, attempt } = event;
  const own = attempt > 0 ? await states.find({ runId, step, frames }) : undefined;
  if (own?.status === "COMPLETED") return own;
  if (!rerun || event.undo) return undefined;
  const earlier = await states.find({ runId: await earlierRun(event, rerun.of), step, frames });
  if (earlier?.status !== "COMPLETED" || !isAnswer(event, rerun, earlier.endedAt)) return undefined;
  // This run's own, too, so that it can be repeated in its turn.
  await states.record({ ...earlier, runId });
  return earlier;
}

/** A record refers to results that are too large for a record; only those too large for a state stay references. */
function answerOf(record: TaskRecord, ports: Ports): unknown {
  const { reference } = record;
  if (!reference) return record.result ?? null;
  return reference[REFERENCE_KEY].bytes > INLINE_RESULT_BYTES
    ? reference
    : loadValue(ports.objects, reference);
}
