import type { Json } from "../../model/json.ts";
import { jsonText } from "../json-text.ts";
import { PathNotFound, type Roots, valueAt } from "./evaluate.ts";
import type { Comparator, Filter, Operand } from "./filter-parse.ts";
import type { Path } from "./parse.ts";

/** Whether the predicate holds for `roots.current`. */
export function accepts(filter: Filter, roots: Roots): boolean {
  switch (filter.kind) {
    case "or":
      return accepts(filter.left, roots) || accepts(filter.right, roots);
    case "and":
      return accepts(filter.left, roots) && accepts(filter.right, roots);
    case "not":
      return !accepts(filter.inner, roots);
    case "exists":
      // Step Functions Local was seen to take a null for nothing.
      return (follow(filter.path, roots) ?? null) !== null;
    case "compare":
      return compare(filter.comparator, operand(filter.left, roots), operand(filter.right, roots));
  }
}

/** Nothing for a path that leads nowhere, and for an empty list of matches. */
function follow(path: Path, roots: Roots): Json | undefined {
  const start = path.root.kind === "current" ? roots.current : roots.document;
  if (start === undefined) return undefined;
  try {
    const value = valueAt(path, start, roots);
    return path.definite || (Array.isArray(value) && value.length > 0) ? value : undefined;
  } catch (thrown) {
    if (thrown instanceof PathNotFound) return undefined;
    throw thrown;
  }
}

const operand = (side: Operand, roots: Roots): Json | undefined =>
  side.kind === "literal" ? side.value : follow(side.path, roots);

function compare(comparator: Comparator, left: Json | undefined, right: Json | undefined): boolean {
  switch (comparator) {
    case "==":
      return equal(left, right);
    case "!=":
      return !equal(left, right);
    case "in":
      return Array.isArray(right) && right.some((item) => equal(left, item));
    case "nin":
      return Array.isArray(right) && !right.some((item) => equal(left, item));
    default:
      return inOrder(comparator, left, right);
  }
}

/** The library turns a number into text, or a text into a number, where the two meet. */
function equal(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (typeof left === "number" && typeof right === "string") return String(left) === right;
  if (typeof left === "string" && typeof right === "number") return left === String(right);
  return left === right || (typeof left === "object" && jsonText(left) === jsonText(right));
}

function inOrder(
  comparator: "<" | "<=" | ">" | ">=",
  left: Json | undefined,
  right: Json | undefined,
): boolean {
  const comparable =
    (typeof left === "number" && typeof right === "number") ||
    (typeof left === "string" && typeof right === "string");
  if (!comparable) return false;
  const [a, b] = [left, right] as [number, number];
  if (comparator === "<") return a < b;
  if (comparator === "<=") return a <= b;
  return comparator === ">" ? a > b : a >= b;
}
