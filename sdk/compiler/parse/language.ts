import type { Node } from "oxc-parser";
import { bare, memberName } from "./ast.ts";

/** The language of the machine that compiles, in which plain Node compares there. */
const LANGUAGE = JSON.stringify(new Intl.Collator().resolvedOptions().locale);

/**
 * What `a.localeCompare(b)` lacks to give the same answer on every machine: the language, between these places of the
 * source. Nothing where it names one.
 */
export function missingLanguage(
  node: Extract<Node, { type: "CallExpression" }>,
): { start: number; end: number; with: string } | undefined {
  const callee = bare(node.callee);
  const [other, language] = node.arguments;
  const isCompared = callee.type === "MemberExpression" && memberName(callee) === "localeCompare";
  if (!isCompared || !other || other.type === "SpreadElement") return undefined;
  if (!language) return { start: other.end, end: other.end, with: `, ${LANGUAGE}` };
  const isNothing = language.type === "Identifier" && language.name === "undefined";
  return isNothing ? { start: language.start, end: language.end, with: LANGUAGE } : undefined;
}
