import { expression } from "../../asl/expression.ts";
import type { Catcher, Retrier, State } from "../../asl/types.ts";
import type { RetrySettings } from "../../flow/retry.ts";
import { AFTER_KEY, ATTEMPT_KEY, RETRY_AFTER, retryName } from "../../model/protocol.ts";
import { comment, type Emission, partName, type Site } from "./context.ts";
import { held } from "./held.ts";

/** Repeating these changes nothing: the program, not the moment, is wrong. */
export const NEVER: Retrier = {
  ErrorEquals: ["States.QueryEvaluationError", "RunletError", "Runlet.Refused"],
  MaxAttempts: 0,
};
/** Lambda's own passing troubles, as AWS advises: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
export const SERVICE: Retrier = {
  ErrorEquals: [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
  ],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
  JitterStrategy: "FULL",
};

/** What the platform ends, where no wrapper is left that could decide. */
const TIMEOUTS = ["States.Timeout", "Sandbox.Timedout"];
const CRASHES = [
  "Runtime.ExitError",
  "Runtime.UnhandledPromiseRejection",
  "Runtime.NodeJsExit",
  "Runtime.OutOfMemory",
];

/**
 * The wrapper decides on another attempt and asks for it by number, so that no counter that began anew can grant one
 * twice (decision 0002). Retries of one delay share a retrier.
 */
export function retriers(retry: RetrySettings): Retrier[] {
  const { delays, jitter } = retry;
  const own: Retrier[] = [];
  for (const [n, seconds] of delays.entries()) {
    const last = own.at(-1);
    if (last?.IntervalSeconds === seconds) {
      last.ErrorEquals.push(retryName(n + 1));
      last.MaxAttempts = last.ErrorEquals.length;
    } else own.push(retrier([retryName(n + 1)], seconds, jitter));
  }
  return [NEVER, SERVICE, ...own, ...platformRetrier(retry)];
}

const retrier = (names: string[], seconds: number, jitter: boolean): Retrier => ({
  ErrorEquals: names,
  IntervalSeconds: seconds,
  MaxAttempts: names.length,
  BackoffRate: 1,
  ...(jitter ? { JitterStrategy: "FULL" as const } : {}),
});

/** For an attempt that the platform ended there is no number: it waits the first delay, as often as there are retries. */
function platformRetrier({ delays, jitter, platform }: RetrySettings): Retrier[] {
  const names = platformNames(platform);
  const [first] = delays;
  if (first === undefined || names.length === 0) return [];
  return [{ ...retrier(names, first, jitter), MaxAttempts: delays.length }];
}

/** Lambda tells a function out of time and one out of memory by one name. */
export const platformNames = ({ timeouts, crashes }: RetrySettings["platform"]): string[] => [
  ...(timeouts ? TIMEOUTS : []),
  ...(crashes ? CRASHES : []),
  ...(timeouts || crashes ? ["Lambda.Unknown"] : []),
];

const CARRIED = `$states.input.\`${ATTEMPT_KEY}\``;

/** The number of the attempt: those before the state was left are carried in its input. */
export const attemptOf = ({ delays }: RetrySettings): string =>
  expression(
    delays.length === 0
      ? "$states.context.State.RetryCount"
      : `($exists(${CARRIED}) ? ${CARRIED} : 0) + $states.context.State.RetryCount`,
  );

/** What the wrapper says beside a control error's name, as the error's message. */
const NOTE = "$parse($parse($states.errorOutput.Cause).errorMessage)";

/** A task that asks for a wait of its own leads to a Wait and back, with all that its input carried. */
export function retryAfter(emission: Emission, site: Site, task: string): Catcher[] {
  const { node, target } = site;
  const holding = held(emission, site, NOTE, SERVICE);
  if ((emission.tasks.get(task)?.retry.delays.length ?? 0) === 0) return holding;
  const name = partName(emission, node, "retry after");
  const wait: State = {
    Type: "Wait",
    Comment: comment(emission, node.span),
    Seconds: expression(`$states.input.\`${AFTER_KEY}\``),
    Next: node.id,
  };
  target.states[name] = wait;
  const fields = `"${AFTER_KEY}": ${NOTE}.seconds, "${ATTEMPT_KEY}": ${NOTE}.attempt + 1`;
  return [
    ...holding,
    { ErrorEquals: [RETRY_AFTER], Next: name, Output: expression(`$merge([$states.input, {${fields}}])`) },
  ];
}
