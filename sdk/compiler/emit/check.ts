import type { CheckNode } from "../graph.ts";
import { ruleMaker, withAssign } from "./branch.ts";
import { comment, type Emission, nextOf, partName, planContext, type Site } from "./context.ts";
import { planChecks } from "./plan.ts";
import { entryAssign, inlineState, NO_OUTPUT } from "./tasks.ts";

/**
 * What must be done before control goes on, from one place of several: no state where nothing is assigned and nothing
 * can throw, a Pass where nothing can throw, else a Choice whose Default is the inline step.
 */
export function emitCheck(emission: Emission, site: Site<CheckNode>): string {
  const { target, node, entry } = site;
  const plan = planChecks(node.check, planContext(emission, site));
  const next = nextOf(site);
  const where = { Comment: comment(emission, node.span) };
  const assigned = plan.fast ? { ...entryAssign(entry), ...plan.assigned } : {};
  if (plan.fast && plan.guard === undefined) {
    if (Object.keys(assigned).length === 0) return next;
    target.states[node.id] = { Type: "Pass", ...where, Assign: assigned, Output: NO_OUTPUT, Next: next };
    return node.id;
  }
  // Always taken, the inline step is the node's own state: others may lead to it by its name.
  const name = plan.fast ? partName(emission, node, "inline") : node.id;
  const when = plan.fast ? "guard" : "always";
  const asked = plan.fast ? plan.guard : undefined;
  const state = inlineState(emission, site, node.check, {
    name,
    when,
    crossing: "exact",
    next,
    quiet: true,
    asked,
  });
  target.states[name] = state.Type === "Task" ? withAssign(state, entryAssign(entry)) : state;
  if (!plan.fast || plan.guard === undefined) return name;
  const passed = withAssign(ruleMaker(entry)(plan.guard, next), plan.assigned);
  target.states[node.id] = { Type: "Choice", ...where, Choices: [passed], Default: name };
  return node.id;
}
