import { expression, expressionText } from "../../asl/expression.ts";
import type { ChoiceRule, ChoiceState, Template } from "../../asl/types.ts";
import type { BranchNode, Region } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import { comment, type Emission, type Entry, nextOf, partName, planContext, type Site } from "./context.ts";
import { planTest } from "./plan.ts";
import type { Turning } from "./segments.ts";
import { entryAssign, inlineState, NO_OUTPUT, SLOW } from "./tasks.ts";

/** `if`: one Choice. A guarded test has two total predicates, and an inline step as its Default (R4). */
export function emitBranch(emission: Emission, site: Site<BranchNode>): string {
  const { target, node } = site;
  const exit = ends(node.consequent) && ends(node.otherwise) ? undefined : nextOf(site);
  const otherwise = emitBlock(emission, target, node.otherwise, exit);
  const consequent = emitBlock(emission, target, node.consequent, exit);
  return emitTest(emission, site, node.test, {
    name: node.id,
    consequent,
    otherwise,
    inline: "inline",
    begins: false,
  });
}

/** A test as a Choice between two states. */
export function emitTest(
  emission: Emission,
  site: Site,
  test: Region,
  to: {
    name: string;
    consequent: string;
    otherwise: string;
    inline: "inline" | "again inline";
    /** The state of this name is where the test begins, whatever it takes: states lead to it already. */
    begins: boolean;
    /** At the end of a turn: when and where the loop goes on elsewhere. */
    turns?: Turning;
  },
): string {
  const { target, node, entry } = site;
  const { consequent, otherwise } = to;
  const plan = planTest(test, planContext(emission, site));
  const done = ruleMaker(entry);
  const assigned = plan.fast ? plan.assigned : {};
  // After an inline step the cells are set already; a fast rule sets them itself.
  const rule = (condition: string, next: string): ChoiceRule => withAssign(done(condition, next), assigned);
  /** Another turn, here or elsewhere. */
  const goes = (made: typeof rule, condition: string): ChoiceRule[] => {
    const { turns } = to;
    if (!turns) return [made(condition, consequent)];
    return [
      made(`${condition} and ${turns.due}`, turns.next),
      withAssign(made(condition, consequent), turns.count),
    ];
  };
  const state: ChoiceState = { Type: "Choice", Comment: comment(emission, test.span), Choices: [] };
  target.states[to.name] = state;
  const inline = (when: "always" | "guard"): string => {
    const name = partName(emission, node, to.inline);
    target.states[name] = inlineState(emission, site, test, {
      name,
      when,
      crossing: "exact",
      next: to.name,
      asked: plan.fast ? plan.guard : undefined,
    });
    return name;
  };
  if (!plan.fast) {
    state.Choices = [...goes(done, `${SLOW} = true`), done(`${SLOW} = false`, otherwise)];
    if (!to.begins) return inline("always");
    const choice = partName(emission, node, to.inline);
    target.states[choice] = state;
    target.states[to.name] = inlineState(emission, site, test, {
      name: to.name,
      when: "always",
      crossing: "exact",
      next: choice,
    });
    return to.name;
  }
  const condition = expressionText(String(plan.values[0]));
  if (plan.guard === undefined) {
    state.Choices = goes(rule, condition);
    Object.assign(state, { Default: otherwise, ...withAssign(leaving(entry), assigned) });
    return to.name;
  }
  // The inline step's answer first: what it assigned may now hold the guard, and would be assigned once more.
  state.Choices = [
    ...goes(done, `${SLOW} = true`),
    done(`${SLOW} = false`, otherwise),
    ...goes(rule, `${plan.guard} and ${condition}`),
    rule(`${plan.guard} and $not(${condition})`, otherwise),
  ];
  state.Default = inline("guard");
  return to.name;
}

export function withAssign<T extends { Assign?: Record<string, Template> }>(
  state: T,
  more: Record<string, Template>,
): T {
  return Object.keys(more).length === 0 ? state : { ...state, Assign: { ...state.Assign, ...more } };
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
