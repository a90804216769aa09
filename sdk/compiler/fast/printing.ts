import type { Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import {
  both,
  existence,
  type Fast,
  type FastContext,
  type Guard,
  lenient,
  named,
  withGuard,
} from "./fast.ts";
import { plainly } from "./guards.ts";
import { translate } from "./translate.ts";

type TemplateLiteral = Extract<Node, { type: "TemplateLiteral" }>;

/** Numbers that every engine prints as JavaScript does; the lower bound was found by experiment (R8). */
const printable = (n: string): string =>
  `${n} > -1e15 and ${n} < 1e15 and (${n} = $floor(${n}) or ${n} >= 1e-6 or ${n} <= -1e-6) and $number($string(${n})) = ${n}`;
/** An object prints as every other one, unless it has a text of its own making or is elsewhere; a list of lists does not. */
const EACH = `function($v){ $type($v)="object" ? $not("toString" in $keys($v) or $exists($v.\`$runlet.ref\`)) : $not($exists($v)) or $type($v) in ["string","boolean","null"] or $type($v)="number" and ${printable("$v")} }`;
const MOST_IN_A_CHAIN = 10; // longer chains are joined, since a chain's depth grows with its length

/** A total boolean: the number prints alike everywhere. */
export const numberPrints = (code: string): string => `($p := ${code}; ${printable("$p")})`;

/** A total boolean: each item of an array prints alike everywhere; to the JVM engine a null among them is nothing. */
export const itemsPrint = (array: string): string => `$not(false in $map(${array}, ${EACH}))`;

/** A total boolean: each of the values, of any type, prints alike everywhere. In brackets, a value is a list of itself. */
const allPrint = (codes: readonly string[]): string =>
  `($prints := function($p){ $exists($p) and ${itemsPrint("[$p]")} }; ${codes.map((code) => `$prints(${code})`).join(" and ")})`;

/** The text of an array: its items' with something between them; null has none. */
export const textOfItems = (array: string, between: string): string =>
  `$join($append([], $map(${array}, function($v){ $type($v)="object" ? "[object Object]" : $v != null ? $string($v) : "" })[]), ${between})`;

/** The text of a value of any type. */
const TEXT = `function($p){ $p = null ? "null" : ${textOfItems("[$p]", '","')} }`;

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
    // Each value is printed before the next one is evaluated, and printing may throw.
    parts.push(i === 0 ? translated : withGuard(translated, plainly(translated.guard)));
  }
  return joined(parts, context);
}

/** Texts and values, one after the other, as a string. */
export function joined(parts: readonly (string | Fast)[], context: FastContext): Fast | undefined {
  const texts: string[] = [];
  const asked: string[] = [];
  let guard: Guard | undefined;
  for (const one of parts) {
    if (typeof one === "string") {
      texts.push(one);
      continue;
    }
    const text = textOf(one, context);
    if (!text) return undefined;
    guard = both(guard, text.guard);
    texts.push(text.code);
    asked.push(...text.asked);
  }
  if (asked.length > 0) guard = both(guard, allPrint(asked));
  return withGuard({ code: joinTexts(texts), type: "string", present: true }, guard);
}

interface Text {
  code: string;
  guard: Guard | undefined;
  /** What must print alike everywhere. */
  asked: readonly string[];
}

/** The text of a value; that of undefined is its name. */
function textOf(one: Fast, context: FastContext): Text | undefined {
  if (one.type === "undefined") return { code: '"undefined"', guard: one.guard, asked: [] };
  const isLong = ["json", "array", "object"].includes(one.type) || !one.present;
  const value = lenient(isLong ? named(one, context) : one);
  const { guard } = value;
  const there = value.present ? undefined : existence(value);
  const made = (code: string, asked: readonly string[] = []): Text => {
    if (there === undefined) return { code, guard, asked };
    // What is not there prints as any text does.
    const instead = asked.map((clause) => `(${there} ? ${clause} : "")`);
    return { code: `(${there} ? ${code} : "undefined")`, guard, asked: instead };
  };
  if (value.type === "string") return made(value.code);
  if (value.type === "null") return made('"null"');
  if (value.type === "boolean") return made(`$string(${value.code})`);
  if (value.type !== "number") {
    const text = context.lets.of(TEXT);
    const printed = made(`$${text}(${value.code})`, [value.code]);
    return { ...printed, guard: both({ name: text, code: TEXT }, printed.guard) };
  }
  const literal = Number(value.code);
  if (!Number.isNaN(literal)) return made(stringLiteral(String(literal))); // JSONata's own print stops at 15 digits
  return made(`$string(${value.code} + 0)`, [`${value.code} + 0`]);
}

function joinTexts(parts: string[]): string {
  const [only] = parts;
  if (only === undefined) return '""';
  if (parts.length === 1) return only;
  return parts.length > MOST_IN_A_CHAIN ? `$join([${parts.join(", ")}], "")` : `(${parts.join(" & ")})`;
}
