import type { Node } from "oxc-parser";
import { expression } from "../../asl/expression.ts";
import type { Template } from "../../asl/types.ts";
import { KEPT_KEY } from "../../model/protocol.ts";
import { evaluated, mayChange } from "../fast/evaluated.ts";
import {
  both,
  existence,
  type Fast,
  type FastContext,
  type Guard,
  lenient,
  NOTHING,
  named,
  namesOnly,
  strict,
  withGuard,
} from "../fast/fast.ts";
import { withNames } from "../fast/guards.ts";
import { normalised } from "../fast/numbers.ts";
import { bindPattern } from "../fast/patterns.ts";
import { begins, fieldOf, recordOf } from "../fast/record.ts";
import { sharedNames } from "../fast/shared-names.ts";
import { run, type Slot, type State } from "../fast/statements.ts";
import { listedKeys } from "../fast/structures.ts";
import { isListOrThrows, ofIterated, quotedOf, textOfReceiver } from "../fast/total.ts";
import { fromBinding, loopElement, translate } from "../fast/translate.ts";
import type { Assignment, CellBinding } from "../graph.ts";
import { childrenOf } from "../parse/ast.ts";

const UNDEFINED: Fast = { code: "null", type: "undefined", present: false };

/** Does an assignment in the context's cells; gives the guard under which JSONata gives the value, or says that it cannot. */
export function assign(assignment: Assignment, context: FastContext): Guard | undefined | "inline" {
  const { made: by } = assignment;
  if (by.by === "script") {
    const isInline = by.exits || by.statements.some((one) => context.oneRuns.has(one));
    return isInline ? "inline" : ran(by.statements, assignment.cells, context, by.made);
  }
  if (by.by === "statement") {
    if (context.oneRuns.has(by.node)) return "inline";
    const statement = { ...by.node, type: "ExpressionStatement", expression: by.node } as unknown as Node;
    return ran([statement], assignment.cells, context);
  }
  const changing = changingValue(assignment, context);
  if (changing !== false) return changing;
  const value = assignedValue(assignment, context);
  const { made, cells } = assignment;
  const [cell, ...others] = cells;
  if (!value) return "inline";
  const isPattern =
    (made.by === "declaration" || made.by === "element") && made.pattern.type !== "Identifier";
  if (isPattern) return assignParts(made, value, cells, context);
  // What could be said in JSONata changes nothing else in place.
  const declared = made.by === "declaration" && made.made.length === 1 ? made.made[0] : undefined;
  const only = declared ?? (others.length === 0 ? cell : undefined);
  return only ? keep(only, value, context) : "inline";
}

/** `const job = queue.shift()`: an initial value that changes other variables on its way. */
function changingValue(
  { made, cells }: Assignment,
  context: FastContext,
): Guard | undefined | "inline" | false {
  if (made.by !== "declaration" || !made.init || !mayChange(made.init, context)) return false;
  const [own, ...more] = made.made;
  if (made.pattern.type !== "Identifier" || !own || more.length > 0) return "inline";
  const changing = cells.filter((cell) => cell !== own);
  const values = new Map<Slot, Fast | undefined>();
  for (const cell of changing) values.set(cell, begins(cell, context));
  const found = evaluated(made.init, { values, guard: undefined }, context);
  if (!found) return "inline";
  const { value, state } = found;
  const changed = changedCells(changing, values, state);
  return changed ? keepAll([...changed, [own, value]], state.guard, context) : "inline";
}

/** What statements leave in cells; nothing where only JavaScript knows. */
function changedCells(
  cells: readonly CellBinding[],
  before: ReadonlyMap<Slot, Fast | undefined>,
  { values }: State,
): (readonly [CellBinding, Fast])[] | undefined {
  const after: (readonly [CellBinding, Fast])[] = [];
  for (const cell of cells) {
    const value = values.get(cell);
    if (!value) return undefined;
    if (value !== before.get(cell)) after.push([cell, value]);
  }
  return after;
}

/** The values stand behind the guard, whose names they may hold. */
function keepAll(
  after: readonly (readonly [CellBinding, Fast])[],
  guard: Guard | undefined,
  context: FastContext,
): Guard | undefined {
  const kept = after.map(([cell, value]) => {
    const isNothing = value.code === NOTHING.code;
    return keep(cell, isNothing ? UNDEFINED : withGuard(value, both(guard, value.guard)), context);
  });
  return both(guard, ...kept);
}

/** The cells of a pattern, each with its part of the value. */
function assignParts(
  made: Extract<Assignment["made"], { by: "declaration" | "element" }>,
  value: Fast,
  cells: readonly CellBinding[],
  context: FastContext,
): Guard | undefined | "inline" {
  const { pattern } = made;
  const init = made.by === "declaration" ? made.init : undefined;
  const quoted = made.by === "declaration" && made.parameter ? "parameter" : init && quotedOf(init, context);
  // What is assigned here has its value only in the next state.
  if (readsOne(pattern, cells, context)) return "inline";
  const bound = bindPattern(pattern, value, context, undefined, quoted);
  if (!bound) return "inline";
  let guard = both(value.guard, bound.guard);
  for (const cell of cells) {
    const part = bound.values.get(cell.name);
    if (!part) return "inline";
    guard = both(guard, keep(cell, part, context));
  }
  return guard;
}

