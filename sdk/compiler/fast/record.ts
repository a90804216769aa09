import type { Node } from "oxc-parser";
import type { CellBinding } from "../graph.ts";
import { both, type Fast, type FastContext, NOTHING, valueCode, withGuard } from "./fast.ts";
import { sharedNames } from "./shared-names.ts";
import { type Jump, run, type Slot, type State } from "./statements.ts";
import { fromBinding } from "./translate.ts";

/** Where the record of statements holds what a variable is left with; a field that is not there is undefined. */
export const fieldOf = (record: string, variable: number): string => `${record}.s${variable}`;

/** The statement that control leaves by. */
export type Exit = Jump | Extract<Node, { type: "ReturnStatement" }> | "return";

/**
 * Statements that control leaves on several ways, as one object: `exit` is the way that it takes (-1 at their end), `r`
 * what is returned, and `s0` and so on what the variables hold then.
 *
 * @param placeOf the number of an exit
 * @param declared cells that hold nothing before
 */
export function recordOf(
  statements: readonly Node[],
  cells: readonly CellBinding[],
  context: FastContext,
  placeOf: (exit: Exit) => number | undefined,
  declared: readonly CellBinding[] = [],
): Fast | undefined {
  if (statements.some((statement) => sharedNames(statement).size > 0)) return undefined;
  const values = new Map<Slot, Fast | undefined>();
  for (const cell of cells) values.set(cell, declared.includes(cell) ? NOTHING : begins(cell, context));
  const left = (at: State, exit: number | undefined, returned?: Fast): Fast | undefined => {
    if (exit === undefined) return undefined;
    const fields = [`"exit": ${exit}`];
    let guard = both(returned?.guard, returned?.signed);
    if (returned) fields.push(`"r": ${valueCode(returned)}`);
    for (const [i, cell] of cells.entries()) {
      const value = at.values.get(cell);
      if (!value) return undefined;
      guard = both(guard, value.guard, value.signed);
      fields.push(`"s${i}": ${valueCode(value)}`);
    }
    return withGuard({ code: `{${fields.join(", ")}}`, type: "object", present: true, own: true }, guard);
  };
  const leaving = (at: State, jump?: Jump): Fast | undefined => left(at, jump && placeOf(jump));
  return run(statements, { values, guard: undefined }, context, {
    end: (at) => left(at, -1),
    returned: (value, at) =>
      left(at, placeOf("return"), !value || value.type === "undefined" ? NOTHING : value),
    broken: leaving,
    continued: leaving,
    jumped: leaving,
  });
}

/** What a variable holds before statements that may change it. */
export function begins(cell: CellBinding, context: FastContext): Fast | undefined {
  const value = fromBinding(cell, context);
  return value?.type === "undefined" ? withGuard(NOTHING, value.guard) : value;
}
