import { report } from "../check/pure.ts";
import { readsOfBlock, regionsOf } from "../emit/region-reads.ts";
import { armsOf, type Block, bodiesOf, type GraphNode, type VariableBinding } from "../graph.ts";
import type { Lowering } from "./lowering.ts";

/**
 * `const p = waitForEvent("paid"); if (x) await request(); await p`: somebody answers because of what the flow does
 * meanwhile. Where that cannot run beside the wait, the flow would wait for ever, so it is refused.
 *
 * @param after what comes behind the block
 */
export function refuseEarlyWaits(lowering: Lowering, block: Block, after: Block = []): void {
  for (const [i, node] of block.entries()) {
    const rest = [...block.slice(i + 1), ...after];
    const isGroup = node.kind === "parallel" && !node.result;
    for (const inner of bodiesOf(node)) refuseEarlyWaits(lowering, inner, isGroup ? rest : []);
    for (const inner of armsOf(node)) refuseEarlyWaits(lowering, inner, rest);
    if ((node.kind !== "map" && node.kind !== "parallel") || !node.result) continue;
    if (!lowering.futures.has(node.result) || !bodiesOf(node).some(waitsOutside)) continue;
    if (next(lowering, rest, node.result) !== "calls") continue;
    const message =
      "It waits for an answer, and what stands before its await cannot run beside it: await it there, or put both into a Promise.all.";
    report(lowering.context, "RLT1214", node.span, message);
  }
}

/** Somebody else ends it. */
const waitsOutside = (block: Block): boolean =>
  block.some(
    (node) =>
      (node.kind === "wait" && node.wait !== "sleep" && node.wait !== "until") ||
      [...bodiesOf(node), ...armsOf(node)].some(waitsOutside),
  );

const CALLS = new Set<GraphNode["kind"]>(["step", "map", "parallel", "subflow", "wait"]);

/** What comes first in a block: the future is awaited, something else is called, or neither. */
function next(lowering: Lowering, block: Block, future: VariableBinding): "awaited" | "calls" | "neither" {
  for (const node of block) {
    const found = nextIn(lowering, node, future);
    if (found !== "neither") return found;
  }
  return "neither";
}

function nextIn(
  lowering: Lowering,
  node: GraphNode,
  future: VariableBinding,
): "awaited" | "calls" | "neither" {
  const isSettled = regionsOf(node).some(({ checks }) =>
    checks.some((check) => check.kind === "settled" && check.binding === future),
  );
  if (isSettled || (node.kind === "collect" && node.futures.some((one) => one.future === future)))
    return "awaited";
  const isGroup = node.kind === "parallel" && !node.result;
  if (CALLS.has(node.kind) && !isGroup) {
    const isGiven = node.kind === "step" && readsOfBlock(lowering.context.uses, [node]).has(future);
    return isGiven || (node.kind === "step" && node.after?.includes(future)) ? "awaited" : "calls";
  }
  const inner = [...bodiesOf(node), ...armsOf(node)].map((one) => next(lowering, one, future));
  if (inner.includes("calls")) return "calls";
  return inner.length > 0 && inner.every((one) => one === "awaited") ? "awaited" : "neither";
}
