import type { Node } from "oxc-parser";
import { bare } from "../parse/ast.ts";
import { arity, bodyOf, functionOf, type Wanted } from "./callbacks.ts";
import { orNull } from "./crossing.ts";
import {
  boolean,
  both,
  conjunction,
  type Fast,
  type FastContext,
  type Guard,
  type Known,
  knownOf,
  notReference,
  part,
  withGuard,
} from "./fast.ts";
import { askedBy, type Clause, hasLimits, hoisted, isLet, raised, withNames } from "./guards.ts";
import { inVariable, itemOf } from "./members.ts";
import { GLOBALS } from "./number-functions.ts";
import { asNumber } from "./numbers.ts";
import { tested } from "./operators.ts";
import { translate } from "./translate.ts";

/** A method of an array, under whose guard the receiver surely is one. */
export type ArrayMethod = (array: Fast, args: readonly Node[], context: FastContext) => Fast | undefined;

/** Always an array, whatever `$map` and `$filter` make of none, one or nested results (R11). */
export const many = (code: string): string => `$append([], ${code}[])`;

/** A lambda over the items: its head, its body's guard and value, and what holds for all items. */
export interface OverItems {
  head: string;
  body: Fast;
  code: string;
  /** The receiver's guard, and the body's for every item. */
  guard: Guard | undefined;
}

/** The names of a lambda's parameters: unique among the lambdas around it. */
const itemName = (context: FastContext): string => `e${context.depth + 1}`;
const indexName = (context: FastContext): string => `i${context.depth + 1}`;

export const indexOf = (context: FastContext): Fast => ({
  code: `$${indexName(context)}`,
  type: "number",
  present: true,
  path: true,
  bits: 32,
  whole: true,
});

/**
 * A callback over the items of an array, with what makes of its value what the method needs.
 *
 * @param stops the method may stop before the last item, which then throws nothing
 */
export function overItems(
  array: Fast,
  callback: Node | undefined,
  context: FastContext,
  wanted: Wanted,
  stops = false,
): OverItems | undefined {
  const item = itemOf(array, `$${itemName(context)}`);
  const whole = withGuard(array, undefined);
  const value = callbackOf(callback, [item, indexOf(context), whole], context, wanted);
  const taken = callback && (functionOf(callback, context)?.arity ?? arity(callback));
  return value && lambda(array, value, context, taken !== undefined && taken > 1, stops);
}

/** The body of a callback: `part`, or a condition. */
function callbackOf(
  callback: Node | undefined,
  parameters: readonly Fast[],
  context: FastContext,
  wanted: Wanted,
): Fast | undefined {
  const helper = callback && functionOf(callback, context);
  if (callback?.type === "Identifier" && !helper) return builtIn(callback, parameters[0], context, wanted);
  const body = bodyOf(helper?.fn ?? callback, parameters, helper?.context ?? context, wanted);
  if (wanted !== "value") return body;
  const gives = callback?.type === "ArrowFunctionExpression" && callback.body;
  const leaves = gives && context.leaving.has(bare(gives as never));
  return body && part(leaves ? orNull(body) : body);
}

/** `xs.filter(Boolean)`, `xs.map(Number)`: functions that take no notice of the index. */
function builtIn(
  callback: Extract<Node, { type: "Identifier" }>,
  item: Fast | undefined,
  context: FastContext,
  wanted: Wanted,
): Fast | undefined {
  const { name } = callback;
  const isGlobal = !context.locals.has(name) && !context.reader.named(callback);
  const make = isGlobal && ["Boolean", "Number", "String"].includes(name) ? GLOBALS[name] : undefined;
  const value = item && make?.([item], { ...context, depth: context.depth + 1 });
  return wanted === "condition" ? value && tested(value, context) : value && part(value);
}

