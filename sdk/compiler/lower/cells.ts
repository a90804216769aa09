import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Assignment, CellBinding, Uses } from "../graph.ts";
import { bare, childrenOf, namesOf } from "../parse/ast.ts";
import { lowerValue } from "./awaits.ts";
import type { Lowering, Place } from "./lowering.ts";

type Assigning = Extract<Node, { type: "AssignmentExpression" | "UpdateExpression" }>;

/** Every name that is assigned to in a function, scopes aside: a variable of such a name may change. */
export function assignedNames(node: Node, names = new Set<string>()): Set<string> {
  if (node.type === "AssignmentExpression") for (const name of targetNames(node.left)) names.add(name);
  if (node.type === "UpdateExpression" && node.argument.type === "Identifier") names.add(node.argument.name);
  for (const child of childrenOf(node)) assignedNames(child, names);
  return names;
}

function targetNames(target: Node): string[] {
  if (target.type === "MemberExpression") return [];
  return namesOf(target);
}

/** True when an expression reads something that changes: then its value must be kept, not computed again. */
export function readsCell(node: Node, uses: Uses): boolean {
  const bound = uses.get(node);
  if (bound) return bound.kind === "cell";
  return childrenOf(node).some((child) => readsCell(child, uses));
}

/** `x = …`, `x += …`, `x++` as a statement of its own. */
export function lowerAssignment(lowering: Lowering, place: Place, node: Assigning): void {
  const target = node.type === "AssignmentExpression" ? node.left : node.argument;
  const cell = cellOf(lowering, place, target);
  if (node.type === "AssignmentExpression") {
    const conditional = ["&&=", "||=", "??="].includes(node.operator);
    if (conditional)
      report(lowering.context, "RLT1104", node, `"${node.operator}" is not supported yet; write it with if.`);
    lowerValue(lowering, place, node.right, false);
  }
  if (cell) lowering.assign(place, [cell], { by: "statement", node }, node);
}

function cellOf(lowering: Lowering, place: Place, target: Node): CellBinding | undefined {
  const { context } = lowering;
  if (target.type !== "Identifier") {
    report(context, target.type === "MemberExpression" ? "RLT1105" : "RLT1104", target);
    return undefined;
  }
  const found = place.scope.find(target.name);
  if (found === "refused") return undefined;
  if (typeof found !== "object" || found.kind !== "cell") {
    report(
      context,
      found ? "RLT1104" : "RLT1308",
      target,
      `"${target.name}" is ${found ? "no variable that may change" : "not defined"}.`,
    );
    return undefined;
  }
  if (found.depth !== place.depth) {
    report(
      context,
      "RLT1104",
      target,
      `"${target.name}" is changed inside a map, where iterations run side by side.`,
    );
    return undefined;
  }
  context.uses.set(target, found);
  return found;
}

/** A declaration whose names are cells: a `let` that is assigned to, or anything made of one. */
export function declareCells(
  lowering: Lowering,
  place: Place,
  pattern: Node,
  init: Expression | undefined,
): void {
  const cells = bindCells(lowering, place, pattern);
  lowering.assign(
    place,
    cells,
    init ? { by: "declaration", pattern, init } : { by: "declaration", pattern },
    pattern,
  );
}

/** Makes a cell of each name of a pattern. */
export function bindCells(lowering: Lowering, place: Place, pattern: Node): CellBinding[] {
  if (pattern.type === "Identifier") {
    const cell = lowering.cell(pattern.name, place);
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
      if (node.type === "UpdateExpression") return true;
      return (
        node.type === "AssignmentExpression" &&
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
