import type { Failure } from "../model/failure.ts";
import { ERROR_KEY, REFUSED, type SettledFailure } from "../model/protocol.ts";
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
  const [atOnceA, atOnceB] = [a.Turn === 0, b.Turn === 0];
  if (atOnceA || atOnceB) return atOnceA && !atOnceB;
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
