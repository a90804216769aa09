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
import { partField, toNotCalled } from "./parts.ts";
import { type Plan, planItems } from "./plan.ts";
import { dropUnreached } from "./reach.ts";
import { readsOfBlock } from "./region-reads.ts";
import { settleState } from "./settle.ts";
import {
  assignAfter,
  entryAssign,
  HAS_SLOW,
  inlineState,
  NO_OUTPUT,
  RAISE,
  SLOW,
  settling,
  toInline,
  turnOf,
} from "./tasks.ts";

/** A fan-out: an inline Map whose items settle, so that siblings finish and a failure is thrown at the await. */
export function emitMap(emission: Emission, site: Site<MapNode>): string {
  const { target, node, entry } = site;
  if (node.part !== undefined) return emitPartMap(emission, site, node.part);
  const plan = planItems(node.items, planContext(emission, site), inside(emission));
  const guarded = plan.fast && plan.guard !== undefined;
  const inline = plan.fast && !guarded ? undefined : partName(emission, node, "inline");
  const before = { ...entryAssign(entry), ...assignAfter(plan) };
  const state = inlineMap(emission, site, itemsOf(plan), before);
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

/** In a branch of a `Promise.all([…])`: its items were evaluated before the branch began. */
function emitPartMap(emission: Emission, site: Site<MapNode>, part: string): string {
  const { target, node, entry } = site;
  if (!target.parts) throw new Error(`The map "${node.id}" has no parts.`);
  const before = entryAssign(entry);
  const state = inlineMap(emission, site, partField(target.parts, part), before);
  const catchers = [
    ...toNotCalled(emission, site, part),
    ...settling(target, turnOf(emission, node) + 1, before),
  ];
  if (catchers.length > 0) state.Catch = catchers;
  target.states[node.id] = state;
  return node.id;
}

function inlineMap(
  emission: Emission,
  site: Site<MapNode>,
  items: Template,
  before: Record<string, Template>,
): MapState {
  const { target, node, entry } = site;
  const handed = handedOn(emission, site);
  const read = codeAt(target, entry);
  return {
    Type: "Map",
    Comment: comment(emission, node.span),
    Items: items,
    ItemSelector: {
      item: expression("$states.context.Map.Item.Value"),
      index: expression("$states.context.Map.Item.Index"),
      ...Object.fromEntries(handed.map(({ binding, key }) => [key, expression(read(binding))])),
    },
    MaxConcurrency: node.concurrency,
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...bodyOf(emission, site, handed) },
    Assign: node.result ? { ...before, [node.result.variable]: expression("$states.result") } : before,
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
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
    settles: node.settles,
    jumps: new Map(),
    handlers: new Map(),
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
