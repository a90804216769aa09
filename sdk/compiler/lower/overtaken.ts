import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import { capture } from "./cells.ts";
import { effectsOf } from "./effects.ts";
import type { Lowering, Place } from "./lowering.ts";

/**
 * What an element of a `Promise.all([…])` is called with, where elements after it change that: JavaScript has evaluated it
 * by then. A value is kept; an object that they change in place cannot be, so that it is refused.
 */
export function keepFromLater(
  lowering: Lowering,
  place: Place,
  values: readonly Expression[],
  later: ReadonlySet<Variable>,
): void {
  for (const value of values) {
    const bound = lowering.context.uses.get(value);
    if (bound?.kind === "cell" && bound.once) continue; // it is kept already
    if (!lowering.sharing.reads(value, later)) continue;
    if (isChangedInPlace(lowering, value, later)) reportOvertaken(lowering, value);
    else capture(lowering, place, value);
  }
}

export function refuseOvertaken(
  lowering: Lowering,
  element: Expression,
  later: ReadonlySet<Variable>,
): boolean {
  const isOvertaken = lowering.sharing.reads(element, later);
  if (isOvertaken) reportOvertaken(lowering, element);
  return isOvertaken;
}

/** What changes a variable and gives a value of its own: `n++`, `queue.shift()`. */
export function isTaken(lowering: Lowering, given: Expression): boolean {
  const node = bare(given);
  const isQuiet = (part: Node): boolean => effectsOf(lowering, part).size === 0;
  if (node.type === "UpdateExpression") return true;
  return (
    node.type === "CallExpression" &&
    TAKING.has(memberName(bare(node.callee)) ?? "") &&
    childrenOf(node).every(isQuiet)
  );
}

const TAKING = new Set(["pop", "push", "shift", "splice", "unshift"]);

const reportOvertaken = (lowering: Lowering, node: Node): void =>
  report(lowering.context, "RLT1104", node, "It is read here and changed by an element after this one.");

function isChangedInPlace(lowering: Lowering, node: Node, later: ReadonlySet<Variable>): boolean {
  const variable = node.type === "Identifier" ? lowering.sharing.of(node) : undefined;
  if (variable && later.has(variable) && lowering.sharing.isMutated(node)) return true;
  return childrenOf(node).some((child) => isChangedInPlace(lowering, child, later));
}
