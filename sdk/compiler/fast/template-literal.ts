import type { Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { both, type Fast, type FastContext, type Guard, strict, withGuard } from "./fast.ts";
import { translate } from "./translate.ts";

type TemplateLiteral = Extract<Node, { type: "TemplateLiteral" }>;

/** Numbers that every engine prints as JavaScript does; the lower bound was found by experiment (R8). */
const PRINTABLE =
  "$p > -1e15 and $p < 1e15 and ($p = $floor($p) or $p >= 1e-6 or $p <= -1e-6) and $number($string($p)) = $p";
const PRINTS = `function($p){ $type($p)="string" or ($type($p)="number" and ${PRINTABLE}) }`;
const MOST_IN_A_CHAIN = 10; // longer chains are joined, since a chain's depth grows with its length

/** `` `a ${b} c` `` of strings and of numbers that print alike everywhere. */
export function template(node: TemplateLiteral, context: FastContext): Fast | undefined {
  const parts: string[] = [];
  const unknown: string[] = [];
  let guard: Guard | undefined;
  for (const [i, quasi] of node.quasis.entries()) {
    const text = quasi.value.cooked;
    if (text === null || !text.isWellFormed()) return undefined;
    if (text !== "") parts.push(stringLiteral(text));
    const expression = node.expressions[i];
    if (!expression) continue;
    const translated = translate(expression, context);
    if (!translated || translated.type === "undefined" || translated.type === "array") return undefined;
    const part = strict(translated);
    guard = both(guard, part.guard);
    parts.push(printed(part, unknown));
  }
  if (unknown.length > 0)
    guard = both(guard, `($prints := ${PRINTS}; ${unknown.map((code) => `$prints(${code})`).join(" and ")})`);
  return withGuard({ code: joinParts(parts), type: "string", present: true }, guard);
}

/** The text of a part; one that only its value tells how to print is added to `unknown`. */
function printed(part: Fast, unknown: string[]): string {
  if (part.type === "string") return part.code;
  if (part.type !== "number") {
    if (part.type === "json") unknown.push(part.code);
    return `$string(${part.code})`;
  }
  const literal = Number(part.code);
  if (!Number.isNaN(literal)) return stringLiteral(String(literal)); // JSONata's own print stops at 15 digits
  unknown.push(`${part.code} + 0`);
  return `$string(${part.code} + 0)`;
}

function joinParts(parts: string[]): string {
  const [only] = parts;
  if (only === undefined) return '""';
  if (parts.length === 1) return only;
  return parts.length > MOST_IN_A_CHAIN ? `$join([${parts.join(", ")}], "")` : `(${parts.join(" & ")})`;
}
