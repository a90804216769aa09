import { expression } from "../../asl/expression.ts";
import type { Catcher, State, TaskState, Template } from "../../asl/types.ts";
import { MOST_WAIT_SECONDS, TIMED_OUT } from "../../model/protocol.ts";
import type { WaitNode } from "../graph.ts";
import { emitCheck } from "./check.ts";
import {
  callersAt,
  comment,
  type Emission,
  nextOf,
  partName,
  planContext,
  runIdAt,
  type Site,
} from "./context.ts";
import { type Plan, planChecks, planValues } from "./plan.ts";
import { SERVICE } from "./retries.ts";
import {
  assignAfter,
  cancelling,
  entryAssign,
  frames,
  HAS_SLOW,
  inlineState,
  NO_OUTPUT,
  RAISE,
  SLOW,
  settling,
  toInline,
  turnOf,
} from "./tasks.ts";
import { guardTemplate } from "./template.ts";

const WAIT = "arn:aws:states:::lambda:invoke.waitForTaskToken";
/** A sleep up to here is a plain Wait: a cancellation is noticed soon enough, at the next task. */
export const PLAIN_WAIT_SECONDS = 60;

/** Waits that hold no compute: a Wait where it is short, else a token wait, which a cancellation can end. */
export function emitWait(emission: Emission, site: Site<WaitNode>): string {
  const { wait } = site.node;
  return wait === "sleep" || wait === "until" ? emitSleep(emission, site) : emitQuestion(emission, site);
}

function emitSleep(emission: Emission, site: Site<WaitNode>): string {
  const { target, node } = site;
  if (node.seconds === undefined) return emitComputedSleep(emission, site);
  const plan = planChecks(node.args, planContext(emission, site));
  const total = plan.fast && plan.guard === undefined;
  const assign = total ? { ...entryAssign(site.entry), ...plan.assigned } : {};
  target.states[node.id] =
    node.seconds <= PLAIN_WAIT_SECONDS
      ? plainWait(emission, site, node.seconds, assign)
      : tokenSleep(emission, site, { left: `${node.seconds}`, seconds: node.seconds }, assign);
  if (total) return node.id;
  const check = {
    kind: "check" as const,
    id: partName(emission, node, "check"),
    span: node.span,
    check: node.args,
  };
  return emitCheck(emission, { target, node: check, next: node.id, entry: site.entry });
}

