import { expression, expressionText } from "../../asl/expression.ts";
import type { Catcher, ChoiceRule, Retrier, State, TaskState, Template } from "../../asl/types.ts";
import { PARTS } from "../../model/error-parts.ts";
import { CANCELLED, MOST_FLOW_DEPTH } from "../../model/protocol.ts";
import type { SubflowNode } from "../graph.ts";
import {
  comment,
  type Emission,
  envelopeAt,
  nextOf,
  partName,
  planContext,
  runIdAt,
  type Site,
  variableOf,
} from "./context.ts";
import { attemptOfFlow } from "./flow-retry.ts";
import { DEPTH_VALUE } from "./javascript.ts";
import { type Plan, planValues } from "./plan.ts";
import { NEVER } from "./retries.ts";
import { inputPlan } from "./room.ts";
import { REFUSALS } from "./settle.ts";
import {
  type Caught,
  entryAssign,
  failed,
  frames,
  inlineState,
  NO_OUTPUT,
  RAISE,
  refused,
  SLOW,
  settling,
  toInline,
  turnOf,
} from "./tasks.ts";

const START = "arn:aws:states:::states:startExecution";

/** Step Functions' own passing troubles. A child that failed is none of them. */
const SERVICE: Retrier = {
  ErrorEquals: [
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.ThrottlingException",
    "StepFunctions.SdkClientException",
    "StepFunctions.AWSStepFunctionsException",
  ],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
  JitterStrategy: "FULL",
};

/** How many flows will stand around the child. */
function depthAt({ target, entry }: Site): string {
  const outer = `${envelopeAt(target, entry)}.depth`;
  return `($exists(${outer}) ? ${outer} : 0) + 1`;
}

/**
 * `await flow(x)`: an execution of the flow's own machine. Where its schema must see the input, or a guard fails, an
 * inline step makes the input, and a state of its own sends it: a template cannot choose between two.
 */
export function emitSubflow(emission: Emission, site: Site<SubflowNode>): string {
  const { target, node } = site;
  const called = emission.flows.get(node.flow);
  if (!called) throw new Error(`The flow "${node.flow}" is called, but not among those that are.`);
  const depth = depthAt(site);
  const plan: Plan = called.hasSchema
    ? { fast: false }
    : inputPlan(emission, planValues(node.input, planContext(emission, site), "input"), called.room);
  const limited = called.recursive && node.waits ? `${depth} < ${MOST_FLOW_DEPTH}` : undefined;
  const guard = [plan.fast ? plan.guard : undefined, limited]
    .filter((one) => one !== undefined)
    .join(" and ");
  if (plan.fast && guard === "") {
    target.states[node.id] = stateOf(emission, site, inputOf(emission, site, plan), plan.assigned);
    return node.id;
  }
  const inline = partName(emission, node, "inline");
  const slow = plan.fast ? partName(emission, node, "slow") : node.id;
  target.states[slow] = stateOf(emission, site, slowInput(emission, site), {});
  target.states[inline] = inlineState(emission, site, node.input, {
    name: inline,
    when: plan.fast ? "guard" : "always",
    crossing: "input",
    next: slow,
    room: called.room,
    ...(limited === undefined ? {} : { more: { [DEPTH_VALUE]: expression(depth) } }),
  });
  if (!plan.fast) return inline;
  const fast = stateOf(emission, site, inputOf(emission, site, plan), plan.assigned, guard);
  target.states[node.id] = { ...fast, Catch: [toInline(inline), ...(fast.Catch ?? [])] };
  return node.id;
}

function inputOf(emission: Emission, site: Site<SubflowNode>, plan: Plan & { fast: true }): Template {
  const told = envelopeOf(emission, site);
  const [input] = plan.values;
  if (plan.optional) {
    // An object of JSONata's has no key for what is not there.
    const fields = [["input", expressionText(String(input))], ...told];
    return expression(`{${fields.map(([key, code]) => `${JSON.stringify(key)}: ${code}`).join(", ")}}`);
  }
  const others = Object.fromEntries(told.map(([key, code]) => [key, expression(code)]));
  return { ...(input === undefined ? {} : { input }), ...others };
}

const slowInput = (emission: Emission, site: Site<SubflowNode>): Template => {
  const told = envelopeOf(emission, site).map(([key, code]) => `${JSON.stringify(key)}: ${code}`);
  return expression(`$merge([${SLOW}, {${told.join(", ")}}])`);
};

/** What a child is told beside its input: of whoever waits for it, how deep it stands and who the callers are. */
function envelopeOf(emission: Emission, site: Site<SubflowNode>): [key: string, code: string][] {
  const waiting: [string, string][] = [
    ["depth", depthAt(site)],
    ["callers", `[${callKey(emission, site)}, ${envelopeAt(site.target, site.entry)}.callers]`],
  ];
  return [
    ...(site.node.waits ? waiting : []),
    ["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID", "$states.context.Execution.Id"],
  ];
}

