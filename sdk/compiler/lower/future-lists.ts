import type { ArrowFunctionExpression, CallExpression, Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { ReturnNode, VariableBinding } from "../graph.ts";
import { bare, childrenOf, isFunction, memberName, namesOf } from "../parse/ast.ts";
import { targetOf } from "./awaited.ts";
import { futureOf, lowerAwaitedFuture, noteFuture } from "./futures.ts";
import { snapshot } from "./loops.ts";
import type { Lowering, Place } from "./lowering.ts";
import { arrayMap, assignFirst, closeMap, isUsableCallback } from "./map.ts";
import { Scope } from "./scope.ts";
import { lowerScript } from "./script.ts";

/**
 * Lists of calls that have begun, as everybody writes them: `const ps = []; for (const x of xs) ps.push(t(x));`, and
 * `for (const p of ps) total += await p;`. The first is a map whose calls begin in the order of the items; the second
 * takes each result, or throws its failure, in its turn.
 */
export interface Pushed {
  /** The statement that makes the list, which is then none. */
  declaration: Node;
  name: string;
  loop: Of<"ForOfStatement">;
  call: CallExpression;
}

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Crossing = ReturnNode["crossing"];

/** `const ps = []` and the loop that fills it with calls, where all the block does with it afterwards is to await them. */
export function pushedLists(lowering: Lowering, place: Place, statements: readonly Node[]): Pushed[] {
  return statements.flatMap((declaration, i): Pushed[] => {
    const name = emptyList(declaration);
    if (name === undefined) return [];
    const rest = statements.slice(i + 1);
    const at = rest.findIndex((statement) => mentions(statement, name));
    const loop = rest[at];
    const call = loop && pushesOnly(lowering, place, loop, name);
    if (!call || loop?.type !== "ForOfStatement") return [];
    return usesOf(rest.slice(at + 1), name) === undefined ? [] : [{ declaration, name, loop, call }];
  });
}

function emptyList(statement: Node): string | undefined {
  if (statement.type !== "VariableDeclaration" || statement.declarations.length !== 1) return undefined;
  const [{ id, init } = { id: undefined, init: undefined }] = statement.declarations;
  const list = init && bare(init);
  return id?.type === "Identifier" && list?.type === "ArrayExpression" && list.elements.length === 0
    ? id.name
    : undefined;
}

const mentions = (node: Node, name: string): boolean =>
  (node.type === "Identifier" && node.name === name) ||
  childrenOf(node).some((child) => mentions(child, name));

/** The call of `ps.push(t(x))`, where the loop does nothing else. */
function pushesOnly(lowering: Lowering, place: Place, loop: Node, name: string): CallExpression | undefined {
  if (loop.type !== "ForOfStatement" || loop.await || mentions(loop.right, name)) return undefined;
  const body =
    loop.body.type === "BlockStatement" && loop.body.body.length === 1 ? loop.body.body[0] : loop.body;
  if (body?.type !== "ExpressionStatement") return undefined;
  const push = bare(body.expression);
  if (
    push.type !== "CallExpression" ||
    push.callee.type !== "MemberExpression" ||
    push.arguments.length !== 1
  )
    return undefined;
  const { object } = push.callee;
  if (memberName(push.callee) !== "push" || object.type !== "Identifier" || object.name !== name)
    return undefined;
  const [call] = push.arguments;
  if (call?.type !== "CallExpression" || call.arguments.some((one) => mentions(one, name))) return undefined;
  const target = targetOf(lowering, place, call);
  return target?.kind === "step" || target?.kind === "submit" ? call : undefined;
}

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
    const settles = node.type === "CallExpression" ? awaitedBy(node, name) : undefined;
    if (settles) found.add(settles);
    else if (node.type === "Identifier" && node.name === name) found.add("other");
    else for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of statements) visit(statement);
  const [only] = found;
  return found.size === 1 && only !== "other" ? only : undefined;
}

const isNamed = (node: Node, name: string): boolean => {
  const inner = bare(node as Expression);
  return inner.type === "Identifier" && inner.name === name;
};

/** `Promise.all(ps)`, `Promise.allSettled(ps)`. */
function awaitedBy({ callee, arguments: given }: CallExpression, name: string): "all" | "each" | undefined {
  const [only] = given;
  if (given.length !== 1 || !only || !isNamed(only, name)) return undefined;
  if (callee.type !== "MemberExpression" || !isNamed(callee.object, "Promise")) return undefined;
  const method = memberName(callee);
  return method === "all" ? "all" : method === "allSettled" ? "each" : undefined;
}

/** `for (const p of ps)`, where the body does nothing with `p` but to await it, and awaits nothing else. */
function awaitsEach({ left, body, await: isStream }: Of<"ForOfStatement">): boolean {
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

/** The loop that fills the list, as the map that it is. */
export function lowerPushed(
  lowering: Lowering,
  place: Place,
  { name, loop, call }: Pushed,
  settles: boolean,
): void {
  const { left, right } = loop;
  const pattern = left.type === "VariableDeclaration" ? left.declarations[0]?.id : undefined;
  const callback = {
    type: "ArrowFunctionExpression",
    async: false,
    expression: true,
    params: [pattern],
    body: call,
    start: call.start,
    end: call.end,
  } as unknown as ArrowFunctionExpression;
  if (!pattern || !isUsableCallback(lowering, place, callback)) {
    const message = "What a call in this loop is called with may throw when some have begun.";
    report(lowering.context, "RLT1205", call, `${message} Write Promise.all(items.map(async (item) => …)).`);
    place.scope.declare(name, "refused");
    return;
  }
  const head = { ...place, scope: new Scope(place.scope) };
  for (const one of namesOf(pattern)) head.scope.declare(one, "later");
  const list = snapshot(lowering, head, place, right, false);
  const items = { ...bare(right) } as Expression;
  lowering.context.uses.set(items, list);
  const region = {
    ...lowering.region(place, "items", [{ expression: items, spread: false }], right),
    form: "array" as const,
  };
  const node = arrayMap(lowering, place, { call, map: { items, callback }, region, settles });
  assignFirst(lowering, place, node, region, [callback]);
  const binding = closeMap(lowering, place, node, name, "results");
  noteFuture(lowering, place, binding);
  place.scope.declare(name, binding);
}

/**
 * `for (const p of ps) …`: all have ended before the first turn, and the loop is one inline step, in which `await p` gives
 * the result or throws the failure.
 */
export function lowerEach(
  lowering: Lowering,
  place: Place,
  loop: Of<"ForOfStatement">,
  crossing: Crossing,
): boolean {
  const future = futureOf(lowering, place, loop.right);
  if (future?.role !== "settled" || !awaitsEach(loop)) return false;
  const inner = { ...place, scope: new Scope(place.scope) };
  const name = (bare(loop.right) as Of<"Identifier">).name;
  inner.scope.declare(name, lowerAwaitedFuture(place, future) satisfies VariableBinding);
  lowering.context.settledAwaits ??= new Set();
  const pattern = loop.left.type === "VariableDeclaration" ? loop.left.declarations[0]?.id : undefined;
  for (const one of awaitsIn(loop.body)) lowering.context.settledAwaits.add(one);
  if (pattern?.type === "Identifier") lowerScript(lowering, inner, loop, crossing);
  return true;
}

const awaitsIn = (node: Node): Node[] =>
  node.type === "AwaitExpression" ? [node] : isFunction(node) ? [] : childrenOf(node).flatMap(awaitsIn);
