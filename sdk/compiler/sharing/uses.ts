import type { Expression, Node } from "oxc-parser";
import { bare, isFunction, memberName } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import { ELEMENT_METHODS, FRESH_METHODS, MUTATING, PLAIN_METHODS, RECEIVER_METHODS } from "./methods.ts";
import { type Order, outermost } from "./order.ts";
import type { Walk } from "./walk.ts";

/** Keys from an object down to what is in it; `*` is any. */
export type Path = readonly string[];

export const ANY = "*";

/** What one use of a variable does with what the variable holds. */
export interface Use {
  /** Gives it another name, or puts it somewhere. */
  leaks: { path: Path; at: Node }[];
  /** Puts something into it. */
  puts: { path: Path; value: Expression }[];
}

const NOTHING: Use = { leaks: [], puts: [] };
/** Assignments after which the left side holds what the right side, or the left side itself, gave. */
export const KEEPING: readonly string[] = ["=", "&&=", "||=", "??="];
const MAKES_KEYS = /^Object\.(keys|hasOwn)$|^Array\.isArray$|^JSON\.stringify$/;
const GIVES_PARTS = /^Object\.(values|entries|fromEntries)$/;

/** What a use does; what is not known gives the whole away. */
export const useOf = (walk: Walk, order: Order, identifier: Node): Use =>
  useAt(walk, order, outermost(order, identifier), []);

/** What happens with what a node stands for, or with a member of it. */
function useAt(walk: Walk, order: Order, from: Node, given: Path): Use {
  const path = [...given];
  let node = from;
  for (let parent = order.parent(node); parent?.type === "MemberExpression"; parent = order.parent(node)) {
    if (parent.object !== node) break;
    path.push(keyOf(parent));
    node = outermost(order, parent);
  }
  return context(walk, order, node, path);
}

/** `(by[k] ??= []).push(x)`: what is assigned to is used at once, as `by[k]` would be. */
function assigned(walk: Walk, order: Order, node: Node, path: Path): Use {
  const whole = outermost(order, node);
  const parent = order.parent(whole);
  if (parent?.type === "ExpressionStatement") return NOTHING;
  if (parent?.type === "MemberExpression" && parent.object === whole) return useAt(walk, order, whole, path);
  return leak(path, node);
}

/** The key of a member expression. */
export function keyOf(node: Extract<Node, { type: "MemberExpression" }>): string {
  const { property } = node;
  if (node.computed && property.type === "Literal" && typeof property.value === "number")
    return String(property.value);
  return memberName(node) ?? ANY;
}

const withPut = ({ leaks, puts }: Use, put: Use["puts"][number]): Use => ({ leaks, puts: [...puts, put] });

const leak = (path: Path, at: Node): Use => ({ leaks: [{ path, at }], puts: [] });

function context(walk: Walk, order: Order, node: Node, path: Path): Use {
  if (walk.handedOver.has(node) || walk.handedOver.has(bare(node as Expression))) return NOTHING;
  const parent = order.parent(node);
  switch (parent?.type) {
    case "AssignmentExpression":
      if (parent.left !== node) return leak(path, node);
      return KEEPING.includes(parent.operator)
        ? withPut(assigned(walk, order, parent, path), { path, value: parent.right })
        : NOTHING;
    case "UpdateExpression":
    case "UnaryExpression":
    case "BinaryExpression":
    case "TemplateLiteral":
    case "IfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "ForInStatement":
    case "SwitchStatement":
    case "SwitchCase":
    case "ExpressionStatement":
      return NOTHING;
    case "ConditionalExpression":
      return parent.test === node ? NOTHING : context(walk, order, outermost(order, parent), path);
    case "LogicalExpression":
      return parent.left === node && parent.operator === "&&"
        ? NOTHING // what is handed on is no object then
        : context(walk, order, outermost(order, parent), path);
    case "SpreadElement":
      return leak([...path, ANY], node);
    case "ForOfStatement":
      return leak(parent.right === node ? [...path, ANY] : [], node);
    case "MemberExpression":
      return NOTHING; // a key
    case "VariableDeclarator":
      return parent.id === node
        ? NOTHING
        : leak(parent.id.type === "Identifier" ? path : [...path, ANY], node);
    case "CallExpression":
      return parent.callee === node ? ofMethod(order, parent, path) : ofArgument(walk, order, parent, path);
    default:
      return leak(path, node);
  }
}

const isStatement = (order: Order, node: Node): boolean =>
  order.parent(outermost(order, node))?.type === "ExpressionStatement";

function ofArgument(
  walk: Walk,
  order: Order,
  call: Extract<Node, { type: "CallExpression" }>,
  path: Path,
): Use {
  const callee = bare(call.callee);
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return leak(path, call);
  const name = `${callee.object.name}.${memberName(callee) ?? ""}`;
  if (walk.of(callee.object)) return leak(path, call);
  if (MAKES_KEYS.test(name) || callee.object.name === "Math") return NOTHING;
  if (GIVES_PARTS.test(name)) return isStatement(order, call) ? NOTHING : leak([...path, ANY], call);
  return leak(path, call);
}

/** A method of what the variable holds: `rows.push(x)`, `rows.find(f)`. */
function ofMethod(order: Order, call: Extract<Node, { type: "CallExpression" }>, path: Path): Use {
  const receiver = path.slice(0, -1);
  const name = path.at(-1);
  if (name === undefined || name === ANY) return leak(receiver, call);
  const inside = [...receiver, ANY];
  const isUsed = !isStatement(order, call);
  const leaks: Use["leaks"] = [];
  const functions = call.arguments.filter((one) => one.type === "SpreadElement" || isFunction(one));
  const named = call.arguments.some(
    (one) => one.type !== "SpreadElement" && bare(one).type === "Identifier" && TAKES.has(name),
  );
  if (named || functions.some((one) => isFunction(one) && one.params.length > 2))
    leaks.push({ path: receiver, at: call });
  if (functions.some(isFunction)) leaks.push({ path: inside, at: call });
  if (isUsed && (RECEIVER_METHODS.has(name) || name === "set" || name === "add"))
    leaks.push({ path: receiver, at: call });
  if (isUsed && (ELEMENT_METHODS.has(name) || FRESH_METHODS.has(name)))
    leaks.push({ path: inside, at: call });
  if (name === "fill" || name === "copyWithin") leaks.push({ path: inside, at: call }); // the same one many times
  const isKnown =
    PLAIN_METHODS.has(name) || ELEMENT_METHODS.has(name) || FRESH_METHODS.has(name) || MUTATING.has(name);
  if (!isKnown && name !== "reduce" && name !== "reduceRight") leaks.push({ path: receiver, at: call });
  const puts = MUTATING.has(name) || name === "concat" || name === "with" ? call.arguments : [];
  return {
    leaks,
    puts: puts.map((one) =>
      one.type === "SpreadElement"
        ? { path: receiver, value: { type: "ArrayExpression", elements: [one] } as unknown as Expression }
        : { path: inside, value: one },
    ),
  };
}

/** Methods that call what they get. */
const TAKES = new Set(
  "every filter find findIndex findLast findLastIndex flatMap forEach map reduce reduceRight some".split(" "),
);

/** One path leads to what the other one leads to, or further in. */
export function leadsTo(path: Path, to: Path): boolean {
  return path.length <= to.length && path.every((key, i) => key === to[i] || key === ANY || to[i] === ANY);
}

/** Every use of a variable but its declaration. */
export const usesOf = ({ uses, declared }: Variable): Node[] => uses.filter((use) => use !== declared);
