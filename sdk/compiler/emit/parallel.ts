import { expression } from "../../asl/expression.ts";
import type { ParallelState, State, SubMachine, Template } from "../../asl/types.ts";
import type { ParallelBranch, ParallelNode } from "../graph.ts";
import { emitBlock } from "./block.ts";
import {
  codeAt,
  comment,
  type Emission,
  type Entry,
  type Handed,
  inside,
  isHandedOn,
  nextOf,
  type PartReader,
  partName,
  planContext,
  type Site,
  type Target,
  variableOf,
} from "./context.ts";
import { assignedByBranches } from "./futures.ts";
import { ifBegun, readerOf } from "./parts.ts";
import { type Plan, planParts } from "./plan.ts";
import { dropUnreached } from "./reach.ts";
import { readsOfBlock } from "./region-reads.ts";
import { ownResults, shareOf } from "./room.ts";
import { settleState, wrapped } from "./settle.ts";
import { assignAfter, entryAssign, inlineState, NO_OUTPUT, settling, toInline, turnOf } from "./tasks.ts";

/** `Promise.all([…])`: a Parallel whose branches settle, so that siblings finish and a failure is thrown at the await. */
export function emitParallel(emission: Emission, site: Site<ParallelNode>): string {
  const { target, node, entry } = site;
  const plan = node.parts && planParts(node.parts, planContext(emission, site), inside(emission));
  const reader = plan ? readerOf(plan) : target.parts;
  const handed = handedOn(emission, site, plan !== undefined);
  const before = { ...entryAssign(entry), ...(plan ? assignAfter(plan) : {}) };
  const state: ParallelState = {
    Type: "Parallel",
    Comment: comment(emission, node.span),
    Branches: node.branches.map((branch, i) => emitBranch(emission, site, { branch, i, reader, handed })),
    Assign: { ...before, ...assignedBy(target, node) },
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
  if (plan && reader) state.Arguments = argumentsOf(plan, reader, site, handed);
  const guarded = plan?.fast && plan.guard !== undefined;
  const inline = plan && (guarded || !plan.fast) ? partName(emission, node, "inline") : undefined;
  const catchers = [
    ...(guarded && inline !== undefined ? [toInline(inline)] : []),
    ...settling(target, turnOf(emission, node) + 1, before),
  ];
  if (catchers.length > 0) state.Catch = catchers;
  target.states[node.id] = state;
  if (inline === undefined || !node.parts) return node.id;
  target.states[inline] = inlineState(emission, site, node.parts, {
    name: inline,
    when: guarded ? "guard" : "always",
    crossing: "parts",
    next: node.id,
  });
  return guarded ? node.id : inline;
}

const assignedBy = (target: Target, node: ParallelNode): Record<string, Template> =>
  node.result
    ? { [variableOf(target, node.result)]: expression("$states.result") }
    : assignedByBranches(target, node);

/** All branches get the same input: the parts, and what a map around would have assigned by now. */
function argumentsOf(
  plan: Plan,
  reader: PartReader,
  { target, entry }: Site<ParallelNode>,
  handed: readonly Handed[],
): Template {
  const read = codeAt(target, entry);
  return {
    ...(reader.template(plan) as Record<string, Template>),
    ...Object.fromEntries(handed.map(({ binding, key }) => [key, expression(read(binding))])),
  };
}

/**
 * A Parallel that is the first state of a map's body assigns item and index when it ends, which is too late for its
 * branches: so it hands them on. One without parts of its own hands its input on as it is.
 */
function handedOn(emission: Emission, { node, entry }: Site<ParallelNode>, renames: boolean): Handed[] {
  if (!entry) return [];
  const reads = readsOfBlock(
    emission.uses,
    node.branches.flatMap(({ body }) => body),
  );
  return entry
    .filter(({ binding }) => isHandedOn(binding) || reads.has(binding))
    .map(({ binding, key, variable }, i) => ({ binding, key: renames ? `outer${i}` : key, variable }));
}

interface Branch {
  branch: ParallelBranch;
  i: number;
  reader: PartReader | undefined;
  handed: readonly Handed[];
}

function emitBranch(
  emission: Emission,
  { target: outer, node }: Site<ParallelNode>,
  { branch, i, reader, handed }: Branch,
): SubMachine {
  const entry: Entry = handed.map((one, n) => ({
    ...one,
    variable: `w${node.depth}_${i}_${n}_${one.binding.variable}`,
  }));
  const settle = partName(emission, node, "settle");
  const states: Record<string, State> = {};
  const target: Target = {
    states,
    indexes: outer.indexes,
    settle,
    settles: node.settles,
    room: shareOf(outer.room ?? { bytes: emission.room, share: 1 }, node.branches.length),
    own: ownResults(branch.body),
    jumps: new Map(),
    handlers: new Map(),
    ...(outer.execution && { execution: outer.execution }),
    aliases: new Map([
      ...outer.aliases,
      ...entry.map(({ binding, variable }) => [binding, variable] as const),
      ...(branch.exports ?? []).map((one) => [one, `b${node.depth}_${one.variable}`] as const),
    ]),
    ...(reader && { parts: reader }),
  };
  const start = branchStart(emission, { target, node, next: undefined, entry }, branch);
  states[settle] = settleState(emission, node, target);
  dropUnreached(emission, states, start);
  return { StartAt: start, States: states };
}

function branchStart(emission: Emission, site: Site<ParallelNode>, { body, part }: ParallelBranch): string {
  const { target, entry, node } = site;
  const { parts } = target;
  if (part === undefined || !parts) return emitBlock(emission, target, body, undefined, entry);
  const where = { Comment: comment(emission, node.span) };
  if (body.length === 0) {
    const name = partName(emission, node, "value");
    const value = wrapped(target, expression(parts.read(part)), entry);
    target.states[name] = { Type: "Succeed", ...where, Output: value };
    return ifBegun(emission, site, part, name);
  }
  const start = emitBlock(emission, target, body, undefined, entry);
  return ifBegun(emission, site, part, start);
}
