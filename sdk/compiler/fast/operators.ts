import type { Node } from "oxc-parser";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { bare } from "../parse/ast.ts";
import { bitwise } from "./bits.ts";
import {
  beyond,
  boolean,
  both,
  chosen,
  closed,
  existence,
  type Fast,
  type FastContext,
  here,
  lenient,
  NOTHING,
  named,
  strict,
  truthy,
  withGuard,
} from "./fast.ts";
import { together } from "./guards.ts";
import { arithmetic, asNumber, asString } from "./numbers.ts";
import { joined as printed } from "./printing.ts";
import { notIdentity } from "./total.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
const PRIMITIVE = new Set(["string", "number", "boolean", "null"]);

export function binary(node: Of<"BinaryExpression">, context: FastContext): Fast | undefined {
  if (node.left.type === "PrivateIdentifier") return undefined;
  const left = translate(node.left, context);
  const right = translate(node.right, context);
  return left && right && operation(node.operator, left, right, context);
}

/** A binary operator on two values. */
export function operation(
  operator: Of<"BinaryExpression">["operator"],
  left: Fast,
  right: Fast,
  context: FastContext,
): Fast | undefined {
  switch (operator) {
    case "+":
      return plus(left, right, context);
    case "-":
    case "*":
    case "/":
    case "%":
      return arithmetic(operator, left, right, context);
    case "**":
      return power(left, right, context);
    case "===":
      return equality(left, right, context);
    case "!==":
      return negated(equality(left, right, context));
    case "==":
      return looseEquality(left, right, context);
    case "!=":
      return negated(looseEquality(left, right, context));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return comparison(operator, left, right, context);
    case "in":
      return hasKey(left, right, context);
    case "&":
    case "|":
    case "^":
    case "<<":
    case ">>":
    case ">>>":
      return bitwise(operator, left, right, context);
    default:
      return undefined;
  }
}

/** Texts joined where one side is a string, else two numbers. */
function plus(left: Fast, right: Fast, context: FastContext): Fast | undefined {
  if (left.type === "string" || right.type === "string") return printed([left, right], context);
  const sum = arithmetic("+", left, right, context);
  if (!sum || left.type !== "json" || right.type !== "json" || left.numeric || right.numeric) return sum;
  const [l, r] = [lenient(named(left, context)), lenient(named(right, context))];
  const outer = both(l.guard, r.guard);
  const text = printed([l, r], context);
  if (!text) return sum;
  const isText = `($type(${l.code})="string" or $type(${r.code})="string")`;
  const made = chosen(isText, beyond(text, outer), beyond(sum, outer));
  return { ...withGuard(made, both(outer, made.guard)), numeric: sum };
}

/** Small powers of small whole numbers: everywhere else engines may differ in the last digit. */
function power(left: Fast, right: Fast, context: FastContext): Fast | undefined {
  const exponent = Number(right.code);
  const most = exponent === 2 ? 94_906_265 : exponent === 3 ? 208_063 : 0;
  const base = asNumber(left);
  if (!base || most === 0) return undefined;
  const x = named(base, context);
  const code = exponent === 2 ? `(${x.code} * ${x.code})` : `(${x.code} * ${x.code} * ${x.code})`;
  const guard = both(
    x.guard,
    `$floor(${x.code}) = ${x.code}`,
    `${x.code} <= ${most}`,
    `${x.code} >= -${most}`,
  );
  return withGuard({ code, type: "number", present: true, bits: 53, whole: true }, guard);
}

const negated = (fast: Fast | undefined): Fast | undefined => fast && { ...fast, code: `$not(${fast.code})` };

/** `===`: exact where one side is a primitive; two objects compare by identity (R7). */
function equality(left: Fast, right: Fast, context: FastContext): Fast | undefined {
  if (right.type === "undefined" || left.type === "undefined") {
    const made = missing(right.type === "undefined" ? left : right);
    return made && withGuard(made, both(left.guard, right.guard, made.guard));
  }
  const l = lenient(named(left, context));
  const r = lenient(named(right, context));
  const element = left.element ? l : right.element ? r : undefined;
  if (element && (left.type === "null" || right.type === "null")) return isNull(element, l, r);
  const equal = boolean(`(${l.code} = ${r.code})`, both(l.guard, r.guard));
  if (PRIMITIVE.has(left.type) || PRIMITIVE.has(right.type)) return equal;
  const unknown = [l, r].filter(({ type }) => type === "json");
  if (unknown.length === 0) return undefined;
  if (unknown.length > 1 && !left.element && !right.element) return sameUnknown(l, r, context);
  const known = unknown.map(({ code }) => `$type(${code}) in ["string","number","boolean"]`);
  return withGuard(equal, both(equal.guard, known.length > 1 ? `(${known.join(" or ")})` : known[0]));
}

