import type { CallExpression, Expression, Node } from "oxc-parser";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

export const mentions = (node: Node, name: string): boolean =>
  (node.type === "Identifier" && node.name === name) ||
  childrenOf(node).some((child) => mentions(child, name));

/**
 * How the list is awaited: all at once, or each by itself so that failures stay apart until then; nothing where something
 * else is done with it, or both.
 */
export function usesOf(statements: readonly Node[], name: string): "all" | "each" | undefined {
  const found = new Set<"all" | "each" | "other">();
  const visit = (node: Node): void => {
    if (node.type === "ForOfStatement" && isNamed(node.right, name) && awaitsEach(node)) {
      found.add("each");
      visit(node.body);
      return;
    }
    if (isLength(node, name)) return;
    const settles = node.type === "CallExpression" ? awaitedBy(node, name) : undefined;
    if (settles) found.add(settles);
    else if (node.type === "Identifier" && node.name === name) found.add("other");
    else for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of statements) visit(statement);
  const [only] = found;
  return found.size === 1 && only !== "other" ? only : undefined;
}

/** `ps.length`: how many have begun is known when they have. */
export const isLength = (node: Node, name: string): node is Of<"MemberExpression"> =>
  node.type === "MemberExpression" &&
  memberName(node) === "length" &&
  !node.optional &&
  isNamed(node.object, name);

export const isNamed = (node: Node, name: string): boolean => {
  const inner = bare(node as Expression);
  return inner.type === "Identifier" && inner.name === name;
};

/** `Promise.all(ps)`, `Promise.all([...ps, p])`, `Promise.all(ps.concat(qs))`, `Promise.allSettled(ps)`. */
function awaitedBy({ callee, arguments: given }: CallExpression, name: string): "all" | "each" | undefined {
  const [only] = given;
  if (given.length !== 1 || !only || !holdsList(only, name)) return undefined;
  if (callee.type !== "MemberExpression" || !isNamed(callee.object, "Promise")) return undefined;
  const method = memberName(callee);
  return method === "all" ? "all" : method === "allSettled" && isNamed(only, name) ? "each" : undefined;
}

/** The list is among what the node holds side by side, and nothing else is done with it there. */
function holdsList(node: Node, name: string): boolean {
  if (isNamed(node, name)) return true;
  const inner = bare(node as Expression);
  const isPart = (one: Node | null): boolean =>
    one?.type === "SpreadElement" ? holdsList(one.argument, name) : false;
  if (inner.type === "ArrayExpression")
    return (
      inner.elements.some(isPart) &&
      inner.elements.every((one) => !one || isPart(one) || !mentions(one, name))
    );
  if (inner.type !== "CallExpression" || memberName(bare(inner.callee)) !== "concat") return false;
  const { object } = bare(inner.callee) as Of<"MemberExpression">;
  const parts = [object, ...inner.arguments];
  return (
    parts.some((one) => holdsList(one, name)) &&
    parts.every((one) => holdsList(one, name) || !mentions(one, name))
  );
}

/** `for (const p of ps)`, where the body does nothing with `p` but to await it, and awaits nothing else. */
export function awaitsEach({ left, body, await: isStream }: Of<"ForOfStatement">): boolean {
  const pattern = left.type === "VariableDeclaration" ? left.declarations[0]?.id : undefined;
  if (isStream || pattern?.type !== "Identifier") return false;
  const isAwaited = (node: Node): boolean => {
    if (node.type === "AwaitExpression") return isNamed(node.argument, pattern.name);
    if (isFunction(node)) return !mentions(node, pattern.name);
    if (node.type === "Identifier") return node.name !== pattern.name;
    return childrenOf(node).every(isAwaited);
  };
  return isAwaited(body);
}
