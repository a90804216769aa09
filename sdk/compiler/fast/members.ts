import type { Expression, Node } from "oxc-parser";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { bare, memberName } from "../parse/ast.ts";
import {
  both,
  chosen,
  closed,
  existence,
  type Fast,
  type FastContext,
  lenient,
  named,
  whereIt,
  withGuard,
} from "./fast.ts";
import { plainly, withNames } from "./guards.ts";
import { literalAt } from "./literals.ts";
import { asWhole } from "./numbers.ts";
import { isInherited, isObjectOrThrows, readMember } from "./total.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

export const MISSING: Fast = { code: "null", type: "undefined", present: false };

export function member(node: Of<"MemberExpression">, context: FastContext): Fast | undefined {
  const name = memberName(node);
  if (name === undefined) return computed(node, context);
  const literal = literalAt(node.object, [name], context, false);
  if (literal) return literal === "missing" ? MISSING : translate(literal.node, literal.context);
  const caught = context.uses.get(bare(node.object));
  if (caught?.kind === "error") return memberOfError(`$${caught.variable}`, name);
  const object = translate(node.object, context);
  return object && memberOf(object, name, context, isOptional(node, context));
}

/** `?.` at this very place; a chain whose link is settled already goes on plainly. */
export const isOptional = (node: { optional: boolean }, context: FastContext): boolean =>
  node.optional && !context.linked.has(node as never);

/**
 * A chain with `?.`: what stands behind a link is evaluated only where there is something before it. Plain members need
 * no more than a path; a call, an index or a length is made of the value before the first link.
 */
export function chain(node: Of<"ChainExpression">, context: FastContext): Fast | undefined {
  const link = firstLink(node.expression);
  // A total read gives nothing where there is none, so what follows it must not be evaluated.
  const isPath = link && (context.total ? bare(node.expression) === link : isPlain(node.expression, link));
  if (!link) return translate(node.expression, context);
  if (isPath) {
    // Behind the link nothing throws where there is nothing before it.
    const path = translate(node.expression, context);
    return path && withGuard(path, plainly(path.guard));
  }
  if (link.type === "CallExpression") return undefined;
  const receiver = translate(link.object, context);
  if (!receiver) return undefined;
  const linked = new Set([...context.linked, link]);
  return optionally(receiver, context, (value) =>
    translate(node.expression, {
      ...context,
      linked,
      given: new Map([...context.given, [link.object, value]]),
    }),
  );
}

type Link = Of<"MemberExpression"> | Of<"CallExpression">;

/** The link that is evaluated first. */
function firstLink(node: Node): Link | undefined {
  const inner = bare(node as Expression);
  if (inner.type !== "MemberExpression" && inner.type !== "CallExpression") return undefined;
  const before = firstLink(inner.type === "MemberExpression" ? inner.object : inner.callee);
  return before ?? (inner.optional ? (inner as Link) : undefined);
}

/** Only members by name from the link on, none of them `length`. */
function isPlain(node: Node, link: Node): boolean {
  const inner = bare(node as Expression);
  if (inner.type !== "MemberExpression" || [undefined, "length"].includes(memberName(inner))) return false;
  return inner === link || isPlain(inner.object, link);
}

/** `object.name`; the object must surely be no array, which JSONata would map over (R2). A number or a text has no such name. */
export function memberOf(
  object: Fast,
  name: string,
  context: FastContext,
  optional = false,
): Fast | undefined {
  if (name === "length") {
    if (optional) return optionally(object, context, (value) => lengthOf(value, context));
    return lengthOf(object, context);
  }
  const field = fieldName(name);
  if ((object.type !== "json" && object.type !== "object") || field === undefined) return undefined;
  const o = object.path ? object : named(object, context);
  const code = `${o.code}.${field}`;
  const type = `$type(${o.code})`;
  const isObject = o.type === "object" || isInherited(name) ? `${type}="object"` : `${type} in ${NO_LISTS}`;
  const isSure = o.type === "object" && o.present;
  const total = context.total && !isSure && readMember(object, name, field, context, optional);
  if (total) return total;
  const asked = optional ? `(${isObject} or $not(${o.code} != null))` : isObjectOrThrows(o, name, isObject);
  const guard = isSure ? o.guard : both(o.guard, asked);
  const known = o.shape?.fields?.get(name);
  if (known && isSure) return withGuard({ ...known, code, present: true, path: true }, guard);
  const made: Fast = { code, type: "json", present: false, path: true };
  return withGuard(o.own ? made : { ...made, base: o.code }, guard);
}

