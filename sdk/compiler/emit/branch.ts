import { expression, expressionText } from "../../asl/expression.ts";
import type { ChoiceRule, ChoiceState, Template } from "../../asl/types.ts";
import type { BranchNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import { comment, type Emission, type Entry, nextOf, partName, planContext, type Site } from "./context.ts";
import { planTest } from "./plan.ts";
import { entryAssign, inlineState, NO_OUTPUT, SLOW } from "./tasks.ts";

/** `if`: one Choice. A guarded test has two total predicates, and an inline step as its Default (R4). */
export function emitBranch(emission: Emission, site: Site<BranchNode>): string {
  const { target, node, entry } = site;
  const exit = ends(node.consequent) && ends(node.otherwise) ? undefined : nextOf(site);
  const otherwise = emitBlock(emission, target, node.otherwise, exit);
  const consequent = emitBlock(emission, target, node.consequent, exit);
  const plan = planTest(node.test, planContext(emission, site));
  const rule = ruleMaker(entry);
  const state: ChoiceState = { Type: "Choice", Comment: comment(emission, node.span), Choices: [] };
  target.states[node.id] = state;
  const inline = (when: "always" | "guard"): string => {
    const name = partName(emission, node, "inline");
    target.states[name] = inlineState(emission, site, node.test, {
      name,
      when,
      crossing: "exact",
      next: node.id,
    });
    return name;
  };
  if (!plan.fast) {
    state.Choices = [rule(`${SLOW} = true`, consequent), rule(`${SLOW} = false`, otherwise)];
    return inline("always");
  }
  const condition = expressionText(String(plan.values[0]));
  if (plan.guard === undefined) {
    state.Choices = [rule(condition, consequent)];
    Object.assign(state, { Default: otherwise, ...leaving(entry) });
    return node.id;
  }
  state.Choices = [
    rule(`${plan.guard} and ${condition}`, consequent),
    rule(`${plan.guard} and $not(${condition})`, otherwise),
    rule(`${SLOW} = true`, consequent),
    rule(`${SLOW} = false`, otherwise),
  ];
  state.Default = inline("guard");
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
