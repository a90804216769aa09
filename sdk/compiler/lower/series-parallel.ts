import type { Expression } from "oxc-parser";
import { isLiteralOnly } from "../check/literal.ts";
import { readsOfBlock, regionsOf } from "../emit/region-reads.ts";
import {
  armsOf,
  type Block,
  bodiesOf,
  type GraphNode,
  type MapNode,
  type ParallelNode,
  type Part,
  type Region,
  type StepNode,
  type VariableBinding,
} from "../graph.ts";
import { bare } from "../parse/ast.ts";
import type { Lowering } from "./lowering.ts";
import { cannotThrow } from "./map.ts";

type Call = StepNode | MapNode;

/**
 * Finds what can run side by side. Futures stand in a block where they begin; where what follows does not need them, they
 * become branches of a Parallel. A graph of calls in series and parallel is kept exactly; for any other a barrier is
 * added, and named.
 */
export function groupFutures(lowering: Lowering, block: Block): void {
  for (const node of block)
    for (const inner of [...bodiesOf(node), ...armsOf(node)]) groupFutures(lowering, inner);
  for (let i = 0; i < block.length; i++) {
    const first = block[i];
    if (!first || !isCall(first) || !first.future) continue;
    const made = quietGroup(lowering, block, i) ?? startedGroup(lowering, block, i);
    if (made.calls.length > 1) {
      const nodes = made.make();
      block.splice(i, made.calls.length, ...nodes);
      i += nodes.length - 1;
    } else if (first.future) lowering.barrier(first.span, `"${first.id}" ends before what follows it begins`);
  }
}

const isCall = (node: GraphNode): node is Call => node.kind === "step" || node.kind === "map";
const regionOf = (node: Call): Region => (node.kind === "step" ? node.args : node.items);
const assigns = (region: Region): boolean => region.checks.some(({ kind }) => kind === "assignment");

/** Evaluating it throws nothing, so that it may be done whenever its call begins. */
const isQuiet = (region: Region): boolean =>
  region.values.every(({ expression, spread }) =>
    isSource(region) ? isLiteralCall(expression) : !spread && cannotThrow(expression),
  ) &&
  region.checks.every(
    (check) =>
      check.kind === "settled" || (check.kind === "definition" && isQuietDefinition(check.definition)),
  );

const isQuietDefinition = ({
  pattern,
  init,
  form,
}: {
  pattern?: unknown;
  init?: unknown;
  form?: unknown;
}): boolean =>
  !form &&
  (pattern as { type?: string } | undefined)?.type === "Identifier" &&
  init !== undefined &&
  cannotThrow(init as never);

/** The items of a map lie in an object store: where, its own inline step says. */
const isSource = (region: Region): boolean => region.form === "source";
const isLiteralCall = (node: Expression): boolean => {
  const call = bare(node);
  return call.type === "CallExpression" && call.arguments.every((one) => isLiteralOnly(one as Expression));
};

interface Group {
  calls: Call[];
  make(): Block;
}

/** Calls whose arguments are names, literals and futures: any graph of them. */
function quietGroup(lowering: Lowering, block: Block, from: number): Group | undefined {
  const calls: Call[] = [];
  const isNext = (node: GraphNode | undefined): node is Call =>
    node !== undefined && isCall(node) && isQuiet(regionOf(node)) && !assigns(regionOf(node));
  for (const [i, node] of block.slice(from).entries()) {
    if (!isNext(node)) break;
    // An await stands before it: if that throws, none of the calls after it begin.
    if (calls.length > 0 && awaits(regionOf(node)) && isNext(block[from + i + 1])) break;
    calls.push(node);
  }
  while (calls.length > 0 && !calls.some(({ future }) => future)) calls.pop();
  const [first] = calls;
  if (!first || calls.length < 2) return undefined;
  const graph = new CallGraph(lowering, calls);
  return { calls, make: () => [...awaitedFirst(lowering, regionOf(first)), ...graph.block(calls)] };
}

const awaits = (region: Region): boolean => region.checks.some(({ kind }) => kind === "settled");

