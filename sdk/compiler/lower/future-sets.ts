import type { CallExpression, Expression, MemberExpression, Node } from "oxc-parser";
import { globalNamespace } from "../check/pure.ts";
import type { Binding, CollectNode, VariableBinding } from "../graph.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { listOf, spreadOf } from "../parse/make.ts";
import { targetOf } from "./awaited.ts";
import { CallList } from "./call-list.ts";
import { named } from "./cells.ts";
import { keepLength } from "./future-lists.ts";
import { loopsOver, placeIn, usesOf } from "./future-uses.ts";
import { futureOf, lowerAwaitedFuture, lowerFuture, lowerListFuture } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";
import type { FutureSet } from "./scope.ts";

/**
 * Futures that stand together: `const ps = [a(), b()]`, `const calls = { a: a(), b: b() }`, and what `Promise.all` is given
 * of them. Each is a future of its own, by its place or key; nothing stands for the list itself.
 */
function lowerFutureSet(
  lowering: Lowering,
  place: Place,
  given: Expression,
  following: readonly Node[],
  name = "",
): FutureSet | undefined {
  const known = setOf(place, given);
  if (known) return known;
  if (isGoneThrough(following, name)) return undefined;
  const elements = elementsOf(bare(given));
  if (!elements || elements.size === 0) return undefined;
  if (![...elements.values()].every((one) => begins(lowering, place, one))) return undefined;
  // What runs on in one of them does so until that one is awaited: only all at once is seen.
  const until = usesOf(following, name) === undefined ? "" : name;
  const futures = new Map<string, VariableBinding>();
  for (const [key, one] of elements) {
    const future = lowerFuture(lowering, place, bare(one), `${name}_${key}`, following, until);
    if (!future) return undefined;
    futures.set(key, future);
  }
  return { kind: "futures", futures };
}

/** `const p = …`, `const [p, q] = …`: true where the names stand for futures. */
export function lowerFutureNames(
  lowering: Lowering,
  place: Place,
  pattern: Node,
  given: Expression,
  following: readonly Node[],
): boolean {
  const names = namesIn(pattern);
  if (!names || [...names.values()].some((one) => lowering.sharing.isAssigned(one))) return false;
  const declare = (one: Named, named: VariableBinding | FutureSet): void => {
    place.scope.declare(one.name, named);
    const variable = lowering.sharing.of(one);
    if (variable) lowering.awaitable.add(variable);
  };
  const known = lowering.mistakes;
  if (pattern.type === "Identifier") {
    const { name } = pattern;
    const made = FORMS.reduce<VariableBinding | FutureSet | undefined>(
      (found, lower) =>
        found ?? (lowering.mistakes > known ? undefined : lower(lowering, place, given, name, following)),
      undefined,
    );
    if (made) declare(pattern, made);
    // How many there are is asked when all have ended.
    if (made?.kind === "variable" && lowering.lists.has(made) && made.role === "settled")
      keepLength(lowering, place, name, () => lowerAwaitedFuture(place, made), following);
    return made !== undefined;
  }
  const keys = setOf(place, given)?.futures ?? elementsOf(given);
  if (!keys || ![...names.keys()].every((key) => keys.has(key) || leftOf<unknown>(key, keys))) return false;
  const set = lowerFutureSet(lowering, place, given, following);
  for (const [key, one] of set ? names : []) {
    const left = set && leftOf(key, set.futures);
    const future = left ? { kind: "futures" as const, futures: left } : set?.futures.get(key);
    if (future) declare(one, future);
  }
  return set !== undefined;
}

const FORMS = [
  lowerFuture,
  (lowering: Lowering, place: Place, given: Expression, name: string, following: readonly Node[]) =>
    lowerFutureSet(lowering, place, given, following, name),
  lowerListFuture,
];

/** A loop goes through them, or a place is computed: then they are a list. */
const isGoneThrough = (following: readonly Node[], name: string): boolean =>
  following.some((node) => {
    if (node.type === "ForOfStatement" && loopsOver(node, name)) return true;
    const inner = bare(node as Expression) as MemberExpression;
    if (placeIn(inner, name) && bare(inner.property as Expression).type !== "Literal") return true;
    return isGoneThrough(childrenOf(node), name);
  });

