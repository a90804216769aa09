import { readsOfBlock, regionsOf } from "../emit/region-reads.ts";
import {
  armsOf,
  type Block,
  bodiesOf,
  type FlowGraph,
  type GraphNode,
  type Uses,
  type VariableBinding,
} from "../graph.ts";
import type { Span } from "../source-file.ts";

interface Lowered {
  graph: FlowGraph;
  uses: Uses;
}

/**
 * `const p = waitForEvent("paid"); if (x) await request(); await p`: somebody answers because of what the flow does
 * meanwhile. Where that cannot run beside the wait, the flow would wait for ever, so it is refused; likewise where a flow
 * that is called waits, by itself or by one that it calls.
 *
 * @param flows all of a build
 */
export function refuseEarlyWaits(
  flows: readonly Lowered[],
  report: (span: Span, message: string) => void,
): void {
  const waiting = waitingFlows(flows);
  for (const { graph, uses } of flows) new EarlyWaits(graph, uses, waiting, report).refuse(graph.body, []);
}

/** The flows that wait for an answer, by name. */
function waitingFlows(flows: readonly Lowered[]): ReadonlySet<string> {
  const waiting = new Set<string>();
  for (let known = -1; known < waiting.size; ) {
    known = waiting.size;
    for (const { graph } of flows) if (waitsOutside(graph.body, waiting)) waiting.add(graph.name);
  }
  return waiting;
}

/** Somebody else ends it. */
const waitsOutside = (block: Block, flows: ReadonlySet<string>): boolean =>
  block.some(
    (node) =>
      (node.kind === "wait" && node.wait !== "sleep" && node.wait !== "until") ||
      (node.kind === "subflow" && node.waits && flows.has(node.flow)) ||
      [...bodiesOf(node), ...armsOf(node)].some((inner) => waitsOutside(inner, flows)),
  );

const CALLS = new Set<GraphNode["kind"]>(["step", "map", "parallel", "subflow", "wait"]);

type Next = "awaited" | "calls" | "neither";

class EarlyWaits {
  readonly #futures: FlowGraph["futures"];
  readonly #uses: Uses;
  readonly #waiting: ReadonlySet<string>;
  readonly #report: (span: Span, message: string) => void;

  constructor(
    { futures }: FlowGraph,
    uses: Uses,
    waiting: ReadonlySet<string>,
    report: (span: Span, message: string) => void,
  ) {
    this.#futures = futures;
    this.#uses = uses;
    this.#waiting = waiting;
    this.#report = report;
  }

  /** @param after what comes behind the block */
  refuse(block: Block, after: Block): void {
    for (const [i, node] of block.entries()) {
      const rest = [...block.slice(i + 1), ...after];
      const isGroup = node.kind === "parallel" && !node.result;
      for (const inner of bodiesOf(node)) this.refuse(inner, isGroup ? rest : []);
      for (const inner of armsOf(node)) this.refuse(inner, rest);
      if ((node.kind !== "map" && node.kind !== "parallel") || !node.result) continue;
      if (!this.#futures.has(node.result)) continue;
      if (!bodiesOf(node).some((inner) => waitsOutside(inner, this.#waiting))) continue;
      if (this.#next(rest, node.result) !== "calls") continue;
      const message =
        "It waits for an answer, and what stands before its await cannot run beside it: await it there, or put both into a Promise.all.";
      this.#report(node.span, message);
    }
  }

  /** What comes first in a block: the future is awaited, something else is called, or neither. */
  #next(block: Block, future: VariableBinding): Next {
    for (const node of block) {
      const found = this.#nextIn(node, future);
      if (found !== "neither") return found;
    }
    return "neither";
  }

  #nextIn(node: GraphNode, future: VariableBinding): Next {
    const isSettled = regionsOf(node).some(({ checks }) =>
      checks.some((check) => check.kind === "settled" && check.binding === future),
    );
    if (isSettled || (node.kind === "collect" && node.futures.some((one) => one.future === future)))
      return "awaited";
    const isGroup = node.kind === "parallel" && !node.result;
    if (CALLS.has(node.kind) && !isGroup) {
      const isGiven = node.kind === "step" && readsOfBlock(this.#uses, [node]).has(future);
      return isGiven || (node.kind === "step" && node.after?.includes(future)) ? "awaited" : "calls";
    }
    const inner = [...bodiesOf(node), ...armsOf(node)].map((one) => this.#next(one, future));
    if (inner.includes("calls")) return "calls";
    return inner.length > 0 && inner.every((one) => one === "awaited") ? "awaited" : "neither";
  }
}
