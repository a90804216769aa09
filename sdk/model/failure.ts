import { partsOfError, restoreParts } from "./error-parts.ts";
import { RunletError } from "./runlet-error.ts";

/** An error as it crosses a boundary: name and message as themselves, the cause inside. */
export interface Failure {
  name: string;
  message: string;
  cause?: Failure;
  /** The built-in class that it is of, where its name says another one. */
  class?: string;
  /** What a flow's own error is beside these, as `error-parts.ts` writes it. */
  parts?: string;
}

const CODED = /^(RLT\d{4}):/;
const RESERVED_NAME = /^(States|Runlet|Lambda|Sandbox|Runtime)\./;
const MAX_CAUSES = 8;

/**
 * What was thrown, in the form that all three ways of running agree on. A name that belongs to the platform, or a
 * thrown value that is no error, becomes a coded error, since a retrier or a catcher would mistake it.
 */
export function toFailure(thrown: unknown, depth = 0): Failure {
  if (!isErrorLike(thrown)) {
    return toFailure(new RunletError("RLT2006", `${describeThrown(thrown)} was thrown.`));
  }
  const noted = notes.get(thrown);
  if (noted && !hasTexts(thrown))
    return toFailure(new RunletError("RLT2006", "An error whose name or message is no text was thrown."));
  const name = hasTextAsName(thrown) ? thrown.name : "Error";
  const message = String(thrown.message ?? "");
  if (RESERVED_NAME.test(name)) {
    return toFailure(
      new RunletError("RLT2005", `An error named "${name}" was thrown: ${message.replace(/\.?$/, ".")}`),
    );
  }
  const failure: Failure = { name, message };
  const made = CLASSES.find((one) => thrown instanceof one) ?? Error;
  if (thrown instanceof Error && made !== classNamed(name)) failure.class = made.name;
  if (noted?.parts !== undefined) failure.parts = noted.parts;
  const cause = causeOf(thrown);
  if (depth < MAX_CAUSES && isErrorLike(cause)) failure.cause = toFailure(cause, depth + 1);
  return failure;
}

/** An error's cause; nothing for one that was lost on a way before, which only its reader is refused. */
const causeOf = (thrown: { cause?: unknown }): unknown =>
  Object.getOwnPropertyDescriptor(thrown, "cause")?.get ? undefined : thrown.cause;

const notes = new WeakMap<object, { parts?: string }>();

/** Notes what an error of a flow body is beside name, message and cause, when it leaves the code that threw it. */
export function noteParts(thrown: unknown, depth = 0): void {
  if (!isErrorLike(thrown) || thrown instanceof RunletError || depth > MAX_CAUSES) return;
  const cause = causeOf(thrown);
  const parts = partsOfError(thrown, isBuiltIn, isErrorLike(cause));
  notes.set(thrown, parts === undefined ? {} : { parts });
  noteParts(cause, depth + 1);
}

/** The classes that `instanceof` tells apart, also of an error that was thrown somewhere else. */
const CLASSES = [TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError];

const classNamed = (name: string): ErrorConstructor => CLASSES.find((one) => one.name === name) ?? Error;

const BUILT_IN: readonly object[] = [Object, Error, ...CLASSES].map((one) => one.prototype as object);

const isBuiltIn = (prototype: object): boolean => BUILT_IN.includes(prototype);

/** The failure as an Error again: what `await` of a task rejects with, also in plain Node. */
export function toError(failure: Failure): Error {
  const made = classNamed(failure.class ?? failure.name);
  const error = new made(failure.message, failure.cause ? { cause: toError(failure.cause) } : undefined);
  if (failure.parts !== undefined) {
    restoreParts(error, failure.name, failure.parts);
    notes.set(error, { parts: failure.parts }); // it may be thrown again, also where nobody notes it
  }
  if (error.name !== failure.name)
    Object.defineProperty(error, "name", { value: failure.name, configurable: true, writable: true });
  const code = CODED.exec(failure.message)?.[1];
  if (code) Object.defineProperty(error, "code", { value: code });
  return error;
}

/** True for errors, also of other realms. */
export function isErrorLike(
  value: unknown,
): value is object & { name?: unknown; message?: unknown; cause?: unknown } {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

/** An error has a name that can be the `Error` of a state. */
const hasTextAsName = <E extends { name?: unknown }>(thrown: E): thrown is E & { name: string } =>
  typeof thrown.name === "string" && thrown.name !== "";

/** The same of its message: an error of a flow body that has both reaches its handlers as it is. */
export const hasTexts = (thrown: { name?: unknown; message?: unknown }): boolean =>
  hasTextAsName(thrown) && typeof thrown.message === "string";

function describeThrown(value: unknown): string {
  if (value === null || value === undefined) return `The value ${value}`;
  if (typeof value === "string") return `The string ${JSON.stringify(value.slice(0, 200))}`;
  return `${typeof value === "object" ? "An" : "A"} ${typeof value}`;
}
