import type { Expression, Node } from "oxc-parser";
import { MOMENTARY, MUTATING_METHODS } from "../check/builtins.ts";
import type { CellBinding } from "../graph.ts";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { consoleCall } from "../parse/console.ts";
import type { Variable } from "../parse/variables.ts";
import { capture, named } from "./cells.ts";
import type { Lowering, Place } from "./lowering.ts";

/**
 * True when an expression must be evaluated exactly once, where it stands: it changes a variable of the flow, or its
 * answer differs from moment to moment.
 */
export const hasEffects = (lowering: Lowering, node: Node): boolean =>
  isMomentary(lowering, node) || effectsOf(lowering, node).size > 0;

/** The variables that a piece of the source changes, but for parts that were taken out of it. */
export function effectsOf(lowering: Lowering, node: Node): ReadonlySet<Variable> {
  if (!mayChange(lowering, node)) return NONE;
  return lowering.sharing.effectsOf(node, takenOut(lowering, node));
}

const NONE: ReadonlySet<Variable> = new Set();

const takenOut = (lowering: Lowering, node: Node): Node[] =>
  node.type !== "Identifier" && lowering.context.uses.has(node)
    ? [node]
    : childrenOf(node).flatMap((child) => takenOut(lowering, child));

/** A quick look: only such nodes can change anything. */
function mayChange(lowering: Lowering, node: Node): boolean {
  if (node.type !== "Identifier" && lowering.context.uses.has(node)) return false;
  switch (node.type) {
    case "AssignmentExpression":
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      if (node.operator === "delete") return true;
      break;
    case "Identifier":
      return lowering.sharing.isFunction(node);
    case "ForOfStatement":
    case "ForInStatement":
      if (node.left.type !== "VariableDeclaration") return true; // for (last of rows)
      break;
    case "CallExpression":
      if (changesReceiver(node.callee)) return true;
  }
  return childrenOf(node).some((child) => mayChange(lowering, child));
}

/** A method that changes its receiver, or a function that may change what it gets. */
function changesReceiver(given: Node): boolean {
  const callee = bare(given as Expression);
  const name = memberName(callee);
  const ofModule = callee.type === "MemberExpression" && callee.object.type === "Identifier"; // module.helper(x)
  return callee.type !== "MemberExpression" || name === undefined || MUTATING_METHODS.has(name) || ofModule;
}

/**
 * Takes what differs from moment to moment out of an expression: the time is asked for once, in the state where the
 * expression is evaluated. What stands in a function of the expression is not taken out.
 */
export function captureMoments(lowering: Lowering, place: Place, node: Node): void {
  if (isFunction(node) || (node.type !== "Identifier" && lowering.context.uses.has(node))) return;
  const asked = momentOf(lowering, node);
  if (asked === "Date.now") lowering.context.uses.set(node, now(lowering, place, node));
  else if (asked === "new Date" && lowering.text(node).endsWith(")")) {
    // As if it were written new Date(Date.now()).
    const at = { start: node.end - 1, end: node.end - 1 } as Node;
    (node as { arguments: Node[] }).arguments.push(named(lowering, at, now(lowering, place, node)));
  } else if (asked && asked !== "new Date") capture(lowering, place, node as Expression);
  else for (const child of childrenOf(node)) captureMoments(lowering, place, child);
}

function now(lowering: Lowering, place: Place, at: Node): CellBinding {
  const cell = lowering.temporary("now", place);
  lowering.assign(place, [cell], { by: "now" }, at);
  return cell;
}

/** What a node asks for, if it asks for something that is another one at another moment. */
function momentOf(lowering: Lowering, node: Node): string | undefined {
  if (node.type === "NewExpression")
    return node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0
      ? "new Date"
      : undefined;
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  const object = callee?.type === "MemberExpression" ? callee.object : undefined;
  if (!callee || object?.type !== "Identifier" || lowering.sharing.of(object)) return undefined;
  const name = memberName(callee) ?? "";
  return MOMENTARY[object.name]?.has(name) ? `${object.name}.${name}` : undefined;
}

/** `console.log(…)`: written once, where it stands. */
export function isLine(lowering: Lowering, node: Node): boolean {
  const line = consoleCall(node);
  const callee = line && bare(line.call.callee);
  return callee?.type === "MemberExpression" && !lowering.sharing.of(callee.object);
}

/** A function of the flow writes lines: then any of them may. */
export const writesLines = (body: Node): boolean =>
  childrenOf(body).some((child) => isFunction(child) && !child.async && holdsLine(child)) ||
  childrenOf(body).some(writesLines);

const holdsLine = (node: Node): boolean =>
  consoleCall(node) !== undefined || childrenOf(node).some(holdsLine);

export function isMomentary(lowering: Lowering, node: Node): boolean {
  if (node.type === "Identifier" && lowering.writes && lowering.sharing.isFunction(node)) return true;
  if (lowering.context.uses.has(node)) return false;
  if (momentOf(lowering, node) || isLine(lowering, node)) return true;
  return childrenOf(node).some((child) => isMomentary(lowering, child));
}
