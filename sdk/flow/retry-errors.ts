import { type Duration, toWholeSeconds } from "../model/duration.ts";

/** Marks by registered symbols, not by class: `runlet` and `runlet/runtime` each carry a copy of these classes. */
const FINAL = Symbol.for("runlet.final");
const AFTER = Symbol.for("runlet.retryAfter");

/**
 * Thrown in a task: no other attempt is made, whatever the task's `retries` say. A subclass, or `error.name`, gives it
 * another name for `catch` blocks and `retryIf`.
 *
 * @example throw new FinalError("The card was refused.", { cause: error });
 */
export class FinalError extends Error {
  override name = "FinalError";
  readonly [FINAL] = true;
}

/**
 * Thrown in a task: the next attempt waits this long instead of the task's own delay. It counts as an attempt; where
 * none is left, the error itself is thrown.
 *
 * @param after whole seconds, 0 or more
 * @throws RunletError RLT4002 for a part of a second
 * @example throw new RetryAfterError("Too many requests", { seconds: Number(response.headers.get("retry-after")) });
 */
export class RetryAfterError extends Error {
  override name = "RetryAfterError";
  readonly [AFTER]: number;

  constructor(message: string, after: Duration, options?: ErrorOptions) {
    super(message, options);
    this[AFTER] = toWholeSeconds(after, "RetryAfterError's wait", 0);
  }
}

export const isFinal = (thrown: unknown): boolean => marked(thrown, FINAL) === true;

/** The seconds that a thrown error asks to wait; nothing where it asks for none. */
export function retryAfterSeconds(thrown: unknown): number | undefined {
  const seconds = marked(thrown, AFTER);
  return typeof seconds === "number" ? seconds : undefined;
}

const marked = (thrown: unknown, mark: symbol): unknown =>
  typeof thrown === "object" && thrown !== null ? (thrown as Record<symbol, unknown>)[mark] : undefined;