/** Two of any type: both may be missing; two objects are left to JavaScript. */
function sameUnknown(l: Fast, r: Fast, context: FastContext): Fast {
  const isObject = ({ code }: Fast): string => `$type(${code}) in ["array","object"]`;
  const equal = `${l.code} = ${r.code}`;
  const [a, b] = [existence(l), existence(r)];
  const code =
    l.present && r.present
      ? `(${equal})`
      : l.present
        ? `(${b} and ${equal})`
        : r.present
          ? `(${a} and ${equal})`
          : `(${a} ? ${b} and ${equal} : $not(${b}))`;
  const one = `$not(${isObject(l)} and ${isObject(r)})`;
  return boolean(code, both(l.guard, r.guard, context.total ? notIdentity(one) : one));
}

/** To the JVM engine a null element is nothing, as one that is not there. */
function isNull(element: Fast, l: Fast, r: Fast): Fast {
  const exists = element.present ? "" : `${existence(element)} and `;
  return boolean(`(${exists}$not(${element.code} != null))`, both(l.guard, r.guard));
}

export function missing(fast: Fast): Fast | undefined {
  if (fast.type === "undefined") return boolean("true", fast.guard);
  if (fast.present) return boolean("false", fast.guard);
  const value = lenient(fast);
  return boolean(`$not(${existence(value)})`, value.guard);
}

/** `== null` covers null and undefined; otherwise `==` is `===` where the types are known to be the same. */
function looseEquality(left: Fast, right: Fast, context: FastContext): Fast | undefined {
  const nothing = (fast: Fast): boolean => fast.type === "null" || fast.type === "undefined";
  if (nothing(left) || nothing(right)) {
    const value = lenient(nothing(right) ? left : right);
    if (nothing(value)) return undefined;
    return boolean(`$not(${value.code} != null)`, both(left.guard, right.guard, value.guard));
  }
  if (left.type === right.type && PRIMITIVE.has(left.type)) return equality(left, right, context);
  const [known, unknown] = PRIMITIVE.has(left.type) ? [left, right] : [right, left];
  if (unknown.type !== "json" || !PRIMITIVE.has(known.type)) return undefined;
  // `==` converts unless the types are the same.
  const other = strict(named(unknown, context));
  const same = withGuard(other, both(other.guard, `$type(${other.code})="${known.type}"`));
  return equality(known, same, context);
}

/** Two numbers or two strings; anything else JavaScript would convert. */
function comparison(operator: string, left: Fast, right: Fast, context: FastContext): Fast | undefined {
  const known = [left.numeric ? "number" : left.type, right.numeric ? "number" : right.type].find(
    (type) => type === "string" || type === "number",
  );
  if (known === undefined && left.type === "json" && right.type === "json") {
    const [a, b] = [strict(named(left, context)), strict(named(right, context))];
    const are = (type: string): string => `$type(${a.code})="${type}" and $type(${b.code})="${type}"`;
    const guard = both(a.guard, b.guard, `(${are("number")} or ${are("string")})`);
    return boolean(`(${a.code} ${operator} ${b.code})`, guard);
  }
  const as = known === "string" ? asString : asNumber;
  const l = as(named(left, context));
  const r = as(named(right, context));
  if (!l || !r) return undefined;
  return boolean(`(${l.code} ${operator} ${r.code})`, both(l.guard, r.guard));
}

