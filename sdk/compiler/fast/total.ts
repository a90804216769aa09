import type { Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { ERROR_KEY, KEPT_KEY, REFERENCE_KEY, REFUSED } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { bare } from "../parse/ast.ts";
import { both, existence, type Fast, type FastContext, named, notReference, withGuard } from "./fast.ts";
import type { Clause, Guard, Raise } from "./guards.ts";

/**
 * Forms for flows without inline steps: they answer for every value of JSON, and throw what JavaScript throws. What an
 * inline step would have fetched, a large result, ends the run with a coded error.
 */

const failure = (error: string, type: string, message: string): string => {
  const cause = JSON.stringify({ errorType: type, errorMessage: message, trace: [] });
  return `{"Error": ${stringLiteral(error)}, "Cause": ${stringLiteral(cause)}}`;
};

const typeError = (message: string): string => failure("TypeError", "TypeError", message);

const LARGE = failure(
  REFUSED,
  "RunletError",
  "RLT2007: A large value was read in a flow body that may have no inline steps. Pass it on to a task and read it there.",
);

const TWO_OBJECTS = failure(
  REFUSED,
  "RunletError",
  "RLT2010: A flow body compared two objects, or searched for one.",
);

/** A large value is elsewhere. */
export const isHere = (code: string): Raise => ({ test: notReference(code), raise: LARGE, limits: true });

/** The same of a text that a variable surely holds. */
export const isText = (code: string, { total }: FastContext): Clause => {
  const test = `$type(${code})="string"`;
  return total ? { test, raise: LARGE, limits: true } : test;
};

/** Whether two objects are the same one is lost between steps. */
export const notIdentity = (test: string): Raise => ({ test, raise: TWO_OBJECTS, limits: true });

type Nothing = "null" | "undefined";

/** What is thrown of null and undefined. */
const ofNothing = (value: Fast, message: (what: Nothing) => string): string => {
  const of = (what: Nothing): string => typeError(message(what));
  return value.present ? of("null") : `(${existence(value)} ? ${of("null")} : ${of("undefined")})`;
};

const reading =
  (name: string) =>
  (what: Nothing): string =>
    `Cannot read properties of ${what} (reading '${name}')`;

/** Reading a name of nothing throws. */
export const isSomething = (value: Fast, name: string): Raise => ({
  test: `(${value.code} != null)`,
  raise: ofNothing(value, reading(name)),
});

/**
 * Reading a name of what is no object, where inline steps may stand: of null and undefined it throws. What lies in a large
 * value that is elsewhere only looks as if it were missing.
 */
export const isObjectOrThrows = (value: Fast, name: string, test: string): Clause =>
  perhapsNothing(value, reading(name), test);

/** An element that may not be there: a null one looks alike on the JVM engine. */
const isUncertain = ({ element, exists, present }: Fast): boolean =>
  exists !== undefined || (element === true && !present);

function perhapsNothing(value: Fast, message: (what: Nothing) => string, test: string): Clause {
  if (isUncertain(value)) return test;
  const away = value.base === undefined ? "" : ` and ${notReference(value.base)}`;
  return { test, raise: `($not(${value.code} != null)${away} ? ${ofNothing(value, message)})`, partly: true };
}

/** What V8 calls the value that a pattern takes apart: a parameter's, a text of the source, or one in a pattern. */
export type Quoted = "parameter" | "inner" | { text: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a pattern throws of null and undefined; nothing where V8's words depend on more than its first name. */
function takingApart(pattern: Node, quoted: Quoted | undefined): ((what: Nothing) => string) | undefined {
  const [first] = pattern.type === "ObjectPattern" ? pattern.properties : [];
  if (!quoted || first?.type !== "Property" || first.computed || first.key.type !== "Identifier")
    return undefined;
  const { name } = first.key;
  if (!NAME.test(name)) return undefined;
  if (quoted === "inner") return reading(name);
  if (first.value.type === "AssignmentPattern") return undefined;
  const text = (what: Nothing): string =>
    quoted !== "parameter" ? quoted.text : what === "null" ? "object null" : what;
  return (what) => `Cannot destructure property '${name}' of '${text(what)}' as it is ${what}.`;
}

/** A pattern's object, which it is under the test. */
export function fits(pattern: Node, quoted: Quoted | undefined, value: Fast, test: string): Clause {
  const message = takingApart(pattern, quoted);
  return message ? perhapsNothing(value, message, test) : test;
}

/** Where no inline step may stand: something whose names can be read; nothing where V8's words are not known. */
export function fitsAny(pattern: Node, quoted: Quoted | undefined, value: Fast): Guard | undefined {
  const message = takingApart(pattern, quoted);
  const something = message && { test: `(${value.code} != null)`, raise: ofNothing(value, message) };
  return something && [something, ...(value.own ? [] : [isHere(value.code)])];
}

/** The same of a method that only arrays have; `callee` is what V8 calls the receiver. */
export function isArrayOrThrows(value: Fast, name: string, callee: string): Clause {
  const test = `$type(${value.code})="array"`;
  if (isUncertain(value)) return test;
  const away = value.base === undefined ? "true" : notReference(value.base);
  const { raise } = isSomething(value, name);
  const none = typeError(`${callee}.${name} is not a function`);
  const other = `($type(${value.code}) in ["number","boolean","string"] ? ${none})`;
  return { test, raise: `($not(${value.code} != null) ? (${away} ? ${raise}) : ${other})`, partly: true };
}

/** The same of what is iterated: a text is its characters. */
export function isListOrThrows(value: Fast, text: string | undefined): Clause {
  const test = `$type(${value.code})="array"`;
  if (text === undefined || isUncertain(value)) return test;
  const away = value.base === undefined ? "true" : notReference(value.base);
  const none = typeError(`${text} is not iterable`);
  const what = `($not(${value.code} != null) ? ${away} : $type(${value.code}) in ["number","boolean"])`;
  return { test, raise: `(${what} ? ${none})`, partly: true };
}

const NO_LIST = failure(
  "RunletError",
  "RunletError",
  new RunletError("RLT4002", "map was called with something that is not an array.").message,
);

/** The items of `task.map`: an object may be a value that is elsewhere, or kept in another form. */
export function isTaskList(code: string): Clause {
  const holder = `(${code})`; // JSONata takes a text before a dot for the name of a member
  const away = [REFERENCE_KEY, KEPT_KEY, ERROR_KEY]
    .map((key) => `$exists(${holder}.\`${key}\`)`)
    .join(" or ");
  const raise = `($type(${code})="object" and (${away}) ? $lookup({}, "") : ${NO_LIST})`;
  return { test: `$type(${code})="array"`, raise, partly: true };
}

/** Members that arrays, texts and numbers have beside those of every object. */
const OTHERS = new Set(
  [Array, String, Number, Boolean].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype)),
);

