import { type Failure, toFailure } from "../../model/failure.ts";
import { toThrowable } from "../encode-failure.ts";
import type { HandlerCall, Middleware } from "../handler-types.ts";
import { redactFailure } from "../redact.ts";

/**
 * Turns what was thrown into the error that crosses: name and message as themselves, the cause inside, secrets out.
 * It leaves the failure for those that record it.
 */
export function encodeErrors<Call extends HandlerCall>(): Middleware<Call> {
  return {
    onError(request) {
      const redact = request.internal.redact ?? ((text: string) => text);
      const failure: Failure = redactFailure(toFailure(request.error), redact);
      const stack = (request.error as { stack?: unknown } | null)?.stack;
      request.internal.failure = failure;
      request.error = toThrowable(failure, typeof stack === "string" ? redact(stack) : "");
    },
  };
}
