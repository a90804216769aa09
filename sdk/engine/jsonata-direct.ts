import { JSONATA_DEPTH } from "../asl/limits.ts";
import type { Json } from "../model/json.ts";
import { isPlainObject } from "../model/json.ts";
import type { AstNode } from "./jsonata-ast.ts";
import { depthOf } from "./jsonata-guard.ts";
import type { Variables } from "./variables.ts";

/** What plain expressions can see. */
export interface Seen {
  readonly variables: Variables;
  readonly states: Readonly<Record<string, Json>>;
}

/** The value; nothing where JSONata itself must decide. Asking has no effect, so that it can be asked again there. */
export type Direct = (seen: Seen) => Json | undefined;

/**
 * JSONata's evaluator makes a promise for each node of an expression, and a guard such as `$type($a) = "number" and $a <= 9`
 * has very many. Plain expressions are evaluated here at once: literals, references, comparisons, arithmetic, `and`, `or`, `? :`,
 * `$type` and `$not`, as long as they meet the operands that they are meant for. For any other operand, a missing value, a
 * failure or a conversion, the answer is nothing.
 *
 * @param watched whether the evaluation may come near a limit of the service; then only numbers and booleans are plain
 * @returns nothing for an expression that has other nodes
 */
export function direct(ast: AstNode, watched: boolean): Direct | undefined {
  // No node here calls what the author defined: the tree is as deep as the evaluation gets.
  if (watched && depthOf(ast, JSONATA_DEPTH) > JSONATA_DEPTH) return undefined;
  return compile(ast, watched);
}

function compile(node: AstNode, watched: boolean): Direct | undefined {
  if (!hasForm(node)) return undefined;
  const inner = (one: AstNode | undefined): Direct | undefined => one && compile(one, watched);
  switch (node.type) {
    case "string":
    case "number":
    case "value":
      return literal(node.value);
    case "variable":
    case "path":
      return reference(node, watched);
    case "block":
      return node.expressions?.length === 1 ? inner(node.expressions[0]) : undefined;
    case "condition":
      return condition(inner(node.condition), inner(node.then), inner(node.else));
    case "unary":
      return node.value === "-" ? negation(inner(node.expression)) : undefined;
    case "binary":
      return binary(String(node.value), inner(node.lhs as AstNode), inner(node.rhs), watched);
    default:
      return call(node, inner(node.arguments?.[0]));
  }
}

const COMMON = ["type", "value", "position", "line"];
const form = (...more: string[]): ReadonlySet<string> => new Set([...COMMON, ...more]);

/** The nodes that are plain, with what they may have: anything more (a predicate, a group, a focus) is another meaning. */
const FORMS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["string", form()],
  ["number", form()],
  ["value", form()],
  ["variable", form()],
  ["path", form("steps")],
  ["block", form("expressions")],
  ["condition", form("condition", "then", "else")],
  ["unary", form("expression")],
  ["binary", form("lhs", "rhs")],
  ["function", form("name", "procedure", "arguments")],
]);

function hasForm(node: AstNode): boolean {
  const keys = FORMS.get(node.type);
  return keys !== undefined && Object.keys(node).every((key) => keys.has(key));
}

function literal(value: unknown): Direct | undefined {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return undefined;
  return () => value as Json;
}

/** Steps that need no JSONata: each meets a plain object, so nothing is mapped or flattened. */
export function reference(node: AstNode, watched: boolean): Direct | undefined {
  if (!hasForm(node)) return undefined;
  const [first, ...rest] = node.type === "path" ? (node.steps ?? []) : [node];
  if (!first || !isBare(first, "variable") || !rest.every((step) => isBare(step, "name"))) return undefined;
  const variable = String(first.value);
  const steps = rest.map((step) => String(step.value));
  return ({ variables, states }) => {
    let value: unknown;
    if (variable === "states") value = states;
    else if (Object.hasOwn(variables, variable)) value = variables[variable];
    for (const step of steps) {
      if (!isPlainObject(value) || !Object.hasOwn(value, step)) return undefined;
      value = value[step];
    }
    const isSmall = typeof value === "number" || typeof value === "boolean" || value === null;
    return watched && !isSmall ? undefined : (value as Json | undefined);
  };
}

