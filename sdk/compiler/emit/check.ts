import type { CheckNode } from "../graph.ts";
import { ruleMaker } from "./branch.ts";
import { comment, type Emission, nextOf, partName, planContext, type Site } from "./context.ts";
import { planChecks } from "./plan.ts";
import { inlineState } from "./tasks.ts";

/** Definitions at the end of a branch: no state where they cannot throw, else a Choice whose Default is the inline step. */
export function emitCheck(emission: Emission, site: Site<CheckNode>): string {
  const { target, node } = site;
  const plan = planChecks(node.check, planContext(emission, site));
  const next = nextOf(site);
  if (plan.fast && plan.guard === undefined) return next;
  const name = partName(emission, node, "inline");
  const when = plan.fast ? "guard" : "always";
  target.states[name] = inlineState(emission, site, node.check, {
    name,
    when,
    crossing: "exact",
    next,
    quiet: true,
  });
  if (!plan.fast || plan.guard === undefined) return name;
  const passed = ruleMaker(undefined)(plan.guard, next);
  target.states[node.id] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [passed],
    Default: name,
  };
  return node.id;
}
