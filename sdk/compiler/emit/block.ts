import type { Template } from "../../asl/types.ts";
import type { Block, GraphNode } from "../graph.ts";
import { emitBranch } from "./branch.ts";
import { emitCheck } from "./check.ts";
import type { Emission, Entry, Target } from "./context.ts";
import { emitMap } from "./map.ts";
import { emitReturn } from "./return.ts";
import { emitStep } from "./step.ts";
import { emitThrow } from "./throw.ts";

/** What follows a node: its successors in the block, and where the block itself leads (nowhere: it ends in returns). */
export interface Following {
  rest: Block;
  exit: string | undefined;
}

/** Emits the nodes of a block and gives the name of its first state, or the block's exit where there is none. */
export function emitBlock(
  emission: Emission,
  target: Target,
  block: Block,
  exit: string | undefined,
  entry?: Entry,
): string {
  const [node, ...rest] = block;
  if (!node) {
    if (exit === undefined) throw new Error("A block without an exit ran out of nodes.");
    return exit;
  }
  return emitNode(emission, target, node, { rest, exit }, entry);
}

/** Emits what follows a node; by then a map body's entry is in variables. */
export const emitRest = (emission: Emission, target: Target, { rest, exit }: Following): string =>
  emitBlock(emission, target, rest, exit);

function emitNode(
  emission: Emission,
  target: Target,
  node: GraphNode,
  following: Following,
  entry: Entry | undefined,
): string {
  switch (node.kind) {
    case "step":
      return emitStep(emission, target, node, following, entry);
    case "map":
      return emitMap(emission, target, node, following, entry);
    case "branch":
      return emitBranch(emission, target, node, following, entry);
    case "check":
      return emitCheck(emission, target, node, following, entry);
    case "return":
      return emitReturn(emission, target, node, entry);
    case "throw":
      return emitThrow(emission, target, node, entry);
  }
}

/** The output of a state whose output nobody reads: the next state's input stays tiny. */
export const NO_OUTPUT: Template = {};