const BARE: ReadonlySet<string> = new Set(COMMON);

const isBare = (node: AstNode, type: "variable" | "name"): boolean =>
  node.type === type &&
  node.value !== "" &&
  node.value !== "$" &&
  Object.keys(node).every((key) => BARE.has(key));

function condition(
  test: Direct | undefined,
  yes: Direct | undefined,
  no: Direct | undefined,
): Direct | undefined {
  if (!test || !yes || !no) return undefined;
  return (seen) => {
    const value = test(seen);
    if (typeof value !== "boolean") return undefined;
    return value ? yes(seen) : no(seen);
  };
}

function negation(of: Direct | undefined): Direct | undefined {
  return (
    of &&
    ((seen) => {
      const value = of(seen);
      return typeof value === "number" ? -value : undefined;
    })
  );
}

function binary(
  operator: string,
  left: Direct | undefined,
  right: Direct | undefined,
  watched: boolean,
): Direct | undefined {
  if (!left || !right) return undefined;
  if (operator === "and" || operator === "or") {
    const decided = operator === "or";
    return (seen) => {
      const first = left(seen);
      if (typeof first !== "boolean") return undefined;
      if (first === decided) return first;
      const second = right(seen);
      return typeof second === "boolean" ? second : undefined;
    };
  }
  const apply = operator === "&" && watched ? undefined : OPERATORS[operator];
  if (!apply) return undefined;
  return (seen) => {
    const first = left(seen);
    const second = first === undefined ? undefined : right(seen);
    return first === undefined || second === undefined ? undefined : apply(first, second);
  };
}

type Operator = (left: Json, right: Json) => Json | undefined;

const arithmetic =
  (apply: (left: number, right: number) => number): Operator =>
  (left, right) => {
    if (typeof left !== "number" || typeof right !== "number") return undefined;
    const value = apply(left, right);
    return Number.isFinite(value) ? value : undefined;
  };

/** Numbers with numbers, texts with texts. */
const comparison =
  (apply: (left: number | string, right: number | string) => boolean): Operator =>
  (left, right) => {
    if (typeof left === "number" && typeof right === "number") return apply(left, right);
    return typeof left === "string" && typeof right === "string" ? apply(left, right) : undefined;
  };

const isObject = (value: Json): boolean => typeof value === "object" && value !== null;
const equality =
  (wanted: boolean): Operator =>
  (left, right) =>
    isObject(left) || isObject(right) ? undefined : (left === right) === wanted;

const OPERATORS: Readonly<Partial<Record<string, Operator>>> = {
  "+": arithmetic((left, right) => left + right),
  "-": arithmetic((left, right) => left - right),
  "*": arithmetic((left, right) => left * right),
  "/": arithmetic((left, right) => left / right),
  "%": arithmetic((left, right) => left % right),
  "<": comparison((left, right) => left < right),
  "<=": comparison((left, right) => left <= right),
  ">": comparison((left, right) => left > right),
  ">=": comparison((left, right) => left >= right),
  "=": equality(true),
  "!=": equality(false),
  "&": (left, right) => (typeof left === "string" && typeof right === "string" ? left + right : undefined),
};

/** `$type` and `$not`, unless a variable of the run bears the name. */
function call(node: AstNode, argument: Direct | undefined): Direct | undefined {
  const { procedure, value } = node;
  if (value !== "(" || !argument || node.arguments?.length !== 1) return undefined;
  if (!procedure || !isBare(procedure, "variable")) return undefined;
  const name = String(procedure.value);
  const apply = FUNCTIONS.get(name);
  if (!apply) return undefined;
  return (seen) => {
    if (Object.hasOwn(seen.variables, name)) return undefined;
    const given = argument(seen);
    return given === undefined ? undefined : apply(given);
  };
}

const typeOf = (value: Json): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

const FUNCTIONS = new Map<string, (value: Json) => Json | undefined>([
  ["type", typeOf],
  ["not", (value) => (typeof value === "boolean" ? !value : undefined)],
]);
