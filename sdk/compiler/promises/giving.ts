import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import type { Names } from "./batch-calls.ts";
import { Family } from "./uses.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/**
 * `const get = (id) => load(id).then(f)`: a function that gives the promise of a call, and does nothing else, is an async
 * one. Only what its arguments throw is thrown elsewhere: at the await, not at the call. So either they cannot throw, or
 * each call is awaited where it stands.
 *
 * @param around a function, or a module, whose own statements may declare such
 */
export function givingPromises(around: Node, names: Names): void {
  for (const { name, fn, isOpen } of functionsIn(around, around)) {
    const call = !fn.async && !fn.generator ? promiseOf(fn, names) : undefined;
    if (!call) continue;
    const parts = [...fn.params.filter(({ type }) => type !== "Identifier"), ...call.arguments];
    const isSafe = fn.params.every(({ type }) => type === "Identifier") && call.arguments.every(isQuiet);
    if (isSafe || (parts.length > 0 && !isOpen && isAwaited(around, name, fn))) fn.async = true;
  }
}

interface Found {
  name: string;
  fn: AnyFunction;
  /** Others may call it. */
  isOpen: boolean;
}

function functionsIn(node: Node, around: Node): Found[] {
  if (node !== around && isFunction(node))
    return node.type === "FunctionDeclaration" && node.id
      ? [{ name: node.id.name, fn: node, isOpen: false }]
      : [];
  if (node.type === "VariableDeclaration" && node.kind === "const")
    return node.declarations.flatMap(({ id, init }) => {
      const fn = init && bare(init);
      return id.type === "Identifier" && fn && isFunction(fn) ? [{ name: id.name, fn, isOpen: false }] : [];
    });
  const found = childrenOf(node).flatMap((child) => functionsIn(child, around));
  return node.type.startsWith("Export") ? found.map((one) => ({ ...one, isOpen: true })) : found;
}

/** The call whose promise it gives, and of which nothing else stands in it. */
function promiseOf(fn: AnyFunction, names: Names): CallExpression | undefined {
  const { body } = fn;
  const [only, ...more] = body?.type === "BlockStatement" ? body.body : [];
  const returned = only?.type === "ReturnStatement" && more.length === 0 ? only.argument : undefined;
  let root = body?.type === "BlockStatement" ? returned : body;
  for (;;) {
    const call = root && bare(root as Expression);
    if (call?.type !== "CallExpression" || call.optional) return undefined;
    const callee = bare(call.callee);
    if (callee.type === "Identifier") {
      // A parameter may be any function.
      if (new Family(fn).declares(callee.name)) return undefined;
      const isKnown = names.isCalled(callee.name) || names.functions(callee.name)?.async === true;
      return isKnown ? call : undefined;
    }
    if (callee.type !== "MemberExpression" || callee.optional || !METHODS.has(memberName(callee) ?? ""))
      return undefined;
    if (!call.arguments.every((one) => isFunction(one))) return undefined;
    root = callee.object as Expression;
  }
}

const METHODS: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

/** Names, literals, and literals of those. */
function isQuiet(node: Node): boolean {
  const inner = bare(node as Expression);
  if (inner.type === "Identifier" || (inner.type === "Literal" && !("regex" in inner))) return true;
  if (inner.type === "ArrayExpression") return inner.elements.every((one) => one !== null && isQuiet(one));
  return (
    inner.type === "ObjectExpression" &&
    inner.properties.every((one) => one.type === "Property" && !one.computed && isQuiet(one.value))
  );
}

/** Whoever mentions it calls it, and awaits that. */
function isAwaited(around: Node, name: string, fn: AnyFunction): boolean {
  const family = new Family(around);
  return family.named(name).every((one) => {
    const call = family.parent(one);
    if (call?.type === "VariableDeclarator" || call === fn) return true;
    const isCall = call?.type === "CallExpression" && call.callee === one;
    return isCall && (family.parent(call) as Of<"AwaitExpression"> | undefined)?.type === "AwaitExpression";
  });
}
