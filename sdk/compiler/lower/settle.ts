import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { effectsOf } from "./effects.ts";
import { flush } from "./loops.ts";
import type { Lowering, Place } from "./lowering.ts";

/** Within a `try`, a change that an expression has made is seen by what handles a failure after it. */
export function settleChange(lowering: Lowering, place: Place, node: Expression): void {
  if (!place.guarded) return;
  if (!changesAtLast(lowering, node))
    report(
      lowering.context,
      "RLT1104",
      node,
      "In a try, what changes a variable and may fail after that stands in a statement of its own.",
    );
  flush(lowering, place, node);
}

/** Methods that change their receiver when nothing can fail any more. */
const AT_LAST = new Set([
  "add",
  "clear",
  "delete",
  "pop",
  "push",
  "reverse",
  "set",
  "shift",
  "sort",
  "splice",
  "unshift",
]);

/** True where a change is the last thing that happens: whatever throws, throws before it. */
export function changesAtLast(lowering: Lowering, given: Expression): boolean {
  const node = bare(given);
  const isQuiet = (part: Node): boolean => effectsOf(lowering, part).size === 0;
  switch (node.type) {
    case "UpdateExpression":
      return isQuiet(node.argument);
    case "AssignmentExpression":
      return isOneTarget(node.left) && childrenOf(node.left).every(isQuiet) && isQuiet(node.right);
    case "CallExpression":
      return AT_LAST.has(memberName(bare(node.callee)) ?? "") && childrenOf(node).every(isQuiet);
    default:
      return false;
  }
}

/** No pattern, whose later parts could fail. */
const isOneTarget = (target: Node): boolean =>
  target.type !== "ArrayPattern" && target.type !== "ObjectPattern";
