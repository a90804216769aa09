import { expression } from "../../../sdk/asl/expression.ts";
import type { Catcher, Retrier, StateMachine, SubMachine, Template } from "../../../sdk/asl/types.ts";

/**
 * The machine of experiment E2, written by hand: two tasks, a map, a sleep and an approval, once bare and once with
 * the whole task protocol. In the flow's words:
 *
 *     const order = await fetchOrder(id);
 *     const parts = await reserve.map(order.items);
 *     await sleep({ hours: 1 });
 *     const decision = await approval("Ship?", { timeout: { hours: 4 } });
 *     return await ship(order, parts, decision.by);
 */

type States = SubMachine["States"];

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
export const WAIT = "arn:aws:states:::lambda:invoke.waitForTaskToken";
export const CONTROL = functionArn("control");

/** Seconds between attempts: two retries, then the error as itself. */
export const DELAYS = [2, 30];
export const SLEEP_SECONDS = 3_600;
export const APPROVAL_SECONDS = 14_400;
/** How long a run waits for a free slot before it asks again by itself, should the wake-up be lost. */
export const SLOT_SECONDS = 300;
/** A pause lasts as long as an execution may. */
const PAUSE_SECONDS = 31_536_000;

const RUN_ID = expression("$states.context.Execution.Name");
const CARRIED = "$states.input.`$runlet.attempt`";
const HELD = "$states.input.`$runlet.held`";
const NO_OUTPUT = {};
/** What the wrapper says beside a control error's name: `{ attempt, seconds? }` as the error's message. */
const NOTE = "$parse($parse($states.errorOutput.Cause).errorMessage)";

/** A guarded expression as the compiler emits it: the inline step's answer if there is one, else JSONata, else raise. */
const SLOW = "$states.input.`$runlet.slow`";
const decidedBy = expression(
  `$exists(${SLOW}) ? ${SLOW}.a0 : $type($v_decision) = "object" and $exists($v_decision.by) ? $v_decision.by : $error("slow path")`,
);

const never: Retrier = { ErrorEquals: ["States.QueryEvaluationError"], MaxAttempts: 0 };
/** One retrier for each delay: the wrapper names the attempt, so a counter that began anew cannot repeat one. */
const retriers: Retrier[] = [
  never,
  ...DELAYS.map((seconds, index) => ({
    ErrorEquals: [`Runlet.Retry.${index + 1}`],
    IntervalSeconds: seconds,
    MaxAttempts: 1,
    BackoffRate: 1,
  })),
];

interface Call {
  step: string;
  frames: Template[];
  args: Template[];
}

/** What a task is sent. Attempts made before the state was left are carried in its input. */
const taskEvent = ({ step, frames, args }: Call, carried: boolean): Template => ({
  runlet: 1,
  kind: "task",
  runId: RUN_ID,
  step,
  frames,
  attempt: expression(
    carried
      ? `($exists(${CARRIED}) ? ${CARRIED} : 0) + $states.context.State.RetryCount`
      : "$states.context.State.RetryCount",
  ),
  args,
});

/** What the control function is sent: it keeps the token and gives it to whoever may end the wait. */
const waitEvent = (
  kind: string,
  step: string,
  frames: Template[],
  more: { [key: string]: Template } = {},
): Template => ({
  FunctionName: CONTROL,
  Payload: {
    runlet: 1,
    kind,
    runId: RUN_ID,
    step,
    frames,
    token: expression("$states.context.Task.Token"),
    ...more,
  },
});

const inputWith = (fields: string): Template => expression(`$merge([$states.input, {${fields}}])`);

const cancelled = (next: string): Catcher => ({ ErrorEquals: ["Runlet.Cancelled"], Next: next });

/** The catchers of a task: the way out, and the two detours that lead back with the input they came with. */
const control = (step: string, way: string): Catcher[] => [
  cancelled(way),
  {
    ErrorEquals: ["Runlet.Paused", "Runlet.NoSlot"],
    Next: `${step}: held`,
    Output: inputWith(`"$runlet.held": $states.errorOutput.Error, "$runlet.attempt": ${NOTE}.attempt`),
  },
  {
    ErrorEquals: ["Runlet.RetryAfter"],
    Next: `${step}: retry after`,
    Output: inputWith(`"$runlet.after": ${NOTE}.seconds, "$runlet.attempt": ${NOTE}.attempt + 1`),
  },
];

/** The states that only a detour enters. */
const detours = (step: string, frames: Template[], way: string): States => ({
  [`${step}: held`]: {
    Type: "Task",
    Resource: WAIT,
    Arguments: waitEvent("hold", step, frames, { reason: expression(HELD) }),
    TimeoutSeconds: expression(`${HELD} = "Runlet.NoSlot" ? ${SLOT_SECONDS} : ${PAUSE_SECONDS}`),
    Catch: [
      cancelled(way),
      { ErrorEquals: ["States.Timeout"], Next: step, Output: expression("$states.input") },
    ],
    Output: expression("$states.input"),
    Next: step,
  },
  [`${step}: retry after`]: {
    Type: "Wait",
    Seconds: expression("$states.input.`$runlet.after`"),
    Next: step,
  },
});

const toInline = (name: string): Catcher => ({
  ErrorEquals: ["States.QueryEvaluationError"],
  Next: name,
  Output: expression("$states.input"),
});