/** The names of a pattern by place or key; nothing where it holds more than names. */
function namesIn(pattern: Node): Map<string, Named> | undefined {
  const names = new Map<string, Named>();
  if (pattern.type === "Identifier") return names.set("", pattern);
  if (pattern.type === "ArrayPattern") {
    for (const [i, one] of pattern.elements.entries()) {
      const name = one?.type === "RestElement" ? one.argument : one;
      if (name && name.type !== "Identifier") return undefined;
      if (name) names.set(one?.type === "RestElement" ? `${REST}${i}` : String(i), name);
    }
    return names;
  }
  if (pattern.type !== "ObjectPattern") return undefined;
  for (const property of pattern.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier")
      return undefined;
    if (property.value.type !== "Identifier") return undefined;
    names.set(property.key.name, property.value);
  }
  return names;
}

const REST = "...";

/** `...rest`: what is left of a list from a place on, in places of its own. */
function leftOf<T>(key: string, of: ReadonlyMap<string, T>): Map<string, T> | undefined {
  const isList = [...of.keys()].every((one, i) => one === String(i));
  if (!key.startsWith(REST) || !isList) return undefined;
  const left = [...of.values()].slice(Number(key.slice(REST.length)));
  return new Map(left.map((one, i) => [String(i), one]));
}

type Named = Extract<Node, { type: "Identifier" }>;

/** The elements of a literal by place or key; nothing where they are not all to be seen. */
function elementsOf(node: Expression): Map<string, Expression> | undefined {
  const elements = new Map<string, Expression>();
  if (node.type === "ArrayExpression") {
    for (const [i, one] of node.elements.entries()) {
      if (!one || one.type === "SpreadElement") return undefined;
      elements.set(String(i), one);
    }
    return elements;
  }
  if (node.type !== "ObjectExpression") return undefined;
  for (const property of node.properties) {
    if (property.type !== "Property" || property.computed || property.kind !== "init" || property.method)
      return undefined;
    const key = property.key.type === "Identifier" ? property.key.name : undefined;
    // JavaScript puts keys that are numbers first, and has a meaning of its own for one.
    if (key === undefined || key === "__proto__" || elements.has(key)) return undefined;
    elements.set(key, property.value);
  }
  return elements;
}

/** It is a future already, or a call that can be one. */
function begins(lowering: Lowering, place: Place, given: Expression): boolean {
  const node = bare(given);
  if (futureOf(lowering, place, node)) return true;
  const target = node.type === "CallExpression" ? targetOf(lowering, place, node) : undefined;
  if (target?.kind === "wait") return false;
  if (target?.kind === "promise" && target.method !== "all" && target.method !== "allSettled") return false;
  if (target && BEGINS.has(target.kind)) return true;
  const read = new CallList(lowering, place, listOf(node)).read();
  return read?.sites.every(({ as }) => as !== "future") === true;
}

const BEGINS = new Set(["step", "submit", "taskMap"]);

/** The futures that a name stands for. */
function setOf({ scope }: Place, node: Node): FutureSet | undefined {
  const inner = bare(node as Expression);
  const found = inner.type === "Identifier" ? scope.find(inner.name) : undefined;
  return typeof found === "object" && found.kind === "futures" ? found : undefined;
}

type Collected = CollectNode["futures"][number];

/** What `Promise.all` is given: a future, a list of them, or a call that begins there. */
type Given = Collected | { begins: Expression };

/** `Promise.all([p, ...ps, c()])`, `Promise.all(ps.concat(qs))`, `Promise.all(Object.values(calls))`, where a future is among them. */
export function givenFutures(lowering: Lowering, place: Place, list: Expression): Given[] | undefined {
  const given = listed(lowering, place, list);
  return given?.some((one) => "future" in one) ? given : undefined;
}