/** What is awaited before the first call is a state of its own, where calls beside that one would begin with it. */
function awaitedFirst(lowering: Lowering, region: Region): Block {
  if (!awaits(region)) return [];
  const settled = region.checks.filter(({ kind }) => kind === "settled");
  region.checks = region.checks.filter(({ kind }) => kind !== "settled");
  const check = { ...lowering.bareRegion("check", [], region.span), checks: settled };
  return [{ kind: "check", id: lowering.stateName("check"), span: region.span, check }];
}

/** Calls that need nothing of each other: their arguments are evaluated in order before any begins. */
function startedGroup(lowering: Lowering, block: Block, from: number): Group {
  const calls: Call[] = [];
  const made = new Set<unknown>();
  for (const node of block.slice(from)) {
    if (!isCall(node) || isSource(regionOf(node))) break;
    const region = regionOf(node);
    const needs = [...readsOfBlock(lowering.context.uses, [node]), ...afterOf(node)].some((read) =>
      made.has(read),
    );
    const waits = region.checks.some(({ kind }) => kind === "settled");
    if (
      calls.length > 0 &&
      (needs || waits || region.checks.some((check) => !isQuiet({ ...region, values: [], checks: [check] })))
    )
      break;
    calls.push(node);
    if (node.result) made.add(node.result);
    if (!node.future) break;
  }
  return {
    calls,
    make: () => [
      parallelOf(
        lowering,
        calls.map((call) => [call]),
        calls,
      ),
    ],
  };
}

const afterOf = (node: Call): readonly VariableBinding[] => (node.kind === "step" ? (node.after ?? []) : []);

/** The order among calls: what one is called with, and, for what the flow awaits, that it is awaited before. */
class CallGraph {
  readonly #lowering: Lowering;
  /** For each call, all that must have ended before it begins. */
  readonly #before = new Map<Call, Set<Call>>();

  constructor(lowering: Lowering, calls: readonly Call[]) {
    this.#lowering = lowering;
    let awaited: Call | undefined;
    for (const call of calls) {
      const reads = new Set<unknown>([...readsOfBlock(lowering.context.uses, [call]), ...afterOf(call)]);
      const needed = calls.filter((other) => other !== call && other.result && reads.has(other.result));
      const direct = [...needed, ...(awaited ? [awaited] : [])];
      this.#before.set(call, new Set(direct.flatMap((one) => [one, ...(this.#before.get(one) ?? [])])));
      // What is awaited holds up all that the flow does after it.
      if (!call.future) awaited = call;
    }
  }

  block(calls: readonly Call[]): Block {
    const [only, ...others] = calls;
    if (only && others.length === 0) return [only];
    const components = this.#components(calls);
    if (components.length > 1)
      return [
        parallelOf(
          this.#lowering,
          components.map((part) => this.block(part)),
        ),
      ];
    const cut = this.#cut(calls);
    const first = cut ?? calls.filter((call) => !calls.some((other) => this.#before.get(call)?.has(other)));
    const rest = calls.filter((call) => !first.includes(call));
    if (!cut) {
      const [waiting] = rest;
      if (waiting)
        this.#lowering.barrier(
          waiting.span,
          `"${waiting.id}" begins when all of ${first.map(({ id }) => `"${id}"`).join(", ")} have ended`,
        );
    }
    return [...this.block(first), ...this.block(rest)];
  }

  /** Calls that have nothing to do with each other. */
  #components(calls: readonly Call[]): Call[][] {
    const left = new Set(calls);
    const components: Call[][] = [];
    for (const call of calls) {
      if (!left.delete(call)) continue;
      const open = [call];
      const found = new Set([call]);
      for (let one = open.pop(); one; one = open.pop()) {
        for (const other of [...left]) {
          if (!this.#related(one, other)) continue;
          left.delete(other);
          found.add(other);
          open.push(other);
        }
      }
      components.push(calls.filter((one) => found.has(one)));
    }
    return components;
  }

  #related(a: Call, b: Call): boolean {
    return this.#before.get(a)?.has(b) === true || this.#before.get(b)?.has(a) === true;
  }

