import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { Family } from "./uses.ts";

/** The function of that name, where it is known; `undefined` for what is none. */
export type Functions = (name: string) => AnyFunction | undefined;

/** Nothing waits in it, and nothing is changed but variables. */
export function isPlain(node: Node, functions: Functions, within: readonly Node[] = []): boolean {
  const isPart = (one: Node): boolean => isPlain(one, functions, within);
  switch (node.type) {
    case "AssignmentExpression":
      return node.left.type === "Identifier" && isPart(node.right);
    case "UpdateExpression":
      return node.argument.type === "Identifier";
    case "UnaryExpression":
      return node.operator !== "delete" && isPart(node.argument);
    case "CallExpression":
      return isPlainCall(node, functions, within);
    case "ArrowFunctionExpression":
      return !node.async && childrenOf(node).every(isPart);
    default:
      return !EFFECTS.has(node.type) && !isFunction(node) && childrenOf(node).every(isPart);
  }
}

const EFFECTS = new Set<Node["type"]>([
  "AwaitExpression",
  "ClassExpression",
  "ImportExpression",
  "NewExpression",
  "TaggedTemplateExpression",
  "YieldExpression",
]);

function isPlainCall(call: CallExpression, functions: Functions, within: readonly Node[]): boolean {
  const callee = bare(call.callee);
  if (!call.arguments.every((one) => isPlain(one, functions, within))) return false;
  if (callee.type === "Identifier") {
    if (within.some((fn) => new Family(fn).declares(callee.name))) return false;
    const fn = functions(callee.name);
    if (!fn) return GLOBAL.has(callee.name);
    const isKnown = !fn.async && !fn.generator && !within.includes(fn) && within.length < MOST_CALLS;
    return isKnown && childrenOf(fn).every((one) => isPlain(one, functions, [...within, fn]));
  }
  if (callee.type !== "MemberExpression") return false;
  const name = memberName(callee) ?? "";
  const object = bare(callee.object as Expression);
  const space = object.type === "Identifier" ? SPACES[object.name] : undefined;
  return space ? space.has(name) : READING.has(name) && isPlain(object, functions, within);
}

/** A helper that calls a helper, and so on. */
const MOST_CALLS = 5;

const GLOBAL: ReadonlySet<string> = new Set([
  "Boolean",
  "Number",
  "String",
  "isNaN",
  "parseFloat",
  "parseInt",
]);
const SPACES: Record<string, ReadonlySet<string>> = {
  Array: new Set(["isArray"]),
  JSON: new Set(["stringify"]),
  Math: new Set(["abs", "ceil", "floor", "max", "min", "round", "trunc"]),
  Number: new Set(["isFinite", "isInteger", "isNaN", "parseFloat", "parseInt"]),
  Object: new Set(["entries", "keys", "values"]),
  console: new Set(["debug", "error", "info", "log", "warn"]),
};

/** Methods that change nothing. */
const READING: ReadonlySet<string> = new Set(
  `at charAt concat endsWith entries every filter find findIndex flat flatMap get has includes indexOf join keys lastIndexOf map padEnd
  padStart repeat replace replaceAll slice some split startsWith substring toFixed toLowerCase toString toUpperCase trim
  trimEnd trimStart values`.split(/\s+/),
);

/**
 * Of names, numbers and comparisons of those.
 *
 * @param list the name of a variable that is known to hold a list
 */
export function neverThrows(node: Node, list: string): boolean {
  if (node.type === "MemberExpression")
    return node.object.type === "Identifier" && node.object.name === list && memberName(node) === "length";
  // An object may have no text, and no number.
  if (node.type === "BinaryExpression" && !["===", "!=="].includes(node.operator))
    return [node.left, node.right].every((one) => one.type === "Literal" || isLength(one, list));
  return !THROWING.has(node.type) && childrenOf(node).every((one) => neverThrows(one, list));
}

const isLength = (node: Node, list: string): boolean =>
  node.type === "MemberExpression" && neverThrows(node, list);

const THROWING = new Set<Node["type"]>([
  "ArrayPattern",
  "CallExpression",
  "ObjectPattern",
  "SpreadElement",
  "TemplateLiteral",
  "ThrowStatement",
]);
