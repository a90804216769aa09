import type { ChoiceRule, ChoiceState } from "../../asl/types.ts";
import type { SwitchNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import { ruleMaker, withAssign } from "./branch.ts";
import { comment, type Emission, nextOf, partName, planContext, type Site, type Target } from "./context.ts";
import { planCases } from "./plan.ts";
import { inlineState, SLOW } from "./tasks.ts";

/** `switch`: one Choice with a rule a case; what JSONata cannot compare is chosen by the inline step. */
export function emitSwitch(emission: Emission, site: Site<SwitchNode>): string {
  const { target, node, entry } = site;
  const starts = emitBodies(emission, site);
  const to = (body: number): string => starts[body] ?? nextOf(site);
  const plan = planCases(node.choice, planContext(emission, site));
  const done = ruleMaker(entry);
  const state: ChoiceState = { Type: "Choice", Comment: comment(emission, node.span), Choices: [] };
  target.states[node.id] = state;
  const name = partName(emission, node, "inline");
  const { bodies, fallback } = node.choice.cases ?? { bodies: [], fallback: -1 };
  const slow = [...new Set([...bodies, fallback])].map((body) => done(`${SLOW} = ${body}`, to(body)));
  if (!plan.fast) state.Choices = slow;
  else {
    const guarded = (condition: string): string =>
      plan.guard === undefined ? condition : `${plan.guard} and ${condition}`;
    const rules: ChoiceRule[] = plan.values.map((condition, i) =>
      done(guarded(String(condition)), to(bodies[i] ?? fallback)),
    );
    const rest = done(plan.guard ?? "true", to(fallback));
    // The inline step's answer first: what it assigned may now hold the guard, and would be assigned once more.
    state.Choices = [
      ...(plan.guard === undefined ? [] : slow),
      ...[...rules, rest].map((rule) => withAssign(rule, plan.assigned)),
    ];
    if (plan.guard === undefined) return node.id;
    state.Default = name;
  }
  const when = plan.fast ? "guard" : "always";
  target.states[name] = inlineState(emission, site, node.choice, {
    name,
    when,
    crossing: "exact",
    next: node.id,
    asked: plan.fast ? plan.guard : undefined,
  });
  return plan.fast ? node.id : name;
}

/** The first state of each body; a body without states leads on to the next one. */
function emitBodies(emission: Emission, site: Site<SwitchNode>): string[] {
  const { node, next } = site;
  const target: Target = { ...site.target, jumps: new Map(site.target.jumps) };
  target.jumps.set(node, { break: next, continue: undefined });
  const starts: string[] = [];
  let exit = next;
  for (let i = node.bodies.length - 1; i >= 0; i--) {
    const body = node.bodies[i] ?? [];
    exit = emitBlock(emission, target, body, ends(body) ? undefined : exit);
    starts[i] = exit;
  }
  return starts;
}
