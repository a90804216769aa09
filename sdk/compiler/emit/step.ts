import { expression } from "../../asl/expression.ts";
import type { TaskState, Template } from "../../asl/types.ts";
import type { ReturnNode, StepNode } from "../graph.ts";
import { emitRest, type Following, NO_OUTPUT } from "./block.ts";
import { codeAt, type Emission, type Entry, type Target } from "./context.ts";
import { guardTemplate, type Plan, planValues } from "./plan.ts";
import {
  entryAssign,
  HAS_SLOW,
  inlineState,
  SLOW,
  settling,
  type TaskCall,
  taskState,
  toInline,
} from "./tasks.ts";

export const fastContext = (emission: Emission, entry: Entry | undefined, result?: StepNode["result"]) => ({
  reader: emission.reader,
  module: emission.module,
  uses: emission.uses,
  inputPresent: emission.inputPresent,
  code: codeAt(entry, result),
});

/** `await task(…)`: one state; where its arguments are guarded, an inline step beside it. */
export function emitStep(
  emission: Emission,
  target: Target,
  node: StepNode,
  following: Following,
  entry: Entry | undefined,
): string {
  const plan = planValues(node.args, fastContext(emission, entry));
  const state = taskState(emission, target, entry, callOf(node, plan), node.span);
  const folded = foldReturn(emission, node, following, entry);
  const catchers = settling(target);
  if (plan.fast && plan.guard !== undefined) catchers.unshift(toInline(`${node.id} inline`));
  if (catchers.length > 0) state.Catch = catchers;
  const leads = folded ?? continuation(emission, target, node, following, entry);
  target.states[node.id] = { ...state, ...leads } as TaskState;
  if (plan.fast && plan.guard === undefined) return node.id;
  const name = `${node.id} inline`;
  target.states[name] = inlineState(emission, target, entry, node.args, {
    name,
    when: plan.fast ? "guard" : "always",
    crossing: "boundary",
    next: node.id,
  });
  return plan.fast ? node.id : name;
}

function callOf(node: StepNode, plan: Plan): TaskCall {
  const call = { task: node.task, step: node.step };
  if (!plan.fast) return { ...call, args: [], slow: expression(SLOW) };
  if (plan.guard === undefined) return { ...call, args: plan.values };
  return {
    ...call,
    args: guardTemplate(plan.values, (code) => `${HAS_SLOW} ? null : ${code}`),
    slow: expression(`${HAS_SLOW} ? ${SLOW} : null`),
    guard: plan.guard,
  };
}

/** A return that follows at once and cannot fail needs no state of its own: it is the task's output. */
function foldReturn(
  emission: Emission,
  node: StepNode,
  following: Following,
  entry: Entry | undefined,
): Partial<TaskState> | undefined {
  const [next] = following.rest;
  if (next?.kind !== "return") return undefined;
  const output = totalReturn(emission, next, entry, node.result);
  return output === undefined ? undefined : ({ Output: output, End: true } as Partial<TaskState>);
}

/** The value of a return as a template that cannot fail, or nothing. */
export function totalReturn(
  emission: Emission,
  node: ReturnNode,
  entry: Entry | undefined,
  result?: StepNode["result"],
): Template | undefined {
  if (node.value.values.length === 0 && node.value.checks.length === 0) return null;
  const plan = planValues(node.value, fastContext(emission, entry, result));
  return plan.fast && plan.guard === undefined ? (plan.values[0] ?? null) : undefined;
}

function continuation(
  emission: Emission,
  target: Target,
  node: StepNode,
  following: Following,
  entry: Entry | undefined,
): Partial<TaskState> {
  const assign = entryAssign(entry);
  // The raw result, by an expression that cannot fail: after this nothing can be lost.
  if (node.result) assign[node.result.variable] = expression("$states.result");
  const leads = { Next: emitRest(emission, target, following) };
  return Object.keys(assign).length > 0
    ? { Assign: assign, Output: NO_OUTPUT, ...leads }
    : { Output: NO_OUTPUT, ...leads };
}
