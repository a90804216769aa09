import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Block, CellBinding } from "../graph.ts";
import { bare, childrenOf, containsAwait } from "../parse/ast.ts";
import { twin } from "../parse/make.ts";
import { hoistAwaits, isOvertaken } from "./awaits.ts";
import { capture, named } from "./cells.ts";
import { hasEffects } from "./effects.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";

type Link = Extract<Node, { type: "MemberExpression" | "CallExpression" }>;
type Chain = Extract<Node, { type: "ChainExpression" }>;

/**
 * `a?.b(await t())`: where there is no `a`, nothing after it happens. So the rest of the chain stands in a branch that is
 * taken only where there is one.
 */
export function lowerChain(lowering: Lowering, place: Place, node: Chain): void {
  const link = firstOptional(lowering, node.expression);
  const waiting = link ? awaitsAfter(link, node) : [];
  if (!link || waiting.length === 0) {
    hoistAwaits(lowering, place, node.expression as Expression);
    return;
  }
  const object = (link.type === "CallExpression" ? link.callee : link.object) as Expression;
  if (link.type === "CallExpression" && bare(object).type === "MemberExpression") {
    report(lowering.context, "RLT1203", link, "An argument behind `?.(` waits: call it in an if.");
    lowering.context.uses.set(node, lowering.unnamed("refused", "result"));
    return;
  }
  hoistAwaits(lowering, place, object);
  lowering.check(object, place.scope);
  const later = waiting.map((one) => ({ node: one }));
  if (isOvertaken(lowering, object, later))
    report(lowering.context, "RLT1104", object, "It is read here and changed later in the same expression.");
  const held = kept(lowering, place, object);
  lowering.present.add(object);
  const result = lowering.temporary("value", place);
  const test = { ...lowering.region(place, "test", [], object), nothing: held };
  const none = innerPlace(place);
  const pattern = named(lowering, node, result);
  lowering.assign(none, [result], { by: "declaration", pattern, made: [result] }, node);
  flush(lowering, none, node);
  place.nodes.push({
    kind: "branch",
    id: lowering.stateName(`if ${lowering.text(object)}`),
    span: node,
    test,
    consequent: none.nodes,
    otherwise: rest(lowering, place, node, result),
  });
  lowering.context.uses.set(node, result);
}

/** What is asked for; the object itself stays where it is, since the chain may change it. */
function kept(lowering: Lowering, place: Place, object: Expression): CellBinding {
  const cell = lowering.temporary("value", place);
  const init = twin(object);
  const bound = lowering.context.uses.get(object);
  if (bound) lowering.context.uses.set(init, bound);
  const pattern = named(lowering, object, cell);
  lowering.assign(place, [cell], { by: "declaration", pattern, init, made: [cell] }, object);
  return cell;
}

/** The chain again, where what was asked for is there. */
function rest(lowering: Lowering, outer: Place, node: Chain, result: CellBinding): Block {
  const place = innerPlace(outer);
  const chain = twin(node); // the node itself stands for the result from now on
  hoistAwaits(lowering, place, chain);
  if (hasEffects(lowering, chain)) capture(lowering, place, chain);
  else lowering.check(chain, place.scope);
  const pattern = named(lowering, node, result);
  lowering.assign(place, [result], { by: "declaration", pattern, init: chain, made: [result] }, node);
  flush(lowering, place, node);
  return place.nodes;
}

/** The first `?.` of a chain that is not known to go on. */
export function firstOptional(lowering: Lowering, node: Node): Link | undefined {
  if (node.type !== "CallExpression" && node.type !== "MemberExpression") return undefined;
  const inner = node.type === "CallExpression" ? node.callee : node.object;
  if (lowering.present.has(inner)) return undefined;
  return firstOptional(lowering, inner) ?? (node.optional ? node : undefined);
}

/** What waits behind the link's `?.`, in the link itself or in what hangs on it. */
function awaitsAfter(link: Link, chain: Chain): Node[] {
  const before = link.type === "CallExpression" ? link.callee : link.object;
  const waits = (node: Node): Node[] => {
    if (node === before || !containsAwait(node)) return [];
    return node.type === "AwaitExpression" ? [node] : childrenOf(node).flatMap(waits);
  };
  return waits(chain);
}
