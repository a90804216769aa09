import type { ErrorReport } from "./child-messages.ts";

/** The most that a function answers: 6 MB and some room for headers, in Lambda's own words. */
const MOST_BYTES = 6_291_556;

/** What Lambda's Node runtime reports of a thrown value (`formatError` of the runtime interface client for Node 24). */
export function reportOf(thrown: unknown): ErrorReport {
  try {
    if (thrown instanceof Error) {
      // The runtime sends these in a header too, where DEL is not allowed.
      const clean = (text: string | undefined): string => text?.replaceAll("\x7F", "%7F") ?? "";
      return {
        errorType: clean(thrown.name),
        errorMessage: clean(thrown.message),
        trace: clean(thrown.stack).split("\n"),
      };
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    const errorMessage =
      "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack";
    return { errorType: "handled", errorMessage, trace: [] };
  }
}

/** An error of the runtime itself, named `Runtime.<name>`. */
export function runtimeError(name: string, message: string, stack?: string): Error {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  error.stack = stack ?? `${error.name}: ${message}`;
  return error;
}

/**
 * The answer of a handler as the JSON text that Lambda would send.
 *
 * @returns the text, or the report where it cannot be sent
 */
export function serializeAnswer(answer: unknown): { json: string } | { report: ErrorReport } {
  let json: string | undefined;
  try {
    json = JSON.stringify(answer === undefined ? null : answer);
  } catch {
    return { report: reportOf(runtimeError("JSONStringifyError", "Unable to stringify response body")) };
  }
  json ??= "null"; // a function or a symbol: the runtime sends an empty body, which Step Functions reads as null
  if (Buffer.byteLength(json) <= MOST_BYTES) return { json };
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_BYTES} bytes).`;
  return { report: { errorType: "Function.ResponseSizeTooLarge", errorMessage } };
}
