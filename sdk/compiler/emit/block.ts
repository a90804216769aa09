import type { Block, GraphNode, ReturnNode, StepNode } from "../graph.ts";
import { emitBranch } from "./branch.ts";
import { emitCheck } from "./check.ts";
import type { Emission, Entry, Site, Target } from "./context.ts";
import { emitCollect, emitExport } from "./futures.ts";
import { emitJump, emitLabelled, emitLoop } from "./loop.ts";
import { emitMap } from "./map.ts";
import { emitParallel } from "./parallel.ts";
import { RegionReads } from "./region-reads.ts";
import { emitReturn, totalReturn } from "./return.ts";
import { emitScript } from "./script.ts";
import { emitStep } from "./step.ts";
import { emitSubflow } from "./subflow.ts";
import { emitSwitch } from "./switch.ts";
import { emitThrow } from "./throw.ts";

import { emitLeave, emitTry } from "./try.ts";
import { emitWait } from "./wait.ts";

/**
 * Emits the nodes of a block, the last one first, since each must know the name of the state that follows it.
 *
 * @param exit where the block leads; nothing where it ends in returns
 * @returns the name of the block's first state. A return that follows a task at once and cannot fail has none: it is the
 *   task's output
 */
export function emitBlock(
  emission: Emission,
  target: Target,
  block: Block,
  exit: string | undefined,
  entry?: Entry,
): string {
  let next = exit;
  for (let i = block.length - 1; i >= 0; i--) {
    const node = block[i];
    const before = block[i - 1];
    if (!node) continue;
    const folded =
      node.kind === "return" &&
      before?.kind === "step" &&
      !before.future &&
      !readsWhatIsSet(emission, node, before)
        ? { node, before }
        : undefined;
    const start = i === 1 ? entry : undefined;
    const output =
      folded &&
      totalReturn(
        emission,
        { target, node: folded.node, next: undefined, entry: start },
        folded.before.result,
      );
    if (folded && output !== undefined) {
      next = emitStep(emission, { target, node: folded.before, next: undefined, entry: start }, output);
      i--;
    } else next = emitNode(emission, { target, node, next, entry: i === 0 ? entry : undefined });
  }
  if (next === undefined) throw new Error("A block without an exit has no nodes.");
  return next;
}

/** A state's output is evaluated with the variables as they were on entry, so what its arguments set is not in them. */
function readsWhatIsSet(emission: Emission, { value }: ReturnNode, { args }: StepNode): boolean {
  const { assigned } = new RegionReads(emission.uses, args);
  return [...new RegionReads(emission.uses, value).reads].some(
    (read) => read.kind === "cell" && assigned.has(read),
  );
}

function emitNode(emission: Emission, site: Site<GraphNode>): string {
  const { node } = site;
  switch (node.kind) {
    case "step":
      return emitStep(emission, { ...site, node });
    case "wait":
      return emitWait(emission, { ...site, node });
    case "subflow":
      return emitSubflow(emission, { ...site, node });
    case "map":
      return emitMap(emission, { ...site, node });
    case "collect":
      return emitCollect(emission, { ...site, node });
    case "export":
      return emitExport(emission, { ...site, node });
    case "parallel":
      return emitParallel(emission, { ...site, node });
    case "branch":
      return emitBranch(emission, { ...site, node });
    case "switch":
      return emitSwitch(emission, { ...site, node });
    case "try":
      return emitTry(emission, { ...site, node });
    case "loop":
      return emitLoop(emission, { ...site, node });
    case "block":
      return emitLabelled(emission, { ...site, node });
    case "leave":
      return emitLeave(emission, { ...site, node });
    case "jump":
      return emitJump({ ...site, node });
    case "check":
      return emitCheck(emission, { ...site, node });
    case "script":
      return emitScript(emission, { ...site, node });
    case "return":
      return emitReturn(emission, { ...site, node });
    case "throw":
      return emitThrow(emission, { ...site, node });
  }
}
