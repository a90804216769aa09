import { expression, expressionText } from "../../asl/expression.ts";
import type { ChoiceRule, ChoiceState, Template } from "../../asl/types.ts";
import type { BranchNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock, emitRest, type Following, NO_OUTPUT } from "./block.ts";
import { comment, type Emission, type Entry, type Target } from "./context.ts";
import { planTest } from "./plan.ts";
import { fastContext } from "./step.ts";
import { entryAssign, inlineState, SLOW } from "./tasks.ts";

/** `if`: one Choice. A guarded test has two total predicates, and an inline step as its Default (R4). */
export function emitBranch(
  emission: Emission,
  target: Target,
  node: BranchNode,
  following: Following,
  entry: Entry | undefined,
): string {
  const both = ends(node.consequent) && ends(node.otherwise);
  const exit = both ? undefined : emitRest(emission, target, following);
  const then = emitBlock(emission, target, node.consequent, exit);
  const otherwise = emitBlock(emission, target, node.otherwise, exit);
  const plan = planTest(node.test, fastContext(emission, entry));
  const name = `${node.id} inline`;
  const rule = ruleMaker(entry);
  const state: ChoiceState = { Type: "Choice", Comment: comment(emission, node.span), Choices: [] };
  target.states[node.id] = state;
  const inline = (when: "always" | "guard") =>
    inlineState(emission, target, entry, node.test, { name, when, crossing: "exact", next: node.id });
  if (!plan.fast) {
    state.Choices = [rule(`${SLOW} = true`, then), rule(`${SLOW} = false`, otherwise)];
    target.states[name] = inline("always");
    return name;
  }
  const condition = expressionText(String(plan.values[0]));
  if (plan.guard === undefined) {
    state.Choices = [rule(condition, then)];
    return Object.assign(state, { Default: otherwise, ...leaving(entry) }) && node.id;
  }
  state.Choices = [
    rule(`${plan.guard} and ${condition}`, then),
    rule(`${plan.guard} and $not(${condition})`, otherwise),
    rule(`${SLOW} = true`, then),
    rule(`${SLOW} = false`, otherwise),
  ];
  state.Default = name;
  target.states[name] = inline("guard");
  return node.id;
}

/** What a Choice leaves behind: nothing in the output, and a map body's entry in variables. */
export function leaving(entry: Entry | undefined): { Assign?: Record<string, Template>; Output: Template } {
  const assign = entryAssign(entry);
  return Object.keys(assign).length > 0 ? { Assign: assign, Output: NO_OUTPUT } : { Output: NO_OUTPUT };
}

export const ruleMaker =
  (entry: Entry | undefined) =>
  (condition: string, next: string): ChoiceRule => ({
    Condition: expression(condition),
    Next: next,
    ...leaving(entry),
  });