function plainWait(
  emission: Emission,
  site: Site<WaitNode>,
  seconds: number,
  assign: Record<string, Template>,
): State {
  return {
    Type: "Wait",
    Comment: comment(emission, site.node.span),
    Seconds: seconds,
    ...(Object.keys(assign).length > 0 ? { Assign: assign } : {}),
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
}

/** The author's JavaScript says how long, or until when: seconds, or milliseconds since the epoch. */
function emitComputedSleep(emission: Emission, site: Site<WaitNode>): string {
  const { target, node, entry } = site;
  const left = node.wait === "until" ? `$ceil((${SLOW} - $millis()) / 1000)` : SLOW;
  const seconds = expression(`(${left}) < 1 ? 1 : ${left}`);
  target.states[node.id] = tokenSleep(emission, site, { left, seconds }, entryAssign(entry));
  const name = partName(emission, node, "inline");
  const options = { name, when: "always" as const, crossing: "arguments" as const, next: node.id };
  target.states[name] = inlineState(emission, site, node.args, options);
  return name;
}

/** A token that nobody sends: the timeout is the end of the sleep. */
function tokenSleep(
  emission: Emission,
  site: Site<WaitNode>,
  { left, seconds }: { left: string; seconds: number | string },
  assign: Record<string, Template>,
): TaskState {
  const assigning = Object.keys(assign).length > 0 ? { Assign: assign } : {};
  const over: Catcher = {
    ErrorEquals: ["States.Timeout"],
    Next: nextOf(site),
    ...assigning,
    Output: NO_OUTPUT,
  };
  return {
    ...tokenWait(emission, site, { seconds: expression(left) }),
    TimeoutSeconds: seconds,
    Catch: [
      ...cancelling(site.target),
      over,
      ...settling({ ...site.target, cancelled: undefined }, turnOf(emission, site.node) + 1, assign),
    ],
    ...assigning,
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
}

type Waiting = Pick<TaskState, "Type" | "Comment" | "Resource" | "Arguments" | "Retry">;

function tokenWait(
  emission: Emission,
  { node, target, entry }: Site<WaitNode>,
  payload: Record<string, Template>,
): Waiting {
  return {
    Type: "Task",
    Comment: comment(emission, node.span),
    Resource: WAIT,
    Arguments: {
      FunctionName: emission.controlResource,
      Payload: {
        runlet: 1,
        kind: "wait",
        wait: node.wait === "until" ? "sleep" : node.wait,
        runId: expression(runIdAt(target, entry)),
        flow: emission.graph.name,
        step: node.step,
        frames: frames(target, entry),
        token: expression("$states.context.Task.Token"),
        ...callersAt(emission, target, entry),
        ...payload,
      },
    },
    Retry: [SERVICE],
  };
}

function emitQuestion(emission: Emission, site: Site<WaitNode>): string {
  const { target, node, entry } = site;
  const plan = planValues(node.args, planContext(emission, site), "boundary");
  const inline = plan.fast && plan.guard === undefined ? undefined : partName(emission, node, "inline");
  const before = { ...entryAssign(entry), ...assignAfter(plan) };
  const assign: Record<string, Template> = { ...before };
  if (node.result) assign[node.result.variable] = expression("$states.result");
  const turn = turnOf(emission, node) + 1;
  target.states[node.id] = {
    ...tokenWait(emission, site, questionOf(plan)),
    TimeoutSeconds: node.timeout ?? MOST_WAIT_SECONDS,
    Catch: [
      ...cancelling(target),
      ...(plan.fast && inline !== undefined ? [toInline(inline)] : []),
      timedOut(emission, site, before),
      ...settling({ ...target, cancelled: undefined }, turn, before),
    ],
    ...(Object.keys(assign).length > 0 ? { Assign: assign } : {}),
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
  if (inline === undefined) return node.id;
  target.states[inline] = inlineState(emission, site, node.args, {
    name: inline,
    when: plan.fast ? "guard" : "always",
    crossing: "arguments",
    next: node.id,
    asked: plan.fast ? plan.guard : undefined,
  });
  return plan.fast ? node.id : inline;
}

function questionOf(plan: Plan): Record<string, Template> {
  if (!plan.fast) return { args: [], slow: expression(SLOW) };
  if (plan.guard === undefined) return { args: plan.values };
  return {
    runlet: expression(`${HAS_SLOW} or ${plan.guard} ? 1 : ${RAISE}`),
    args: guardTemplate(plan.values, (code) => `${HAS_SLOW} ? null : ${code}`),
    slow: expression(`${HAS_SLOW} ? ${SLOW} : null`),
  };
}

/** That nobody answered is the author's to catch. */
function timedOut(emission: Emission, site: Site<WaitNode>, before: Record<string, Template>): Catcher {
  const { target, node } = site;
  const message = TIMED_OUT[node.wait as keyof typeof TIMED_OUT];
  const error = {
    Error: "TimeoutError",
    Cause: JSON.stringify({ errorType: "TimeoutError", errorMessage: message, trace: [] }),
  };
  const ErrorEquals = ["States.Timeout"];
  if (target.handler) {
    const { next, error: caught } = target.handler;
    return { ErrorEquals, Next: next, Assign: { ...before, [caught.variable]: error }, Output: NO_OUTPUT };
  }
  if (target.settle !== undefined)
    return { ErrorEquals, Next: target.settle, Output: { ...error, Turn: turnOf(emission, node) + 1 } };
  const name = partName(emission, node, "failed");
  target.states[name] = { Type: "Fail", Comment: comment(emission, node.span), ...error };
  return { ErrorEquals, Next: name };
}
