import type { Expression } from "oxc-parser";
import { CHOSEN, checkPure, report } from "../check/pure.ts";
import { Diagnostics } from "../diagnostics.ts";
import type { Binding } from "../graph.ts";
import { bare, containsAwait, memberName } from "../parse/ast.ts";
import { awaitOf, isPromise, withParts } from "../parse/make.ts";
import { isAwaitable } from "./awaited.ts";
import { hoistAwaits, lowerValue } from "./awaits.ts";
import { named } from "./cells.ts";
import { futureOf } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";

/**
 * `await` of what is no call of ours itself: of one of two (`await (known ? load(x) : null)`), where each is awaited by
 * itself, or of a value, which it leaves as it is.
 */
export function lowerAwaitedValue(lowering: Lowering, place: Place, given: Expression): Binding | undefined {
  const node = chosenPromise(lowering, place, given);
  if (node) {
    hoistAwaits(lowering, place, node);
    return lowering.context.uses.get(node);
  }
  if (isPromise(bare(given))) {
    const message = "A method of a promise stands after what is no promise that is known here.";
    report(lowering.context, "RLT1202", given, message);
    return undefined;
  }
  if (!isValue(lowering, place, given)) {
    report(lowering.context, "RLT1202", given, unknownCall(place, bare(given)));
    return undefined;
  }
  lowerValue(lowering, place, given, false);
  const cell = lowering.temporary("value", place);
  const pattern = named(lowering, given, cell);
  lowering.assign(place, [cell], { by: "declaration", pattern, init: given, made: [cell] }, given);
  return cell;
}

const REDUCE =
  "A reduce that waits is a loop: write for (const x of xs) sum = await add(sum, x), each after the one before it.";

/** What to write in the place of a call of which nobody knows what it calls. */
function unknownCall(place: Place, node: Expression): string | undefined {
  const call = node.type === "ChainExpression" ? node.expression : node;
  const callee = call.type === "CallExpression" ? bare(call.callee) : undefined;
  const method = callee && memberName(callee);
  if (method === "reduce" || method === "reduceRight") return REDUCE;
  if (callee?.type === "MemberExpression" && method === undefined) return CHOSEN;
  if (callee?.type !== "Identifier" || typeof place.scope.find(callee.name) !== "object") return undefined;
  const { name } = callee;
  return `"${name}" holds no function that is known here: where it is a parameter that may be left out, give it a default, ${name} = async () => {}.`;
}

/** The choice with an await of its own before each call, where it chooses between calls. */
export function chosenPromise(lowering: Lowering, place: Place, given: Expression): Expression | undefined {
  const node = bare(given);
  const arm = (part: Expression): Expression | undefined =>
    isAwaitable(lowering, place, bare(part)) || futureOf(lowering, place, bare(part))
      ? awaitOf(bare(part))
      : chosenPromise(lowering, place, part);
  if (node.type === "ConditionalExpression") {
    const [consequent, alternate] = [arm(node.consequent), arm(node.alternate)];
    if (!consequent && !alternate) return undefined;
    return withParts(node, {
      consequent: consequent ?? node.consequent,
      alternate: alternate ?? node.alternate,
    });
  }
  if (node.type !== "LogicalExpression" || isAwaitable(lowering, place, bare(node.left))) return undefined;
  const right = arm(node.right);
  return right && withParts(node, { right });
}

/** Values of a flow have no method `then`. */
function isValue(lowering: Lowering, place: Place, node: Expression): boolean {
  if (node.type === "ImportExpression") return false;
  if (containsAwait(node)) return true;
  const { context } = lowering;
  const { diagnostics } = context;
  const trial = new Diagnostics();
  context.diagnostics = trial;
  lowering.checkChanging(place, () => checkPure(context, node, place.scope));
  context.diagnostics = diagnostics;
  return !trial.any;
}
