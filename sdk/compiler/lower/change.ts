import type { Expression, Node } from "oxc-parser";
import { checkIterated, report } from "../check/pure.ts";
import type { CellBinding } from "../graph.ts";
import { bare, childrenOf, containsAwait } from "../parse/ast.ts";
import { assignment, twin, withParts } from "../parse/make.ts";
import { captureSpread, hoistAwaits, isOvertaken } from "./awaits.ts";
import { capture, lowerEffect, named } from "./cells.ts";
import { hasEffects, isLine } from "./effects.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";

type Call = Extract<Node, { type: "CallExpression" }>;
type Assigning = Extract<Node, { type: "AssignmentExpression" }>;

/** A statement that changes variables: `x += await t()`, `rows.push(await t(x))`, `o[k] = v`. */
export function lowerChange(lowering: Lowering, place: Place, node: Expression): void {
  if (!containsAwait(node)) lowerEffect(lowering, place, node);
  else if (node.type === "AssignmentExpression" && isLogical(node)) lowerLogicalChange(lowering, place, node);
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
export function hoistSides(lowering: Lowering, place: Place, node: Assigning): void {
  settleTarget(lowering, place, node);
  hoistAwaits(lowering, place, node.right);
}

function settleTarget(lowering: Lowering, place: Place, node: Assigning): Expression {
  const target = bare(node.left as Expression);
  if (target.type === "MemberExpression") {
    // Of `a.b.c = await t()` JavaScript reads `a.b` before it waits.
    if (bare(target.object).type === "MemberExpression") {
      lowering.check(target.object, place.scope);
      lowering.require(place, target.object, undefined);
    }
    if (target.computed) settle(lowering, place, target.property);
    // Of `a.n += await t()` it reads `a.n`, which throws where there is no `a`.
    if (node.operator !== "=" && !isLogical(node)) requireRead(lowering, place, target);
  }
  if (isOvertaken(lowering, target, [{ node: node.right }]))
    report(
      lowering.context,
      "RLT1104",
      node,
      "Its right side waits, and changes what the left side reads: write it in two statements.",
    );
  return target;
}

function requireRead(lowering: Lowering, place: Place, target: Expression): void {
  const read = { ...target } as Expression;
  lowering.check(read, place.scope);
  lowering.require(place, read, undefined);
}

/** `??=`, `||=`, `&&=`: the right side is evaluated only where it is needed. */
export const isLogical = ({ operator }: Assigning): boolean => ["&&=", "||=", "??="].includes(operator);

/** `x ??= await t()`: a branch, in which the right side waits and is assigned. The node stands for the value. */
export function lowerLogicalChange(lowering: Lowering, place: Place, node: Assigning): void {
  const target = settleTarget(lowering, place, node);
  if (containsAwait(target)) report(lowering.context, "RLT1203", target);
  const cell = lowering.temporary("value", place);
  cell.lacks = true; // its author thought of that
  const read = twin(target as Expression);
  lowering.check(read, place.scope);
  setTo(lowering, place, cell, read);
  const test =
    node.operator === "??="
      ? { ...lowering.region(place, "test", [], target), nothing: cell }
      : lowering.region(
          place,
          "test",
          [{ expression: named(lowering, target, cell), spread: false }],
          target,
        );
  const arm = innerPlace(place);
  hoistAwaits(lowering, arm, node.right);
  lowering.check(node.right, arm.scope);
  setTo(lowering, arm, cell, node.right);
  lowerEffect(lowering, arm, assignment(node, named(lowering, node.right, cell)));
  flush(lowering, arm, node);
  place.nodes.push({
    kind: "branch",
    id: lowering.stateName(`if ${lowering.text(target)}`),
    span: node,
    test,
    consequent: node.operator === "||=" ? [] : arm.nodes,
    otherwise: node.operator === "||=" ? arm.nodes : [],
  });
  lowering.context.uses.set(node, cell);
}

function setTo(lowering: Lowering, place: Place, cell: CellBinding, init: Expression): void {
  const pattern = named(lowering, init, cell);
  lowering.assign(place, [cell], { by: "declaration", pattern, init, made: [cell] }, init);
}

/** `out.push(await t(x))`: the receiver stays what it is, so that only the arguments are taken out. */
function lowerCall(lowering: Lowering, place: Place, given: Call): void {
  const node = withMadeReceiver(lowering, place, given);
  if (containsAwait(node.callee)) {
    hoistAwaits(lowering, place, node);
    return;
  }
  const parts = node.arguments.map((argument) =>
    argument.type === "SpreadElement" ? argument.argument : argument,
  );
  const callee = bare(node.callee);
  // The method is read of its receiver before the arguments wait, which throws where there is no receiver.
  if (callee.type === "MemberExpression" && !callee.optional && !callee.computed && !isLine(lowering, node)) {
    lowering.check(callee.object, place.scope);
    lowering.require(place, callee, "member");
  }
  const last = parts.findLastIndex(containsAwait);
  for (const [i, part] of parts.entries()) {
    if (i >= last) hoistAwaits(lowering, place, part);
    else if (node.arguments[i]?.type === "SpreadElement")
      settleSpread(lowering, place, part, parts.slice(i + 1));
    else settle(lowering, place, part);
  }
  lowerEffect(lowering, place, node);
}

/** `(by[k] ??= []).push(await t(x))`: the list is made before the argument waits, and then it is `by[k]` that gets it. */
function withMadeReceiver(lowering: Lowering, place: Place, node: Call): Call {
  const callee = bare(node.callee);
  const made = callee.type === "MemberExpression" ? bare(callee.object) : callee;
  if (callee.type !== "MemberExpression" || callee.computed || made.type !== "AssignmentExpression")
    return node;
  const target = bare(made.left as Expression);
  const args = node.arguments.map((argument) => ({ node: argument }));
  if (!isLogical(made) || containsAwait(made) || !isPath(target) || isOvertaken(lowering, target, args))
    return node;
  lowerEffect(lowering, place, made);
  if (place.guarded) flush(lowering, place, made);
  const receiver = lowering.copy(target);
  return withParts(node, { callee: withParts(callee, { object: receiver }) });
}

/** `by[k].list`: asked twice, it gives the same thing. */
function isPath(node: Expression): boolean {
  const inner = bare(node);
  if (inner.type === "Identifier" || inner.type === "Literal") return true;
  if (inner.type === "TemplateLiteral") return inner.expressions.every(isPath);
  if (inner.type === "BinaryExpression") return isPath(inner.left as Expression) && isPath(inner.right);
  return (
    inner.type === "MemberExpression" &&
    !inner.optional &&
    isPath(inner.object) &&
    (!inner.computed || isPath(inner.property))
  );
}

/** What is spread is gone through before a later argument waits, which throws where it cannot be. */
function settleSpread(lowering: Lowering, place: Place, node: Expression, later: readonly Node[]): void {
  hoistAwaits(lowering, place, node);
  checkIterated(lowering.context, node, place.scope);
  lowering.require(place, node, "argument");
  const changed = isOvertaken(
    lowering,
    node,
    later.map((one) => ({ node: one })),
  );
  if (changed) captureSpread(lowering, place, node);
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
