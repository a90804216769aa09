import type { Node } from "oxc-parser";
import { arrayOf, many } from "./array-callbacks.ts";
import { boolean, both, type Fast, type FastContext, named, strict, withGuard } from "./fast.ts";
import { matches, patternOf, replaces, splits } from "./matching.ts";
import { noSurrogates } from "./members.ts";
import { asString, asWhole } from "./numbers.ts";
import { joined } from "./printing.ts";
import { translate } from "./translate.ts";

/** A method of a string, under whose guard the receiver surely is one. */
export type StringMethod = (text: Fast, args: readonly Node[], context: FastContext) => Fast | undefined;

const string = (code: string, ...guards: Parameters<typeof both>): Fast =>
  withGuard({ code, type: "string", present: true }, both(...guards));

/** Case is simple for ASCII alone: `ß` becomes two letters, and `ı` depends on the language (R13). */
const isAscii = (code: string): string => `$not($contains(${code}, /[^\\x00-\\x7f]/))`;

const changed =
  (fn: string): StringMethod =>
  (text, args) =>
    args.length > 0 ? undefined : string(`$${fn}(${text.code})`, text.guard, isAscii(text.code));

/** Blanks that JavaScript trims and Java's `\s` does not know, and Java's other ends of lines. */
const noOddBlanks = (code: string): string =>
  `$not($contains(${code}, /[\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]/))`;

const trimmed =
  (pattern: string): StringMethod =>
  (text, args) =>
    args.length > 0
      ? undefined
      : string(`$replace(${text.code}, ${pattern}, "")`, text.guard, noOddBlanks(text.code));

/** An argument as a string under a name; nothing where there are others. */
function only(args: readonly Node[], context: FastContext): Fast | undefined {
  const [node, ...more] = args;
  if (!node || more.length > 0) return undefined;
  return text(node, context);
}

function text(node: Node, context: FastContext): Fast | undefined {
  const value = node.type === "SpreadElement" ? undefined : translate(node, context);
  const made = value && asString(value.type === "json" ? named(value, context) : value);
  return made && named(made, context);
}

function includes(receiver: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const part = only(args, context);
  return part && boolean(`$contains(${receiver.code}, ${part.code})`, both(receiver.guard, part.guard));
}

/** Parts without surrogates, whose characters are their units. */
const units = (part: Fast): string | undefined =>
  /^"/.test(part.code) && !/[\ud800-\udfff]|\\u[dD][89a-fA-F]/.test(part.code)
    ? undefined
    : noSurrogates(part.code);

function startsWith(receiver: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const part = only(args, context);
  if (!part) return undefined;
  const head = `$substring(${receiver.code}, 0, $length(${part.code}))`;
  return boolean(
    `(${head} = ${part.code})`,
    both(receiver.guard, part.guard, noSurrogates(receiver.code), units(part)),
  );
}

function endsWith(receiver: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const part = only(args, context);
  if (!part) return undefined;
  const tail = `$substring(${receiver.code}, -$length(${part.code})) = ${part.code}`;
  return boolean(
    `(${part.code} = "" or ${tail})`,
    both(receiver.guard, part.guard, noSurrogates(receiver.code), units(part)),
  );
}

function indexOf(receiver: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const part = only(args, context);
  if (!part) return undefined;
  const [s, p] = [receiver.code, part.code];
  const code = `($contains(${s}, ${p}) ? $length($substringBefore(${s}, ${p})) : -1)`;
  const guard = both(receiver.guard, part.guard, noSurrogates(s));
  return withGuard({ code, type: "number", present: true, bits: 32, whole: true }, guard);
}

function match(receiver: Fast, [what, ...more]: readonly Node[], context: FastContext): Fast | undefined {
  const pattern = patternOf(what, context);
  return pattern && matches(receiver, pattern, more, context);
}

function split(receiver: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const pattern = patternOf(args[0], context);
  if (pattern) return splits(receiver, pattern, args.slice(1));
  const separator = only(args, context);
  if (!separator) return undefined;
  // Without a separator the text falls into units, which no character of two may do.
  const whole =
    separator.code === '""' || !/^"/.test(separator.code) ? noSurrogates(receiver.code) : undefined;
  const code = `$split(${receiver.code}, ${separator.code})`;
  return arrayOf(code, both(receiver.guard, separator.guard, whole), { type: "string" });
}

/** A position in a text: from the end where it is negative and `slice` asks, else the beginning. */
function position(node: Node, length: string, fromEnd: boolean, context: FastContext): Fast | undefined {
  const value = node.type === "SpreadElement" ? undefined : translate(node, context);
  const index = value && asWhole(named(value, context));
  if (!index) return undefined;
  const { code } = index;
  const literal = Number(code);
  if (literal >= 0) return index;
  if (!Number.isNaN(literal)) return { ...index, code: fromEnd ? `$max([${length} - ${-literal}, 0])` : "0" };
  return { ...index, code: `(${code} < 0 ? ${fromEnd ? `$max([${length} + ${code}, 0])` : "0"} : ${code})` };
}