const NO_LISTS = '["object","number","string","boolean"]';

/** `x?.y`, `x?.f()`: nothing where x is null or missing, else what is made of it. */
export function optionally(
  receiver: Fast,
  context: FastContext,
  make: (value: Fast) => Fast | undefined,
): Fast | undefined {
  if (receiver.type === "undefined" || receiver.type === "null") return undefined;
  const value = lenient(named(receiver, context));
  const condition = `(${value.code} != null)`;
  const made = make(withGuard({ ...value, present: true }, undefined));
  if (!made || made.type === "undefined") return undefined;
  const inner = closed(made);
  const guard = both(value.guard, whereIt(condition, inner.guard));
  const { element: _, path: __, base: ___, signed: ____, numeric: _____, ...rest } = made;
  const exists = made.present ? condition : `(${condition} and ${withNames(existence(made), made.guard)})`;
  return withGuard({ ...rest, code: `(${condition} ? ${inner.code})`, present: false, exists }, guard);
}

/** UTF-16 units, which are characters where no character needs two (R13). */
export const noSurrogates = (code: string): string =>
  `$not($contains(${code}, /[^\\u0000-\\ud7ff\\ue000-\\uffff]/))`;

function lengthOf(object: Fast, context: FastContext): Fast | undefined {
  if (!["array", "string", "json"].includes(object.type)) return undefined;
  const x = named(object, context);
  const made = (code: string, more?: string): Fast =>
    withGuard({ code, type: "number", present: true, bits: 32, whole: true }, both(x.guard, more));
  if (x.type === "array" && x.present) return made(`$count(${x.code})`);
  if (x.type === "string" && x.present) return made(`$length(${x.code})`, noSurrogates(x.code));
  if (x.type !== "json") return undefined;
  const isArray = `$type(${x.code})="array"`;
  const isString = `$type(${x.code})="string"`;
  return made(
    `(${isArray} ? $count(${x.code}) : $length(${x.code}))`,
    `(${isArray} or ${isString} and ${noSurrogates(x.code)})`,
  );
}

/** `list[index]` and `object[key]`. */
function computed(node: Of<"MemberExpression">, context: FastContext): Fast | undefined {
  if (node.property.type === "PrivateIdentifier") return undefined;
  const object = translate(node.object, context);
  const key = translate(node.property, context);
  if (!object || !key) return undefined;
  if (!isOptional(node, context)) return at(object, key, context);
  return optionally(object, context, (value) => at(value, key, context));
}

function at(object: Fast, key: Fast, context: FastContext): Fast | undefined {
  if (key.type === "number") return elementAt(object, key, context);
  if (key.type === "string") return propertyAt(object, key, context);
  if (key.type !== "json") return undefined;
  const k = named(key, context);
  const o = named(object, context);
  const element = elementAt(withGuard(o, undefined), withGuard({ ...k, present: true }, undefined), context);
  const property = propertyAt(
    withGuard(o, undefined),
    withGuard({ ...k, present: true }, undefined),
    context,
  );
  const only = element && property ? undefined : (element ?? property);
  if (only) return withGuard(only, both(o.guard, k.guard, only.guard));
  if (!element || !property) return undefined;
  const made = chosen(`($type(${k.code})="number")`, element, property);
  return withGuard(made, both(o.guard, k.guard, made.guard));
}

/** The item of an array under a variable's own name, since an index after a longer path selects in each of its steps. */
export function inVariable(fast: Fast, context: FastContext): Fast {
  if (/^\$\w+$/.test(fast.code)) return fast;
  const name = context.lets.of(fast.code);
  return withGuard({ ...fast, code: `$${name}`, path: true }, both(fast.guard, { name, code: fast.code }));
}

