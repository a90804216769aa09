import type { Expression, Node } from "oxc-parser";
import { RESERVED_PREFIX } from "../../model/json.ts";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { isCrossing } from "../parse/make.ts";
import { arrayOf, many } from "./array-callbacks.ts";
import { alone, asItem, item } from "./array-methods.ts";
import {
  boolean,
  both,
  type Fast,
  type FastContext,
  type Guard,
  here,
  type Known,
  knownOf,
  lenient,
  named,
  part,
  strict,
  valueCode,
  withGuard,
} from "./fast.ts";
import { asArray, asObject, inVariable, notInherited } from "./members.ts";
import { ofIterated } from "./total.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** `[a, ...b]`: appended one by one, since JSONata's own brackets take an array apart. */
export function array(node: Of<"ArrayExpression">, context: FastContext): Fast | undefined {
  let guard: Guard | undefined;
  const parts: string[] = [];
  const known: (Known | undefined)[] = [];
  let loose: Fast[] = [];
  const leaves = context.leaving.has(node) || isCrossing(node);
  const close = (): void => {
    if (loose.length > 0) parts.push(together(loose));
    loose = [];
  };
  for (const element of node.elements) {
    if (element === null) return undefined;
    if (element.type === "SpreadElement") {
      const list = spread(element.argument, context);
      if (!list) return undefined;
      close();
      guard = both(guard, list.guard);
      parts.push(list.code);
      known.push(list.shape?.items);
      continue;
    }
    const one = item(element, context, leaves);
    if (!one) return undefined;
    guard = both(guard, one.guard);
    loose.push(one);
    known.push(knownOf(one));
  }
  close();
  const [first = "[]", ...rest] = parts;
  const code = rest.reduce((whole, more) => `$append(${whole}, ${more})`, first);
  const whole =
    parts.length === 1 && code.startsWith("$") && !code.startsWith("$append") ? `$append([], ${code})` : code;
  return arrayOf(whole, guard, common(known));
}

/** Items that stand side by side, as an array. */
function together(items: readonly Fast[]): string {
  const isSimple = items.every(({ type }) => type !== "json");
  if (isSimple) return `[${items.map(asItem).join(", ")}]`;
  return items.map(alone).reduce((whole, more) => `$append(${whole}, ${more})`);
}

/** An array of the items. */
export const listOf = (items: readonly Fast[]): Fast =>
  arrayOf(items.length === 0 ? "[]" : together(items), both(...items.map(({ guard }) => guard)));

/** What is known of all items. */
function common(all: readonly (Known | undefined)[]): Known | undefined {
  const [first, ...others] = all;
  if (!first || others.some((one) => one?.type !== first.type)) return undefined;
  if (first.type !== "number") return others.length === 0 ? first : { type: first.type };
  return { type: "number", bits: Math.max(...all.map((one) => one?.bits ?? 53)) };
}

/** What is spread into an array: an array; a text would fall into its characters. */
function spread(node: Expression, context: FastContext): Fast | undefined {
  const value = translate(node, ofIterated(node, context));
  return value && asArray(value, context);
}

/** `{ a, ...b }`: one `$merge`, which keeps the order of the keys as JavaScript does. */
export function object(node: Of<"ObjectExpression">, context: FastContext): Fast | undefined {
  const merged: string[] = [];
  let own: string[] = [];
  let guard: Guard | undefined;
  const fields = new Map<string, Known>();
  const names = new Set<string>();
  const drops = (context.drops || context.leaving.has(node)) && !hasTwins(node);
  const close = (): void => {
    if (own.length > 0) merged.push(`{${own.join(", ")}}`);
    own = [];
  };
  for (const property of node.properties) {
    if (property.type === "SpreadElement") {
      const more = spreadObject(property.argument, context);
      if (!more) return undefined;
      close();
      fields.clear();
      guard = both(guard, more.guard);
      merged.push(more.code);
      continue;
    }
    const made = field(property, names, context, drops);
    if (!made) return undefined;
    guard = both(guard, made.guard);
    if (made.name === undefined || names.has(made.name)) close();
    if (made.name === undefined) fields.clear();
    else if (made.known) fields.set(made.name, made.known);
    else fields.delete(made.name);
    names.add(made.name ?? "");
    own.push(made.code);
  }
  close();
  const [only] = merged;
  const code =
    merged.length === 1 && only?.startsWith("{") ? only : `$merge([${["{}", ...merged].join(", ")}])`;
  const made: Fast = { code: merged.length === 0 ? "{}" : code, type: "object", present: true, own: true };
  return withGuard(fields.size > 0 ? { ...made, shape: { fields } } : made, guard);
}