/** `key in object`: own keys, since no name that objects inherit may stand there. */
export function hasKey(key: Fast, object: Fast, context: FastContext): Fast | undefined {
  if (!/^"/.test(key.code) || PROTOTYPE_NAMES.has(JSON.parse(key.code) as string)) return undefined;
  if (object.type !== "json" && object.type !== "object") return undefined;
  const o = here(strict(named(object, context)));
  const guard = o.type === "json" ? both(o.guard, `$type(${o.code})="object"`) : o.guard;
  return boolean(`(${key.code} in $keys(${o.code}))`, guard);
}

export function unary(node: Of<"UnaryExpression">, context: FastContext): Fast | undefined {
  if (node.operator === "!") {
    const value = test(node.argument, context);
    return value && negated(value);
  }
  const argument = translate(node.argument, context);
  if (!argument) return undefined;
  switch (node.operator) {
    case "-":
      return negative(argument, context);
    case "typeof":
      return typeOf(argument, context);
    case "void":
      return withGuard({ code: "null", type: "undefined", present: false }, argument.guard);
    case "+":
      return argument.type === "number" || argument.type === "json" ? asNumber(argument) : undefined;
    case "~":
      return bitwise("^", argument, { code: "-1", type: "number", present: true, whole: true }, context);
    default:
      return undefined;
  }
}

function negative(argument: Fast, context: FastContext): Fast | undefined {
  if (/^\d/.test(argument.code) && Number(argument.code) !== 0)
    return { ...argument, code: `-${argument.code}` };
  const zero: Fast = { code: "0", type: "number", present: true, bits: 1 };
  const made = arithmetic("-", zero, named(argument, context), context);
  const x = asNumber(named(argument, context));
  return made && x && { ...made, signed: x.signed ? "false" : `${x.code} != 0` };
}

function typeOf(argument: Fast, context: FastContext): Fast | undefined {
  const text = (code: string, guard = argument.guard): Fast =>
    withGuard({ code, type: "string", present: true }, guard);
  if (argument.type === "undefined") return text('"undefined"');
  if (["string", "number", "boolean"].includes(argument.type) && argument.present)
    return text(`"${argument.type}"`);
  if (["null", "array", "object"].includes(argument.type) && argument.present) return text('"object"');
  const value = here(lenient(named(argument, context)), context);
  const type = `$type(${value.code})`;
  const present = `(${type} in ["string","number","boolean"] ? ${type} : "object")`;
  const code = value.present ? present : `(${existence(value)} ? ${present} : "undefined")`;
  return text(code, value.guard);
}

/** A condition: JavaScript's truthiness as a boolean. */
export function test(node: Node, context: FastContext): Fast | undefined {
  const inner = bare(node as never) as Node;
  if (inner.type === "LogicalExpression" && inner.operator !== "??") {
    const left = test(inner.left, context);
    const right = test(inner.right, context);
    return left && right && joined(inner.operator, left, right);
  }
  const value = translate(inner, context);
  return value && tested(value, context);
}

export function tested(value: Fast, context: FastContext): Fast | undefined {
  if (value.type === "undefined") return boolean("false", value.guard);
  const total = lenient(value.type === "json" ? named(value, context) : value);
  return boolean(truthy(total), total.guard);
}

/** `and`/`or` are lazy (R5), so the right side's guard matters only where the right side is evaluated. */
export function joined(operator: "&&" | "||", left: Fast, right: Fast): Fast {
  const reached = operator === "&&" ? `$not(${left.code})` : left.code;
  const r = closed(right);
  const guard = both(
    left.guard,
    together(r.guard === undefined ? undefined : [r.guard], (code) => `(${reached} or ${code})`),
  );
  return boolean(`(${left.code} ${operator === "&&" ? "and" : "or"} ${r.code})`, guard);
}

/** What may be undefined is nothing then. */
const there = (fast: Fast): Fast =>
  fast.type === "undefined" ? withGuard(NOTHING, fast.guard) : lenient(fast);

export function logical(node: Of<"LogicalExpression">, context: FastContext): Fast | undefined {
  const left = translate(node.left, context);
  const right = translate(node.right, context);
  return left && right && logicalOf(node.operator, left, right, context);
}

/** `&&`, `||` and `??` of two values, of which the right one is made only where it is needed. */
export function logicalOf(
  operator: Of<"LogicalExpression">["operator"],
  left: Fast,
  right: Fast,
  context: FastContext,
): Fast | undefined {
  if (left.type === "undefined") return undefined;
  if (operator !== "??" && left.type === "boolean" && right.type === "boolean")
    return joined(operator, strict(left), strict(right));
  const asked = lenient(named(left, context));
  if (operator === "??" && asked.present && NEVER_NULL.has(asked.type)) return asked;
  const condition = operator === "??" ? `(${asked.code} != null)` : `(${truthy(asked)})`;
  // Its guard stands before the condition, which reads it; where the condition holds, it is there.
  const value = withGuard(asked, undefined);
  const made =
    operator === "&&"
      ? chosen(condition, there(right), value)
      : chosen(condition, { ...value, present: true }, there(right));
  return withGuard(made, both(asked.guard, made.guard));
}

const NEVER_NULL = new Set(["string", "number", "boolean", "array", "object"]);

export function conditional(node: Of<"ConditionalExpression">, context: FastContext): Fast | undefined {
  const condition = test(node.test, context);
  const yes = translate(node.consequent, context);
  const no = translate(node.alternate, context);
  return condition && yes && no && choice(condition, yes, no);
}

const isNever = ({ guard }: Fast): boolean => guard?.[0] === "false";

export function choice(condition: Fast, yes: Fast, no: Fast): Fast | undefined {
  // What never gives a value leaves the other one.
  if (isNever(yes)) return withGuard(no, both(condition.guard, `$not(${condition.code})`, no.guard));
  if (isNever(no)) return withGuard(yes, both(condition.guard, condition.code, yes.guard));
  const [y, n] = [there(yes), there(no)];
  const made = chosen(condition.code, y, n);
  return withGuard(made, both(condition.guard, made.guard));
}