function listed(lowering: Lowering, place: Place, node: Node): Given[] | undefined {
  const inner = bare(node as Expression);
  const set = setOf(place, inner) ?? valuesOf(lowering, place, inner);
  if (set) return [...set.futures.values()].map((future) => ({ future, each: false }));
  const future = futureOf(lowering, place, inner);
  if (future) return lowering.lists.has(future) ? [{ future, each: true }] : undefined;
  if (inner.type === "ArrayExpression")
    return allOf(inner.elements, (one) =>
      one?.type === "SpreadElement"
        ? listed(lowering, place, one.argument)
        : one && single(lowering, place, one),
    );
  if (inner.type !== "CallExpression" || inner.optional || memberName(bare(inner.callee)) !== "concat")
    return undefined;
  const { object } = bare(inner.callee) as Extract<Node, { type: "MemberExpression" }>;
  return allOf([object, ...inner.arguments], (one) => {
    const list = listed(lowering, place, one);
    if (list || one === object || one.type === "SpreadElement") return list;
    return single(lowering, place, one as Expression);
  });
}

function single(lowering: Lowering, place: Place, node: Expression): Given[] | undefined {
  const future = futureOf(lowering, place, node);
  if (future) return lowering.lists.has(future) ? undefined : [{ future, each: false }];
  return begins(lowering, place, node) ? [{ begins: bare(node) }] : undefined;
}

/** All of them in a row; nothing where one gives nothing. */
function allOf<T>(nodes: readonly T[], read: (node: T) => Given[] | null | undefined): Given[] | undefined {
  const all: Given[] = [];
  for (const node of nodes) {
    const given = read(node);
    if (!given) return undefined;
    all.push(...given);
  }
  return all;
}

/** `Object.values(calls)`. */
function valuesOf({ context }: Lowering, place: Place, node: Expression): FutureSet | undefined {
  const [only, ...more] = node.type === "CallExpression" ? node.arguments : [];
  if (
    node.type !== "CallExpression" ||
    !only ||
    more.length > 0 ||
    memberName(bare(node.callee)) !== "values"
  )
    return undefined;
  const { object } = bare(node.callee) as Extract<Node, { type: "MemberExpression" }>;
  return globalNamespace(context, object, place.scope) === "Object" ? setOf(place, only) : undefined;
}

/** The results of futures in a list; what has not begun yet begins here. */
export function lowerGiven(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  given: readonly Given[],
  name?: string,
): Binding | undefined {
  const futures: Collected[] = [];
  for (const one of given) {
    const future =
      "future" in one ? one.future : lowerFuture(lowering, place, one.begins, "begun", [], "begun");
    if (!future) return undefined;
    futures.push({ future, each: "future" in one && one.each });
  }
  const [only] = futures;
  if (only?.each && futures.length === 1) return lowerAwaitedFuture(place, only.future);
  const isPlain = futures.every(({ each }) => !each);
  const result =
    name === undefined || !isPlain ? lowering.unnamed("results", "map") : lowering.variable(name, "map");
  place.nodes.push({
    kind: "collect",
    id: lowering.stateName(`all ${lowering.text(call.arguments[0] ?? call)}`),
    span: call,
    args: lowering.region(place, "check", [], call),
    futures,
    result,
  });
  place.pending.push({ kind: "settled", binding: result });
  return isPlain ? result : sideBySide(lowering, place, call, futures);
}

/** None has failed by now: their results, of which a list may lie anywhere. */
function sideBySide(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  futures: readonly Collected[],
): Binding {
  const [first, ...more] = futures.map(({ future, each }): Node => {
    const one = named(lowering, call, future);
    return each ? spreadOf(one) : one;
  });
  const cell = lowering.temporary("results", place);
  const pattern = named(lowering, call, cell);
  lowering.assign(
    place,
    [cell],
    { by: "declaration", pattern, init: listOf(first ?? call, ...more), made: [cell] },
    call,
  );
  return cell;
}

/** The same list with each future in its place; nothing where one of them is a list. */
export function asLiteral(
  lowering: Lowering,
  call: CallExpression,
  given: readonly Given[],
): Expression | undefined {
  const elements = given.map((one) => {
    if ("begins" in one) return one.begins;
    return one.each ? undefined : named(lowering, call, one.future);
  });
  const [first, ...more] = elements.flatMap((one) => one ?? []);
  return first && more.length === elements.length - 1 ? listOf(first, ...more) : undefined;
}
