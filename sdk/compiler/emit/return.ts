import { expression } from "../../asl/expression.ts";
import type { ReturnNode } from "../graph.ts";
import { ruleMaker } from "./branch.ts";
import { comment, type Emission, type Entry, type Target } from "./context.ts";
import { planValues } from "./plan.ts";
import { fastContext, totalReturn } from "./step.ts";
import { inlineState } from "./tasks.ts";

/** `return`: a Succeed with the value; guarded, a Choice before it and an inline step that ends the flow itself. */
export function emitReturn(
  emission: Emission,
  target: Target,
  node: ReturnNode,
  entry: Entry | undefined,
): string {
  const total = totalReturn(emission, node, entry);
  if (total !== undefined) {
    target.states[node.id] = { Type: "Succeed", Comment: comment(emission, node.span), Output: total };
    return node.id;
  }
  const plan = planValues(node.value, fastContext(emission, entry));
  const name = `${node.id} inline`;
  target.states[name] = inlineState(emission, target, entry, node.value, {
    name,
    when: plan.fast ? "guard" : "always",
    crossing: node.crossing,
    end: true,
  });
  if (!plan.fast) return name;
  const check = `${node.id} check`;
  const passed = ruleMaker(undefined)(plan.guard ?? "true", node.id);
  // The input passes on to both: the value may still read a map body's entry from it.
  target.states[check] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [{ ...passed, Output: expression("$states.input") }],
    Default: name,
  };
  target.states[node.id] = {
    Type: "Succeed",
    Comment: comment(emission, node.span),
    Output: plan.values[0] ?? null,
  };
  return check;
}
