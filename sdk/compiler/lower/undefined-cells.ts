import type { Expression, Node } from "oxc-parser";
import type { Assignment, Uses } from "../graph.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";

/**
 * Finds the cells that programs leave undefined as a matter of course: declared without a value, or assigned what may
 * be missing by its very form. JSONata reads these with care, and all others where they surely hold something.
 */
export function findUndefined(assignments: readonly Assignment[], uses: Uses): void {
  for (const { made } of assignments) {
    if (made.by === "declaration") {
      const isNothing = made.init === undefined || (isName(made.pattern) && mayLack(made.init));
      if (isNothing && !made.parameter) for (const cell of made.made) cell.lacks = true;
      if (made.init) findAssigned(made.init, uses);
    }
    if (made.by === "statement") findAssigned(made.node, uses);
    if (made.by === "script") {
      for (const statement of made.statements) findAssigned(statement, uses);
      if (made.statements.some(declaresNothing)) for (const cell of made.made) cell.lacks = true;
    }
  }
}

const isName = ({ type }: Node): boolean => type === "Identifier";

/** `x = …` of a cell, wherever it stands. */
function findAssigned(node: Node, uses: Uses): void {
  if (node.type === "AssignmentExpression" && isName(node.left)) {
    const cell = uses.get(node.left);
    if (cell?.kind === "cell" && !cell.list && mayLack(node.right)) cell.lacks = true;
  }
  for (const child of childrenOf(node)) findAssigned(child, uses);
}

const declaresNothing = (node: Node): boolean =>
  (node.type === "VariableDeclarator" && !node.init) || childrenOf(node).some(declaresNothing);

/** Methods whose answer is missing where there is no such item. */
const FINDERS = new Set(["at", "find", "findLast", "pop", "shift"]);

/** Undefined is one of the answers that its author thought of. */
function mayLack(node: Expression): boolean {
  const inner = bare(node);
  switch (inner.type) {
    case "Identifier":
      return inner.name === "undefined";
    case "ChainExpression":
      return true;
    case "UnaryExpression":
      return inner.operator === "void";
    case "ConditionalExpression":
      return mayLack(inner.consequent) || mayLack(inner.alternate);
    case "LogicalExpression":
      return mayLack(inner.right) || (inner.operator === "&&" && mayLack(inner.left));
    case "AssignmentExpression":
      return mayLack(inner.right);
    case "CallExpression":
      return FINDERS.has(memberName(bare(inner.callee)) ?? "");
    default:
      return false;
  }
}
