import { expression } from "../../asl/expression.ts";
import type { ChoiceState } from "../../asl/types.ts";
import type { ScriptNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import { leaving } from "./branch.ts";
import { comment, type Emission, partName, type Site } from "./context.ts";
import { entryAssign, inlineState, SLOW } from "./tasks.ts";

/** Statements that run as the author wrote them, and a Choice for the ways on which control leaves them. */
export function emitScript(emission: Emission, site: Site<ScriptNode>): string {
  const { target, node, entry } = site;
  const choice = partName(emission, node, "exit");
  const made = inlineState(emission, site, node.script, {
    name: node.id,
    when: "always",
    crossing: "exact",
    next: choice,
  });
  // What the state finds in the input of a map's item, later ones find in variables.
  target.states[node.id] = { ...made, Assign: { ...entryAssign(entry), ...made.Assign } };
  const state: ChoiceState = { Type: "Choice", Comment: comment(emission, node.span), Choices: [] };
  state.Choices = node.exits.map((exit, i) => ({
    Condition: expression(`${SLOW}.exit = ${i}`),
    Next: emitBlock(emission, target, exit, ends(exit) ? undefined : site.next),
    ...leaving(undefined),
  }));
  if (node.catches && target.handler) {
    const { next, error } = target.handler;
    state.Choices.push({
      Condition: expression(`$exists(${SLOW}.error)`),
      Next: next,
      Assign: { [error.variable]: expression(`${SLOW}.error`) },
      ...leaving(undefined),
    });
  }
  Object.assign(state, { Default: site.next, ...leaving(undefined) });
  target.states[choice] = state;
  return node.id;
}
