import { exceedsDepth, isPlainObject } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { environment } from "./environment.ts";

/** A call that has begun and is awaited later; what `task.submit(x)` gives. Passed on as an argument, it is awaited there. */
export interface Future<T> extends Promise<T> {
  /**
   * The given futures, submitted after this one and not begun, wait for it: Prefect's `set_downstream`.
   *
   * @throws RunletError RLT4002 for one that has begun
   */
  setDownstream(...downstream: Future<unknown>[]): void;
}

/** A value, or a future of it, at any depth of lists and objects. */
export type OrFuture<T> =
  | T
  | PromiseLike<T>
  | (T extends readonly unknown[]
      ? { [K in keyof T]: OrFuture<T[K]> }
      : T extends object
        ? { [K in keyof T]: OrFuture<T[K]> }
        : never);

export interface SubmitOptions {
  /** The call begins when these have ended well; where one failed, it fails in the same way and is not made. */
  readonly waitFor: readonly PromiseLike<unknown>[];
}

/** Found by a registered symbol, since several built files carry this module. */
const CALL = Symbol.for("runlet.call");

interface Held {
  begun: boolean;
  waits: PromiseLike<unknown>[];
}

/**
 * Marks a call's promise. A failure is thrown where it is awaited; one that nobody awaits does not end the process, as
 * it does not elsewhere, and the flow around waits for the call either way.
 */
export function begun<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  Object.defineProperty(call, CALL, { value: true });
  environment().calls?.add(call);
  return call;
}

const isCall = (value: unknown): value is Promise<unknown> => value instanceof Promise && CALL in value;

/** A call that waits a moment, so that `setDownstream` may still name what it waits for. */
export function submitted<T>(call: () => Promise<T>, waitFor: readonly PromiseLike<unknown>[]): Future<T> {
  const held: Held = { begun: false, waits: [...waitFor] };
  const made = begun(
    (async () => {
      await undefined;
      held.begun = true;
      for (const one of held.waits) await one;
      return call();
    })(),
  );
  const future: Future<T> = Object.assign(made, {
    setDownstream(...downstream: Future<unknown>[]) {
      for (const one of downstream) holdsOf(one).waits.push(future);
    },
  });
  Object.defineProperty(future, HELD, { value: held });
  return future;
}

const HELD = Symbol.for("runlet.held");

function holdsOf(future: unknown): Held {
  const held = (future as { [HELD]?: Held } | null)?.[HELD];
  if (held && !held.begun) return held;
  throw new RunletError("RLT4002", "setDownstream was given a call that is no future, or that has begun.", {
    mend: "Call it right after submit, before the flow awaits anything.",
  });
}

/** The options of submit, where the last argument is that. */
export function splitOptions(args: readonly unknown[]): {
  args: unknown[];
  waitFor: readonly PromiseLike<unknown>[];
} {
  const last = args.at(-1);
  const isOptions = isPlainObject(last) && Object.keys(last).length === 1 && Array.isArray(last["waitFor"]);
  if (!isOptions) return { args: [...args], waitFor: [] };
  return { args: args.slice(0, -1), waitFor: last["waitFor"] as PromiseLike<unknown>[] };
}

/**
 * A copy of lists and objects, so that a call gets them as they were; futures and all else stay what they are, and so does
 * what the call refuses for its depth.
 */
export function asItIs<T>(value: T): T {
  return exceedsDepth(value) ? value : (copied(value) as T);
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, copied);
  if (isCall(value) || !isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)]));
}

/** The arguments with what futures among them give; the same ones, at once, where there are none. */
export function awaitFutures<T>(args: T): T | Promise<T> {
  return !exceedsDepth(args) && holdsCall(args) ? (awaited(args) as Promise<T>) : args;
}

const holdsCall = (value: unknown): boolean =>
  isCall(value) ||
  (Array.isArray(value)
    ? value.some(holdsCall)
    : isPlainObject(value) && Object.values(value).some(holdsCall));

async function awaited(value: unknown): Promise<unknown> {
  if (isCall(value)) return value;
  if (Array.isArray(value)) return Promise.all(value.map(awaited));
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await awaited(item)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Runs a flow's body; the flow ends when all calls that it has begun have ended, whatever became of them. */
export async function untilAllEnded<T>(calls: Set<Promise<unknown>>, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } finally {
    for (let before = -1; before < calls.size; ) {
      before = calls.size;
      await Promise.allSettled(calls);
    }
  }
}
