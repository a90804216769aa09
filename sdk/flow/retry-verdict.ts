import type { Failure } from "../model/failure.ts";
import type { RetryIf } from "./retry.ts";
import { isFinal, retryAfterSeconds } from "./retry-errors.ts";

/** What becomes of a failed attempt: it was the last one, or another follows, by the rule's delay or after its own. */
export type Verdict = "final" | { afterSeconds?: number };

/**
 * Judges a failed attempt; plain Node and the wrapper around deployed tasks ask here, so that they agree.
 *
 * @param thrown what the author's code threw
 * @param failure the same as it crosses
 * @param call.attempt 0 for the first one
 */
export async function verdictOn(
  thrown: unknown,
  failure: Failure,
  call: { attempt: number; retries: number; retryIf: RetryIf | undefined },
): Promise<Verdict> {
  // Runlet's own errors say that the program is wrong, which another attempt does not mend.
  if (call.attempt >= call.retries || failure.name === "RunletError" || isFinal(thrown)) return "final";
  const afterSeconds = retryAfterSeconds(thrown);
  if (afterSeconds !== undefined) return { afterSeconds };
  return (await isWorthIt(thrown, failure, call)) ? {} : "final";
}

async function isWorthIt(
  thrown: unknown,
  failure: Failure,
  { attempt, retryIf }: { attempt: number; retryIf: RetryIf | undefined },
): Promise<boolean> {
  if (retryIf === undefined) return true;
  if (typeof retryIf !== "function") return retryIf.includes(failure.name);
  try {
    return Boolean(await retryIf(thrown as Error, attempt));
  } catch {
    return false; // the task's own error says more than that of a function which could not judge it
  }
}
