import type { ArrowFunctionExpression, CallExpression, Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { VariableBinding } from "../graph.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { hoistAwaits } from "./awaits.ts";
import { CallList } from "./call-list.ts";
import { callbackOf } from "./call-site.ts";
import { effectsOf } from "./effects.ts";
import type { Lowering, Place } from "./lowering.ts";
import { arrayMap, assignFirst, closeMap } from "./map.ts";

/**
 * `Promise.all([...xs.map((x) => a(x.id)), b(), c ? d() : null])`: any list of calls that is evaluated before one of them
 * begins. Its region lists which call each element is and what that gets; a map over that makes the calls.
 *
 * @returns nothing, with nothing reported, where the expression is no list with calls that can be seen
 */
export function lowerCallList(
  lowering: Lowering,
  place: Place,
  made: {
    call: Node;
    list: Expression;
    settles: boolean;
    only?: boolean;
    iterated?: boolean;
    name?: string | undefined;
  },
): VariableBinding | undefined {
  const { call, list, settles, only, name } = made;
  if (!new CallList(lowering, place, list).read()) return undefined;
  const head = headOf(list);
  if (head) hoistAwaits(lowering, place, head);
  const read = new CallList(lowering, place, list).read();
  if (!read) return undefined;
  const { expression, isMixed } = read;
  if (waits(lowering, expression)) {
    report(lowering.context, "RLT1203", list, "The elements before this one have begun when it waits.");
    return lowering.unnamed("refused", "map");
  }
  if (effectsOf(lowering, expression).size > 0) {
    report(
      lowering.context,
      "RLT1104",
      list,
      "What a list of calls changes, is changed in a statement before it.",
    );
    return lowering.unnamed("refused", "map");
  }
  lowering.check(expression, place.scope);
  const region = {
    ...lowering.region(place, "items", [{ expression, spread: false }], call),
    form: isMixed ? ("mixed" as const) : ("calls" as const),
    ...(made.iterated && { iterated: true }),
  };
  const callback = callbackOf(lowering, read, call) as ArrowFunctionExpression;
  const map = { items: list, callback };
  const node = arrayMap(lowering, place, { call: call as CallExpression, map, region, settles });
  if (only) node.only = true;
  assignFirst(lowering, place, node, region, [callback]);
  return closeMap(lowering, place, node, name, "results");
}

/** An await stands in it that was not taken out. */
const waits = (lowering: Lowering, node: Node): boolean =>
  !lowering.context.uses.has(node) &&
  (node.type === "AwaitExpression" || childrenOf(node).some((child) => waits(lowering, child)));

/** What is evaluated before anything else in the list: it may wait, and change variables. */
function headOf(list: Expression): Expression | undefined {
  const node = bare(list);
  if (node.type === "ConditionalExpression") return node.test;
  if (node.type === "ArrayExpression") {
    const [first] = node.elements;
    return first?.type === "SpreadElement" ? headOf(first.argument) : undefined;
  }
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
  const { object } = node.callee;
  const method = memberName(node.callee);
  if (method === "from") return node.arguments[0] as Expression;
  if (method === "map" || method === "flatMap") return object as Expression;
  return childrenOf(object).length > 0 ? headOf(object as Expression) : undefined;
}