/** Evaluates a region by the author's own JavaScript and goes back; whatever else the input carries stays in it. */
const inlineStep = (region: string, back: string, values: { [name: string]: Template }): States[string] => ({
  Type: "Task",
  Resource: functionArn("inline"),
  Arguments: { runlet: 1, kind: "inline", runId: RUN_ID, region, frames: [], values, crossing: "arguments" },
  Output: inputWith('"$runlet.slow": $states.result'),
  Next: back,
});

/** Undoes what has been done and ends the run. What was never assigned is missing from the argument. */
const compensation: States = {
  cancelled: {
    Type: "Task",
    Resource: functionArn("undo"),
    Arguments: taskEvent(
      { step: "undo", frames: [], args: [expression('{"order": $v_order, "parts": $v_parts}')] },
      false,
    ),
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "undo failed" }],
    Output: NO_OUTPUT,
    Next: "ended as cancelled",
  },
  "ended as cancelled": { Type: "Fail", Error: "Runlet.Cancelled", Cause: "The run was cancelled." },
  "undo failed": {
    Type: "Fail",
    Error: "Runlet.CompensationFailed",
    Cause: expression("$states.input.Cause"),
  },
};

const settled = {
  "$runlet.error": { Error: expression("$states.input.Error"), Cause: expression("$states.input.Cause") },
};

/** One item of the map. A failure settles; a cancellation does not, and brings the map down. */
function itemMachine(protocol: boolean): SubMachine {
  const frames = [expression("$states.input.index")];
  const settle: Catcher = { ErrorEquals: ["States.ALL"], Next: "reserve: settle" };
  return {
    StartAt: "reserve",
    States: {
      reserve: {
        Type: "Task",
        Resource: functionArn("reserve"),
        Arguments: taskEvent({ step: "reserve", frames, args: [expression("$states.input.item")] }, protocol),
        Retry: retriers,
        Catch: [...(protocol ? control("reserve", "reserve: cancelled") : []), settle],
        End: true,
      },
      "reserve: settle": { Type: "Succeed", Output: settled },
      ...(protocol
        ? {
            ...detours("reserve", frames, "reserve: cancelled"),
            "reserve: cancelled": { Type: "Fail", Error: "Runlet.Cancelled" },
          }
        : {}),
    },
  };
}

/** A sleep: with the protocol a token wait that runs into its timeout, since a Wait cannot be cancelled. */
const sleep = (protocol: boolean): States => ({
  sleep: protocol
    ? {
        Type: "Task",
        Resource: WAIT,
        Arguments: waitEvent("sleep", "sleep", []),
        TimeoutSeconds: SLEEP_SECONDS,
        Catch: [
          cancelled("cancelled"),
          { ErrorEquals: ["States.Timeout"], Next: "approval", Output: NO_OUTPUT },
        ],
        Output: NO_OUTPUT,
        Next: "approval",
      }
    : { Type: "Wait", Seconds: SLEEP_SECONDS, Output: NO_OUTPUT, Next: "approval" },
});

/** The whole machine, with the protocol or without. */
export function orderMachine(protocol: boolean): StateMachine {
  const controls = (step: string): Catcher[] => (protocol ? control(step, "cancelled") : []);
  const id = expression("$states.context.Execution.Input.input.id");
  const order = expression("$v_order");
  const states: States = {
    fetchOrder: {
      Type: "Task",
      Resource: functionArn("fetchOrder"),
      Arguments: taskEvent({ step: "fetchOrder", frames: [], args: [id] }, protocol),
      Retry: retriers,
      Catch: controls("fetchOrder"),
      Assign: { v_order: expression("$states.result") },
      Output: NO_OUTPUT,
      Next: "reserve.map",
    },
    "reserve.map": {
      Type: "Map",
      Items: expression("$v_order.items"),
      ItemSelector: {
        item: expression("$states.context.Map.Item.Value"),
        index: expression("$states.context.Map.Item.Index"),
      },
      MaxConcurrency: 2,
      ItemProcessor: itemMachine(protocol),
      ...(protocol ? { Catch: [cancelled("cancelled")] } : {}),
      Assign: { v_parts: expression("$states.result") },
      Output: NO_OUTPUT,
      Next: "sleep",
    },
    ...sleep(protocol),
    approval: {
      Type: "Task",
      Resource: WAIT,
      Arguments: waitEvent("approval", "approval", [], { message: "Ship?", show: order }),
      TimeoutSeconds: APPROVAL_SECONDS,
      Catch: [
        ...(protocol ? [cancelled("cancelled")] : []),
        { ErrorEquals: ["States.Timeout"], Next: "approval timed out" },
      ],
      Assign: { v_decision: expression("$states.result") },
      Output: NO_OUTPUT,
      Next: "ship",
    },
    "approval timed out": { Type: "Fail", Error: "TimeoutError", Cause: "Nobody answered within 4 hours." },
    ship: {
      Type: "Task",
      Resource: functionArn("ship"),
      Arguments: taskEvent(
        { step: "ship", frames: [], args: [order, expression("$v_parts"), decidedBy] },
        protocol,
      ),
      Retry: retriers,
      Catch: [...controls("ship"), toInline("ship: inline")],
      End: true,
    },
    "ship: inline": inlineStep("decided-by", "ship", { decision: expression("$v_decision") }),
    ...(protocol
      ? { ...detours("fetchOrder", [], "cancelled"), ...detours("ship", [], "cancelled"), ...compensation }
      : {}),
  };
  return { QueryLanguage: "JSONata", StartAt: "fetchOrder", States: states };
}
