import { expression, expressionText } from "../../asl/expression.ts";
import type { MapState, State, Template } from "../../asl/types.ts";
import { ITEMS_KEY } from "../../model/protocol.ts";
import type { MapNode } from "../graph.ts";
import { emitBlock } from "./block.ts";
import {
  codeAt,
  comment,
  type Emission,
  type Handed,
  inside,
  isHandedOn,
  nextOf,
  partName,
  planContext,
  type Site,
  type Target,
  variableOf,
} from "./context.ts";
import { distributed } from "./distributed.ts";
import { ifBegun, partField, toNotCalled } from "./parts.ts";
import { type Plan, planItems } from "./plan.ts";
import { dropUnreached } from "./reach.ts";
import { readsOfBlock } from "./region-reads.ts";
import { mapLimit, mostPutOut, nestLimit, ownResults, roomOfMap } from "./room.ts";
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

/**
 * A fan-out whose items settle, so that siblings finish and a failure is thrown at the await. Up to some 40 items it is
 * an inline Map; beyond, a guard of its items leads to the inline step, which writes them to a file for a distributed
 * Map. So the choice costs nothing where there are few.
 */
export function emitMap(emission: Emission, site: Site<MapNode>): string {
  const { node } = site;
  if (node.part !== undefined) return emitPartMap(emission, site, node.part);
  const plan = planItems(node.items, planContext(emission, site), inside(emission));
  const limit = limitOf(emission, site, plan);
  if (node.forced) return emitAlways(emission, site);
  const items = plan.fast ? limitedItems(plan, limit) : { template: expression(SLOW), guarded: false };
  const inline = plan.fast && !items.guarded ? undefined : partName(emission, node, "inline");
  const assigned = plan.fast && items.guarded ? assignAfter({ ...plan, guard: "true" }) : assignAfter(plan);
  const before = { ...entryAssign(site.entry), ...assigned };
  const state = inlineMap(emission, site, items.template, before);
  // Items that come from the inline step alone cannot lead back to it.
  const first = items.guarded && inline !== undefined ? [toInline(inline)] : [];
  putMap(site, state, [...first, ...settling(site.target, turnOf(emission, node) + 1, before)]);
  if (inline === undefined) return node.id;
  const next = limit === undefined ? node.id : emitMode(emission, site, plan.fast ? "mode" : "choose");
  const guard = plan.fast ? plan.guard : undefined;
  site.target.states[inline] = inlineState(emission, site, node.items, {
    name: inline,
    when: plan.fast ? "guard" : "always",
    crossing: "items",
    next,
    ...(limit !== undefined ? { limit, throws: guard } : { asked: guard }),
  });
  if (next !== node.id) asksFirst(emission, site, next, inline);
  return items.guarded ? node.id : inline;
}

/** What the items' guard throws needs no inline step: the Choice that it leads back to looks for that first. */
function asksFirst(emission: Emission, { target, node }: Site<MapNode>, mode: string, inline: string): void {
  const [choice, map] = [target.states[mode], target.states[node.id]];
  if (!emission.throwing.has(inline) || choice?.Type !== "Choice" || map?.Type !== "Map") return;
  map.Catch = map.Catch?.map((one) => (one.Next === inline ? { ...one, Next: mode } : one)) ?? [];
  const answered = { Condition: expression(HAS_SLOW), Next: node.id, Output: expression("$states.input") };
  choice.Choices = [...choice.Choices, answered];
  choice.Default = inline;
}

function putMap(
  { target, node }: Site<MapNode>,
  state: MapState,
  catchers: NonNullable<MapState["Catch"]>,
): void {
  if (catchers.length > 0) state.Catch = catchers;
  target.states[node.id] = state;
}

/** More items than these are for a distributed Map; nothing where there surely are no more, or no such Map may be. */
function limitOf(emission: Emission, site: Site<MapNode>, plan: Plan): number | undefined {
  if (emission.graph.inlineSteps === "refuse" || site.node.only) return undefined;
  const limit = mapLimit(emission, site);
  const [items] = plan.fast ? plan.values : [];
  return Array.isArray(items) && items.length <= limit && plan.fast && plan.guard === undefined
    ? undefined
    : limit;
}

/** Not even an empty list goes on in place. */
const NONE = -1;

/** `concurrency`, or a batch, that an inline Map cannot have: the items always go to a file. */
function emitAlways(emission: Emission, site: Site<MapNode>): string {
  const { node, target } = site;
  const name = partName(emission, node, "inline");
  const many = distributed(emission, site, { map: "distributed", gather: "gather" }, bodyOf);
  target.states[name] = inlineState(emission, site, node.items, {
    name,
    when: "always",
    crossing: "items",
    next: many,
    limit: NONE,
  });
  return name;
}

/** Where the inline step's items are: in its answer, or in a file. */
function emitMode(emission: Emission, site: Site<MapNode>, part: "mode" | "choose"): string {
  const { node, target } = site;
  const name = partName(emission, node, part);
  const many = distributed(emission, site, { map: "many", gather: "many gather" }, bodyOf);
  target.states[name] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [
      {
        Condition: expression(`$exists(${SLOW}.\`${ITEMS_KEY}\`)`),
        Next: many,
        Output: expression("$states.input"),
      },
    ],
    Default: node.id,
    Output: expression("$states.input"),
  };
  return name;
}

