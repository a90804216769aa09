import { expression } from "../../asl/expression.ts";
import type { ChoiceRule, ChoiceState, Template } from "../../asl/types.ts";
import { KEPT_KEY } from "../../model/protocol.ts";
import { fieldOf } from "../fast/record.ts";
import type { CellBinding, ScriptNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import { leaving, ruleMaker, withAssign } from "./branch.ts";
import { comment, type Emission, partName, planContext, type Site } from "./context.ts";
import { planScript } from "./plan.ts";
import { entryAssign, HAS_SLOW, inlineState, SLOW } from "./tasks.ts";

/**
 * Statements on several ways out: a state that finds the way, by JSONata or as the author wrote them, and a Choice that
 * takes it.
 */
export function emitScript(emission: Emission, site: Site<ScriptNode>): string {
  const { target, node, entry } = site;
  const plan = planScript(node.script, planContext(emission, site));
  const record = plan.fast ? recordVariable(node) : undefined;
  const choice = partName(emission, node, "exit");
  emitExits(emission, site, choice, record, plan.cells ?? []);
  const isGuarded = plan.fast && plan.guard !== undefined;
  const inline = isGuarded ? partName(emission, node, "inline") : node.id;
  if (!plan.fast || isGuarded) {
    const made = inlineState(emission, site, node.script, {
      name: inline,
      when: plan.fast ? "guard" : "always",
      crossing: "exact",
      next: choice,
    });
    // What the state finds in the input of a map's item, later ones find in variables.
    target.states[inline] = made.Type === "Task" ? withAssign(made, entryAssign(entry)) : made;
  }
  if (!plan.fast || record === undefined) return node.id;
  const assigned = { ...plan.assigned, [record]: plan.values[0] ?? null };
  const where = { Comment: comment(emission, node.span) };
  if (plan.guard === undefined) {
    const assign = { ...entryAssign(entry), ...assigned };
    target.states[node.id] = { Type: "Pass", ...where, Assign: assign, Output: {}, Next: choice };
  } else {
    const found = withAssign(ruleMaker(entry)(plan.guard, choice), assigned);
    target.states[node.id] = { Type: "Choice", ...where, Choices: [found], Default: inline };
  }
  return node.id;
}

/** The variable for what is returned holds the record first. */
function recordVariable({ script }: ScriptNode): string | undefined {
  const last = script.checks.at(-1);
  const made = last?.kind === "assignment" ? last.assignment.made : undefined;
  return made?.by === "script" ? made.exits?.value.variable : undefined;
}

function emitExits(
  emission: Emission,
  { target, node, next }: Site<ScriptNode>,
  choice: string,
  record: string | undefined,
  cells: readonly CellBinding[],
): void {
  const state: ChoiceState = { Type: "Choice", Comment: comment(emission, node.span), Choices: [] };
  const way = record === undefined ? `${SLOW}.exit` : `(${HAS_SLOW} ? ${SLOW}.exit : $${record}.exit)`;
  const assigned = record === undefined ? {} : leftIn(record, cells);
  const left = <T extends ChoiceRule | ReturnType<typeof leaving>>(rule: T): T => withAssign(rule, assigned);
  state.Choices = node.exits.map((exit, i) =>
    left({
      Condition: expression(`${way} = ${i}`),
      Next: emitBlock(emission, target, exit, ends(exit) ? undefined : next),
      ...leaving(undefined),
    }),
  );
  if (node.catches && target.handler) {
    const { next: handler, error } = target.handler;
    state.Choices.push({
      Condition: expression(`$exists(${SLOW}.error)`),
      Next: handler,
      Assign: { [error.variable]: expression(`${SLOW}.error`) },
      ...leaving(undefined),
    });
  }
  Object.assign(state, { Default: next, ...left(leaving(undefined)) });
  target.states[choice] = state;
}

/** What the record says of the cells and of what is returned; after an inline step they are set already. */
function leftIn(record: string, cells: readonly CellBinding[]): Record<string, Template> {
  const nothing = `{"${KEPT_KEY}": ["undefined"]}`;
  const field = (variable: string, code: string): [string, Template] => [
    variable,
    expression(`${HAS_SLOW} ? $${variable} : $exists(${code}) ? ${code} : ${nothing}`),
  ];
  return Object.fromEntries([
    field(record, `$${record}.r`),
    ...cells.map(({ variable }, i) => field(variable, fieldOf(`$${record}`, i))),
  ]);
}