/** A body over the items as a lambda: its own names stay inside, the rest of its guard is asked for once. */
export function lambda(
  array: Fast,
  body: Fast,
  context: FastContext,
  indexed: boolean,
  stops = false,
): OverItems {
  const names = [itemName(context), indexName(context)];
  const { outer, inner } = hoisted(body.guard, names);
  const head = `function($${names[0]}${indexed ? `, $${names[1]}` : ""})`;
  const each = forAll(array, inner, head);
  const all = stops ? each && askedBy(each) : each;
  return { head, body, code: withNames(body.code, inner), guard: both(array.guard, outer, all) };
}

/** What is asked of every item; where it may only throw, the first item's failure is thrown. */
function forAll(array: Fast, inner: Guard | undefined, head: string): Clause | undefined {
  if (!inner?.some((clause) => !isLet(clause))) return undefined;
  const test = `$not(false in $map(${array.code}, ${head}{ ${conjunction(inner)} }))`;
  const raise = raised(inner);
  if (raise === undefined) return test;
  const parameters = head.slice("function(".length);
  const first = `$reduce(${array.code}, function($r_f, ${parameters}{ $exists($r_f.Cause) ? $r_f : ${conjunction(inner)} ? {} : ${raise} }, {})`;
  return { test, raise: first, ...(hasLimits(inner) && { limits: true }) };
}

function map(array: Fast, [callback]: readonly Node[], context: FastContext): Fast | undefined {
  const over = overItems(array, callback, context, "value");
  return over && mapped(array, over);
}

export function mapped(array: Fast, over: OverItems): Fast {
  const code = many(`$map(${array.code}, ${over.head}{ ${over.code} })`);
  return arrayOf(code, over.guard, knownOf(over.body));
}

/** An array made here. */
export const arrayOf = (code: string, guard: Guard | undefined, items?: Known): Fast =>
  withGuard({ code, type: "array", present: true, own: true, ...(items && { shape: { items } }) }, guard);

export function filtered(array: Fast, over: OverItems): Fast {
  const code = many(`$filter(${array.code}, ${over.head}{ ${over.code} })`);
  return arrayOf(code, over.guard, array.shape?.items);
}

const filter: ArrayMethod = (array, args, context) => hitsOf(array, args, context, false);

function hitsOf(
  array: Fast,
  [callback]: readonly Node[],
  context: FastContext,
  stops: boolean,
): Fast | undefined {
  const over = overItems(array, callback, context, "condition", stops);
  return over && filtered(array, over);
}

/** `some` and `every`: booleans never flatten. */
const quantified =
  (sought: boolean): ArrayMethod =>
  (array, [callback], context) => {
    const over = overItems(array, callback, context, "condition", true);
    if (!over) return undefined;
    const found = `(${sought} in $map(${array.code}, ${over.head}{ ${over.code} }))`;
    return boolean(sought ? found : `$not${found}`, over.guard);
  };

/** `find` and `findLast`: one of the items that pass. */
const found =
  (at: 0 | -1): ArrayMethod =>
  (array, args, context) => {
    const hits = hitsOf(array, args, context, true);
    if (!hits) return undefined;
    const list = inVariable(hits, context);
    return withGuard(itemOf(list, `${list.code}[${at}]`, `$count(${list.code}) > 0`), list.guard);
  };

/** `findIndex` and `findLastIndex`. */
const foundIndex =
  (at: 0 | -1): ArrayMethod =>
  (array, [callback], context) => {
    const over = overItems(array, callback, context, "condition", true);
    return over && indexWhere(array, over, at, context);
  };

/** The position of the first or last item that passes; -1 where none does. */
export function indexWhere(array: Fast, over: OverItems, at: 0 | -1, context: FastContext): Fast {
  const names = [itemName(context), indexName(context)];
  const positions = `$map(${array.code}, function($${names[0]}, $${names[1]}){ ${over.code} ? $${names[1]} : -1 })`;
  const hits = many(`$filter(${positions}, function($n){ $n >= 0 })`);
  const list = inVariable(arrayOf(hits, over.guard), context);
  const code = `($count(${list.code}) > 0 ? ${list.code}[${at}] : -1)`;
  return withGuard({ code, type: "number", present: true, bits: 32, whole: true }, list.guard);
}

