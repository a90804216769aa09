import type { RetryIf } from "../../flow/retry.ts";
import { verdictOn } from "../../flow/retry-verdict.ts";
import { toFailure } from "../../model/failure.ts";
import { RETRY_AFTER, retryName } from "../../model/protocol.ts";
import { toThrowable } from "../encode-failure.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";

/**
 * Decides whether a failed attempt is followed by another; the machine only carries it out. Stands last in the list, so
 * that it sees what was thrown before that is encoded.
 */
export function decideRetry(retryIf: RetryIf | undefined): Middleware<TaskCall> {
  return {
    async onError(request) {
      const { event, hasFailedArgs } = request.internal;
      if (!event || hasFailedArgs || request.internal.notLetIn) return; // plain Node fails before the call is made
      const { attempt, retries = 0 } = event;
      const failure = toFailure(request.error);
      request.internal.verdict = await verdictOn(request.error, failure, { attempt, retries, retryIf });
    },
  };
}

/**
 * Gives a failure that is not the last one the name of the retrier, or of the detour, that leads to the next attempt.
 * The failure itself is its cause. Runs when the error is encoded, since authors' errors may not have such a name.
 */
export function nameRetry(): Middleware<TaskCall> {
  return {
    onError(request) {
      const { event, verdict = "final", failure, notLetIn } = request.internal;
      if (notLetIn) request.error = notLetIn;
      if (!event || !failure || verdict === "final") return;
      const { attempt } = event;
      const { afterSeconds } = verdict;
      const named =
        afterSeconds === undefined
          ? { name: retryName(attempt + 1), message: failure.message }
          : { name: RETRY_AFTER, message: JSON.stringify({ attempt, seconds: afterSeconds }) };
      const { stack = "" } = request.error as Error;
      request.error = toThrowable({ ...named, cause: failure }, stack);
    },
  };
}