/** `slice` and `substring`. */
const cut =
  (fromEnd: boolean): StringMethod =>
  (receiver, [from, to, ...more], context) => {
    if (!from || more.length > 0) return undefined;
    const s = receiver.code;
    const length = `$length(${s})`;
    const start = position(from, length, fromEnd, context);
    const end = to && position(to, length, fromEnd, context);
    if (!start || (to && !end)) return undefined;
    const guard = both(receiver.guard, start.guard, end?.guard, noSurrogates(s));
    if (!end) return string(`$substring(${s}, ${start.code})`, guard);
    const [a, b] = [Number(start.code), Number(end.code)];
    if (a >= 0 && b >= a) return string(`$substring(${s}, ${a}, ${b - a})`, guard);
    if (!fromEnd) return undefined; // it exchanges its arguments where they stand the wrong way round
    const [i, j] = [named(start, context), named(end, context)];
    const code = `(${j.code} > ${i.code} ? $substring(${s}, ${i.code}, ${j.code} - ${i.code}) : "")`;
    return string(code, both(guard, i.guard, j.guard));
  };

function charAt(receiver: Fast, [node, ...more]: readonly Node[], context: FastContext): Fast | undefined {
  const value = node && node.type !== "SpreadElement" ? translate(node, context) : undefined;
  const index = value && more.length === 0 ? asWhole(named(value, context)) : undefined;
  if (!index) return undefined;
  const guard = both(receiver.guard, index.guard, `${index.code} >= 0`, noSurrogates(receiver.code));
  return string(`$substring(${receiver.code}, ${index.code}, 1)`, guard);
}

/** What replaces is taken as it is: no `$&`. */
const plain = (part: Fast): string | undefined =>
  /^"/.test(part.code)
    ? part.code.includes("$") || part.code.includes("\\u0024")
      ? "false"
      : undefined
    : `$not($contains(${part.code}, "$"))`;

const replaced =
  (all: boolean): StringMethod =>
  (receiver, [what, by, ...more], context) => {
    const form = patternOf(what, context);
    if (form)
      return !all || form.all ? replaces(receiver, form, by ? [by, ...more] : more, context) : undefined;
    const pattern = what && text(what, context);
    const other = by && text(by, context);
    if (!pattern || !other || more.length > 0 || plain(other) === "false") return undefined;
    const [s, p, r] = [receiver.code, pattern.code, other.code];
    const guard = both(receiver.guard, pattern.guard, other.guard, plain(other));
    if (all)
      return string(
        `$join($split(${s}, ${p}), ${r})`,
        guard,
        p.startsWith('"') && p !== '""' ? undefined : `${p} != ""`,
      );
    const code = `($contains(${s}, ${p}) ? $substringBefore(${s}, ${p}) & ${r} & $substringAfter(${s}, ${p}) : ${s})`;
    return string(code, guard);
  };

const MOST_REPEATED = 1000;

/** `padStart` and `padEnd` to a length of units. */
const padded =
  (sign: "" | "-"): StringMethod =>
  (receiver, [width, fill, ...more], context) => {
    const value = width && width.type !== "SpreadElement" ? translate(width, context) : undefined;
    const count = value && asWhole(named(value, context));
    const by = fill ? text(fill, context) : string('" "');
    if (!count || !by || more.length > 0) return undefined;
    const guard = both(
      receiver.guard,
      count.guard,
      by.guard,
      `${count.code} >= 0`,
      `${count.code} <= ${MOST_REPEATED}`,
      noSurrogates(receiver.code),
      units(by),
      `${by.code} != ""`,
    );
    return string(`$pad(${receiver.code}, ${sign}${count.code}, ${by.code})`, guard);
  };

function repeat(receiver: Fast, [node, ...more]: readonly Node[], context: FastContext): Fast | undefined {
  const value = node && node.type !== "SpreadElement" ? translate(node, context) : undefined;
  const count = value && more.length === 0 ? asWhole(named(value, context)) : undefined;
  if (!count) return undefined;
  const code = `$join(${many(`$map([1..${count.code}], function($v){ ${receiver.code} })`)}, "")`;
  return string(code, receiver.guard, count.guard, `${count.code} >= 0`, `${count.code} <= ${MOST_REPEATED}`);
}

function concat(receiver: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const parts = args.map((node) => (node.type === "SpreadElement" ? undefined : translate(node, context)));
  return parts.includes(undefined) ? undefined : joined([receiver, ...(parts as Fast[])], context);
}

const itself: StringMethod = (receiver, args) => (args.length > 0 ? undefined : strict(receiver));

export const STRING_METHODS: Record<string, StringMethod> = {
  charAt,
  concat,
  endsWith,
  includes,
  indexOf,
  match,
  padEnd: padded(""),
  padStart: padded("-"),
  repeat,
  replace: replaced(false),
  replaceAll: replaced(true),
  slice: cut(true),
  split,
  startsWith,
  substring: cut(false),
  toLowerCase: changed("lowercase"),
  toUpperCase: changed("uppercase"),
  trim: trimmed("/^\\s+|\\s+$/"),
  trimEnd: trimmed("/\\s+$/"),
  trimStart: trimmed("/^\\s+/"),
  valueOf: itself,
};
