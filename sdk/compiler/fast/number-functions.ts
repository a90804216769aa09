import type { Node } from "oxc-parser";
import {
  boolean,
  both,
  type Fast,
  type FastContext,
  here,
  lenient,
  named,
  strict,
  withGuard,
} from "./fast.ts";
import { asNumber } from "./numbers.ts";
import { tested } from "./operators.ts";
import { joined, numberPrints } from "./printing.ts";
import { translate } from "./translate.ts";

/** A function of JavaScript's own over values. */
export type OfValues = (args: readonly Fast[], context: FastContext) => Fast | undefined;

/** Of one number, under a name. */
const unary =
  (make: (x: Fast, code: string) => Fast | undefined): OfValues =>
  ([value, ...more], context) => {
    const x = value && more.length === 0 ? asNumber(named(value, context)) : undefined;
    if (!x) return undefined;
    const one = named(x, context);
    const made = make(one, one.code);
    return made && withGuard(made, both(one.guard, made.guard));
  };

const number = (x: Fast, code: string, more: Partial<Fast> = {}): Fast => ({
  code,
  type: "number",
  present: true,
  bits: (x.bits ?? 53) + 1,
  ...more,
});

/** Not -0: other than zero, or of an operand that is not negative. */
const notSigned = (x: Fast, code: string): string =>
  `(${code} != 0 or ${x.code} >= 0${x.signed ? ` and ${x.signed}` : ""})`;

const rounded = (make: (code: string) => string): OfValues =>
  unary((x, code) => number(x, make(code), { whole: true, signed: notSigned(x, make(code)) }));

/** `Math.max` and `Math.min` of numbers one by one. */
const extreme =
  (sign: ">" | "<"): OfValues =>
  (args, context) => {
    const numbers = args.map((value) => asNumber(named(value, context)));
    if (numbers.length === 0 || numbers.length > 6 || numbers.includes(undefined)) return undefined;
    return numbers.reduce((one, other) => one && other && larger(sign, one, other, context));
  };

function larger(sign: ">" | "<", one: Fast, other: Fast, context: FastContext): Fast {
  const [a, b] = [named(one, context), named(other, context)];
  const signed = [a.signed, b.signed].flatMap((clause) => clause ?? []).join(" and ");
  const made = number(a, `(${a.code} ${sign} ${b.code} ? ${a.code} : ${b.code})`, {
    bits: Math.max(a.bits ?? 53, b.bits ?? 53),
    ...(a.whole && b.whole && { whole: true }),
    ...(signed && { signed }),
  });
  return withGuard(made, both(a.guard, b.guard));
}

/** `Math.max(...xs)` of an array of numbers that has some. */
export function extremeOf(name: string, array: Fast): Fast | undefined {
  if (name !== "max" && name !== "min") return undefined;
  const items = `$not(false in $map(${array.code}, function($v){ $type($v)="number" and ${isSafe("$v")} }))`;
  const guard = both(array.guard, `$count(${array.code}) > 0`, items);
  return withGuard({ code: `$${name}(${array.code})`, type: "number", present: true, bits: 53 }, guard);
}

const round = (x: string): string => `($floor(${x}) + (${x} - $floor(${x}) >= 0.5 ? 1 : 0))`;

export const MATH: Record<string, OfValues> = {
  abs: unary((x, code) => number(x, `$abs(${code})`, { ...(x.whole && { whole: true }) })),
  ceil: rounded((x) => `$ceil(${x})`),
  floor: unary((x, code) =>
    number(x, `$floor(${code})`, { whole: true, ...(x.signed && { signed: x.signed }) }),
  ),
  max: extreme(">"),
  min: extreme("<"),
  round: rounded(round),
  sign: unary((x, code) =>
    number(x, `(${code} > 0 ? 1 : ${code} < 0 ? -1 : 0)`, {
      bits: 1,
      whole: true,
      ...(x.signed && { signed: x.signed }),
    }),
  ),
  sqrt: unary((x, code) =>
    withGuard(number(x, `$sqrt(${code})`, x.signed ? { signed: x.signed } : {}), [`${code} >= 0`]),
  ),
  trunc: rounded((x) => `(${x} < 0 ? $ceil(${x}) : $floor(${x}))`),
};