  /** The shortest beginning, all of which ends before all of the rest begins. */
  #cut(calls: readonly Call[]): Call[] | undefined {
    for (let size = 1; size < calls.length; size++) {
      const rest = calls.filter(
        (call) => [...(this.#before.get(call) ?? [])].filter((one) => calls.includes(one)).length >= size,
      );
      const first = calls.filter((call) => !rest.includes(call));
      if (
        first.length === size &&
        rest.every((call) => first.every((one) => this.#before.get(call)?.has(one)))
      )
        return first;
    }
    return undefined;
  }
}

/** @param parts calls whose arguments are evaluated before any branch begins */
function parallelOf(
  lowering: Lowering,
  branches: readonly Block[],
  parts: readonly Call[] = [],
): ParallelNode {
  const [span] = branches.flat().map((node) => node.span);
  const at = { start: span?.start ?? 0, end: span?.end ?? 1 };
  const titles = branches
    .flat()
    .map(({ id }) => id)
    .join(" ");
  const node: ParallelNode = {
    kind: "parallel",
    id: lowering.stateName(`beside ${titles}`),
    span: at,
    branches: branches.map((body) => ({ body, exports: exportsOf(body), awaited: body.some(isAwaited) })),
    depth: lowering.nextDepth(),
    settles: false,
  };
  const throws = parts.slice(1).some((call) => !isQuiet(regionOf(call)));
  if (parts.length > 0) node.parts = partsRegion(lowering, parts);
  if (throws || branches.some((body) => body.some(isAwaited))) {
    node.join = lowering.unnamed("join", "result");
    lowering.joined.push(node);
  }
  for (const branch of node.branches)
    branch.body = [
      ...branch.body,
      {
        kind: "export",
        id: lowering.stateName(`${node.id}: results`),
        span: at,
        results: branch.exports ?? [],
      },
    ];
  return node;
}

const isAwaited = (node: GraphNode): boolean =>
  node.kind === "parallel" ? node.join !== undefined : !(isCall(node) && node.future);

const exportsOf = (block: Block): VariableBinding[] =>
  block.flatMap((node) =>
    node.kind === "parallel"
      ? node.branches.flatMap((branch) => branch.exports ?? [])
      : "result" in node && node.result
        ? [node.result]
        : [],
  );

function formOf({ form }: Region): Part["form"] {
  if (form === "calls" || form === "mixed") return form;
  return form === "task" ? "taskItems" : "items";
}

function partsRegion(lowering: Lowering, calls: readonly Call[]): Region {
  const parts: Part[] = [];
  const checks: Region["checks"] = [];
  for (const call of calls) {
    const region = regionOf(call);
    checks.push(...region.checks);
    const form = call.kind === "step" ? "arguments" : formOf(region);
    const key = `p${parts.length}`;
    parts.push({ key, form, values: region.values, settles: false });
    call.part = key;
    if (call.kind === "step") call.args = { ...region, checks: [], values: [] };
    else call.items = { ...region, checks: [], values: [] };
  }
  const [first] = calls;
  return { ...lowering.bareRegion("parts", [], first?.span ?? { start: 0, end: 1 }), checks, parts };
}

/** A failure of what the flow awaits in a branch is thrown by what comes after all branches. */
export function throwJoined(lowering: Lowering, block: Block): void {
  for (const [i, node] of block.entries()) {
    for (const inner of [...bodiesOf(node), ...armsOf(node)]) throwJoined(lowering, inner);
    if (node.kind !== "parallel" || !node.join) continue;
    const check = { kind: "settled" as const, binding: node.join };
    const next = block[i + 1];
    const [region] = next ? regionsOf(next) : [];
    if (region && next?.kind !== "loop") region.checks.unshift(check);
    else {
      const own = { ...lowering.bareRegion("check", [], node.span), checks: [check] };
      block.splice(i + 1, 0, { kind: "check", id: lowering.stateName("check"), span: node.span, check: own });
    }
  }
}
