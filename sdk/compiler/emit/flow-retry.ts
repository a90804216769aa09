import { expression } from "../../asl/expression.ts";
import type { State } from "../../asl/types.ts";
import type { RetrySettings } from "../../flow/retry.ts";
import type { ErrorBinding } from "../graph.ts";
import type { Emission, Target } from "./context.ts";
import { platformNames } from "./retries.ts";
import { NO_OUTPUT } from "./tasks.ts";
import { rethrow } from "./throw.ts";

const FAILURE: ErrorBinding = { kind: "error", name: "failure", variable: "r_failure" };
const COUNT = "r_retries";
const DONE = `($exists($${COUNT}) ? $${COUNT} : 0)`;

/** How often the flow was tried again; nothing where it never is. */
export const attemptOfFlow = ({ retry }: Emission): string | undefined =>
  retry.delays.length > 0 ? DONE : undefined;

/**
 * A flow with retries is one in a `try` whose handler waits and begins anew: every state that can fail leads there, so
 * it costs nothing while nothing fails, and three transitions a retry. `begin` completes it with the first state.
 */
export function retriedFlow(
  emission: Emission,
  target: Target,
  retry: RetrySettings,
): { target: Target; begin(start: string): void } {
  if (retry.delays.length === 0) return { target, begin: () => undefined };
  const [decide, wait, giveUp] = ["(retry)", "(retry: wait)", "(retry: give up)"];
  const inner: Target = { ...target, handler: { next: decide, error: FAILURE } };
  const { name, cause } = rethrow(`$${FAILURE.variable}`);
  const Comment = `Retries of the flow "${emission.graph.name}".`;
  const begin = (start: string): void => {
    const states: Record<string, State> = {
      [decide]: {
        Type: "Choice",
        Comment,
        Choices: [
          {
            Condition: expression(`${DONE} < ${retry.delays.length} and ${isWorthIt(retry)}`),
            Assign: { [COUNT]: expression(`${DONE} + 1`) },
            Output: NO_OUTPUT,
            Next: wait,
          },
        ],
        Default: giveUp,
      },
      [wait]: { Type: "Wait", Comment, Seconds: delayOf(retry.delays), Output: NO_OUTPUT, Next: start },
      [giveUp]: { Type: "Fail", Comment, Error: name, Cause: cause },
    };
    Object.assign(target.states, states);
  };
  return { target: inner, begin };
}

function isWorthIt({ names, platform }: RetrySettings): string {
  const error = `$${FAILURE.variable}.Error`;
  const never = `$not(${error} in ["FinalError", "RunletError"])`;
  return names ? `${never} and ${error} in ${JSON.stringify([...names, ...platformNames(platform)])}` : never;
}

/** The delay before the retry that was just counted; equal ones need no list. */
function delayOf(delays: number[]): number | string {
  const [first = 1] = delays;
  if (delays.every((seconds) => seconds === first)) return first;
  return expression(`[${delays.join(", ")}][$${COUNT} - 1]`);
}
