import { RunletError } from "./runlet-error.ts";

/**
 * A length of time; the parts add up. Units are in the names.
 *
 * @example { minutes: 1, seconds: 30 } // 90 s
 */
export interface Duration {
  readonly milliseconds?: number;
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  readonly days?: number;
}

const MILLIS = {
  milliseconds: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
} as const;

/**
 * A duration in milliseconds.
 *
 * @throws RunletError RLT4002 for an unknown part, a part that is not a finite number, or a negative sum
 */
export function toMillis(duration: Duration, what: string): number {
  let sum = 0;
  if (typeof duration !== "object" || duration === null || Array.isArray(duration)) {
    throw new RunletError("RLT4002", `${what} is not a duration such as { seconds: 5 }.`);
  }
  for (const [unit, amount] of Object.entries(duration) as [keyof typeof MILLIS, unknown][]) {
    if (!Object.hasOwn(MILLIS, unit))
      throw new RunletError("RLT4002", `${what} has the unknown unit "${unit}".`);
    if (typeof amount !== "number" || !Number.isFinite(amount)) {
      throw new RunletError("RLT4002", `${what}.${unit} is not a finite number.`);
    }
    sum += amount * MILLIS[unit];
  }
  if (sum < 0) throw new RunletError("RLT4002", `${what} is negative.`);
  return sum;
}

/**
 * A duration as the whole seconds that Amazon States Language takes.
 *
 * @throws RunletError RLT4002 when it is not a whole number of seconds of at least `least`
 */
export function toWholeSeconds(duration: Duration, what: string, least = 1): number {
  const seconds = toMillis(duration, what) / 1_000;
  if (!Number.isInteger(seconds) || seconds < least) {
    throw new RunletError("RLT4002", `${what} is ${seconds} s; it must be whole seconds, at least ${least}.`);
  }
  return seconds;
}
