import { expression, expressionText } from "../../asl/expression.ts";
import type { MapState, State, Template } from "../../asl/types.ts";
import type { MapNode } from "../graph.ts";
import { emitBlock } from "./block.ts";
import {
  codeAt,
  comment,
  type Emission,
  type Handed,
  inside,
  nextOf,
  partName,
  planContext,
  type Site,
  type Target,
} from "./context.ts";
import { type Plan, planItems } from "./plan.ts";
import { dropUnreached } from "./reach.ts";
import { readsOfBlock } from "./region-reads.ts";
import {
  assignAfter,
  entryAssign,
  HAS_SLOW,
  inlineState,
  NO_OUTPUT,
  RAISE,
  SLOW,
  settledFailure,
  settling,
  toInline,
  turnOf,
} from "./tasks.ts";

/** A fan-out: an inline Map whose items settle, so that siblings finish and a failure is thrown at the await. */
export function emitMap(emission: Emission, site: Site<MapNode>): string {
  const { target, node, entry } = site;
  const plan = planItems(node.items, planContext(emission, site), inside(emission));
  const guarded = plan.fast && plan.guard !== undefined;
  const inline = plan.fast && !guarded ? undefined : partName(emission, node, "inline");
  const before = { ...entryAssign(entry), ...assignAfter(plan) };
  const assign = { ...before };
  const handed = handedOn(emission, site);
  const read = codeAt(target, entry);
  if (node.result) assign[node.result.variable] = expression("$states.result");
  const state: MapState = {
    Type: "Map",
    Comment: comment(emission, node.span),
    Items: itemsOf(plan),
    ItemSelector: {
      item: expression("$states.context.Map.Item.Value"),
      index: expression("$states.context.Map.Item.Index"),
      ...Object.fromEntries(handed.map(({ binding, key }) => [key, expression(read(binding))])),
    },
    MaxConcurrency: node.concurrency,
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...bodyOf(emission, site, handed) },
    Assign: assign,
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
  // Items that come from the inline step alone cannot lead back to it.
  const catchers = [
    ...(guarded && inline !== undefined ? [toInline(inline)] : []),
    ...settling(target, turnOf(emission, node) + 1, before),
  ];
  if (catchers.length > 0) state.Catch = catchers;
  target.states[node.id] = state;
  if (inline === undefined) return node.id;
  const when = guarded ? "guard" : "always";
  target.states[inline] = inlineState(emission, site, node.items, {
    name: inline,
    when,
    crossing: "items",
    next: node.id,
  });
  return guarded ? node.id : inline;
}

function itemsOf(plan: Plan): Template {
  if (!plan.fast) return expression(SLOW);
  const [value = []] = plan.values;
  if (plan.guard === undefined) return value;
  return expression(`${HAS_SLOW} ? ${SLOW} : ${plan.guard} ? ${expressionText(String(value))} : ${RAISE}`);
}

/** What a map that is the first state of another one's body hands on to its own: indexes, and items that are read. */
function handedOn(emission: Emission, { node, entry }: Site<MapNode>): Handed[] {
  if (!entry) return [];
  const reads = readsOfBlock(emission.uses, node.body);
  return entry
    .filter(({ binding }) => binding.role === "index" || reads.has(binding))
    .map(({ binding }, i) => ({
      binding,
      key: `outer${i}`,
      variable: `w${node.depth}_${i}_${binding.variable}`,
    }));
}

function bodyOf(
  emission: Emission,
  { target: outer, node }: Site<MapNode>,
  handed: Handed[],
): { StartAt: string; States: Record<string, State> } {
  const settle = partName(emission, node, "settle");
  const states: Record<string, State> = {};
  const target: Target = {
    states,
    indexes: [...outer.indexes, node.index],
    settle,
    jumps: new Map(),
    aliases: new Map([
      ...outer.aliases,
      ...handed.map(({ binding, variable }) => [binding, variable] as const),
    ]),
  };
  const entry = [
    { binding: node.item, key: "item", variable: node.item.variable },
    { binding: node.index, key: "index", variable: node.index.variable },
    ...handed,
  ];
  const start = emitBlock(emission, target, node.body, undefined, entry);
  states[settle] = settleState(emission, node);
  dropUnreached(emission, states, start);
  return { StartAt: start, States: states };
}

/** The last state of an item that failed: the failure becomes the item's result, marked. */
const settleState = (emission: Emission, node: MapNode): State => ({
  Type: "Succeed",
  Comment: comment(emission, node.span),
  Output: settledFailure(
    expression("$states.input.Error"),
    expression("$states.input.Cause"),
    expression("$states.input.Turn"),
  ),
});