/** A default reads a name before it: `{ a, b = a }`. */
function readsOne(pattern: Node, cells: readonly CellBinding[], context: FastContext): boolean {
  const read = (node: Node): boolean => {
    const bound = context.uses.get(node);
    return bound?.kind === "cell" ? cells.includes(bound) : childrenOf(node).some(read);
  };
  if (pattern.type === "AssignmentPattern")
    return read(pattern.right) || readsOne(pattern.left, cells, context);
  return childrenOf(pattern).some((child) => readsOne(child, cells, context));
}

/** Statements that change the cells, one after the other. */
function ran(
  statements: readonly Node[],
  cells: readonly CellBinding[],
  context: FastContext,
  declared: readonly CellBinding[] = [],
): Guard | undefined | "inline" {
  if (statements.some((statement) => sharedNames(statement).size > 0)) return "inline";
  const values = new Map<Slot, Fast | undefined>();
  for (const cell of cells) values.set(cell, declared.includes(cell) ? NOTHING : begins(cell, context));
  const reached: State[] = [];
  const made = run(statements, { values, guard: undefined }, context, {
    end: (state) => {
      reached.push(state);
      return NOTHING;
    },
  });
  const [state, ...others] = reached;
  if (!made) return "inline";
  if (!state || others.length > 0) return inRecord(statements, cells, context, declared);
  const changed = changedCells(cells, values, state);
  return changed ? keepAll(changed, made.guard, context) : "inline";
}

/** Statements that end in several ways: the cells are fields of the one record that they make. */
function inRecord(
  statements: readonly Node[],
  cells: readonly CellBinding[],
  context: FastContext,
  declared: readonly CellBinding[],
): Guard | undefined | "inline" {
  const made = recordOf(statements, cells, context, () => undefined, declared);
  if (!made) return "inline";
  const record = named(made, context);
  const kept = cells.map((cell, i) => keepField(cell, { ...record, code: fieldOf(record.code, i) }, context));
  return both(record.guard, ...kept);
}

function keepField(cell: CellBinding, { code, guard }: Fast, context: FastContext): Guard | undefined {
  const field: Fast = { code, type: "json", present: false, path: true };
  return keep(cell, withGuard(field, namesOnly(guard)), context);
}

function keep(cell: CellBinding, value: Fast, context: FastContext): Guard | undefined {
  // What may be missing is kept as undefined where that is to be expected, or where nothing else can be done.
  const keeps =
    value.type === "undefined" || cell.lacks || (context.total && !cell.list && !cell.holds && !cell.only);
  const present = keeps ? lenient(value) : strict(value);
  // -0 would be lost between two steps: it is left to JavaScript, which keeps it.
  const { signed: _, ...stored } = withGuard(present, both(present.guard, present.signed));
  // Once under its guard, the value has it no more: what reads it stands behind the same guard.
  context.cells.set(cell, withGuard(stored, namesOnly(stored.guard)));
  return stored.guard;
}

function assignedValue({ made, cells }: Assignment, context: FastContext): Fast | undefined {
  const [cell] = cells;
  switch (made.by) {
    case "now":
      // The same wherever the state reads it, and read before the state does anything.
      return {
        code: "$toMillis($states.context.State.EnteredTime)",
        type: "number",
        present: true,
        bits: 53,
      };
    case "number":
      return { code: String(made.value), type: "number", present: true, bits: 32 };
    case "increment": {
      const before = cell && fromBinding(cell, context);
      return before && { code: plus(before.code, 1), type: "number", present: true, bits: 53, whole: true };
    }
    case "declaration":
      if (!made.init) return UNDEFINED;
      return translate(
        made.init,
        made.pattern.type === "ArrayPattern" ? ofIterated(made.init, context) : context,
      );
    case "list": {
      if (made.keys) return listedKeys(made.init, context);
      const list = translate(made.init, ofIterated(made.init, context));
      if (!list || list.type === "array") return list;
      if (list.type !== "json") return undefined;
      const present = strict(list);
      // Of what `for await` cannot go through, V8 says something else.
      const text = made.awaits ? undefined : textOfReceiver(made.init, context);
      const isList = context.total ? `$type(${list.code})="array"` : isListOrThrows(list, text);
      return withGuard({ ...present, type: "array" }, both(list.guard, isList, present.guard));
    }
    case "element": {
      return loopElement(made, context);
    }
    case "script":
    case "statement":
      return undefined;
  }
}

const plus = (code: string, by: number): string => `(${code} + ${by})`;

/** What the cells hold at the end of the region, as templates for `Assign`; nothing where a value cannot be kept so. */
export function assignedTemplates(context: FastContext): Record<string, Template> | undefined {
  const assigned: Record<string, Template> = {};
  for (const [cell, value] of context.cells) {
    if (!value) return undefined;
    assigned[cell.variable] =
      value.type === "undefined"
        ? { [KEPT_KEY]: ["undefined"] }
        : expression(withNames(storedCode(value), value.guard));
  }
  return assigned;
}

const storedCode = (value: Fast): string =>
  value.present
    ? normalised(value)
    : `${existence(value)} ? ${normalised(strict(value))} : {"${KEPT_KEY}": ["undefined"]}`;
