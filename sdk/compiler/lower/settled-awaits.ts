import type { Expression, Node } from "oxc-parser";
import { unusedName } from "../emit/foreign-names.ts";
import type { Binding, VariableBinding } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import {
  awaitOf,
  choiceOf,
  comparison,
  declarationOf,
  identifier,
  ifElse,
  inPlaceOf,
  literal,
  member,
  throwOf,
} from "../parse/make.ts";
import { hoistAwaits } from "./awaits.ts";
import { lowerStatements } from "./block.ts";
import { named } from "./cells.ts";
import { eachOf, loopsOver, placeIn } from "./future-uses.ts";
import { futureOf, lowerAwaitedFuture, lowerListFuture } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";
import { Scope } from "./scope.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/**
 * Lists of futures of which each is awaited by itself: all have ended by then, and the list holds how, as that of
 * `Promise.allSettled` does. `await p` throws the reason of one that failed, or takes the value.
 */
export interface EachLoop {
  place: Place;
  loop: Of<"ForOfStatement">;
}

/** `for (const p of ps)` as a loop over what became of them, where `await p` is known; `for await` likewise. */
export function eachLoop(
  lowering: Lowering,
  outer: Place,
  given: Of<"ForOfStatement">,
): EachLoop | undefined {
  const place = { ...outer, scope: new Scope(outer.scope) };
  const loop = given.await ? namedList(lowering, place, given) : given;
  const { promise, entries } = loop.await ? {} : eachOf(loop);
  const list = bare(entries ?? loop.right);
  const future = futureOf(lowering, place, list);
  if (list.type !== "Identifier" || future?.role !== "settled" || !loopsOver(loop, list.name))
    return undefined;
  const own = (wish: string): string => unusedName(wish, lowering.context.reader);
  const records = own(`${list.name}$records`);
  const record = own(`${promise?.name ?? list.name}$record`);
  place.scope.declare(records, lowerAwaitedFuture(place, future));
  const right = entries
    ? ({ ...(bare(loop.right) as Of<"CallExpression">) } as Of<"CallExpression">)
    : undefined;
  const list2 = identifier(records, list);
  if (right) right.callee = { ...(bare(right.callee) as Of<"MemberExpression">), object: list2 } as never;
  const one = promise?.name ?? own(`${list.name}$one`);
  place.scope.declare(one, { kind: "settled", record });
  if (promise) noteAwaitable(lowering, promise);
  return { place, loop: withRecords(loop, right ?? list2, { one, record }) };
}

function noteAwaitable(lowering: Lowering, name: Node): void {
  const variable = lowering.sharing.of(name);
  if (variable) lowering.awaitable.add(variable);
}

/** A list that is written in place gets a name. */
function namedList(lowering: Lowering, place: Place, loop: Of<"ForOfStatement">): Of<"ForOfStatement"> {
  if (bare(loop.right).type === "Identifier") return loop;
  const name = unusedName("list$", lowering.context.reader);
  const right = identifier(name, loop.right);
  const renamed = { ...loop, right };
  const future = lowerListFuture(lowering, place, bare(loop.right), name, [renamed], true);
  if (!future) return loop;
  place.scope.declare(name, future);
  return renamed;
}

function withRecords(
  loop: Of<"ForOfStatement">,
  right: Expression,
  { one, record }: { one: string; record: string },
): Of<"ForOfStatement"> {
  const left = loop.left as Of<"VariableDeclaration">;
  const [declared] = left.declarations;
  const pattern = declared?.id;
  const isPair = pattern?.type === "ArrayPattern" && !loop.await;
  const name = identifier(record, (isPair ? pattern.elements[1] : pattern) ?? left);
  const id = isPair ? { ...pattern, elements: [pattern.elements[0], name] } : name;
  const head = { ...left, kind: "const", declarations: [{ ...declared, id }] } as unknown as typeof left;
  if (!loop.await || !pattern) return { ...loop, left: head, right };
  const taken = declarationOf(left.kind, pattern, awaitOf(identifier(one, pattern)));
  const body = {
    type: "BlockStatement",
    body: [taken, loop.body],
    start: loop.body.start,
    end: loop.body.end,
  };
  return { ...loop, await: false, left: head, right, body: body as never };
}

/** `await p` in such a loop, `await ps[i]`; nothing where it is neither. */
export function lowerSettledAwait(lowering: Lowering, place: Place, given: Expression): Binding | undefined {
  const node = bare(given);
  if (node.type === "Identifier") {
    const found = place.scope.find(node.name);
    if (typeof found !== "object" || found.kind !== "settled") return undefined;
    return takeRecord(lowering, place, node, found.record, false);
  }
  const list = node.type === "MemberExpression" ? bare(node.object) : undefined;
  if (node.type !== "MemberExpression" || list?.type !== "Identifier" || !placeIn(node, list.name))
    return undefined;
  const future = futureOf(lowering, place, list);
  if (future?.role !== "settled" || !lowering.lists.has(future)) return undefined;
  return takePlace(lowering, place, node, future);
}

function takePlace(
  lowering: Lowering,
  place: Place,
  node: Of<"MemberExpression">,
  future: VariableBinding,
): Binding {
  hoistAwaits(lowering, place, node.property as Expression);
  lowering.check(node.property, place.scope);
  const one = { ...node, object: named(lowering, node.object, lowerAwaitedFuture(place, future)) };
  const cell = lowering.temporary("record", place);
  const made = [cell];
  const pattern = named(lowering, node, cell);
  lowering.assign(place, made, { by: "declaration", pattern, init: one as Expression, made }, node);
  const inner = { ...place, scope: new Scope(place.scope) };
  const name = unusedName("record$", lowering.context.reader);
  inner.scope.declare(name, cell);
  return takeRecord(lowering, inner, node, name, true);
}

/** Throws the reason, or gives the value; there may be nothing at the place. */
function takeRecord(lowering: Lowering, place: Place, at: Node, name: string, mayLack: boolean): Binding {
  const record = (): Expression => identifier(name, at);
  const isRejected = comparison(member(record(), "status", at), literal("rejected", at), at);
  const thrown = throwOf(member(record(), "reason", at));
  const lacks = (): Expression => comparison(record(), identifier("undefined", at), at);
  const check = ifElse(isRejected, [thrown], []);
  lowerStatements(lowering, place, [mayLack ? ifElse(lacks(), [], [check]) : check], "exact");
  const value = member(record(), "value", at);
  // Another key than a place gives what an array has there, such as its length.
  const isRecord = comparison(member(record(), "status", at), literal("fulfilled", at), at);
  const init = mayLack
    ? choiceOf(lacks(), identifier("undefined", at), choiceOf(isRecord, value, record()))
    : value;
  lowering.check(init, place.scope);
  const cell = lowering.temporary("value", place);
  const pattern = named(lowering, at, cell);
  lowering.assign(place, [cell], { by: "declaration", pattern, init: inPlaceOf(init, at), made: [cell] }, at);
  return cell;
}
