import type { ArrowFunctionExpression, CallExpression, Expression, Node } from "oxc-parser";
import type { Binding, ReturnNode, VariableBinding } from "../graph.ts";
import { bare, childrenOf, containsAwait, isFunction, memberName } from "../parse/ast.ts";
import { notePushed } from "../parse/make.ts";
import type { TaskDeclaration } from "../parse/module.ts";
import { targetOf } from "./awaited.ts";
import { CallList } from "./call-list.ts";
import { type CallSite, callbackOf } from "./call-site.ts";
import { named } from "./cells.ts";
import { awaitsEach, isLength, isNamed, mentions, usesOf } from "./future-uses.ts";
import { futureOf, lowerAwaitedFuture, noteFuture } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";
import { arrayMap, assignFirst, cannotThrow, closeMap, listMap } from "./map.ts";
import { Scope } from "./scope.ts";
import { exitsOf, lowerScript } from "./script.ts";

/**
 * Lists of calls that have begun, as everybody writes them: `const ps = []; for (const x of xs) ps.push(t(x));`, and
 * `for (const p of ps) total += await p;`. The first is a script that lists what the calls get, and a map over that; the
 * second takes each result, or throws its failure, in its turn.
 */
export interface Pushed {
  name: string;
  /** The statements that fill it, one after the other. */
  filling: readonly Node[];
  calls: readonly CallExpression[];
  /** The one task that all of them call, or else each of them. */
  task: TaskDeclaration | undefined;
  sites: readonly CallSite[];
}

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Crossing = ReturnNode["crossing"];

/** `const ps = []`, and statements that fill it with calls of one task, where all that follows is to await them. */
export function pushedLists(lowering: Lowering, place: Place, statements: readonly Node[]): Pushed[] {
  return statements.flatMap((declaration, i): Pushed[] => {
    const name = emptyList(declaration);
    if (name === undefined) return [];
    const rest = statements.slice(i + 1);
    const first = rest.findIndex((statement) => mentions(statement, name));
    const calls: CallExpression[] = [];
    let end = first;
    for (let at = first; at >= 0 && at < rest.length; at++) {
      const statement = rest[at] as Node;
      if (fills(statement, name, calls)) end = at + 1;
      else if (!isQuiet(statement)) break;
    }
    if (end <= first || usesOf(rest.slice(end), name) === undefined) return [];
    const filling = rest.slice(first, end).filter((one) => mentions(one, name));
    const task = taskOf(lowering, place, calls);
    const sites = task ? [] : sitesOf(lowering, place, calls, filling);
    return sites ? [{ name, filling, calls, task, sites }] : [];
  });
}

/** Between two statements that fill the list: it throws nothing, since plain Node would have begun calls by then. */
const isQuiet = (statement: Node): boolean =>
  statement.type === "VariableDeclaration" &&
  statement.declarations.every(({ id, init }) => id.type === "Identifier" && (!init || cannotThrow(init)));

function emptyList(statement: Node): string | undefined {
  if (statement.type !== "VariableDeclaration" || statement.declarations.length !== 1) return undefined;
  const [{ id, init } = { id: undefined, init: undefined }] = statement.declarations;
  const list = init && bare(init);
  return id?.type === "Identifier" && list?.type === "ArrayExpression" && list.elements.length === 0
    ? id.name
    : undefined;
}

/** True for a statement that waits for nothing, stays within itself, and does nothing with the list but to push calls. */
function fills(statement: Node, name: string, calls: CallExpression[]): boolean {
  const found: CallExpression[] = [];
  const isFilling = (node: Node): boolean => {
    const call = pushedCall(node, name);
    if (call) {
      found.push(call);
      return call.arguments.every((one) => !mentions(one, name) && !containsAwait(one));
    }
    if (node.type === "AwaitExpression" || (node.type === "Identifier" && node.name === name)) return false;
    return childrenOf(node).every(isFilling);
  };
  if (!isFilling(statement) || found.length === 0 || exitsOf(statement).length > 0) return false;
  calls.push(...found);
  return true;
}

/** The call of `ps.push(t(x))`. */
function pushedCall(node: Node, name: string): CallExpression | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
  const [call, ...more] = node.arguments;
  const isPush = memberName(node.callee) === "push" && isNamed(node.callee.object, name);
  return isPush && call?.type === "CallExpression" && more.length === 0 ? call : undefined;
}

