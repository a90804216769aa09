import type { Catcher, Retrier } from "../asl/types.ts";
import { isFatal, type StateFailure } from "./errors.ts";

/**
 * Whether `ErrorEquals` names this failure. `States.ALL` names every one, `States.TaskFailed` every one but timeouts;
 * States.Runtime is named by nothing, not even by itself.
 */
export function names(errorEquals: readonly string[], failure: StateFailure): boolean {
  if (isFatal(failure)) return false;
  return errorEquals.some(
    (name) =>
      name === "States.ALL" ||
      name === failure.error ||
      (failure.alias !== undefined && name === failure.alias) ||
      (name === "States.TaskFailed" && failure.error !== "States.Timeout"),
  );
}

export function catcherFor(
  catchers: readonly Catcher[] | undefined,
  failure: StateFailure,
): Catcher | undefined {
  return catchers?.find((catcher) => names(catcher.ErrorEquals, failure));
}

/** The retriers of one visit of a state: each counts for itself, and all counters end with the visit. */
export class Retries {
  readonly #retriers: readonly Retrier[];
  readonly #counts: number[];
  readonly #random: () => number;

  constructor(retriers: readonly Retrier[] | undefined, random: () => number) {
    this.#retriers = retriers ?? [];
    this.#counts = this.#retriers.map(() => 0);
    this.#random = random;
  }

  /** Milliseconds until the next attempt; nothing where the first retrier that names the failure is used up. */
  next(failure: StateFailure): number | undefined {
    const index = this.#retriers.findIndex((retrier) => names(retrier.ErrorEquals, failure));
    const retrier = this.#retriers[index];
    if (!retrier) return undefined;
    const done = this.#counts[index] ?? 0;
    if (done >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.#counts[index] = done + 1;
    return delayMillis(retrier, done, this.#random);
  }
}

/** min(Interval x Backoff^n, MaxDelay), in milliseconds; with full jitter anything from 0 up to that. */
export function delayMillis(retrier: Retrier, attemptsDone: number, random: () => number): number {
  const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attemptsDone;
  const capped = Math.min(seconds, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1_000;
  return retrier.JitterStrategy === "FULL" ? random() * capped : capped;
}
