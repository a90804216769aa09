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
    if (node.type === "ForOfStatement" && loopsOver(node, name)) {
      found.add("each");
      visit(node.body);
      return;
    }
    if (isLength(node, name)) return;
    if (node.type === "AwaitExpression" && placeIn(node.argument, name)) {
      found.add("each");
      visit((bare(node.argument) as Of<"MemberExpression">).property);
      return;
    }
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

/** `ps[i]`: one of them, at a place that is computed. */
export function placeIn(node: Node, name: string): boolean {
  const inner = bare(node as Expression);
  return (
    inner.type === "MemberExpression" && inner.computed && !inner.optional && isNamed(inner.object, name)
  );
}

/** `for (const p of ps)`, `for (const [i, p] of ps.entries())`, where `p` is only awaited, and `for await (const x of ps)`. */
export function loopsOver(loop: Of<"ForOfStatement">, name: string): boolean {
  if (loop.await) return isNamed(loop.right, name);
  const { promise, entries } = eachOf(loop);
  const list = entries ?? loop.right;
  return promise !== undefined && isNamed(list, name) && onlyAwaits(loop.body, promise.name);
}

/** The name of each promise of a loop over a list of them, and the list where it is gone through with numbers. */
export function eachOf({ left, right }: Of<"ForOfStatement">): {
  promise?: Of<"Identifier">;
  entries?: Expression;
} {
  const pattern =
    left.type === "VariableDeclaration" && left.kind !== "var" ? left.declarations[0]?.id : undefined;
  if (pattern?.type === "Identifier") return { promise: pattern };
  const call = bare(right);
  if (pattern?.type !== "ArrayPattern" || call.type !== "CallExpression" || call.arguments.length > 0)
    return {};
  const callee = bare(call.callee);
  const [, promise, ...more] = pattern.elements;
  if (callee.type !== "MemberExpression" || memberName(callee) !== "entries" || more.length > 0) return {};
  return promise?.type === "Identifier" ? { promise, entries: callee.object } : {};
}

/** Nothing is done with the promise but to await it. */
function onlyAwaits(node: Node, name: string): boolean {
  if (node.type === "AwaitExpression" && isNamed(node.argument, name)) return true;
  if (isFunction(node)) return !mentions(node, name);
  if (node.type === "Identifier") return node.name !== name;
  return childrenOf(node).every((child) => onlyAwaits(child, name));
}

/** `for (const p of ps)`, where the body does nothing with `p` but to await it, and awaits nothing else. */
export function awaitsEach(loop: Of<"ForOfStatement">): boolean {
  const { promise, entries } = eachOf(loop);
  if (loop.await || entries || !promise) return false;
  const isAwaited = (node: Node): boolean => {
    if (node.type === "AwaitExpression") return isNamed(node.argument, promise.name);
    return isFunction(node) || childrenOf(node).every(isAwaited);
  };
  return onlyAwaits(loop.body, promise.name) && isAwaited(loop.body);
}
