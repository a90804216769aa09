import { type AstNode, boundName, walk } from "./jsonata-ast.ts";

/**
 * AWS's engine is written in Java, where an object has the fields that were put into it and nothing else. In
 * JavaScript `$x.constructor` finds a function. Such steps are replaced in the tree by a call of an own-property
 * look-up; expressions without them, which is nearly all, are left as they are.
 */

/** The hidden binding; a blank cannot stand in a variable's name, so no expression reaches it. */
export const OWN_LOOKUP = "own lookup";
export const SAFE_KEY = "safe key";

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Names that the library's own frames trip over. */
export const UNSAFE_NAMES: ReadonlySet<string> = new Set(["__proto__", "hasOwnProperty"]);

/** Rewrites the tree in place. */
export function harden(ast: AstNode): void {
  walk(ast, (node) => {
    if (node.type === "name" && INHERITED.has(String(node.value))) replaceStep(node);
    if (node.type === "unary" && node.value === "{" && Array.isArray(node.lhs)) guardKeys(node.lhs);
    if (node.group) guardKeys(node.group.lhs);
  });
}

function replaceStep(node: AstNode): void {
  const key: AstNode = { type: "string", value: node.value };
  node.type = "function";
  node.procedure = { type: "variable", value: OWN_LOOKUP };
  node.arguments = [{ type: "variable", value: "" }, key];
  delete node.value;
}

/** A computed key may turn out as `__proto__`, which the library would lose without a word. */
function guardKeys(pairs: AstNode[][]): void {
  for (const pair of pairs) {
    const key = pair[0];
    if (!key || key.type === "string" || key.procedure?.value === SAFE_KEY) continue;
    pair[0] = { type: "function", procedure: { type: "variable", value: SAFE_KEY }, arguments: [key] };
  }
}

/** The first name in the tree that the library cannot hold, if there is one. */
export function unsafeName(ast: AstNode): string | undefined {
  let found: string | undefined;
  walk(ast, (node) => {
    const names: unknown[] = [];
    if (node.type === "bind") names.push(boundName(node));
    if (node.type === "lambda") names.push(...(node.arguments ?? []).map((parameter) => parameter.value));
    if (node.focus !== undefined) names.push(node.focus);
    if (node.index !== undefined) names.push(node.index);
    const pairs = [...(Array.isArray(node.lhs) ? node.lhs : []), ...(node.group?.lhs ?? [])];
    for (const pair of pairs)
      if (pair[0]?.type === "string" && pair[0].value === "__proto__") names.push("__proto__");
    found ??= names.map(String).find((name) => UNSAFE_NAMES.has(name));
  });
  return found;
}