/** `flatMap` with arrays, or values that are surely none. */
function flatMap(array: Fast, [callback]: readonly Node[], context: FastContext): Fast | undefined {
  const over = overItems(array, callback, context, "value");
  if (!over || over.body.type === "undefined") return undefined;
  const lists = mapped(array, over);
  return ["json", "array"].includes(over.body.type) ? flattened(lists, context) : lists;
}

/** One level less of arrays; items that are no arrays stay. */
export function flattened(array: Fast, context: FastContext): Fast {
  const list = inVariable(array, context);
  const joined = `$reduce(${list.code}, function($a, $v){ $append($a, $exists($v) ? $v : null) }, [])`;
  const items = list.shape?.items;
  const inner = items?.type === "array" ? items.shape?.items : undefined;
  // A reference among the items may stand for an array.
  const guard = items?.type === "array" ? list.guard : both(list.guard, notReference(list.code));
  return arrayOf(joined, guard, inner);
}

/** `reduce`: a fold that carries its guard: an object with the value so far, or false where a guard failed. */
function reduce(array: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const [callback, initial] = args;
  if (!callback) return undefined;
  if (initial) {
    const init = translate(initial, context);
    const start = init && part(init);
    return start && folded(array, callback, start, context);
  }
  const list = inVariable(array, context);
  const first = part(itemOf(list, `${list.code}[0]`));
  if (!first || arity(callback) > 2) return undefined; // the index begins at 1
  const rest = arrayOf(
    many(`$filter(${list.code}, function($v, $k){ $k > 0 })`),
    both(list.guard, `$count(${list.code}) > 0`),
    list.shape?.items,
  );
  return folded(inVariable(rest, context), callback, first, context);
}

function folded(array: Fast, callback: Node, start: Fast, context: FastContext): Fast | undefined {
  const accumulator = `a${context.depth + 1}`;
  const item = itemOf(array, `$${itemName(context)}`);
  const body = (type: Known): Fast | undefined => {
    const before = soFar(`$${accumulator}.v`, type);
    const whole = withGuard(array, undefined);
    const made = bodyOf(callback, [before, item, indexOf(context), whole], context);
    const step = made && part(made);
    return step && withGuard(step, both(before.guard, step.guard));
  };
  const typed = TYPED.has(start.type) ? body({ type: start.type }) : undefined;
  const same = typed?.type === start.type;
  const step = same ? typed : body({ type: "json" });
  if (!step) return undefined;
  const names = [accumulator, itemName(context), indexName(context)];
  const { outer, inner } = hoisted(step.guard, names);
  const head = `function(${names
    .slice(0, arity(callback) > 2 ? 3 : 2)
    .map((name) => `$${name}`)
    .join(", ")})`;
  const holds = [`$type($${accumulator})="object"`, ...(inner ?? [])];
  const next = `{"v": ${withNames(step.code, inner)}}`;
  const fold = `$reduce(${array.code}, ${head}{ ${conjunction(holds)} ? ${next} : false }, {"v": ${start.code}})`;
  const result = context.lets.of(fold);
  const guard = both(
    array.guard,
    start.guard,
    outer,
    { name: result, code: fold },
    `$type($${result})="object"`,
  );
  const made = soFar(`$${result}.v`, { type: same ? start.type : "json" });
  return withGuard(made, both(guard, made.guard));
}

const TYPED = new Set(["number", "string", "boolean", "array", "object"]);

/** What the fold has so far: a number stays one that can be computed with. */
function soFar(code: string, { type }: Known): Fast {
  const made: Fast = { code, type, present: true, path: true };
  if (type !== "number") return made;
  return asNumber({ ...made, type: "json" }) ?? made;
}

export const CALLBACKS: Record<string, ArrayMethod> = {
  map,
  filter,
  some: quantified(true),
  every: quantified(false),
  find: found(0),
  findLast: found(-1),
  findIndex: foundIndex(0),
  findLastIndex: foundIndex(-1),
  flatMap,
  reduce,
};
