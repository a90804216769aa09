import { RunletError } from "../model/runlet-error.ts";

/** A call that has begun: which one of the source it is, what it gets, and what its function keeps of what is around it. */
export interface BegunCall {
  site: number;
  args: unknown[] | Given;
  keeps: Given;
}

/** What a function gets, by its place: a key that is not there stands for undefined. */
export type Given = Record<string, unknown>;

/** The names are the compiler's (`placeName`). */
export const givenBy = (values: readonly unknown[]): Given =>
  Object.fromEntries(values.flatMap((one, i) => (one === undefined ? [] : [[`a${i}`, one]])));

/** What generated code calls in the place of each call of a list. */
export interface Begin {
  (site: number, args: unknown[] | Given, keeps: Given): unknown;
  /** A list of calls in the list. */
  list(calls: unknown): BegunCall[];
}

/** Stands for the promise that plain Node has there. */
class Call {
  readonly begun: BegunCall;
  constructor(begun: BegunCall) {
    this.begun = begun;
  }
}

/** What is no call, is its own result. */
const NO_CALL = -1;

/**
 * Evaluates a list of calls, of which none has begun.
 *
 * @param halfway makes an error of what was thrown when so many had begun
 * @throws TypeError for what is no list, as Promise.all does
 */
export async function callsOf(
  evaluate: (begin: Begin) => Promise<unknown>,
  halfway: (begun: number, thrown: unknown) => unknown,
): Promise<BegunCall[]> {
  let begun = 0;
  const begin = (site: number, args: unknown[] | Given, keeps: Given): Call => {
    begun++;
    return new Call({ site, args, keeps });
  };
  try {
    const list = await evaluate(Object.assign(begin, { list: nested }));
    if (typeof (list as Iterable<unknown> | null)?.[Symbol.iterator] !== "function")
      await Promise.all(list as Iterable<unknown>);
    return listed(list);
  } catch (thrown) {
    throw thrown instanceof RunletError ? thrown : halfway(begun, thrown);
  }
}

/** Where the outer list begins its other calls all the same. */
function nested(calls: unknown): BegunCall[] {
  if (typeof (calls as Iterable<unknown> | null)?.[Symbol.iterator] === "function") return listed(calls);
  throw new RunletError("RLT3005", "A list of calls inside another one is no list.");
}

const listed = (calls: unknown): BegunCall[] =>
  Array.from(calls as Iterable<unknown>, (one) =>
    one instanceof Call ? one.begun : { site: NO_CALL, args: [one], keeps: {} },
  );
