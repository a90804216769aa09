import { INLINE_RESULT_BYTES, REFERENCE_KEY } from "../../model/protocol.ts";
import type { Middleware, ReceivedTaskEvent, TaskCall } from "../handler-types.ts";
import type { Ports, StateStore, TaskRecord } from "../ports.ts";
import { loadValue } from "../references.ts";

/**
 * Answers from a completed record instead of running the task again: after a crash or a lost answer, and in a run that
 * repeats another. A first attempt of a first run cannot have a record, so the happy path pays no read.
 */
export function answerFromRecord(): Middleware<TaskCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || !ports?.states) return undefined;
      const record = await findCompleted(ports.states, event);
      return record ? answerOf(record, ports) : undefined;
    },
  };
}

async function findCompleted(states: StateStore, event: ReceivedTaskEvent): Promise<TaskRecord | undefined> {
  const { runId, step, frames, attempt, rerunOf } = event;
  const runs = [...(attempt > 0 ? [runId] : []), ...(rerunOf === undefined ? [] : [rerunOf])];
  for (const run of runs) {
    const record = await states.find({ runId: run, step, frames });
    if (record?.status === "COMPLETED") return record;
  }
  return undefined;
}

/** A record refers to results that are too large for a record; only those too large for a state stay references. */
function answerOf(record: TaskRecord, ports: Ports): unknown {
  const { reference } = record;
  if (!reference) return record.result ?? null;
  return reference[REFERENCE_KEY].bytes > INLINE_RESULT_BYTES
    ? reference
    : loadValue(ports.objects, reference);
}
