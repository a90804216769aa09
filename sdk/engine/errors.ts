/** Failures as the language knows them, and the texts in which AWS words them. */

export interface FailureInit {
  error?: string | undefined;
  cause?: string | undefined;
  /** A second name that `ErrorEquals` may use: a missed heartbeat is reported as `States.Timeout`. */
  alias?: string;
  /** Timeouts have no cause in the history, and an empty one in `$states.errorOutput`. */
  timeout?: boolean;
}

/** An error that Retry and Catch see; uncaught, it ends the enclosing branch, iteration or execution. */
export class StateFailure extends Error {
  readonly error: string | undefined;
  override readonly cause: string | undefined;
  readonly alias: string | undefined;
  readonly timeout: boolean;

  constructor(init: FailureInit) {
    super(`${init.error ?? "(no error name)"}: ${init.cause ?? ""}`);
    this.error = init.error;
    this.cause = init.cause;
    this.alias = init.alias;
    this.timeout = init.timeout ?? false;
  }

  /** What `$states.errorOutput` shows, and what a Catch without `Output` puts out. */
  get errorOutput(): { Error: string | null; Cause: string | null } {
    return { Error: this.error ?? null, Cause: this.cause ?? (this.timeout ? "" : null) };
  }

  /** The fields of a history event: absent ones are left out. */
  get eventDetails(): { error?: string; cause?: string } {
    return {
      ...(this.error === undefined ? {} : { error: this.error }),
      ...(this.cause === undefined ? {} : { cause: this.cause }),
    };
  }
}

/** Thrown into everything that still runs in a scope which has been aborted. Never an outcome of its own. */
export class ScopeClosed extends Error {
  constructor() {
    super("The branch, iteration or execution has ended.");
  }
}

/** What can go wrong with one expression; `entry.ts` words it as AWS does. */
export class ExpressionError extends Error {
  /** The path of the expression, such as `Output/result`; absent where no single expression is at fault. */
  readonly location: string | undefined;

  constructor(message: string, location?: string) {
    super(message);
    this.location = location;
  }

  static undefinedResult(text: string, location: string): ExpressionError {
    return new ExpressionError(`${specified(text, location)} returned nothing (undefined).`, location);
  }

  static unsupported(text: string, location: string): ExpressionError {
    return new ExpressionError(`${specified(text, location)} returned an unsupported result type.`, location);
  }

  static threw(text: string, location: string, problem: string): ExpressionError {
    return new ExpressionError(
      `${specified(text, location)} threw an error during evaluation. ${problem}`,
      location,
    );
  }

  /** What has no code of JSONata's stands behind a colon. */
  static limited(text: string, location: string, problem: string): ExpressionError {
    return new ExpressionError(
      `${specified(text, location)} threw an error during evaluation: ${problem}`,
      location,
    );
  }

  /** An error of which AWS tells an id only. */
  static internal(text: string, location: string, id: string): ExpressionError {
    return new ExpressionError(
      `${specified(text, location)} threw an internal error during evaluation. ${id}`,
      location,
    );
  }

  static unexpectedType(text: string, location: string, expected: string, value: unknown): ExpressionError {
    return new ExpressionError(
      `${specified(text, location)} returned an unexpected result type. Expected '${expected}', but was ` +
        `'${jsonType(value)}' for value: ${JSON.stringify(value)}`,
      location,
    );
  }
}

const specified = (text: string, location: string): string =>
  `The JSONata expression '${text}' specified for the field '${location}'`;

/** The name of a JSON type as AWS's causes spell it. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** The opening of every cause that a state itself is to blame for. */
export const whileExecuting = (state: string, enteredId: number): string =>
  `An error occurred while executing the state '${state}' (entered at the event id #${enteredId}).`;

/** A failure that neither Retry nor Catch ever sees. */
export const runtimeFailure = (cause: string): StateFailure =>
  new StateFailure({ error: "States.Runtime", cause });

export const isFatal = (failure: StateFailure): boolean => failure.error === "States.Runtime";

export const dataLimitFailure = (what: string): StateFailure =>
  new StateFailure({
    error: "States.DataLimitExceeded",
    cause: `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  });