/** Keys that are, or may be, there twice: an undefined one hides an earlier one, and takes the place of a later. */
function hasTwins({ properties }: Of<"ObjectExpression">): boolean {
  const names = properties.flatMap((one) =>
    one.type === "SpreadElement" || one.computed ? [] : [literalKey(one.key)?.name],
  );
  return new Set(names).size < properties.length;
}

interface Field {
  /** Absent where it is computed. */
  name: string | undefined;
  code: string;
  guard: Guard | undefined;
  /** Absent where the key may be dropped. */
  known: Known | undefined;
}

/** A value that may be missing: JSONata drops its key, as JSON does (R1). */
function perhaps(value: Fast): Fast | undefined {
  if (value.type === "undefined") return { ...value, code: '$lookup({}, "")' };
  const asked = lenient(value);
  const guarded = asked.signed ? withGuard(asked, both(asked.guard, asked.signed)) : asked;
  return { ...guarded, code: valueCode(asked) };
}

function field(
  property: Of<"Property">,
  before: ReadonlySet<string>,
  context: FastContext,
  drops: boolean,
): Field | undefined {
  if (property.kind !== "init" || property.method) return undefined;
  const key = property.computed ? computedKey(property.key, context) : literalKey(property.key);
  const translated = translate(property.value as Expression, context);
  if (!key || !translated) return undefined;
  // An undefined one hides an earlier value, and a dropped one would not.
  const hides = key.name === undefined ? before.size > 0 : before.has(key.name) || before.has("");
  const dropped = drops && !translated.present && !hides;
  const value = dropped ? perhaps(translated) : part(translated);
  if (!value) return undefined;
  return {
    name: key.name,
    code: `${key.code}: ${value.code}`,
    guard: both(key.guard, value.guard),
    known: dropped ? undefined : knownOf(value),
  };
}

interface KeyCode {
  name?: string;
  code: string;
  guard?: Guard | undefined;
}

/** A key that both engines and JavaScript keep at its place: no whole number, which JavaScript would move to the front. */
export function literalKey(key: Node): KeyCode | undefined {
  const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
  if (name === undefined || PROTOTYPE_NAMES.has(name) || !name.isWellFormed() || /^\d+$/.test(name))
    return undefined;
  if (name.startsWith(RESERVED_PREFIX)) return undefined;
  return { name, code: stringKey(name) };
}

const stringKey = (name: string): string =>
  JSON.stringify(name).replaceAll("%}", "\\u0025}").replaceAll("${", "\\u0024{");

const QUOTED = /^"(?:[^"\\]|\\.)*"$/;

export function computedKey(node: Node, context: FastContext): KeyCode | undefined {
  if (node.type === "Literal") return literalKey(node);
  const value = translate(node, context);
  if (!value || (value.type !== "string" && value.type !== "json")) return undefined;
  // A name that stands for a text is that text here; engines refuse some where an object is made.
  if (QUOTED.test(value.code) && PROTOTYPE_NAMES.has(JSON.parse(value.code) as string)) return undefined;
  const key = strict(named(value, context));
  const { code } = key;
  const guard = both(
    key.guard,
    key.type === "string" ? undefined : `$type(${code})="string"`,
    usualKey(code),
  );
  return { code, guard };
}

/** A key that only the run tells: kept at its place, not inherited, none of the protocol's. */
const usualKey = (code: string): string =>
  `($contains(${code}, /[^0-9]/) or ${code} = "") and ${notInherited(code)} and $not($contains(${code}, /^[$]runlet[.]/))`;

/** What is spread into an object: an object, or nothing. */
function spreadObject(node: Expression, context: FastContext): Fast | undefined {
  const value = translate(node, context);
  if (!value) return undefined;
  if (value.type === "null" || value.type === "undefined")
    return withGuard({ code: "{}", type: "object", present: true }, value.guard);
  if (value.type !== "json" && value.type !== "object") return undefined;
  const x = lenient(named(value, context));
  const isOwn = x.own === true && x.type === "object";
  if (isOwn && x.present) return x;
  const isUsual = `$type(${x.code})="object" and $not($exists(${x.code}.\`$runlet.ref\`)) and $not("__proto__" in $keys(${x.code}))`;
  return withGuard(
    { code: `(${x.code} != null ? ${x.code} : {})`, type: "object", present: true },
    both(x.guard, `($not(${x.code} != null) or ${isUsual})`),
  );
}

