import type { Node } from "oxc-parser";
import { expression, expressionText, isExpression } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { Template } from "../../asl/types.ts";
import { INLINE_RESULT_BYTES, LEAST_ROOM_BYTES } from "../../model/protocol.ts";
import {
  armsOf,
  type Binding,
  type Block,
  bodiesOf,
  type FlowGraph,
  type GraphNode,
  type MapNode,
  type Region,
  type ReturnNode,
  type Uses,
  type VariableBinding,
} from "../graph.ts";
import { childrenOf } from "../parse/ast.ts";
import { codeAt, type Emission, type Entry, type Room, type Site, type Target } from "./context.ts";
import { expressionDepth } from "./depth.ts";
import type { Plan } from "./plan.ts";
import { RegionReads, readsOfBlock, regionsOf } from "./region-reads.ts";

/**
 * A state takes 256 KiB, whatever its values have one by one. So the flow has a room: what its widest region reads and
 * assigns fits in a state if no value has more bytes than that. What is larger lives in the object store.
 */
export function roomOfFlow(graph: FlowGraph, uses: Uses): number {
  const widths = allNodes(graph.body).flatMap((node) => [
    ...regionsOf(node).map((region) => widthOf(region, uses)),
    // A child of a distributed Map is handed all that its body reads, beside its item.
    ...(node.kind === "map" ? [readsOfBlock(uses, node.body).size + 1] : []),
  ]);
  return Math.floor(INLINE_RESULT_BYTES / Math.max(1, ...widths));
}

function allNodes(block: Block): GraphNode[] {
  return block.flatMap((node) => [node, ...[...bodiesOf(node), ...armsOf(node)].flatMap(allNodes)]);
}

/** How many values a region's state holds: each time one is read, and each that is left in a variable. */
function widthOf(region: Region, uses: Uses): number {
  const { reads, assigned } = new RegionReads(uses, region);
  const values = [...region.values, ...(region.parts ?? []).flatMap((part) => part.values)];
  const written = values.reduce((sum, { expression: node }) => sum + occurrences(node, uses), 0);
  return Math.max(reads.size, written) + assigned.size;
}

const MOST_OCCURRENCES = 64;

function occurrences(node: Node, uses: Uses, depth = 0): number {
  const bound = uses.get(node);
  if (bound?.kind === "pure") {
    const { init, source } = bound.definition;
    return source ? 1 : init && depth < 20 ? occurrences(init, uses, depth + 1) : 1;
  }
  if (bound) return 1;
  return Math.min(
    MOST_OCCURRENCES,
    childrenOf(node).reduce((sum, child) => sum + occurrences(child, uses, depth), 0),
  );
}

/** A part of a room, for one of several that share it. */
export const shareOf = ({ bytes, share }: Room, among: number): Room => ({
  bytes,
  share: share * Math.max(1, among),
});

/** The results of steps that a body puts out: bounded one by one, by a share of the body's room. */
export const ownResults = (body: Block): Set<Binding> =>
  new Set(steps(body).flatMap((node) => (node.kind === "step" && node.result ? [node.result] : [])));

const steps = (block: Block): GraphNode[] => block.flatMap((node) => [node, ...armsOf(node).flatMap(steps)]);

/** How many results one end of a body may put out together. */
export function mostPutOut(body: Block, uses: Uses): number {
  const ends = steps(body).filter((node): node is ReturnNode => node.kind === "return");
  return Math.max(1, ...ends.map(({ value }) => widthOf(value, uses)));
}

const MOST_INLINE = 40;
/** Of the 25,000 events of a history, for one map and the maps in it. */
const MOST_EVENTS = 18_000;
/** The turns of a loop in a body are not known: so many are counted. */
const TURNS = 20;

/**
 * More items than these are for a distributed Map: an inline one runs 40 at a time, its events count in the one history
 * of 25,000 (so a map of maps has fewer), and each result needs the bytes of a reference.
 */
export const mapLimit = (emission: Emission, { target, node }: Site<MapNode>): number =>
  Math.max(
    1,
    Math.min(target.limit ?? nestLimit(node), Math.floor(staticRoom(emission, target) / LEAST_ROOM_BYTES)),
  );

/** The most items that a map and each map in it may have, for the events of all to fit in one history. */
export function nestLimit({ body }: MapNode): number {
  for (let items = MOST_INLINE; items > 1; items--)
    if (items * (eventsOf(body, items) + 2) <= MOST_EVENTS) return items;
  return 1;
}

