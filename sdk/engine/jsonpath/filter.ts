import type { Json } from "../../model/json.ts";
import { jsonText } from "../json-text.ts";
import { PathNotFound, type Roots, valueAt } from "./evaluate.ts";
import type { Comparator, Filter, Operand } from "./filter-parse.ts";
import type { Path } from "./parse.ts";

/** What makes the library take the whole predicate for false, also below a `!`. */
class NotApplicable extends Error {}

/** Whether the predicate holds for `roots.current`. */
export function accepts(filter: Filter, roots: Roots): boolean {
  try {
    return holds(filter, roots);
  } catch (thrown) {
    if (thrown instanceof NotApplicable) return false;
    throw thrown;
  }
}

function holds(filter: Filter, roots: Roots): boolean {
  switch (filter.kind) {
    case "or":
      return holds(filter.left, roots) || holds(filter.right, roots);
    case "and":
      return holds(filter.left, roots) && holds(filter.right, roots);
    case "not":
      return !holds(filter.inner, roots);
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
  // AWS documents that `@` does not match scalars, only objects.
  if (
    path.root.kind === "current" &&
    path.segments.length === 0 &&
    !(start !== null && typeof start === "object")
  )
    throw new NotApplicable();
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

/** What Java's BigDecimal reads. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function compare(comparator: Comparator, left: Json | undefined, right: Json | undefined): boolean {
  switch (comparator) {
    case "==":
      return equal(left, right);
    case "!=":
      return !equal(left, right);
    case "in":
      return isIn(left, right);
    case "nin":
      return !isIn(left, right);
    default:
      return inOrder(comparator, left, right);
  }
}

/** An object is a list of nothing; what is no list at all makes the predicate false. */
function isIn(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(right)) return right.some((item) => equal(left, item));
  if (typeof right === "object" && right !== null) return false;
  throw new NotApplicable();
}

/**
 * What is missing equals nothing, not even what is missing too. Where a number and a text meet, the right one is
 * turned into what the left one is.
 */
function equal(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (typeof left === "number" && typeof right === "string")
    return NUMBER.test(right) && left === Number(right);
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
