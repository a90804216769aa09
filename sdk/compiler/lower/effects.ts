import type { Expression, Node } from "oxc-parser";
import { MOMENTARY, MUTATING_METHODS } from "../check/builtins.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import type { Lowering } from "./lowering.ts";

/**
 * True when an expression must be evaluated exactly once, where it stands: it changes a variable of the flow, or its
 * answer differs from moment to moment.
 */
export const hasEffects = (lowering: Lowering, node: Node): boolean =>
  isMomentary(lowering, node) || effectsOf(lowering, node).size > 0;

/** The variables that a piece of the source changes, but for parts that were taken out of it. */
export function effectsOf(lowering: Lowering, node: Node): ReadonlySet<Variable> {
  if (!mayChange(lowering, node)) return NONE;
  return lowering.sharing.effectsOf(node, takenOut(lowering, node));
}

const NONE: ReadonlySet<Variable> = new Set();

const takenOut = (lowering: Lowering, node: Node): Node[] =>
  node.type !== "Identifier" && lowering.context.uses.has(node)
    ? [node]
    : childrenOf(node).flatMap((child) => takenOut(lowering, child));

/** A quick look: only such nodes can change anything. */
function mayChange(lowering: Lowering, node: Node): boolean {
  if (node.type !== "Identifier" && lowering.context.uses.has(node)) return false;
  switch (node.type) {
    case "AssignmentExpression":
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      if (node.operator === "delete") return true;
      break;
    case "Identifier":
      return lowering.sharing.isFunction(node);
    case "CallExpression":
      if (changesReceiver(node.callee)) return true;
  }
  return childrenOf(node).some((child) => mayChange(lowering, child));
}

/** A method that changes its receiver, or a function that may change what it gets. */
function changesReceiver(given: Node): boolean {
  const callee = bare(given as Expression);
  const name = memberName(callee);
  const ofModule = callee.type === "MemberExpression" && callee.object.type === "Identifier"; // module.helper(x)
  return callee.type !== "MemberExpression" || name === undefined || MUTATING_METHODS.has(name) || ofModule;
}

export function isMomentary(lowering: Lowering, node: Node): boolean {
  if (lowering.context.uses.has(node)) return false;
  if (node.type === "CallExpression") {
    const callee = bare(node.callee);
    const object = callee.type === "MemberExpression" ? callee.object : undefined;
    if (object?.type === "Identifier" && !lowering.sharing.of(object))
      if (MOMENTARY[object.name]?.has(memberName(callee) ?? "")) return true;
  }
  if (node.type === "NewExpression" && node.callee.type === "Identifier" && node.callee.name === "Date")
    if (node.arguments.length === 0) return true;
  return childrenOf(node).some((child) => isMomentary(lowering, child));
}