/** In a branch of a `Promise.all([…])`: its items were evaluated before the branch began. */
function emitPartMap(emission: Emission, site: Site<MapNode>, part: string): string {
  const { target, node, entry } = site;
  const { parts } = target;
  if (!parts) throw new Error(`The map "${node.id}" has no parts.`);
  const before = entryAssign(entry);
  const settled = settling(target, turnOf(emission, node) + 1, before);
  if ((emission.graph.inlineSteps === "refuse" || node.only) && !node.forced) {
    const given = inlineMap(emission, site, partField(parts, part), before);
    putMap(site, given, [...toNotCalled(emission, site, part), ...settled]);
    return node.id;
  }
  const read = parts.read(part);
  const name = partName(emission, node, "inline");
  const few = `$type(${read})="array" and $count(${read}) <= ${mapLimit(emission, site)}`;
  const items = expression(`${HAS_SLOW} ? ${SLOW} : ${few} ? ${read} : ${RAISE}`);
  const next = node.forced
    ? distributed(emission, site, { map: "distributed", gather: "gather" }, bodyOf)
    : emitMode(emission, site, "mode");
  target.states[name] = inlineState(emission, site, node.items, {
    name,
    when: node.forced ? "always" : "guard",
    crossing: "items",
    next,
    limit: node.forced ? NONE : mapLimit(emission, site),
    given: read,
  });
  // A part that is no list of a few items: JavaScript never came to it, or it is for the inline step.
  const left = ifBegun(emission, site, part, name);
  if (node.forced) return left;
  const state = inlineMap(emission, site, items, before);
  putMap(site, state, [toInline(left), ...settled]);
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
      room: roomOfMap(emission, site, items),
      ...Object.fromEntries(handed.map(({ binding, key }) => [key, expression(read(binding))])),
    },
    MaxConcurrency: node.concurrency,
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      ...bodyOf(emission, site, handed, { target, isChild: false }),
    },
    Assign: node.result
      ? {
          ...before,
          [variableOf(target, node.result)]: expression(`$states.result${node.only ? "[0]" : ""}`),
        }
      : before,
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
}

/** The items behind the guard, few enough for an inline Map. */
function limitedItems(
  plan: Plan & { fast: true },
  limit: number | undefined,
): { template: Template; guarded: boolean } {
  const [value = []] = plan.values;
  const few = limit === undefined ? [] : [`$count(${expressionText(String(value))}) <= ${limit}`];
  if (Array.isArray(value)) {
    const isMany = limit !== undefined && value.length > limit;
    return isMany
      ? { template: expression(`${HAS_SLOW} ? ${SLOW} : ${RAISE}`), guarded: true }
      : { template: value, guarded: false };
  }
  const guard = [...(plan.guard === undefined ? [] : [plan.guard]), ...few];
  if (guard.length === 0) return { template: value, guarded: false };
  const code = `${HAS_SLOW} ? ${SLOW} : ${guard.join(" and ")} ? ${expressionText(String(value))} : ${RAISE}`;
  return { template: expression(code), guarded: true };
}

/** What a map that is the first state of another one's body hands on to its own: indexes, and items that are read. */
function handedOn(emission: Emission, { node, entry }: Site<MapNode>): Handed[] {
  if (!entry) return [];
  const reads = readsOfBlock(emission.uses, node.body);
  return entry
    .filter(({ binding }) => isHandedOn(binding) || reads.has(binding))
    .map(({ binding }, i) => ({
      binding,
      key: `outer${i}`,
      variable: `w${node.depth}_${i}_${binding.variable}`,
    }));
}

/** Where a body is emitted: in the map's own scope, or in a child execution. */
export interface BodyPlace {
  target: Pick<Target, "indexes" | "aliases" | "execution" | "limit">;
  /** A child execution of a distributed Map, not an iteration. */
  isChild: boolean;
}

export function bodyOf(
  emission: Emission,
  { node }: Pick<Site<MapNode>, "node">,
  handed: readonly Handed[],
  { target: outer, isChild }: BodyPlace,
): { StartAt: string; States: Record<string, State> } {
  const settle = partName(emission, node, "settle");
  const states: Record<string, State> = {};
  const room = { kind: "variable", name: "room", variable: `r${node.depth}_room`, role: "system" } as const;
  const target: Target = {
    states,
    indexes: [...outer.indexes, node.index],
    settle,
    settles: node.settles,
    ...(node.tolerates && { tolerates: node.tolerates }),
    room: { bytes: room, share: mostPutOut(node.body, emission.uses) },
    own: ownResults(node.body),
    limit: outer.limit ?? nestLimit(node),
    jumps: new Map(),
    handlers: new Map(),
    aliases: new Map([
      ...outer.aliases,
      ...handed.map(({ binding, variable }) => [binding, variable] as const),
    ]),
    ...(outer.execution && { execution: outer.execution }),
    ...(isChild && { numbered: node.index }),
  };
  const entry = [
    { binding: node.item, key: "item", variable: node.item.variable },
    { binding: node.index, key: "index", variable: node.index.variable },
    { binding: room, key: "room", variable: room.variable },
    ...handed,
  ];
  const start = emitBlock(emission, target, node.body, undefined, entry);
  states[settle] = settleState(emission, node, target);
  dropUnreached(emission, states, start);
  return { StartAt: start, States: states };
}
