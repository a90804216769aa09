import type { CallExpression, Expression, Node } from "oxc-parser";
import { checkIterated, globalNamespace, report } from "../check/pure.ts";
import type { Definition } from "../graph.ts";
import { bare, childrenOf, containsAwait, isFunction } from "../parse/ast.ts";
import { listMade, textMade } from "../parse/make.ts";
import { isAwaitable, lowerAwaited } from "./awaited.ts";
import { chosenPromise } from "./awaited-value.ts";
import { capture } from "./cells.ts";
import { firstOptional, lowerChain } from "./chain.ts";
import { hoistSides, isLogical, lowerLogicalChange } from "./change.ts";
import { lowerChoice } from "./choose.ts";
import { captureMoments, effectsOf, hasEffects } from "./effects.ts";
import { futureOf } from "./futures.ts";
import { isTrivial, type Lowering, type Place } from "./lowering.ts";
import { changesAtLast } from "./settle.ts";

/** An operand, and what JavaScript does with its value before it goes on to the next one. */
interface Operand {
  node: Node;
  form?: Definition["form"];
}

/**
 * Takes every `await`, and what changes variables, out of an expression, in the order in which JavaScript evaluates it:
 * what stands before an await and may throw is evaluated before it. What is left is pure.
 */
export function hoistAwaits(lowering: Lowering, place: Place, node: Expression): void {
  if (!waits(lowering, node)) {
    // What a function changes, it changes when it is called.
    if (lowering.context.uses.has(node) || isFunction(node)) return;
    if (effectsOf(lowering, node).size === 0) captureMoments(lowering, place, node);
    else if (place.guarded && !changesAtLast(lowering, node))
      // In a try each change is made by itself, since what fails after it finds it done.
      hoistInOrder(lowering, place, evaluationOrder(lowering, node).always);
    if (hasEffects(lowering, node)) capture(lowering, place, node);
    return;
  }
  switch (node.type) {
    case "AwaitExpression": {
      const binding = lowerAwaited(lowering, place, bare(node.argument));
      // A mistake is told already, and stands for a value.
      lowering.context.uses.set(node, binding ?? lowering.unnamed("refused", "result"));
      return;
    }
    case "ConditionalExpression":
      if (!waits(lowering, node.consequent) && !waits(lowering, node.alternate)) break;
      lowerChoice(lowering, place, node);
      return;
    case "LogicalExpression":
      if (!waits(lowering, node.right)) break;
      lowerChoice(lowering, place, node);
      return;
    case "AssignmentExpression":
      if (isLogical(node)) lowerLogicalChange(lowering, place, node);
      else {
        hoistSides(lowering, place, node);
        capture(lowering, place, node);
      }
      return;
    case "ChainExpression":
      lowerChain(lowering, place, node);
      return;
    case "UnaryExpression":
      if (node.operator === "delete") report(lowering.context, "RLT1203", firstAwait(node));
      break;
  }
  const { always, maybe } = evaluationOrder(lowering, node);
  for (const child of maybe) if (containsAwait(child)) report(lowering.context, "RLT1203", firstAwait(child));
  hoistInOrder(lowering, place, always);
}

/** True while an await stands in the node that was not taken out yet. */
function waits(lowering: Lowering, node: Node): boolean {
  if (!containsAwait(node)) return false;
  if (node.type === "AwaitExpression") return !lowering.context.uses.has(node);
  return childrenOf(node).some((child) => waits(lowering, child));
}

function hoistInOrder(lowering: Lowering, place: Place, operands: readonly Operand[]): void {
  const happens = operands.map(({ node }) => waits(lowering, node) || hasEffects(lowering, node));
  const last = happens.lastIndexOf(true);
  for (const [i, { node, form }] of operands.entries()) {
    if (i > last) break;
    hoistAwaits(lowering, place, node as Expression);
    const bareNode = bare(node as Expression);
    const quiet =
      form === undefined
        ? isTrivial(node) || bareNode.type === "AwaitExpression" || lowering.context.uses.has(node)
        : bareNode.type === "Literal";
    if (i === last) continue;
    const later = operands.slice(i + 1);
    if (isOvertaken(lowering, node, later)) {
      if (form !== "template" && form !== "key") refuseChanged(lowering, node as Expression, form, later);
      if (form === "template" || form === "key") capture(lowering, place, node as Expression, textMade);
      else if (form === "spread" || form === "argument") captureSpread(lowering, place, node as Expression);
      else if (form === undefined) capture(lowering, place, node as Expression);
      else
        report(
          lowering.context,
          "RLT1104",
          node,
          "It is read here and changed later in the same expression.",
        );
      continue;
    }
    if (quiet || (form === "member" && isOfNamespace(lowering, place, bareNode))) continue;
    if (form === "spread" || form === "argument") checkIterated(lowering.context, node, place.scope);
    else lowering.check(node, place.scope);
    lowering.require(place, node as Expression, form);
  }
}

/** What is kept is a copy, which a later operand that changes the object in place does not change. */
function refuseChanged(
  lowering: Lowering,
  node: Expression,
  form: Operand["form"],
  later: readonly Operand[],
): void {
  const isSpread = form === "spread" || form === "argument";
  const changers = later.map((operand) => operand.node);
  if (!lowering.sharing.isChangedIn(node, changers, isSpread)) return;
  const message = "It has its place here, and is changed later in the same expression, behind an await.";
  report(lowering.context, "RLT1105", node, message);
}