/** What is no plain object may have it. */
export const isInherited = (name: string): boolean => OTHERS.has(name);

/** `object.name` of any value; nothing for a name that only the value tells what it is. */
export function readMember(
  object: Fast,
  name: string,
  field: string,
  context: FastContext,
  optional: boolean,
): Fast | undefined {
  if (isInherited(name)) return undefined;
  const o = named(object, context);
  const code = `($type(${o.code})="object" ? ${o.code}.${field})`;
  const guard = both(
    o.guard,
    optional ? undefined : isSomething(o, name),
    o.own ? undefined : isHere(o.code),
  );
  return withGuard({ code, type: "json", present: false }, guard);
}

/** The value as an array, for a method that nothing else has; `callee` is what V8 calls it in its message. */
export function arrayFor(value: Fast, name: string, callee: string, context: FastContext): Fast {
  const { element: _, exists: __, numeric: ___, ...x } = named(value, context);
  const isArray: Raise = {
    test: `$type(${x.code})="array"`,
    raise: typeError(`${callee}.${name} is not a function`),
  };
  const guard = both(x.guard, isSomething(named(value, context), name), isHere(x.code), isArray);
  return { ...withGuard(x, guard), type: "array", present: true };
}

/** What V8 calls a receiver in its messages, where that is what the source says. */
export function textOfReceiver(node: Node, context: FastContext): string | undefined {
  const inner = bare(node as never) as Node;
  if (inner.type === "Identifier") return inner.name;
  if (inner.type !== "MemberExpression" || inner.computed || inner.optional) return undefined;
  const object = textOfReceiver(inner.object, context);
  const isName = inner.property.type === "Identifier";
  return object && isName ? `${object}.${(inner.property as { name: string }).name}` : undefined;
}

/** What V8 calls the value of a constant that a pattern takes apart, where that is known. */
export function quotedOf(node: Node, context: FastContext): Quoted | undefined {
  if (bare(node as never).type === "AwaitExpression") return { text: "(intermediate value)" };
  const text = textOfReceiver(node, context);
  return text === undefined ? undefined : { text };
}

/** What is iterated: V8 words the failure of a call otherwise there. */
export const ofIterated = (node: Node, context: FastContext): FastContext =>
  bare(node as never).type === "CallExpression"
    ? { ...context, total: false, iterated: true, memo: new Map() }
    : context;

/** Where inline steps may keep other things than JSON: nothing but undefined is. */
export const onlyNothing = (code: string): string =>
  `($not($exists(${code}.\`${KEPT_KEY}\`)) or ${code}.\`${KEPT_KEY}\`[0] = "undefined")`;

/** A variable of the flow, where only undefined is ever kept in another form. */
export function keptOrNothing(code: string): Fast {
  const exists = `$not($exists(${code}.\`${KEPT_KEY}\`))`;
  return { code: `(${exists} ? ${code})`, type: "json", present: false, exists };
}