export function elementAt(object: Fast, index: Fast, context: FastContext): Fast | undefined {
  const a = asArray(object, context);
  const i = asWhole(named(index, context));
  if (!a || !i) return undefined;
  const list = inVariable(a, context);
  const literal = Number(i.code);
  if (literal < 0) return undefined;
  const guard = both(list.guard, i.guard, Number.isNaN(literal) ? `${i.code} >= 0` : undefined);
  return withGuard(itemOf(list, `${list.code}[${i.code}]`, `${i.code} < $count(${list.code})`), guard);
}

/** An item, and the condition under which it is one. */
export function itemOf(array: Fast, code: string, exists?: string): Fast {
  const known = array.shape?.items;
  const type = known?.type ?? "json";
  const mayBeNull = type === "json" || type === "null";
  return {
    ...known,
    code,
    type,
    present: exists === undefined,
    path: true,
    ...(mayBeNull && { element: true }),
    ...(exists !== undefined && { exists: `(${exists})` }),
  };
}

/** The value as an array, which it surely is under the guard. */
export function asArray(fast: Fast, context: FastContext): Fast | undefined {
  if (fast.type === "array" && fast.present) return named(fast, context);
  if (fast.type !== "json" && fast.type !== "array") return undefined;
  const { element: _, exists: __, numeric: ___, ...x } = named(fast, context);
  const guard = both(x.guard, `$type(${x.code})="array"`);
  return { ...withGuard(x, guard), type: "array", present: true };
}

/** The value as an object, which it surely is under the guard; where it is a reference, its properties are elsewhere. */
export function asObject(fast: Fast, context: FastContext): Fast | undefined {
  if (fast.type === "object" && fast.present) return named(fast, context);
  if (fast.type !== "json" && fast.type !== "object") return undefined;
  const { element: _, exists: __, numeric: ___, ...x } = named(fast, context);
  const guard = both(x.guard, `$type(${x.code})="object"`);
  return { ...withGuard(x, guard), type: "object", present: true };
}

const INHERITED = `[${[...PROTOTYPE_NAMES].map((name) => JSON.stringify(name)).join(",")}]`;

/** A key that only the run tells: none of the names that objects inherit. */
export const notInherited = (code: string): string => `$not(${code} in ${INHERITED})`;

function propertyAt(object: Fast, key: Fast, context: FastContext): Fast | undefined {
  const o = asObject(object, context);
  const k = named(key, context);
  if (!o) return undefined;
  const guard = both(
    o.guard,
    k.guard,
    k.type === "string" ? undefined : `$type(${k.code})="string"`,
    notInherited(k.code),
  );
  const made: Fast = { code: `$lookup(${o.code}, ${k.code})`, type: "json", present: false };
  return withGuard(o.own ? made : { ...made, base: o.code }, guard);
}

/** Name and message of a caught error, where a Lambda function reported it; the platform's own errors are told otherwise. */
function memberOfError(code: string, name: string): Fast | undefined {
  if (name !== "message" && name !== "name") return undefined;
  const parsed = `$parse(${code}.Cause)`;
  const guard = [
    `$not($contains(${code}.Error, "."))`,
    `$substring(${code}.Cause, 0, 1)="{"`,
    `$type(${parsed}.errorMessage)="string"`,
    `${parsed}.errorType = ${code}.Error`,
  ];
  const value = name === "name" ? `${code}.Error` : `${parsed}.errorMessage`;
  return { code: value, type: "string", present: true, guard };
}

const KEYWORDS = new Set(["and", "or", "in", "true", "false", "null", "function"]);

/** A key as a step of a path; names that objects inherit never, since engines disagree about them. */
export function fieldName(name: string): string | undefined {
  if (name === "" || PROTOTYPE_NAMES.has(name) || !name.isWellFormed() || /`|%\}|\$\{/.test(name))
    return undefined;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !KEYWORDS.has(name) ? name : `\`${name}\``;
}