/** The one task that all of them call, in the same way. */
function taskOf(
  lowering: Lowering,
  place: Place,
  calls: readonly CallExpression[],
): TaskDeclaration | undefined {
  const targets = calls.map((call) => targetOf(lowering, place, call));
  const [first] = targets;
  if (first?.kind !== "step" && first?.kind !== "submit") return undefined;
  const isSame = targets.every((one) => one?.kind === first.kind && "task" in one && one.task === first.task);
  const waits = calls.some((call) => first.kind === "submit" && isOptions(call.arguments.at(-1)));
  return isSame && !waits ? first.task : undefined;
}

/** Calls of several tasks, flows and async functions of modules; nothing where one cannot be listed. */
function sitesOf(
  lowering: Lowering,
  place: Place,
  calls: readonly CallExpression[],
  filling: readonly Node[],
): CallSite[] | undefined {
  const sites = calls.map((call) => {
    const around = filling.find((one) => one.start <= call.start && call.end <= one.end);
    return around && new CallList(lowering, place, around).pushed(call);
  });
  const known = sites.flatMap((site) => site ?? []);
  return known.length === calls.length ? known : undefined;
}

/** `{ waitFor: … }`, or what may be that. */
const isOptions = (node: Node | undefined): boolean =>
  node !== undefined && node.type !== "Literal" && node.type !== "Identifier" && mentions(node, "waitFor");

/** A statement that fills the list: what the calls get is listed, and none has begun. */
export function lowerFilling(
  lowering: Lowering,
  place: Place,
  pushed: Pushed,
  statement: Node,
  crossing: Crossing,
): void {
  lowering.context.begun ??= new Set();
  for (const call of pushed.calls) lowering.context.begun.add(call);
  for (const [i, site] of pushed.sites.entries()) notePushed(site.call, i, site.as === "body");
  lowerScript(lowering, place, statement, crossing);
}

/** All are listed: they begin, in their order. */
export function lowerPushed(
  lowering: Lowering,
  place: Place,
  { name, calls, task, sites }: Pushed,
  following: readonly Node[],
): void {
  const cell = place.scope.find(name);
  const [call] = calls;
  if (!call || typeof cell !== "object" || cell.kind !== "cell") {
    place.scope.declare(name, "refused");
    return;
  }
  keepLength(lowering, place, name, () => cell, following);
  const settles = usesOf(following, name) === "each";
  const items = named(lowering, call, cell);
  const region = {
    ...lowering.region(place, "items", [{ expression: items, spread: false }], call),
    form: "array" as const,
  };
  const made = { call, items, region, settles };
  const node = task
    ? listMap(lowering, place, { ...made, task })
    : arrayMap(lowering, place, {
        ...made,
        map: { items, callback: callbackFor(lowering, sites, items, call) },
      });
  assignFirst(lowering, place, node, region, []);
  const binding = closeMap(lowering, place, node, name, "results");
  noteFuture(lowering, place, binding);
  lowering.lists.add(binding);
  place.scope.declare(name, binding);
}

const callbackFor = (
  lowering: Lowering,
  sites: readonly CallSite[],
  expression: Expression,
  call: CallExpression,
): ArrowFunctionExpression =>
  callbackOf(lowering, { sites, isMixed: false, expression }, call) as ArrowFunctionExpression;

/** `ps.length`, where it stands after the statements that fill the list. */
export function keepLength(
  lowering: Lowering,
  place: Place,
  name: string,
  list: () => Binding,
  following: readonly Node[],
): void {
  const lengths = following.flatMap((statement) => lengthsIn(statement, name));
  const [first] = lengths;
  if (!first) return;
  const length = lowering.temporary("length", place);
  const init = { ...first, object: named(lowering, first.object, list()) } as Expression;
  const pattern = named(lowering, first, length);
  lowering.assign(place, [length], { by: "declaration", pattern, init, made: [length] }, first);
  const future = place.scope.find(name);
  if (typeof future === "object" && future.kind === "variable") {
    lowering.context.lengths ??= new Map();
    lowering.context.lengths.set(future, length);
  }
  for (const one of lengths) lowering.context.uses.set(one, length);
}

const lengthsIn = (node: Node, name: string): Of<"MemberExpression">[] =>
  isLength(node, name) ? [node] : childrenOf(node).flatMap((child) => lengthsIn(child, name));

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
