import {
  type ArrowFunctionExpression,
  type CallExpression,
  type Expression,
  type Function as FunctionNode,
  type Node,
  visitorKeys,
} from "oxc-parser";

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";

/** The child nodes, in source order of the grammar's keys; type annotations are left out. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const key of visitorKeys[node.type] ?? []) {
    if (TYPE_KEYS.has(key)) continue;
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) children.push(child);
  }
  return children;
}

const TYPE_KEYS = new Set([
  "typeAnnotation",
  "typeArguments",
  "typeParameters",
  "returnType",
  "superTypeArguments",
  "implements",
  "decorators",
]);

/** An expression without parentheses and TypeScript's annotations, which change nothing at run time. */
export function bare(node: Expression): Expression {
  switch (node.type) {
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
    case "TSInstantiationExpression":
      return bare(node.expression);
    default:
      return node;
  }
}

export type AnyFunction = ArrowFunctionExpression | FunctionNode;

export const isFunction = (node: Node): node is AnyFunction =>
  node.type === "ArrowFunctionExpression" ||
  node.type === "FunctionExpression" ||
  node.type === "FunctionDeclaration";

/** True when an `await` of this function's own stands in the node. */
export function containsAwait(node: Node): boolean {
  if (node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node.await)) return true;
  if (isFunction(node)) return false;
  return childrenOf(node).some(containsAwait);
}

/** The name of a member that is written in place: `a.b` or `a["b"]`. */
export function memberName(node: Node): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  if (!node.computed && node.property.type === "Identifier") return node.property.name;
  if (node.computed && node.property.type === "Literal" && typeof node.property.value === "string")
    return node.property.value;
  return undefined;
}

/** The names that a pattern defines. */
export function namesOf(pattern: Node): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return namesOf(pattern.left);
    case "Property":
      return namesOf(pattern.value);
    default:
      return childrenOf(pattern).flatMap(namesOf);
  }
}

const PROMISE_METHODS: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

/** `load(x).catch(handler)`: a method of the promise that a call gives. */
export function promiseMethod(
  call: CallExpression,
): { method: "then" | "catch" | "finally"; inner: CallExpression } | undefined {
  const callee = bare(call.callee);
  if (callee.type !== "MemberExpression" || callee.optional) return undefined;
  const method = memberName(callee) ?? "";
  const inner = bare(callee.object);
  if (!PROMISE_METHODS.has(method) || inner.type !== "CallExpression") return undefined;
  return { method: method as "then", inner };
}

/** The call whose promise it is, below all methods. */
export function promiseRoot(call: CallExpression): CallExpression {
  const chained = promiseMethod(call);
  return chained ? promiseRoot(chained.inner) : call;
}
