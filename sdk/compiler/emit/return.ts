import { expression } from "../../asl/expression.ts";
import type { Template } from "../../asl/types.ts";
import type { ReturnNode, VariableBinding } from "../graph.ts";
import { ruleMaker } from "./branch.ts";
import { codeAt, comment, type Emission, inside, partName, planContext, type Site } from "./context.ts";
import { type Plan, planValues } from "./plan.ts";
import { boundedPlan, isBounded } from "./room.ts";
import { wrapped } from "./settle.ts";
import { inlineState } from "./tasks.ts";

/** `return`: a Succeed with the value; guarded, a Choice before it and an inline step that ends the flow itself. */
export function emitReturn(emission: Emission, site: Site<ReturnNode>): string {
  const { target, node } = site;
  const total = totalReturn(emission, site);
  if (total !== undefined) {
    target.states[node.id] = { Type: "Succeed", Comment: comment(emission, node.span), Output: total };
    return node.id;
  }
  const plan = planReturn(emission, site);
  const name = partName(emission, node, "inline");
  const when = plan.fast ? "guard" : "always";
  target.states[name] = inlineState(emission, site, node.value, {
    name,
    when,
    crossing: node.crossing,
    end: true,
    asked: plan.fast ? plan.guard : undefined,
  });
  if (!plan.fast) return name;
  const check = partName(emission, node, "check");
  const passed = ruleMaker(undefined)(plan.guard ?? "true", node.id);
  // The input passes on to both: the value may still read a map body's entry from it.
  const rule = { ...passed, Output: expression("$states.input") };
  target.states[check] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [rule],
    Default: name,
  };
  target.states[node.id] = {
    Type: "Succeed",
    Comment: comment(emission, node.span),
    Output: wrapped(target, plan.values[0] ?? null, site.entry),
  };
  return check;
}

function planReturn(emission: Emission, site: Site<ReturnNode>, result?: VariableBinding): Plan {
  const context = planContext(emission, site, result);
  const destination = site.node.crossing === "exact" ? inside(emission) : "boundary";
  const plan = planValues(site.node.value, context, destination);
  return boundedPlan(emission, site, plan);
}

/**
 * The value of a return as a template that cannot fail, or nothing.
 *
 * @param result the result of the task whose output the value would be
 */
export function totalReturn(
  emission: Emission,
  site: Site<ReturnNode>,
  result?: VariableBinding,
): Template | undefined {
  const { value } = site.node;
  if (value.values.length === 0 && value.checks.length === 0) return wrapped(site.target, null, site.entry);
  const { given } = site.node;
  if (given && value.checks.length === 0 && isBounded(site.target, given))
    return wrapped(site.target, expression(codeAt(site.target, site.entry, result)(given)), site.entry);
  const plan = planReturn(emission, site, result);
  if (!plan.fast || plan.guard !== undefined) return undefined;
  return wrapped(site.target, plan.values[0] ?? null, site.entry);
}