function stateOf(
  emission: Emission,
  site: Site<SubflowNode>,
  input: Template,
  assigned: Record<string, Template>,
  guard?: string,
): TaskState {
  const { node, target, entry } = site;
  const called = emission.flows.get(node.flow);
  const name = childName(emission, site);
  const before = { ...entryAssign(entry), ...assigned };
  const assign: Record<string, Template> = { ...before };
  if (node.result)
    assign[variableOf(target, node.result)] = node.waits
      ? expression("$states.result.Output")
      : { runId: expression(name) };
  const state: TaskState = {
    Type: "Task",
    Comment: comment(emission, node.span),
    Resource: node.waits ? `${START}.sync:2` : START,
    Arguments: {
      StateMachineArn: called?.arn ?? "",
      Name: expression(guard === undefined ? name : `${guard} ? ${name} : ${RAISE}`),
      Input: input,
    },
    Retry: [NEVER, SERVICE],
    ...(Object.keys(assign).length > 0 ? { Assign: assign } : {}),
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
  const catchers = node.waits
    ? failing(emission, site, before)
    : settling(target, turnOf(emission, node) + 1, before);
  return catchers.length > 0 ? { ...state, Catch: catchers } : state;
}

/**
 * The name of the child's execution, which is its run id: from this run, the call site and the frames, so that asking
 * twice starts one. A hash, since a name has at most 80 characters. When the flow itself is tried again, so is the child.
 */
const childName = (emission: Emission, site: Site<SubflowNode>): string =>
  `"s" & $substring($hash(${callKey(emission, site)}, "SHA-256"), 0, 31)`;

/** Names the call: `run/step/frames`. */
function callKey(emission: Emission, { target, node, entry }: Site<SubflowNode>): string {
  const indexes = (frames(target, entry) as string[]).map((code) => `$string(${expressionText(code)})`);
  const attempt = attemptOfFlow(emission);
  const parts = [
    runIdAt(target, entry),
    JSON.stringify(node.step),
    ...indexes,
    ...(attempt === undefined ? [] : [`"again", $string(${attempt})`]),
  ];
  return `$join([${parts.join(", ")}], "/")`;
}

/** Of an error that leaves its flow name, message and cause are left, and no class or property of its own. */
const WITHOUT_PARTS = `$replace($l_e, ${JSON.stringify(PARTS)}, ${JSON.stringify(PARTS.replace("-", " "))})`;

/** Its child's own error is in the cause, as DescribeExecution tells it. */
const CAUSE = "$states.errorOutput.Cause";
const IS_CHILD = `$states.errorOutput.Error = "States.TaskFailed" and $type(${CAUSE}) = "string" and $substring(${CAUSE}, 0, 1) = "{" and $substring(${CAUSE}, -1) = "}" and $contains(${CAUSE}, "ExecutionArn")`;
const inner = (field: "Error" | "Cause", otherwise: string, told = "$l_e"): string =>
  expression(
    `${IS_CHILD} ? ($l_e := $parse(${CAUSE}).${field}; $exists($l_e) ? ${told} : ${otherwise}) : $exists($states.errorOutput.${field}) ? $states.errorOutput.${field} : null`,
  );
export const CHILD: Caught = {
  Error: inner("Error", '"RunCancelled"'),
  Cause: inner("Cause", '"The run of a flow was cancelled."', WITHOUT_PARTS),
};

/** A failure is the child's own, whoever catches it; what no handler may see passes by it. */
function failing(
  emission: Emission,
  { node, target }: Site<SubflowNode>,
  before: Record<string, Template>,
): Catcher[] {
  const { handler, settle, cancelled } = target;
  const turn = turnOf(emission, node) + 1;
  if (!handler && settle) return settling(target, turn, before, CHILD);
  const every = ["States.ALL"];
  const ends = handler
    ? undefined
    : failed(target, "(sub-flow failed)", "The error of a flow that this one called.");
  if (ends !== undefined && cancelled === undefined)
    return [{ ErrorEquals: every, Next: ends, Output: CHILD }];
  const name = partName(emission, node, "failed");
  const passing = (names: readonly string[], Next: string): ChoiceRule => ({
    Condition: expression(`$states.input.Error in ${JSON.stringify(names)}`),
    Next,
    Output: expression("$states.input"),
  });
  const error = { Error: expression("$states.input.Error"), Cause: expression("$states.input.Cause") };
  const state: State = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [
      ...(cancelled === undefined ? [] : [passing([CANCELLED], cancelled)]),
      ...(handler ? [passing(REFUSALS, refused(target))] : []),
    ],
    Default: ends ?? handler?.next ?? "",
    ...(handler ? { Assign: { [handler.error.variable]: error }, Output: NO_OUTPUT } : {}),
  };
  target.states[name] = state;
  return [{ ErrorEquals: every, Next: name, Assign: before, Output: { ...CHILD, Turn: turn } }];
}
