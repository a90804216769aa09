import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { bare, childrenOf, containsAwait } from "../parse/ast.ts";
import { isAwaitable, lowerAwaited } from "./awaited.ts";
import { isTrivial, type Lowering, type Place } from "./lowering.ts";

/**
 * Takes every `await` out of an expression, in the order in which JavaScript evaluates it: what stands before an await
 * and may throw is evaluated before it. What is left is pure.
 */
export function hoistAwaits(lowering: Lowering, place: Place, node: Expression): void {
  if (!containsAwait(node)) return;
  if (node.type === "AwaitExpression") {
    const binding = lowerAwaited(lowering, place, bare(node.argument));
    if (binding) lowering.context.uses.set(node, binding);
    return;
  }
  const { always, maybe } = evaluationOrder(node);
  for (const child of maybe) if (containsAwait(child)) report(lowering.context, "RLT1203", firstAwait(child));
  const last = always.findLastIndex(containsAwait);
  for (const [i, child] of always.entries()) {
    if (i > last) break;
    if (containsAwait(child)) hoistAwaits(lowering, place, child as Expression);
    else if (!isTrivial(child)) {
      lowering.check(child, place.scope);
      lowering.defineTemporary(place, child as Expression);
    }
  }
}

/** An expression whose value a `return` or a const takes: a task's promise that is returned is awaited all the same. */
export function lowerValue(lowering: Lowering, place: Place, node: Expression, returned: boolean): void {
  const inner = bare(node);
  if (returned && isAwaitable(lowering, place, inner)) {
    const binding = lowerAwaited(lowering, place, inner);
    if (binding) lowering.context.uses.set(node, binding);
    return;
  }
  hoistAwaits(lowering, place, node);
  lowering.check(node, place.scope);
}

/** The operands that are always evaluated, in order, and those that may not be. */
function evaluationOrder(node: Node): { always: Node[]; maybe: Node[] } {
  switch (node.type) {
    case "ConditionalExpression":
      return { always: [node.test], maybe: [node.consequent, node.alternate] };
    case "LogicalExpression":
      return { always: [node.left], maybe: [node.right] };
    case "CallExpression": {
      const callee = bare(node.callee);
      const receiver =
        callee.type === "MemberExpression"
          ? [callee.object, ...(callee.computed ? [callee.property] : [])]
          : [];
      return node.optional || (callee.type === "MemberExpression" && callee.optional)
        ? { always: receiver.slice(0, 1), maybe: [...receiver.slice(1), ...node.arguments] }
        : { always: [...receiver, ...node.arguments.map(unspread)], maybe: [] };
    }
    case "MemberExpression":
      return node.optional
        ? { always: [node.object], maybe: node.computed ? [node.property] : [] }
        : { always: node.computed ? [node.object, node.property] : [node.object], maybe: [] };
    case "TemplateLiteral":
      return { always: node.expressions, maybe: [] };
    case "ObjectExpression":
      return {
        always: node.properties.flatMap((p) =>
          p.type === "Property" ? (p.computed ? [p.key, p.value] : [p.value]) : [p.argument],
        ),
        maybe: [],
      };
    case "ArrayExpression":
      return { always: node.elements.filter((e) => e !== null).map(unspread), maybe: [] };
    case "AssignmentExpression":
    case "UpdateExpression":
      return { always: [], maybe: childrenOf(node) };
    default:
      return { always: childrenOf(node), maybe: [] };
  }
}

const unspread = (node: Node): Node => (node.type === "SpreadElement" ? node.argument : node);

function firstAwait(node: Node): Node {
  if (node.type === "AwaitExpression") return node;
  const child = childrenOf(node).find(containsAwait);
  return child ? firstAwait(child) : node;
}
