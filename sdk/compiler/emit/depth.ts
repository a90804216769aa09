import jsonata from "jsonata";

interface AstNode {
  type?: string;
  [key: string]: unknown;
}

const cache = new Map<string, number>();
const MOST_CACHED = 5_000;

/**
 * How many nested evaluations an expression takes: one for a node plus its deepest child. Measured never to be below
 * the JVM engine's own count (R12 of `docs/decisions/0001-emission-rules.md`). Also proves that the text parses.
 */
export function expressionDepth(text: string): number {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size > MOST_CACHED) cache.clear();
  const depth = depthOf(jsonata(text).ast() as unknown as AstNode);
  cache.set(text, depth);
  return depth;
}

function depthOf(node: unknown): number {
  if (Array.isArray(node)) return Math.max(0, ...node.map(depthOf));
  if (typeof node !== "object" || node === null) return 0;
  const deepest = Math.max(
    0,
    ...Object.entries(node).map(([key, child]) => (key === "position" ? 0 : depthOf(child))),
  );
  return "type" in node ? deepest + 1 : deepest;
}

const SCALARS = new Set(["number", "string", "value"]);
const OPERATORS = new Set(["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "in", "and", "or"]);

/** True for an expression whose value can only be a literal of its own, a number or a boolean. */
export const isScalar = (text: string): boolean => isScalarNode(jsonata(text).ast() as unknown as AstNode);

function isScalarNode(node: AstNode): boolean {
  const child = (key: string): boolean => isScalarNode((node[key] ?? {}) as AstNode); // `a ? b` has no else
  if (SCALARS.has(node.type ?? "")) return true;
  if (node.type === "condition") return child("then") && child("else");
  if (node.type === "block") return isScalarNode((node["expressions"] as AstNode[]).at(-1) ?? {});
  return node.type === "binary" && OPERATORS.has(String(node["value"]));
}
