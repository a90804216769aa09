import type { Node } from "oxc-parser";
import { bare } from "../parse/ast.ts";
import {
  both,
  conjunction,
  type Fast,
  type FastContext,
  type Guard,
  lenient,
  presence,
  strict,
  truthy,
  withGuard,
} from "./fast.ts";
import { arithmetic, asNumber, asString } from "./numbers.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
const PRIMITIVE = new Set(["string", "number", "boolean", "null"]);

export function binary(node: Of<"BinaryExpression">, context: FastContext): Fast | undefined {
  if (node.left.type === "PrivateIdentifier") return undefined;
  const left = translate(node.left, context);
  const right = translate(node.right, context);
  if (!left || !right) return undefined;
  switch (node.operator) {
    case "+":
      if (left.type === "string" || right.type === "string") return concatenation(left, right);
      return arithmetic("+", left, right);
    case "-":
    case "*":
    case "/":
    case "%":
      return arithmetic(node.operator, left, right);
    case "===":
      return equality(left, right);
    case "!==":
      return negated(equality(left, right));
    case "==":
      return looseEquality(left, right);
    case "!=":
      return negated(looseEquality(left, right));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return comparison(node.operator, left, right);
    default:
      return undefined;
  }
}

/** Only strings: a number would have to print exactly as JavaScript prints it, which a template checks (R8). */
function concatenation(left: Fast, right: Fast): Fast | undefined {
  const l = asString(left);
  const r = asString(right);
  if (!l || !r) return undefined;
  return withGuard(
    { code: `(${l.code} & ${r.code})`, type: "string", present: true },
    both(l.guard, r.guard),
  );
}

const negated = (fast: Fast | undefined): Fast | undefined => fast && { ...fast, code: `$not(${fast.code})` };

/** `===`: exact where one side is a known primitive; two unknown sides may be objects, which compare by identity (R7). */
function equality(left: Fast, right: Fast): Fast | undefined {
  if (right.type === "undefined" || left.type === "undefined")
    return missing(right.type === "undefined" ? left : right);
  if (!PRIMITIVE.has(left.type) && !PRIMITIVE.has(right.type)) return undefined;
  const l = lenient(left);
  const r = lenient(right);
  const element = left.element ? left : right.element ? right : undefined;
  if (element && (left.type === "null" || right.type === "null"))
    return withGuard(
      { code: `$not(${element.code} != null)`, type: "boolean", present: true },
      both(l.guard, r.guard),
    );
  return withGuard(
    { code: `(${l.code} = ${r.code})`, type: "boolean", present: true },
    both(l.guard, r.guard),
  );
}

function missing(fast: Fast): Fast | undefined {
  if (fast.type === "undefined") return { code: "true", type: "boolean", present: true };
  if (fast.present) return withGuard({ code: "false", type: "boolean", present: true }, fast.guard);
  const value = lenient(fast);
  return withGuard({ code: `$not(${presence(value)})`, type: "boolean", present: true }, value.guard);
}

/** `== null` covers null and undefined; otherwise `==` is `===` where the types are known to be the same. */
function looseEquality(left: Fast, right: Fast): Fast | undefined {
  const nothing = (fast: Fast): boolean => fast.type === "null" || fast.type === "undefined";
  if (nothing(left) || nothing(right)) {
    const value = lenient(nothing(right) ? left : right);
    if (nothing(value)) return undefined;
    return withGuard({ code: `$not(${value.code} != null)`, type: "boolean", present: true }, value.guard);
  }
  return left.type === right.type && PRIMITIVE.has(left.type) ? equality(left, right) : undefined;
}

/** Two numbers or two strings; anything else JavaScript would convert. */
function comparison(operator: string, left: Fast, right: Fast): Fast | undefined {
  const known = [left.type, right.type].find((type) => type === "string" || type === "number") ?? "number";
  const as = known === "string" ? asString : asNumber;
  const l = as(left);
  const r = as(right);
  if (!l || !r) return undefined;
  return withGuard(
    { code: `(${l.code} ${operator} ${r.code})`, type: "boolean", present: true },
    both(l.guard, r.guard),
  );
}

export function unary(node: Of<"UnaryExpression">, context: FastContext): Fast | undefined {
  if (node.operator === "!") {
    const value = test(node.argument, context);
    return value && negated(value);
  }
  const argument = translate(node.argument, context);
  if (node.operator === "-" && argument && /^\d/.test(argument.code) && Number(argument.code) !== 0) {
    return { ...argument, code: `-${argument.code}` };
  }
  if (node.operator !== "-" || !argument) return undefined;
  const negative = arithmetic("-", { code: "0", type: "number", present: true, bits: 1 }, argument);
  return negative && { ...negative, negativeZero: true };
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
  if (!value || value.type === "undefined") return undefined;
  const total = lenient(value);
  return withGuard({ code: truthy(total), type: "boolean", present: true }, total.guard);
}

/** `and`/`or` are lazy (R5), so the right side's guard matters only where the right side is evaluated. */
function joined(operator: "&&" | "||", left: Fast, right: Fast): Fast {
  const reached = operator === "&&" ? `$not(${left.code})` : left.code;
  const guard = both(left.guard, right.guard && `(${reached} or ${conjunction(right.guard)})`);
  return withGuard(
    {
      code: `(${left.code} ${operator === "&&" ? "and" : "or"} ${right.code})`,
      type: "boolean",
      present: true,
    },
    guard,
  );
}

export function logical(node: Of<"LogicalExpression">, context: FastContext): Fast | undefined {
  const left = translate(node.left, context);
  const right = translate(node.right, context);
  if (!left || !right || left.type === "undefined" || right.type === "undefined") return undefined;
  if (node.operator === "??") return fallback(left, strict(right), `${left.code} != null`);
  if (left.type === "boolean" && right.type === "boolean")
    return joined(node.operator, strict(left), strict(right));
  return node.operator === "||" ? fallback(left, strict(right), truthy(left)) : undefined;
}

/** `left` where the condition holds, else `right`. */
function fallback(left: Fast, right: Fast, condition: string): Fast {
  const l = lenient(left);
  const guard = both(l.guard, right.guard && `(${condition} or ${conjunction(right.guard)})`);
  const type = left.type === right.type ? left.type : "json";
  const negativeZero = l.negativeZero === true || right.negativeZero === true;
  const code = `(${condition} ? ${l.code} : ${right.code})`;
  return withGuard({ code, type, present: true, negativeZero }, guard);
}

export function conditional(node: Of<"ConditionalExpression">, context: FastContext): Fast | undefined {
  const condition = test(node.test, context);
  const yes = translate(node.consequent, context);
  const no = translate(node.alternate, context);
  if (!condition || !yes || !no || yes.type === "undefined" || no.type === "undefined") return undefined;
  const y = strict(yes);
  const n = strict(no);
  const holds = (guard: Guard | undefined): string => (guard ? conjunction(guard) : "true");
  const inner =
    y.guard || n.guard ? `(${condition.code} ? ${holds(y.guard)} : ${holds(n.guard)})` : undefined;
  const type = y.type === n.type ? y.type : "json";
  const negativeZero = y.negativeZero === true || n.negativeZero === true;
  return withGuard(
    { code: `(${condition.code} ? ${y.code} : ${n.code})`, type, present: true, negativeZero },
    both(condition.guard, inner),
  );
}
