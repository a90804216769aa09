import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { bare, childrenOf, containsAwait } from "../parse/ast.ts";
import { hoistAwaits, isOvertaken } from "./awaits.ts";
import { capture, lowerEffect } from "./cells.ts";
import { hasEffects } from "./effects.ts";
import type { Lowering, Place } from "./lowering.ts";

/** A statement that changes variables: `x += await t()`, `rows.push(await t(x))`, `o[k] = v`. */
export function lowerChange(lowering: Lowering, place: Place, node: Expression): void {
  if (!containsAwait(node)) lowerEffect(lowering, place, node);
  else if (node.type === "AssignmentExpression") {
    hoistSides(lowering, place, node);
    lowerEffect(lowering, place, node);
  } else if (node.type === "CallExpression") lowerCall(lowering, place, node);
  else hoistAwaits(lowering, place, node); // its value is not used
}

/**
 * What waits in an assignment: the left side is looked up before the right side waits, but assigned to after it. What a
 * compound one reads, it reads before.
 */
export function hoistSides(
  lowering: Lowering,
  place: Place,
  node: Extract<Node, { type: "AssignmentExpression" }>,
): void {
  const target = bare(node.left as Expression);
  if (target.type === "MemberExpression") {
    // Of `a.b.c = await t()` JavaScript reads `a.b` before it waits.
    if (bare(target.object).type === "MemberExpression") {
      lowering.check(target.object, place.scope);
      lowering.require(place, target.object, undefined);
    }
    if (target.computed) settle(lowering, place, target.property);
  }
  if (["&&=", "||=", "??="].includes(node.operator) || isOvertaken(lowering, target, [{ node: node.right }]))
    report(
      lowering.context,
      "RLT1104",
      node,
      "Its right side waits: write it with if, or in two statements.",
    );
  hoistAwaits(lowering, place, node.right);
}

/** `out.push(await t(x))`: the receiver stays what it is, so that only the arguments are taken out. */
function lowerCall(lowering: Lowering, place: Place, node: Extract<Node, { type: "CallExpression" }>): void {
  if (containsAwait(node.callee)) {
    hoistAwaits(lowering, place, node);
    return;
  }
  const parts = node.arguments.map((argument) =>
    argument.type === "SpreadElement" ? argument.argument : argument,
  );
  const callee = bare(node.callee);
  // The method is read of its receiver before the arguments wait, which throws where there is no receiver.
  if (callee.type === "MemberExpression" && !callee.optional && !callee.computed) {
    lowering.check(callee.object, place.scope);
    lowering.require(place, callee, "member");
  }
  const last = parts.findLastIndex(containsAwait);
  for (const [i, part] of parts.entries()) {
    if (i < last) settle(lowering, place, part);
    else hoistAwaits(lowering, place, part);
  }
  lowerEffect(lowering, place, node);
}

/** The value as it is now, whatever happens after. */
function settle(lowering: Lowering, place: Place, node: Expression): void {
  hoistAwaits(lowering, place, node);
  const inner = bare(node);
  const isFixed = inner.type === "Literal" || lowering.context.uses.has(node);
  if (!isFixed && (hasEffects(lowering, node) || readsVariables(node))) capture(lowering, place, node);
}

const readsVariables = (node: Node): boolean =>
  node.type === "Identifier" || childrenOf(node).some(readsVariables);
