import { ERROR_CATALOGUE, type ErrorCode } from "./error-catalogue.ts";

/**
 * An error of Runlet itself, as opposed to one that an author's code threw. The message carries the code and the
 * mend, because a name and a message are all that survives the way through a Lambda function and Step Functions.
 *
 * @example
 * try { await etl({ pages: "three" }) } catch (e) { if (e instanceof RunletError && e.code === "RLT2004") … }
 */
export class RunletError extends Error {
  /** `RunletError`, or for what may pass by itself a name of its own, which retries match: TaskTimedOut, TaskCrashed. */
  override readonly name: string;
  readonly code: ErrorCode;
  /** What to do about it, one sentence. */
  readonly mend: string;

  constructor(code: ErrorCode, cause: string, options?: ErrorOptions & { mend?: string }) {
    const mend = options?.mend ?? ERROR_CATALOGUE[code].mend;
    super(`${code}: ${cause} Mend: ${mend}`, options);
    const entry: { title: string; mend: string; name?: string } = ERROR_CATALOGUE[code];
    this.name = entry.name ?? "RunletError";
    this.code = code;
    this.mend = mend;
  }
}
