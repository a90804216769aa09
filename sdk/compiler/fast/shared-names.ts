import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { CHANGING_METHODS } from "./changing-methods.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** The variable at the beginning of a path of members. */
export function rootOf(path: Expression): Expression {
  const inner = bare(path);
  return inner.type === "MemberExpression" && !inner.optional ? rootOf(inner.object) : inner;
}

/** A call of a method that changes its receiver in place. */
export function isChangingCall(node: Node): node is Of<"CallExpression"> {
  if (node.type !== "CallExpression") return false;
  const callee = bare(node.callee);
  return callee.type === "MemberExpression" && Object.hasOwn(CHANGING_METHODS, memberName(callee) ?? "");
}

/** What a node changes in place, as the expression that gives it. */
export function changedPlace(node: Node): Expression | undefined {
  const target =
    node.type === "AssignmentExpression"
      ? bare(node.left as Expression)
      : node.type === "UpdateExpression" || (node.type === "UnaryExpression" && node.operator === "delete")
        ? bare(node.argument as Expression)
        : isChangingCall(node)
          ? bare(node.callee)
          : undefined;
  return target?.type === "MemberExpression" ? rootOf(target.object) : undefined;
}

/**
 * Names in a function's statements that are changed in place, and for which another name may stand: as a value they
 * may only be returned; everywhere else something of them is read.
 */
export function sharedNames(body: Node): Set<string> {
  const changing = new Set<string>();
  visit(body, (node) => {
    const root = changedPlace(node);
    if (root?.type === "Identifier") changing.add(root.name);
  });
  const shared = new Set<string>();
  if (changing.size > 0) findShared(body, changing, shared);
  return shared;
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const child of childrenOf(node)) visit(child, look);
}

/** Where something of a value is read, or the value leaves the function, no second name comes about. */
function findShared(node: Node, changing: ReadonlySet<string>, shared: Set<string>): void {
  const safe = new Set<Node>();
  if (node.type === "MemberExpression") safe.add(node.object);
  if (node.type === "SpreadElement" || node.type === "UnaryExpression" || node.type === "ReturnStatement")
    if (node.argument) safe.add(node.argument);
  if (node.type === "BinaryExpression") safe.add(node.right);
  if (node.type === "VariableDeclarator") safe.add(node.id);
  if (node.type === "AssignmentExpression") safe.add(node.left);
  if (node.type === "ForOfStatement" || node.type === "ForInStatement") safe.add(node.right);
  if (node.type === "TemplateLiteral") for (const one of node.expressions) safe.add(one);
  if (node.type === "Property" && !node.computed && !node.shorthand) safe.add(node.key);
  for (const child of childrenOf(node)) {
    if (child.type === "Identifier" && changing.has(child.name) && !safe.has(child)) {
      const isName = node.type === "MemberExpression" && child === node.property && !node.computed;
      if (!isName) shared.add(child.name);
    }
    findShared(child, changing, shared);
  }
}
