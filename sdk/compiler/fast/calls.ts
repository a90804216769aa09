import type { Expression, Node } from "oxc-parser";
import { bare, isFunction, memberName } from "../parse/ast.ts";
import { ARRAY_METHODS } from "./array-methods.ts";
import { bodyOf, functionOf, type Helper } from "./callbacks.ts";
import {
  both,
  chosen,
  type Fast,
  type FastContext,
  type Guard,
  named,
  part,
  strict,
  withGuard,
} from "./fast.ts";
import { ofJson } from "./json-text.ts";
import { patternOf, tests } from "./matching.ts";
import { asArray, isOptional, MISSING, optionally } from "./members.ts";
import { extremeOf, GLOBALS, MATH, NUMBER, toFixed, valuesOf } from "./number-functions.ts";
import { asString, asWhole } from "./numbers.ts";
import { hasKey } from "./operators.ts";
import { joined } from "./printing.ts";
import { makes } from "./statements.ts";
import { STRING_METHODS } from "./string-methods.ts";
import { array, ofArray, ofObject } from "./structures.ts";
import { arrayFor, isArrayOrThrows, textOfReceiver } from "./total.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

export function call(node: Of<"CallExpression">, context: FastContext): Fast | undefined {
  const callee = bare(node.callee);
  if (callee.type === "Identifier") return callOfName(callee, node, context);
  if (callee.type !== "MemberExpression" || node.optional) return undefined;
  const name = memberName(callee);
  if (name === undefined) return undefined;
  const pattern = name === "test" && !callee.optional ? patternOf(callee.object, context) : undefined;
  if (pattern) return tests(pattern, node.arguments, context);
  const namespace = namespaceOf(callee.object, context);
  if (namespace) return callOfNamespace(namespace, name, node.arguments, context);
  const receiver = translate(callee.object, context);
  if (!receiver || (CHANGING.has(name) && !isMade(callee.object, receiver))) return undefined;
  if (!isOptional(callee, context)) {
    // Arguments are evaluated before it shows that there is no such method: they must be quiet.
    const isQuiet =
      !context.iterated && node.arguments.every((one) => isFunction(one) || one.type === "Literal");
    const text = isQuiet ? textOfReceiver(callee.object, context) : undefined;
    const surely = text === undefined ? receiver : receiverOf(receiver, name, text, context);
    return callOfMethod(surely, name, node.arguments, context);
  }
  return optionally(receiver, context, (value) => callOfMethod(value, name, node.arguments, context));
}

/** Of these V8 says that what they give cannot be iterated. */
const ITERATORS = new Set(["entries", "keys", "values"]);

/** Where no inline step may stand: an array, for a method that only arrays have. */
function receiverOf(receiver: Fast, name: string, text: string, context: FastContext): Fast {
  const isOfArrays = Object.hasOwn(ARRAY_METHODS, name) && !(name in String.prototype);
  if (!isOfArrays || receiver.type !== "json" || ITERATORS.has(name)) return receiver;
  return context.total
    ? arrayFor(receiver, name, text, context)
    : arrayPerhaps(receiver, name, text, context);
}

/** An array, for a method that only arrays have. */
export function arrayPerhaps(value: Fast, name: string, text: string, context: FastContext): Fast {
  const { element: _, exists: __, numeric: ___, ...x } = named(value, context);
  const guard = both(x.guard, isArrayOrThrows(named(value, context), name, text));
  return { ...withGuard(x, guard), type: "array", present: true };
}

/** Methods that change their receiver: nobody sees that of one that was made in this very place. */
const CHANGING = new Set(["sort", "reverse"]);

const isMade = (node: Expression, receiver: Fast): boolean => makes(node) && receiver.own === true;

/** A name of JavaScript's own, that nothing in the flow or the module hides. */
const isGlobal = (node: Node, name: string, context: FastContext): boolean =>
  !context.uses.has(node) &&
  !context.locals.has(name) &&
  !context.reader.lookup(context.reader.at(node), name);

function namespaceOf(node: Expression, context: FastContext): string | undefined {
  const inner = bare(node);
  return inner.type === "Identifier" && isGlobal(inner, inner.name, context) ? inner.name : undefined;
}

function callOfNamespace(
  namespace: string,
  name: string,
  args: readonly Node[],
  context: FastContext,
): Fast | undefined {
  if (namespace === "JSON") return ofJson(name, args, context);
  if (namespace === "Object") return ofObject(name, args, context);
  if (namespace === "Array") return ofArray(name, args, context);
  const table = namespace === "Math" ? MATH : namespace === "Number" ? NUMBER : {};
  if (namespace === "Math" && args.some(({ type }) => type === "SpreadElement")) {
    const list = array({ type: "ArrayExpression", elements: args } as never, context);
    return list && extremeOf(name, named(list, context));
  }
  const values = valuesOf(args, context);
  return values && Object.hasOwn(table, name) ? table[name]?.(values, context) : undefined;
}

