import type { Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { both, type Fast, type FastContext, type Guard, named, strict, withGuard } from "./fast.ts";
import { translate } from "./translate.ts";

type TemplateLiteral = Extract<Node, { type: "TemplateLiteral" }>;

/** Numbers that every engine prints as JavaScript does; the lower bound was found by experiment (R8). */
const PRINTABLE =
  "$p > -1e15 and $p < 1e15 and ($p = $floor($p) or $p >= 1e-6 or $p <= -1e-6) and $number($string($p)) = $p";
const prints = (types: string): string =>
  `function($p){ $type($p) in [${types}] or ($type($p)="number" and ${PRINTABLE}) }`;
const PRINTS = prints('"string","boolean","null"');
/** \`join\` leaves null out. */
const JOINS = prints('"string","boolean"');
const MOST_IN_A_CHAIN = 10; // longer chains are joined, since a chain's depth grows with its length

/** A total boolean: each of the values is a string, a boolean, or a number that prints alike everywhere. */
export const allPrint = (codes: readonly string[]): string =>
  `($prints := ${PRINTS}; ${codes.map((code) => `$prints(${code})`).join(" and ")})`;

/** A total boolean: each item of an array prints alike everywhere. */
export const itemsPrint = (array: string): string => `$not(false in $map(${array}, ${JOINS}))`;

/** `` `a ${b} c` `` of strings and of values that print alike everywhere. */
export function template(node: TemplateLiteral, context: FastContext): Fast | undefined {
  const parts: (string | Fast)[] = [];
  for (const [i, quasi] of node.quasis.entries()) {
    const text = quasi.value.cooked;
    if (text === null || !text.isWellFormed()) return undefined;
    if (text !== "") parts.push(stringLiteral(text));
    const expression = node.expressions[i];
    if (!expression) continue;
    const translated = translate(expression, context);
    if (!translated) return undefined;
    parts.push(translated);
  }
  return joined(parts, context);
}

/** Texts and values, one after the other, as a string. */
export function joined(parts: readonly (string | Fast)[], context: FastContext): Fast | undefined {
  const texts: string[] = [];
  const unknown: string[] = [];
  let guard: Guard | undefined;
  for (const one of parts) {
    if (typeof one === "string") {
      texts.push(one);
      continue;
    }
    if (one.type === "undefined" || one.type === "object") return undefined;
    if (one.type === "array") {
      // The text of an array is its items', with commas between them.
      const list = named(one, context);
      guard = both(guard, list.guard, itemsPrint(list.code));
      texts.push(`$join($append([], $map(${list.code}, function($v){ $string($v) })[]), ",")`);
      continue;
    }
    const part = strict(one.type === "json" ? named(one, context) : one);
    guard = both(guard, part.guard);
    texts.push(printed(part, unknown));
  }
  if (unknown.length > 0) guard = both(guard, allPrint(unknown));
  return withGuard({ code: joinTexts(texts), type: "string", present: true }, guard);
}

/** The text of a value; one that only the value tells how to print is added to `unknown`. */
function printed(part: Fast, unknown: string[]): string {
  if (part.type === "string") return part.code;
  if (part.type === "null") return '"null"';
  if (part.type !== "number") {
    if (part.type === "json") unknown.push(part.code);
    return `$string(${part.code})`;
  }
  const literal = Number(part.code);
  if (!Number.isNaN(literal)) return stringLiteral(String(literal)); // JSONata's own print stops at 15 digits
  unknown.push(`${part.code} + 0`);
  return `$string(${part.code} + 0)`;
}

function joinTexts(parts: string[]): string {
  const [only] = parts;
  if (only === undefined) return '""';
  if (parts.length === 1) return only;
  return parts.length > MOST_IN_A_CHAIN ? `$join([${parts.join(", ")}], "")` : `(${parts.join(" & ")})`;
}
