import { type Failure, toError } from "../model/failure.ts";
import {
  CANCELLED,
  ERROR_KEY,
  LOST_KEY,
  REASON_KEY,
  REFUSED,
  type SettledFailure,
} from "../model/protocol.ts";
import { decodeCause } from "./decode-cause.ts";

type Settled = Partial<SettledFailure[typeof ERROR_KEY]>;

/**
 * The settled failure that plain Node's `await` would throw: of the first value that holds one, what threw before its
 * item awaited anything; else the failure that came first; of failures at the same moment, the one with the fewest
 * awaits before it, then the first by position.
 */
export function findSettledFailure(values: Iterable<unknown>): Failure | undefined {
  for (const value of values) {
    const first = firstSettled(value);
    if (first) return decodeCause(first.Cause, first.Error);
  }
  return undefined;
}

/** The settled failure itself that the await of a value would throw. */
export function firstSettled(value: unknown): SettledFailure[typeof ERROR_KEY] | undefined {
  const settled: Settled[] = [];
  collect(value, settled);
  const first = settled.reduce<Settled | undefined>(
    (best, each) => (best && !isEarlier(each, best) ? best : each),
    undefined,
  );
  return first as SettledFailure[typeof ERROR_KEY] | undefined;
}

/** True where an item was refused: plain Node would have gone on with it, so its failure is no author's to catch. */
export function holdsRefusal(values: Iterable<unknown>): boolean {
  const settled: Settled[] = [];
  for (const value of values) {
    collect(value, settled);
    if (Array.isArray(value)) settled.push(...value.flatMap((item) => lostOf(item) ?? []));
  }
  return settled.some((one) => one.Error === REFUSED);
}

/** True where the run was cancelled while the items ran: then it is over, whatever else they say. */
export const holdsCancellation = (values: Iterable<unknown>): boolean =>
  [...values].some((value) => firstSettled(value)?.Error === CANCELLED);

function isEarlier(a: Settled, b: Settled): boolean {
  if (a.Error === CANCELLED || b.Error === CANCELLED) return a.Error === CANCELLED && b.Error !== CANCELLED;
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

interface Lost extends Settled {
  tolerate?: { count?: number; percent?: number };
}

/**
 * Results of a map that tolerates failures: null stands for an item that failed; where too many did, the first failure
 * is thrown, as by any other map. A refusal is no failure that could be tolerated.
 *
 * @returns the failure to throw, if there is one; lists are changed in place
 */
export function withoutLost(value: unknown): Failure | undefined {
  if (!Array.isArray(value)) return undefined;
  const lost = value.flatMap((item) => lostOf(item) ?? []);
  const [first] = lost;
  if (!first) return undefined;
  const { count = Number.POSITIVE_INFINITY, percent = 100 } = first.tolerate ?? {};
  const tooMany = lost.length > count || (lost.length / value.length) * 100 > percent;
  if (tooMany || lost.some(({ Error: name }) => name === REFUSED)) {
    const earliest = lost.reduce((best, each) => (isEarlier(each, best) ? each : best));
    return decodeCause(earliest.Cause, earliest.Error);
  }
  for (const [i, item] of value.entries()) if (lostOf(item)) value[i] = null;
  return undefined;
}

const lostOf = (item: unknown): Lost | undefined =>
  typeof item === "object" && item !== null && Object.hasOwn(item, LOST_KEY)
    ? (item as { [LOST_KEY]: Lost })[LOST_KEY]
    : undefined;

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
