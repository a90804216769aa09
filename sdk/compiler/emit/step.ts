import { expression } from "../../asl/expression.ts";
import type { Catcher, TaskState, Template } from "../../asl/types.ts";
import type { StepNode } from "../graph.ts";
import { type Emission, nextOf, partName, planContext, type Site, variableOf } from "./context.ts";
import { settlingFuture } from "./futures.ts";
import { partField, toNotCalled } from "./parts.ts";
import { type Plan, planValues } from "./plan.ts";
import { retryAfter } from "./retries.ts";
import {
  assignAfter,
  entryAssign,
  HAS_SLOW,
  inlineState,
  NO_OUTPUT,
  SLOW,
  settling,
  type TaskCall,
  taskState,
  toInline,
  turnOf,
} from "./tasks.ts";
import { guardTemplate } from "./template.ts";

/**
 * `await task(…)`: one state; where its arguments are guarded, an inline step beside it.
 *
 * @param output of the machine or map body that the task ends, where a return was folded into it
 */
export function emitStep(emission: Emission, site: Site<StepNode>, output?: Template): string {
  const { target, node } = site;
  if (node.part !== undefined) return emitPartStep(emission, site, node.part, output);
  const context = planContext(emission, site);
  const riding = emission.paths === "slow" ? context : { ...context, lines: [] };
  const plan = planValues(node.args, riding, "boundary");
  const state = taskState(emission, site, callOf(node, plan));
  const inline = plan.fast && plan.guard === undefined ? undefined : partName(emission, node, "inline");
  const before = { ...entryAssign(site.entry), ...assignAfter(plan) };
  const catchers = failing(emission, site, before);
  if (plan.fast && inline !== undefined) catchers.unshift(toInline(inline));
  catchers.unshift(...retryAfter(emission, site, node.task));
  if (catchers.length > 0) state.Catch = catchers;
  const leads = output === undefined ? continuation(site, plan) : { Output: output, End: true };
  target.states[node.id] = { ...state, ...leads } as TaskState;
  if (inline === undefined) return node.id;
  const when = plan.fast ? "guard" : "always";
  target.states[inline] = inlineState(emission, site, node.args, {
    name: inline,
    when,
    crossing: "arguments",
    next: node.id,
    asked: plan.fast ? plan.guard : undefined,
  });
  return plan.fast ? node.id : inline;
}

/** In a branch of a `Promise.all([…])`: its arguments were evaluated before the branch began. */
function emitPartStep(
  emission: Emission,
  site: Site<StepNode>,
  part: string,
  output: Template | undefined,
): string {
  const { target, node } = site;
  if (!target.parts) throw new Error(`The step "${node.id}" has no parts.`);
  const call: TaskCall = { task: node.task, step: node.step, args: [], slow: partField(target.parts, part) };
  const state = taskState(emission, site, call);
  const catchers = [
    ...toNotCalled(emission, site, part),
    ...retryAfter(emission, site, node.task),
    ...failing(emission, site, entryAssign(site.entry)),
  ];
  if (catchers.length > 0) state.Catch = catchers;
  const leads =
    output === undefined
      ? continuation(site, { fast: true, guard: undefined, values: [], assigned: {} })
      : { Output: output, End: true };
  target.states[node.id] = { ...state, ...leads } as TaskState;
  return node.id;
}

/** Where a failure leads; that of a future is its result, and the flow goes on. */
const failing = (emission: Emission, site: Site<StepNode>, assign: Record<string, Template>): Catcher[] =>
  site.node.future
    ? settlingFuture(emission, site, assign, nextOf(site))
    : settling(site.target, turnOf(emission, site.node) + 1, assign);

function callOf(node: StepNode, plan: Plan): TaskCall {
  const call = { task: node.task, step: node.step };
  if (!plan.fast) return { ...call, args: [], slow: expression(SLOW) };
  const args = plan.list ?? plan.values;
  const lines = plan.lines ?? [];
  if (plan.guard === undefined) return { ...call, args, ...(lines.length > 0 && { lines }) };
  // A list that one expression makes stays a list: the wrapper of the task asks for one.
  const none = Array.isArray(args) ? "null" : "[]";
  return {
    ...call,
    args: guardTemplate(args, (code) => `${HAS_SLOW} ? ${none} : ${code}`),
    slow: expression(`${HAS_SLOW} ? ${SLOW} : null`),
    guard: plan.guard,
    ...(lines.length > 0 && { lines: guardTemplate(lines, (code) => `${HAS_SLOW} ? null : ${code}`) }),
  };
}

function continuation(site: Site<StepNode>, plan: Plan): Partial<TaskState> {
  const assign = { ...entryAssign(site.entry), ...assignAfter(plan) };
  // The raw result, by an expression that cannot fail: after this nothing can be lost.
  if (site.node.result) assign[variableOf(site.target, site.node.result)] = expression("$states.result");
  const leads = { Output: NO_OUTPUT, Next: nextOf(site) };
  return Object.keys(assign).length > 0 ? { Assign: assign, ...leads } : leads;
}
