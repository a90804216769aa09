import { expression } from "../../asl/expression.ts";
import type { CheckNode } from "../graph.ts";
import { emitRest, type Following } from "./block.ts";
import { leaving, ruleMaker } from "./branch.ts";
import { comment, type Emission, type Entry, type Target } from "./context.ts";
import { planValues } from "./plan.ts";
import { fastContext } from "./step.ts";
import { inlineState, SLOW } from "./tasks.ts";

/** Definitions at the end of a branch: no state where they cannot throw, else a Choice whose Default is the inline step. */
export function emitCheck(
  emission: Emission,
  target: Target,
  node: CheckNode,
  following: Following,
  entry: Entry | undefined,
): string {
  const plan = planValues(node.check, fastContext(emission, entry));
  const next = emitRest(emission, target, following);
  if (plan.fast && plan.guard === undefined && !entry) return next;
  const name = `${node.id} inline`;
  const rule = ruleMaker(entry);
  const passed = rule(`$exists(${SLOW}) or ${SLOW} = null`, next);
  const choices = plan.fast ? [rule(plan.guard ?? "true", next), passed] : [passed];
  target.states[node.id] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: choices,
    Default: plan.fast ? name : next,
    ...(plan.fast ? {} : leaving(entry)),
  };
  target.states[name] = inlineState(emission, target, entry, node.check, {
    name,
    when: plan.fast ? "guard" : "always",
    crossing: "exact",
    next: node.id,
  });
  return plan.fast ? node.id : name;
}

export const always = expression("true");
