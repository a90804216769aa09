import type { MapState, ParallelState, TaskState } from "../asl/types.ts";
import type { Entry, Step } from "./entry.ts";
import { isFatal, StateFailure } from "./errors.ts";
import { catcherFor, Retries } from "./retry.ts";

type FailingEntry = Entry<TaskState | MapState | ParallelState>;

/**
 * Runs the attempts of a Task, Map or Parallel: on a failure its retriers, then its catchers, decide.
 *
 * @param attempt one attempt, `Assign` and `Output` included, since their evaluation errors are retried and caught too
 * @param recordFailed records that the state itself has failed; for a Map or Parallel, once no retry follows
 * @throws StateFailure when nothing catches it
 */
export async function withRetryAndCatch(
  entry: FailingEntry,
  attempt: () => Promise<Step>,
  recordFailed: () => void = () => undefined,
): Promise<Step> {
  const { scope, state } = entry;
  const retries = new Retries(state.Retry, scope.run.random);
  for (;;) {
    let failure: StateFailure;
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof StateFailure) || isFatal(thrown)) throw thrown;
      failure = thrown;
    }
    const delay = retries.next(failure);
    if (delay === undefined) return giveUp(entry, failure, recordFailed);
    await scope.sleep(delay);
    entry.retryCount++;
  }
}

async function giveUp(entry: FailingEntry, failure: StateFailure, recordFailed: () => void): Promise<Step> {
  const { scope, state } = entry;
  const before = scope.last;
  recordFailed();
  const catcher = catcherFor(state.Catch, failure);
  if (!catcher) throw failure;
  entry.taskToken = undefined;
  const exitPrevious = scope.last;
  scope.last = before;
  const at = `Catch[${state.Catch?.indexOf(catcher) ?? 0}]/`;
  const errorOutput = { ...failure.errorOutput };
  try {
    const step = await entry.finish(catcher, catcher.Next, errorOutput, { extra: { errorOutput }, at });
    return { ...step, exitPrevious };
  } catch (thrown) {
    // A catcher whose own expressions fail fails the state a second time, from where it stood before.
    if (thrown instanceof StateFailure && !isFatal(thrown)) recordFailed();
    throw thrown;
  }
}