function callOfName(
  callee: Of<"Identifier">,
  node: Of<"CallExpression">,
  context: FastContext,
): Fast | undefined {
  if (context.locals.has(callee.name) && !context.uses.has(callee)) return undefined;
  const values = valuesOf(node.arguments, context);
  if (!values) return undefined;
  const helper = functionOf(callee, context);
  if (helper) return called(helper, values, context);
  if (context.uses.has(callee)) return undefined;
  const declared = context.reader.named(callee);
  if (!declared && callee.name === "structuredClone") return copied(values);
  if (!declared && callee.name === "runlet$own") return values[0]; // no function comes of JSONata
  if (!declared)
    return Object.hasOwn(GLOBALS, callee.name) ? GLOBALS[callee.name]?.(values, context) : undefined;
  if (declared.kind !== "package" || declared.from !== "runlet" || declared.imported !== "range")
    return undefined;
  return range(values);
}

/** A copy of a value of JSON is the value. */
function copied([value, ...more]: readonly Fast[]): Fast | undefined {
  const copy = value && more.length === 0 && value.type !== "undefined" ? part(value) : undefined;
  return copy && { ...copy, own: copy.own === true };
}

/** A helper function's body over its arguments, which are evaluated whether it reads them or not. */
function called(helper: Helper, values: readonly Fast[], context: FastContext): Fast | undefined {
  let guard: Guard | undefined;
  const given: Fast[] = [];
  for (const value of values) {
    const one = value.type === "undefined" ? value : named(value, context);
    guard = both(guard, one.guard);
    given.push(withGuard(one, undefined));
  }
  while (given.length < helper.arity) given.push(MISSING);
  const made = bodyOf(helper.fn, given, helper.context);
  return made && withGuard(made, both(guard, made.guard));
}

const MOST_RANGE = 10_000;

/** `range(a, b)`: JSONata's own `[a..b]`, which is empty where a > b. */
function range(values: readonly Fast[]): Fast | undefined {
  if (values.length !== 2) return undefined;
  const bounds = values.map((value) => {
    return asWhole(strict(value));
  });
  const [first, last] = bounds;
  if (!first || !last) return undefined;
  const known = Number(last.code) - Number(first.code);
  const few = known < MOST_RANGE ? undefined : `${last.code} - ${first.code} < ${MOST_RANGE}`;
  const guard = both(first.guard, last.guard, few);
  const items = { type: "number", bits: 53, whole: true } as const;
  return withGuard(
    { code: `[${first.code}..${last.code}]`, type: "array", present: true, own: true, shape: { items } },
    guard,
  );
}

/** A method: of a string or of an array, as the run tells where both have it. */
function callOfMethod(
  value: Fast,
  name: string,
  args: readonly Node[],
  context: FastContext,
): Fast | undefined {
  if (name === "toFixed") return toFixed(value, args, context);
  if (name === "toString") return args.length === 0 ? textOf(value, context) : undefined;
  if (name === "hasOwnProperty") return ownProperty(value, args, context);
  const ofText = Object.hasOwn(STRING_METHODS, name) ? STRING_METHODS[name] : undefined;
  const ofList = Object.hasOwn(ARRAY_METHODS, name) ? ARRAY_METHODS[name] : undefined;
  const text = (one: Fast): Fast | undefined => {
    const receiver = ofText && asString(named(one, context));
    return receiver && ofText(receiver, args, context);
  };
  const list = (one: Fast): Fast | undefined => {
    const receiver = ofList && asArray(one, context);
    return receiver && ofList(receiver, args, context);
  };
  if (value.type === "string" || !ofList) return text(value);
  if (value.type !== "json" || !ofText) return list(value);
  return either(named(value, context), text, list);
}

/** By the type of the value: a string or an array; everything else fails both guards. */
function either(
  value: Fast,
  text: (one: Fast) => Fast | undefined,
  list: (one: Fast) => Fast | undefined,
): Fast | undefined {
  const inner = withGuard(value, undefined);
  const [ofText, ofList] = [text(inner), list(inner)];
  if (!ofText || !ofList) return ofText ? text(value) : list(value);
  const made = chosen(`($type(${value.code})="string")`, ofText, ofList);
  return withGuard(made, both(value.guard, made.guard));
}

/** `toString()`: nothing for null, which has none. */
function textOf(value: Fast, context: FastContext): Fast | undefined {
  if (value.type !== "json") return value.type === "null" ? undefined : joined([value], context);
  const x = named(value, context);
  const text = joined([x], context);
  return text && withGuard(text, both(x.guard, `${x.code} != null`, text.guard));
}

function ownProperty(value: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const [node, ...more] = args;
  const key = node && more.length === 0 ? translate(node, context) : undefined;
  if (!key) return undefined;
  const found = hasKey(key, value, context);
  // An own key of that name would be called instead.
  return found && value.own ? found : undefined;
}
