import { RunletError } from "../model/runlet-error.ts";

const MOST = 100_000;

/**
 * The whole numbers from `first` to `last`, both included; empty when `first` is the larger.
 *
 * @param step @default 1, at least 1
 * @throws RunletError RLT4002 for numbers that are not whole, or more than 100,000 of them
 * @example range(1, 3) // [1, 2, 3]
 */
export function range(first: number, last: number, step = 1): number[] {
  if (![first, last, step].every(Number.isSafeInteger) || step < 1) {
    throw new RunletError(
      "RLT4002",
      `range(${first}, ${last}, ${step}) needs whole numbers and a step of at least 1.`,
    );
  }
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MOST)
    throw new RunletError("RLT4002", `range(${first}, ${last}) has more than ${MOST} numbers.`);
  return Array.from({ length }, (_, i) => first + i * step);
}