const ofKind =
  (test: (code: string) => string): OfValues =>
  ([value, ...more], context) => {
    if (!value || more.length > 0 || value.type === "undefined") return undefined;
    const x = lenient(here(named(value, context)));
    return boolean(`($type(${x.code})="number" and ${test(x.code)})`, x.guard);
  };

const isSafe = (code: string): string => `${code} <= 9007199254740991 and ${code} >= -9007199254740991`;

/** Texts that JavaScript and both engines read as the same number; a line's end would pass Java's `$`. */
const isNumeral = (code: string, pattern: string): string =>
  `$contains(${code}, ${pattern}) and $not($contains(${code}, /[^0-9.-]/))`;
const DECIMAL = "/^-?[0-9]{1,15}([.][0-9]{1,12})?$/";
const WHOLE = "/^-?[0-9]{1,15}$/";

/** `Number(x)`, `parseFloat(x)` and `parseInt(x)` of a number or of its plain text. */
const parsed =
  (pattern: string): OfValues =>
  ([value, radix, ...more], context) => {
    if (!value || more.length > 0 || (radix && radix.code !== "10")) return undefined;
    const x = strict(named(value, context));
    if (pattern !== WHOLE && radix) return undefined;
    const number: Fast = { code: x.code, type: "number", present: true, bits: 53 };
    const isNumber =
      pattern === WHOLE
        ? `$type(${x.code})="number" and $floor(${x.code}) = ${x.code}`
        : `$type(${x.code})="number"`;
    const numeral = `$type(${x.code})="string" and ${isNumeral(x.code, pattern)} and $not($substring(${x.code}, 0, 2) = "-0")`;
    if (x.type === "number" && pattern !== WHOLE) return x;
    if (x.type === "number") return withGuard(number, both(x.guard, isNumber, isSafe(x.code)));
    if (x.type !== "string" && x.type !== "json") return undefined;
    const guard = both(x.guard, `(${isNumber} and ${isSafe(x.code)} or ${numeral})`);
    return withGuard(
      { ...number, code: `$number(${x.code})`, ...(pattern === WHOLE && { whole: true }) },
      guard,
    );
  };

/** Decimals that the number's own text gives, so that no digit is rounded. */
export function toFixed(value: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const [node, ...more] = args;
  const digits = node ? (node.type === "Literal" ? Number(node.value) : Number.NaN) : 0;
  const x = asNumber(named(value, context));
  if (!x || more.length > 0 || !Number.isInteger(digits) || digits < 0 || digits > 6) return undefined;
  const one = named(x, context);
  const text = named({ code: `$string(${one.code} + 0)`, type: "string", present: true }, context);
  const fraction = `$contains(${text.code}, ".")`;
  const decimals = `$length($substringAfter(${text.code}, "."))`;
  const exact = digits === 0 ? `$not(${fraction})` : `($not(${fraction}) or ${decimals} <= ${digits})`;
  const guard = both(one.guard, numberPrints(`${one.code} + 0`), text.guard, exact, one.signed);
  const zeros = "0".repeat(digits);
  const code =
    digits === 0
      ? text.code
      : `(${fraction} ? ${text.code} & $substring("${zeros}", ${decimals}) : ${text.code} & ".${zeros}")`;
  return withGuard({ code, type: "string", present: true }, guard);
}

const whole = (code: string): string => `$floor(${code}) = ${code}`;

export const NUMBER: Record<string, OfValues> = {
  isFinite: ofKind(() => "true"),
  isInteger: ofKind(whole),
  isNaN: ofKind(() => "false"),
  isSafeInteger: ofKind((code) => `${isSafe(code)} and ${whole(code)}`),
  parseFloat: parsed(DECIMAL),
  parseInt: parsed(WHOLE),
};

export const GLOBALS: Record<string, OfValues> = {
  Boolean: ([value, ...more], context) => (value && more.length === 0 ? tested(value, context) : undefined),
  Number: parsed(DECIMAL),
  String: ([value, ...more], context) => (value && more.length === 0 ? joined([value], context) : undefined),
  parseFloat: parsed(DECIMAL),
  parseInt: parsed(WHOLE),
};

/** Arguments as values; nothing where one is spread. */
export function valuesOf(args: readonly Node[], context: FastContext): Fast[] | undefined {
  const values = args.map((node) => (node.type === "SpreadElement" ? undefined : translate(node, context)));
  return values.includes(undefined) ? undefined : (values as Fast[]);
}
