import type { MapState, ParallelState, TaskState } from "../asl/types.ts";
import type { Entry, Step } from "./entry.ts";
import { StateFailure } from "./errors.ts";
import { catcherFor, Retries } from "./retry.ts";

/**
 * Runs the attempts of a Task, Map or Parallel: on a failure its retriers, then its catchers, decide.
 *
 * @param attempt one attempt, `Assign` and `Output` included, since their evaluation errors are retried and caught too
 * @param giveUp called once when no retry follows, before a catcher is looked for
 * @throws StateFailure when nothing catches it
 */
export async function withRetryAndCatch(
  entry: Entry<TaskState | MapState | ParallelState>,
  attempt: () => Promise<Step>,
  giveUp: () => void = () => undefined,
): Promise<Step> {
  const { scope, state } = entry;
  const retries = new Retries(state.Retry, scope.run.random);
  for (;;) {
    let failure: StateFailure;
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof StateFailure)) throw thrown;
      failure = thrown;
    }
    const delay = retries.next(failure);
    if (delay === undefined) {
      giveUp();
      return caught(entry, failure);
    }
    await scope.sleep(delay);
    entry.retryCount++;
  }
}

async function caught(
  entry: Entry<TaskState | MapState | ParallelState>,
  failure: StateFailure,
): Promise<Step> {
  const catcher = catcherFor(entry.state.Catch, failure);
  if (!catcher) throw failure;
  entry.taskToken = undefined;
  const errorOutput = { ...failure.errorOutput };
  const at = `Catch[${entry.state.Catch?.indexOf(catcher) ?? 0}]/`;
  return entry.finish(catcher, catcher.Next, errorOutput, { extra: { errorOutput }, at });
}
