import type { Json } from "../../model/json.ts";
import { compareInstants, instantOf } from "../timestamps.ts";

/** Whether a value compares so with another one. Values of other types never do (recorded): no error, just false. */
export type Comparison = (value: Json, other: Json) => boolean;

type Order = (order: number) => boolean;

/** The five orders; what is equal is the only one that booleans have. */
const ORDERS: Record<string, Order> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  GreaterThan: (order) => order > 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThanEquals: (order) => order >= 0,
};

const numbers =
  (holds: Order): Comparison =>
  (value, other) =>
    typeof value === "number" && typeof other === "number" && holds(value - other);

const texts =
  (holds: Order): Comparison =>
  (value, other) =>
    typeof value === "string" &&
    typeof other === "string" &&
    holds(value < other ? -1 : value === other ? 0 : 1);

const timestamps =
  (holds: Order): Comparison =>
  (value, other) => {
    const order =
      typeof value === "string" && typeof other === "string" ? compareInstants(value, other) : undefined;
    return order !== undefined && holds(order);
  };

/** Operator -> comparison, for the operators that take a value; each has a twin that takes a path. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  BooleanEquals: (value, other) => typeof value === "boolean" && value === other,
  ...family("Numeric", numbers),
  ...family("String", texts),
  ...family("Timestamp", timestamps),
};

function family(prefix: string, make: (holds: Order) => Comparison): Record<string, Comparison> {
  return Object.fromEntries(Object.entries(ORDERS).map(([name, holds]) => [`${prefix}${name}`, make(holds)]));
}

/** Operator -> what it says of a value that is there. `IsPresent` is of another kind: it looks at the path. */
export const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === "number",
  IsString: (value) => typeof value === "string",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => typeof value === "string" && instantOf(value) !== undefined,
};

/**
 * `StringMatches`: `*` stands for any characters, `\*` for an asterisk, `\\` for a backslash.
 *
 * Written without a regular expression, whose time could grow with the pattern.
 */
export function matches(text: string, pattern: string): boolean {
  const parts = partsOf(pattern);
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? "";
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** The literal texts between the asterisks. */
function partsOf(pattern: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    if (character === "*") {
      parts.push(part);
      part = "";
    } else if (character === "\\" && at + 1 < pattern.length) part += pattern[++at] ?? "";
    else part += character;
  }
  return [...parts, part];
}

/** What a comparison may be compared with, as the definition must have it. */
export function isOperandOf(operator: string, value: unknown): boolean {
  if (operator.startsWith("Boolean")) return typeof value === "boolean";
  if (operator.startsWith("Numeric")) return typeof value === "number";
  if (operator.startsWith("Timestamp")) return typeof value === "string" && instantOf(value) !== undefined;
  return typeof value === "string";
}
