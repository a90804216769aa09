import type { Clock, Timer } from "../model/clock.ts";
import { LazyAbort } from "../model/lazy-abort.ts";
import { RunletError } from "../model/runlet-error.ts";

export interface Limits {
  /** The task's own timeout; absent: only the platform's counts. */
  timeoutSeconds: number | undefined;
  /** What the platform leaves to this invocation. */
  remainingMillis: number | undefined;
  clock: Clock;
}

/** Kept free before the platform's deadline, to record the attempt and to answer. */
const reserveMillis = (remaining: number): number => Math.min(1_000, remaining / 10);
/** How long before the end the signal is aborted, so that the task can put things in order. */
const graceMillis = (limit: number): number => Math.min(1_000, limit / 20);

/**
 * Runs a task with a signal that is aborted shortly before its time is over, and rejects when it is. The function
 * itself cannot be stopped: what it does not stop by the signal goes on until the platform ends or freezes it.
 *
 * @throws RunletError RLT3004; also in the place of what the task throws because of the signal
 */
export async function withDeadline<T>(run: (abort: LazyAbort) => Promise<T>, limits: Limits): Promise<T> {
  const controller = new LazyAbort();
  const limit = shortest(limits);
  if (!limit) return run(controller);
  const { clock } = limits;
  let late: RunletError | undefined;
  const lateness = (): RunletError => {
    late ??= new RunletError("RLT3004", limit.message);
    return late;
  };
  const grace = graceMillis(limit.millis);
  let timer: Timer | undefined;
  const timeout = new Promise<never>((_, reject) => {
    // One timer at a time: nearly every call is over before the first.
    timer = clock.schedule(limit.millis - grace, () => {
      timer = clock.schedule(grace, () => reject(lateness()));
      controller.abort(lateness());
    });
  });
  try {
    return await Promise.race([run(controller), timeout]);
  } catch (thrown) {
    if (!controller.aborted || thrown === late) throw thrown;
    throw new RunletError("RLT3004", limit.message, { cause: thrown });
  } finally {
    timer?.cancel();
  }
}

function shortest({
  timeoutSeconds,
  remainingMillis,
}: Limits): { millis: number; message: string } | undefined {
  const own = timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : timeoutSeconds * 1_000;
  const platform =
    remainingMillis === undefined
      ? Number.POSITIVE_INFINITY
      : remainingMillis - reserveMillis(remainingMillis);
  if (own === Number.POSITIVE_INFINITY && platform === own) return undefined;
  if (own <= platform || timeoutSeconds !== undefined) {
    return { millis: Math.min(own, platform), message: `A task ran longer than ${timeoutSeconds} s.` };
  }
  return { millis: platform, message: "A task ran longer than its function may." };
}
