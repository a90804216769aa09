import type { Expression, Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { bare } from "../parse/ast.ts";
import { arrayOf, many } from "./array-callbacks.ts";
import { arity, bodyOf, functionOf } from "./callbacks.ts";
import { boolean, both, chosen, type Fast, type FastContext, named, withGuard } from "./fast.ts";
import { hoisted, isLet, withNames } from "./guards.ts";
import { noSurrogates } from "./members.ts";
import { asString } from "./numbers.ts";
import { joined } from "./printing.ts";
import { type Regular, regular } from "./regular.ts";
import { translate } from "./translate.ts";

export interface Pattern extends Regular {
  /** All matches are meant. */
  all: boolean;
}

/** A regular expression that stands in place, or under a name where it remembers nothing between two uses. */
export function patternOf(
  node: Node | undefined,
  context: FastContext,
  isNamed = false,
): Pattern | undefined {
  const inner = node && node.type !== "SpreadElement" ? bare(node as Expression) : undefined;
  if (inner?.type === "Literal" && "regex" in inner && inner.regex) {
    const { pattern, flags } = inner.regex;
    const made = isNamed && flags.includes("g") ? undefined : regular(pattern, flags);
    return made && { ...made, all: flags.includes("g") };
  }
  if (inner?.type !== "Identifier" || isNamed || context.locals.has(inner.name)) return undefined;
  const bound = context.uses.get(inner);
  if (bound)
    return bound.kind === "pure" && bound.path?.length === 0
      ? patternOf(bound.definition.init, context, true)
      : undefined;
  const declared = context.reader.named(inner);
  return declared?.kind === "constant" ? patternOf(declared.init, context, true) : undefined;
}

/** `/…/.test(s)`. */
export function tests(
  pattern: Pattern,
  [node, ...more]: readonly Node[],
  context: FastContext,
): Fast | undefined {
  const value =
    node && more.length === 0 && node.type !== "SpreadElement" ? translate(node, context) : undefined;
  const text = value && asString(named(value, context));
  if (!text) return undefined;
  return boolean(`$contains(${text.code}, ${pattern.code})`, both(text.guard, noSurrogates(text.code)));
}

/** `s.match(/…/g)`: all matches, or null. */
export function matches(
  text: Fast,
  pattern: Pattern,
  more: readonly Node[],
  context: FastContext,
): Fast | undefined {
  if (!pattern.all || more.length > 0) return undefined; // without `g` the list has further properties
  const found = many(`$map($match(${text.code}, ${pattern.code}), function($m){ $m.match })`);
  const list = named(arrayOf(found, both(text.guard, noSurrogates(text.code)), { type: "string" }), context);
  const nothing: Fast = { code: "null", type: "null", present: true };
  return withGuard(chosen(`($count(${list.code}) > 0)`, withGuard(list, undefined), nothing), list.guard);
}

/** `s.split(/…/)`; groups would stand among the parts. */
export function splits(text: Fast, pattern: Pattern, more: readonly Node[]): Fast | undefined {
  if (more.length > 0 || pattern.groups > 0) return undefined;
  const guard = both(text.guard, noSurrogates(text.code));
  return arrayOf(many(`$split(${text.code}, ${pattern.code})`), guard, { type: "string" });
}

/** `s.replace(/…/, by)` and `s.replaceAll(/…/g, by)`: by a text, or by what a function makes of the match. */
export function replaces(
  text: Fast,
  pattern: Pattern,
  [given, ...more]: readonly Node[],
  context: FastContext,
): Fast | undefined {
  if (!given || more.length > 0 || given.type === "SpreadElement") return undefined;
  const name = `e${context.depth + 1}`;
  const made = madeOf(given, pattern, `$${name}`, context);
  if (!made) return undefined;
  const { outer, inner } = hoisted(made.guard, [name]);
  // What is asked of a match cannot be asked beforehand.
  if (inner?.some((clause) => !isLet(clause))) return undefined;
  const s = text.code;
  const found = `$match(${s}, ${pattern.code})[]`;
  const taken = many(pattern.all ? found.slice(0, -2) : `$filter(${found}, function($v, $k){ $k = 0 })`);
  // Piece by piece: the JVM engine reads what a function gives to `$replace` as a pattern of its own.
  const by = withNames(made.code, inner);
  const next = `{"t": $r.t & $substring(${s}, $r.n, $${name}.index - $r.n) & ${by}, "n": $${name}.index + $length($${name}.match)}`;
  const fold = `$reduce(${taken}, function($r, $${name}){ ${next} }, {"t": "", "n": 0})`;
  const result = { name: context.lets.of(fold), code: fold };
  const code = `($${result.name}.t & $substring(${s}, $${result.name}.n))`;
  return withGuard({ code, type: "string", present: true }, both(text.guard, outer, noSurrogates(s), result));
}

function madeOf(by: Node, pattern: Pattern, match: string, context: FastContext): Fast | undefined {
  const part = (code: string): Fast => ({ code, type: "string", present: true, path: true });
  const groups = Array.from({ length: pattern.groups }, (_, i) => part(`${match}.groups[${i}]`));
  const inner = bare(by as Expression);
  if (inner.type === "Literal" && typeof inner.value === "string")
    return replacement(inner.value, [part(`${match}.match`), ...groups], context);
  const helper = functionOf(inner, context);
  const fn = helper?.fn ?? inner;
  // Behind the groups come the position and the whole text.
  if (arity(fn) > groups.length + 1 || (fn.type !== "ArrowFunctionExpression" && !helper)) return undefined;
  const value = bodyOf(fn, [part(`${match}.match`), ...groups], helper?.context ?? context);
  return value && joined([value], { ...context, depth: context.depth + 1 });
}

/** `$1`, `$&` and `$$` in a text that replaces. */
function replacement(text: string, parts: readonly Fast[], context: FastContext): Fast | undefined {
  if (!text.isWellFormed()) return undefined;
  const pieces: (string | Fast)[] = [];
  for (const piece of text.match(/\$.?|[^$]+/gs) ?? []) {
    const group = piece === "$&" ? 0 : Number(/^\$([1-9])$/.exec(piece)?.[1] ?? Number.NaN);
    const part = parts[group];
    if (part) pieces.push(part);
    else if (piece === "$$") pieces.push(stringLiteral("$"));
    else if (piece.startsWith("$")) return undefined;
    else pieces.push(stringLiteral(piece));
  }
  // Ten groups and more are told by two digits.
  return /\$\d\d/.test(text) ? undefined : joined(pieces, context);
}