/** Events in the history, about: a state that waits takes 5, a Choice 2. */
function eventsOf(block: Block, items: number): number {
  return block.reduce((sum, node) => {
    const inner = [...bodiesOf(node), ...armsOf(node)].reduce((all, one) => all + eventsOf(one, items), 0);
    if (node.kind === "map") return sum + 4 + items * (inner + 2);
    return sum + 5 + (node.kind === "loop" ? TURNS * inner : inner);
  }, 0);
}

const staticRoom = (emission: Emission, { room }: Target): number =>
  room && typeof room.bytes === "number" ? Math.floor(room.bytes / room.share) : emission.room;

/** What each item of an inline Map may put out: the results are one variable. */
export function roomOfMap(emission: Emission, { target }: Site<MapNode>, items: Template): Template {
  const room = staticRoom(emission, target);
  if (Array.isArray(items)) return Math.floor(room / Math.max(1, items.length));
  return expression(`$floor(${room} / $max([1, $count((${expressionText(String(items))}))]))`);
}

/** The room as JSONata or a number. */
export function roomAt(emission: Emission, target: Target, entry: Entry | undefined): string | number {
  const { bytes, share } = target.room ?? { bytes: emission.room, share: 1 };
  if (typeof bytes === "number") return Math.floor(bytes / share);
  const code = codeAt(target, entry)(bytes);
  return share === 1 ? code : `$floor(${code} / ${share})`;
}

const template = (room: string | number): Template => (typeof room === "number" ? room : expression(room));

/** The field of a task's call; none where a result may have all that a state takes. */
export function roomOfResult(
  emission: Emission,
  target: Target,
  entry: Entry | undefined,
): Template | undefined {
  const room = roomAt(emission, target, entry);
  return room === INLINE_RESULT_BYTES ? undefined : template(room);
}

/** The same of an inline step; one that ends the flow itself answers what a state takes. */
export function roomOfAnswer(
  emission: Emission,
  target: Target,
  entry: Entry | undefined,
  ends: boolean,
): { room?: Template } {
  if (ends && !target.room) return {};
  const room = ends ? roomOfResult(emission, target, entry) : emission.room;
  return room === undefined || room === INLINE_RESULT_BYTES ? {} : { room };
}

/** True where a value's size is bounded by the room of the body that puts it out. */
export const isBounded = ({ room, own }: Target, binding: VariableBinding): boolean =>
  !room ||
  own?.has(binding) === true ||
  binding.role === "index" ||
  (typeof room.bytes === "number" && room.bytes / room.share >= MOST_INLINE * LEAST_ROOM_BYTES);

/** In a body, what came from elsewhere must be small enough to be put out; else it goes to the object store first. */
export function boundedPlan(emission: Emission, site: Site<ReturnNode>, plan: Plan): Plan {
  const { target, node, entry } = site;
  if (!plan.fast || !target.room) return plan;
  const { reads } = new RegionReads(emission.uses, { ...node.value, checks: [] });
  const isOwn = [...reads].every(
    (read) => target.own?.has(read) || (read.kind === "variable" && read.role === "index"),
  );
  return isOwn ? plan : fitting(emission, plan, roomAt(emission, target, entry));
}

/**
 * The input of a called flow must fit that flow's room; else it goes to the object store first. One value of the
 * caller's is bounded by the caller's room already.
 */
export function inputPlan(emission: Emission, plan: Plan, room: number): Plan {
  if (!plan.fast || room === INLINE_RESULT_BYTES) return plan;
  const [input] = plan.values;
  const isOneValue = isExpression(input) && VARIABLE.test(expressionText(input));
  return isOneValue && room >= emission.room ? plan : fitting(emission, plan, room);
}

const VARIABLE = /^\$\w+$/;

function fitting(emission: Emission, plan: Plan & { fast: true }, room: string | number): Plan {
  const leaves = leavesOf(plan.values[0] ?? null);
  if (leaves.length === 0) return plan;
  const characters = `$sum([${leaves.map((leaf) => `$length(${plan.optional ? `($exists(${leaf}) ? $string(${leaf}) : "")` : `$string(${leaf})`})`).join(", ")}])`;
  // A character has at most four bytes; a room below the least one makes references of nothing.
  const fits = `${characters} * 4 <= ${leastRoom(room)}`;
  if (expressionDepth(fits) + 6 > EXPRESSION_DEPTH) return { fast: false };
  const guard = plan.guard === undefined ? fits : `${plan.guard} and ${fits}`;
  return { ...plan, guard: emission.paths === "raise" ? "false" : guard };
}

const leastRoom = (room: string | number): string | number =>
  typeof room === "number" ? Math.max(room, LEAST_ROOM_BYTES) : `$max([${room}, ${LEAST_ROOM_BYTES}])`;

function leavesOf(value: Template): string[] {
  if (isExpression(value)) return [expressionText(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}
