import type { Expression, Node } from "oxc-parser";
import { checkLocal } from "../check/callback.ts";
import type { Assignment, Binding, CellBinding, Uses } from "../graph.ts";
import { bare, childrenOf, containsAwait, isFunction } from "../parse/ast.ts";
import { twin } from "../parse/make.ts";
import { effectsOf } from "./effects.ts";
import type { Lowering, Place } from "./lowering.ts";
import { settleChange } from "./settle.ts";

/**
 * True when an expression reads something that changes, itself or in a function that it calls: then its value must be
 * kept, not computed again.
 */
export function readsCell(node: Node, uses: Uses, seen = new Set<Node>()): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  const bound = uses.get(node);
  const init = bound?.kind === "pure" ? bound.definition.init : undefined;
  if (init && isFunction(bare(init))) return readsCell(init, uses, seen);
  if (bound?.kind === "pure") return bound.definition.element !== undefined;
  if (bound) return bound.kind === "cell" && !bound.once;
  return childrenOf(node).some((child) => readsCell(child, uses, seen));
}

/** A statement or expression that changes variables: `x = …`, `x++`, `rows.push(x)`, `o.k = v`, `rows.forEach(…)`. */
export function lowerEffect(lowering: Lowering, place: Place, node: Expression): void {
  lowering.checkChanging(place, () => checkLocal(lowering.context, node, place.scope));
  const cells = changedCells(lowering, node);
  if (!containsAwait(node)) lowering.scripts.push(node);
  if (cells.length > 0) lowering.assign(place, cells, { by: "statement", node }, node);
  else lowering.define(place, undefined, node, node);
}

/** The cells that a piece of the source changes. */
export function changedCells(lowering: Lowering, piece: Node): CellBinding[] {
  const cells = [...effectsOf(lowering, piece)].map((variable) => lowering.cells.get(variable));
  return [...new Set(cells.filter((cell) => cell !== undefined))];
}

/** An expression that stands for a binding. */
export function named(lowering: Lowering, at: Node, binding: Binding): Expression {
  const node = { type: "Identifier", name: binding.name, start: at.start, end: at.end } as Expression;
  lowering.context.uses.set(node, binding);
  return node;
}

/** A declaration whose names are cells: a `let` that is assigned to, or anything made of one. */
export function declareCells(
  lowering: Lowering,
  place: Place,
  pattern: Node,
  init: Expression | undefined,
  parameter = false,
): void {
  const made = bindCells(lowering, place, pattern);
  const changed = [...(init ? changedCells(lowering, init) : []), ...changedCells(lowering, pattern)];
  const more = [...new Set(changed)].filter((cell) => !made.includes(cell));
  lowering.assign(
    place,
    [...made, ...more],
    init ? { by: "declaration", pattern, init, made, parameter } : { by: "declaration", pattern, made },
    pattern,
  );
}

/**
 * The value of an expression that has effects, or differs from moment to moment: it is evaluated once, here.
 *
 * @param taken what is kept of it
 */
export function capture(
  lowering: Lowering,
  place: Place,
  node: Expression,
  taken: (value: Expression) => Expression = (value) => value,
): void {
  lowering.checkChanging(place, () => checkLocal(lowering.context, node, place.scope));
  const cell = lowering.temporary("value", place);
  const own = twin(node); // the node itself stands for the value from now on
  const bound = lowering.context.uses.get(node);
  if (bound) lowering.context.uses.set(own, bound);
  const init = taken(own);
  const cells = [cell, ...changedCells(lowering, node)];
  const pattern = named(lowering, node, cell);
  lowering.assign(place, cells, { by: "declaration", pattern, init, made: [cell] }, node);
  lowering.context.uses.set(node, cell);
  if (cells.length > 1) settleChange(lowering, place, init);
}

/** Makes a cell of each name of a pattern. */
export function bindCells(lowering: Lowering, place: Place, pattern: Node): CellBinding[] {
  if (pattern.type === "Identifier") {
    const cell = lowering.cellOf(pattern, place);
    place.scope.declare(pattern.name, cell);
    lowering.context.uses.set(pattern, cell);
    return [cell];
  }
  if (pattern.type === "AssignmentPattern") {
    lowering.check(pattern.right, place.scope);
    return bindCells(lowering, place, pattern.left);
  }
  if (pattern.type === "Property") {
    if (pattern.computed) lowering.check(pattern.key, place.scope);
    return bindCells(lowering, place, pattern.value);
  }
  return childrenOf(pattern).flatMap((child) => bindCells(lowering, place, child));
}

const MOST_STEP = 2 ** 31;

/** Finds the cells that only ever count: whole numbers, and whole numbers added to them. */
export function findCounters(assignments: readonly Assignment[]): void {
  const not = new Set<CellBinding>();
  for (const assignment of assignments)
    if (!counts(assignment)) for (const cell of assignment.cells) not.add(cell);
  for (const { cells } of assignments) for (const cell of cells) cell.counter = !not.has(cell);
}

function counts({ made }: Assignment): boolean {
  switch (made.by) {
    case "number":
    case "increment":
      return true;
    case "declaration":
      return made.pattern.type === "Identifier" && made.init !== undefined && isWhole(made.init);
    case "statement": {
      const { node } = made;
      if (node.type === "UpdateExpression") return node.argument.type === "Identifier";
      return (
        node.type === "AssignmentExpression" &&
        node.left.type === "Identifier" &&
        ["=", "+=", "-="].includes(node.operator) &&
        isWhole(node.right)
      );
    }
    default:
      return false;
  }
}

function isWhole(node: Expression): boolean {
  const inner = bare(node);
  return (
    inner.type === "Literal" &&
    typeof inner.value === "number" &&
    Number.isInteger(inner.value) &&
    Math.abs(inner.value) < MOST_STEP
  );
}