/** What is spread is taken out at once. */
export function captureSpread(lowering: Lowering, place: Place, node: Expression): void {
  checkIterated(lowering.context, node, place.scope);
  capture(lowering, place, node, listMade);
}

/** `Math.max`: there whatever happens. */
const isOfNamespace = (lowering: Lowering, place: Place, callee: Node): boolean =>
  callee.type === "MemberExpression" &&
  globalNamespace(lowering.context, callee.object, place.scope) !== undefined;

/** A variable is read here, and changed by an operand after it. */
export function isOvertaken(lowering: Lowering, node: Node, later: readonly Operand[]): boolean {
  return lowering.sharing.reads(
    node,
    new Set(later.flatMap((operand) => [...effectsOf(lowering, operand.node)])),
  );
}

export const readsAny = (node: Node, test: (identifier: Node) => boolean): boolean =>
  node.type === "Identifier" ? test(node) : childrenOf(node).some((child) => readsAny(child, test));

/** The arguments of a call, awaits taken out in order, and checked. */
export function hoistArguments(lowering: Lowering, place: Place, args: CallExpression["arguments"]): void {
  hoistInOrder(lowering, place, args.map(argumentOf));
  for (const argument of args) {
    if (argument.type === "SpreadElement") checkIterated(lowering.context, argument.argument, place.scope);
    else lowering.check(argument, place.scope);
  }
}

/** An expression whose value a `return` or a const takes: a task's promise that is returned is awaited all the same. */
export function lowerValue(lowering: Lowering, place: Place, node: Expression, returned: boolean): void {
  const inner = bare(node);
  if (returned && (isAwaitable(lowering, place, inner) || futureOf(lowering, place, inner))) {
    const binding = lowerAwaited(lowering, place, inner);
    if (binding) lowering.context.uses.set(node, binding);
    return;
  }
  const choice = returned ? chosenPromise(lowering, place, inner) : undefined;
  if (choice) {
    hoistAwaits(lowering, place, choice);
    const binding = lowering.context.uses.get(choice);
    if (binding) lowering.context.uses.set(node, binding);
    return;
  }
  hoistAwaits(lowering, place, node);
  lowering.check(node, place.scope);
}

/** The operands that are always evaluated, in order, and those that may not be. */
function evaluationOrder(lowering: Lowering, node: Node): { always: Operand[]; maybe: Node[] } {
  switch (node.type) {
    case "ConditionalExpression":
      return { always: [{ node: node.test }], maybe: [node.consequent, node.alternate] };
    case "LogicalExpression":
      return { always: [{ node: node.left }], maybe: [node.right] };
    case "CallExpression":
      return callOrder(lowering, node);
    case "MemberExpression": {
      const property = node.computed ? [node.property] : [];
      return firstOptional(lowering, node)
        ? { always: [{ node: node.object }], maybe: property }
        : { always: [node.object, ...property].map((child) => ({ node: child })), maybe: [] };
    }
    case "TemplateLiteral":
      return { always: node.expressions.map((child) => ({ node: child, form: "template" })), maybe: [] };
    case "ObjectExpression":
      return { always: node.properties.flatMap(propertyOrder), maybe: [] };
    case "ArrayExpression":
      return { always: node.elements.filter((element) => element !== null).map(operandOf), maybe: [] };
    case "AssignmentExpression":
    case "UpdateExpression":
      return { always: [], maybe: childrenOf(node) };
    default:
      return { always: childrenOf(node).map((child) => ({ node: child })), maybe: [] };
  }
}

/** `a.b(c)` reads the member b before it evaluates c, and calls it after that. */
function callOrder(lowering: Lowering, node: CallExpression): { always: Operand[]; maybe: Node[] } {
  const callee = bare(node.callee);
  if (callee.type !== "MemberExpression") return { always: node.arguments.map(argumentOf), maybe: [] };
  if (firstOptional(lowering, node))
    return { always: [{ node: callee.object }], maybe: [...rest(callee), ...node.arguments] };
  const parts: Operand[] = containsAwait(callee)
    ? [callee.object, ...rest(callee)].map((child) => ({ node: child }))
    : [];
  return {
    always: [...parts, { node: callee, form: "member" }, ...node.arguments.map(argumentOf)],
    maybe: [],
  };
}

const rest = (callee: Extract<Node, { type: "MemberExpression" }>): Node[] =>
  callee.computed ? [callee.property] : [];

function propertyOrder(property: Node): Operand[] {
  if (property.type === "SpreadElement") return [{ node: property.argument }];
  if (property.type !== "Property") return [];
  return property.computed
    ? [{ node: property.key, form: "key" }, { node: property.value }]
    : [{ node: property.value }];
}

const operandOf = (node: Node): Operand =>
  node.type === "SpreadElement" ? { node: node.argument, form: "spread" } : { node };

const argumentOf = (node: Node): Operand =>
  node.type === "SpreadElement" ? { node: node.argument, form: "argument" } : { node };

function firstAwait(node: Node): Node {
  if (node.type === "AwaitExpression") return node;
  const child = childrenOf(node).find(containsAwait);
  return child ? firstAwait(child) : node;
}