/** An object whose keys are all kept at their places by both engines. */
function listed(node: Node, context: FastContext): Fast | undefined {
  const value = translate(node, context);
  const o = value && asObject(value, context);
  if (!o) return undefined;
  const usual = `$not(false in $map($keys(${o.code}), function($k){ ($contains($k, /[^0-9]/) or $k = "") and $k != "__proto__" }))`;
  const whole = here(o);
  return withGuard(whole, both(whole.guard, usual));
}

/** `Object.keys`, `values` and `entries`. */
function list(name: "keys" | "values" | "entries", node: Node, context: FastContext): Fast | undefined {
  const o = listed(node, context);
  if (!o) return undefined;
  const keys = many(`$keys(${o.code})`);
  if (name === "keys") return arrayOf(keys, o.guard, { type: "string" });
  const value = `$lookup(${o.code}, $k)`;
  if (name === "values") return arrayOf(many(`$map(${keys}, function($k){ ${value} })`), o.guard);
  const pair = `$append([$k], ${alone({ code: value, type: "json", present: true })})`;
  const pairs = many(`$map(${keys}, function($k){ ${pair} })`);
  return arrayOf(pairs, o.guard, { type: "array" });
}

/** The keys that `for … in` goes through. */
export const listedKeys = (node: Node, context: FastContext): Fast | undefined => list("keys", node, context);

/** `Object.fromEntries` of pairs with usual keys. */
function fromEntries(node: Node, context: FastContext): Fast | undefined {
  const value = translate(node, context);
  const pairs = value && asArray(value, context);
  if (!pairs) return undefined;
  const a = inVariable(pairs, context);
  const isPair = `$type($v)="array" and $count($v) = 2 and $type($v[0])="string" and ${usualKey("$v[0]")}`;
  const guard = both(a.guard, `$not(false in $map(${a.code}, function($v){ ${isPair} }))`);
  const one = "{$v[0]: ($exists($v[1]) ? $v[1] : null)}";
  const code = `$merge(${many(`$map(${a.code}, function($v){ ${one} })`)})`;
  return withGuard({ code, type: "object", present: true, own: true }, guard);
}

function hasOwn([node, name]: readonly Node[], context: FastContext): Fast | undefined {
  const value = node && translate(node, context);
  const o = value && asObject(value, context);
  const key = name && translate(name, context);
  if (!o || !key || (key.type !== "string" && key.type !== "json")) return undefined;
  const k = strict(named(key, context));
  const whole = here(o);
  const isText = k.type === "string" ? undefined : `$type(${k.code})="string"`;
  return boolean(
    `(${k.code} in $keys(${o.code}))`,
    both(whole.guard, k.guard, isText, `${k.code} != "__proto__"`),
  );
}

/** Functions of the namespace Object. */
export function ofObject(name: string, args: readonly Node[], context: FastContext): Fast | undefined {
  const [first] = args;
  if (!first || args.some(({ type }) => type === "SpreadElement")) return undefined;
  if (name === "assign" && first.type === "ObjectExpression" && !context.drops) {
    // A new object is filled, as by spreading.
    const properties = args.map((argument) => ({ ...argument, type: "SpreadElement", argument }));
    return object({ ...first, properties } as never, context);
  }
  if (name === "hasOwn") return args.length === 2 ? hasOwn(args, context) : undefined;
  if (args.length > 1) return undefined;
  if (name === "keys" || name === "values" || name === "entries") return list(name, first, context);
  return name === "fromEntries" ? fromEntries(first, context) : undefined;
}

/** A new array of the same items. */
const made = (list: Fast | undefined): Fast | undefined => list && { ...list, own: true };

/** Functions of the namespace Array. */
export function ofArray(name: string, args: readonly Node[], context: FastContext): Fast | undefined {
  const [first] = args;
  if (name === "isArray" && first && args.length === 1) {
    const value = first.type === "SpreadElement" ? undefined : translate(first, context);
    if (!value) return undefined;
    if (value.type !== "json") return boolean(String(value.type === "array"), value.guard);
    const x = here(lenient(named(value, context)), context);
    return boolean(`($type(${x.code}) = "array")`, x.guard);
  }
  if (name === "from" && first && args.length === 1 && first.type !== "SpreadElement")
    return made(spread(first as Expression, context));
  return undefined;
}
