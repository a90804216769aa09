import { type Failure, toError } from "../model/failure.ts";
import { ERROR_KEY, REASON_KEY, REFUSED, type SettledFailure } from "../model/protocol.ts";
import { decodeCause } from "./decode-cause.ts";

type Settled = Partial<SettledFailure[typeof ERROR_KEY]>;

/**
 * The settled failure that plain Node's `await` would throw: of the first value that holds one, what threw before its
 * item awaited anything; else the failure that came first; of failures at the same moment, the one with the fewest
 * awaits before it, then the first by position.
 */
export function findSettledFailure(values: Iterable<unknown>): Failure | undefined {
  for (const value of values) {
    const settled: Settled[] = [];
    collect(value, settled);
    const first = settled.reduce<Settled | undefined>(
      (best, each) => (best && !isEarlier(each, best) ? best : each),
      undefined,
    );
    if (first) return decodeCause(first.Cause, first.Error);
  }
  return undefined;
}

/** True where an item was refused: plain Node would have gone on with it, so its failure is no author's to catch. */
export function holdsRefusal(values: Iterable<unknown>): boolean {
  const settled: Settled[] = [];
  for (const value of values) collect(value, settled);
  return settled.some((one) => one.Error === REFUSED);
}

function isEarlier(a: Settled, b: Settled): boolean {
  if (a.Error === REFUSED || b.Error === REFUSED) return a.Error === REFUSED && b.Error !== REFUSED;
  const [turnA, turnB] = [a.Turn ?? 1, b.Turn ?? 1];
  if (turnA <= 0 || turnB <= 0) return turnA < turnB;
  if (a.At !== b.At) return (a.At ?? "") < (b.At ?? "");
  return (a.Turn ?? 0) < (b.Turn ?? 0);
}

function collect(value: unknown, into: Settled[]): void {
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, ERROR_KEY)) {
    into.push((value as SettledFailure)[ERROR_KEY] ?? {});
    return;
  }
  for (const item of Object.values(value)) collect(item, into);
}

/** The value with an Error in the place of each reason of `Promise.allSettled`; holders are changed in place. */
export function withReasons(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, REASON_KEY)) {
    const { Error: name, Cause: cause } = (value as { [REASON_KEY]: Settled })[REASON_KEY] ?? {};
    return toError(decodeCause(cause, name));
  }
  for (const [key, item] of Object.entries(value)) {
    const revived = withReasons(item);
    if (revived !== item) (value as Record<string, unknown>)[key] = revived;
  }
  return value;
}
