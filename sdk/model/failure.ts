import { RunletError } from "./runlet-error.ts";

/** An error as it crosses a boundary: name and message as themselves, the cause inside. */
export interface Failure {
  name: string;
  message: string;
  cause?: Failure;
}

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
  const name = typeof thrown.name === "string" && thrown.name !== "" ? thrown.name : "Error";
  const message = String(thrown.message ?? "");
  if (RESERVED_NAME.test(name)) {
    return toFailure(
      new RunletError("RLT2005", `An error named "${name}" was thrown: ${message.replace(/\.?$/, ".")}`),
    );
  }
  const failure: Failure = { name, message };
  if (thrown.cause !== undefined && depth < MAX_CAUSES && isErrorLike(thrown.cause)) {
    failure.cause = toFailure(thrown.cause, depth + 1);
  }
  return failure;
}

/** The failure as an Error again: what `await` of a task rejects with, also in plain Node. */
export function toError(failure: Failure): Error {
  const error = new Error(failure.message, failure.cause ? { cause: toError(failure.cause) } : undefined);
  Object.defineProperty(error, "name", { value: failure.name, configurable: true, writable: true });
  const code = /^(RLT\d{4}):/.exec(failure.message)?.[1];
  if (code) Object.defineProperty(error, "code", { value: code });
  return error;
}

function isErrorLike(value: unknown): value is { name?: unknown; message?: unknown; cause?: unknown } {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function describeThrown(value: unknown): string {
  if (value === null || value === undefined) return `The value ${value}`;
  if (typeof value === "string") return `The string ${JSON.stringify(value.slice(0, 200))}`;
  return `${typeof value === "object" ? "An" : "A"} ${typeof value}`;
}
