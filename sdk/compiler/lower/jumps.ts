import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { BlockNode, Jumped, JumpNode, ReturnNode } from "../graph.ts";
import { headOf, lowerStatements } from "./block.ts";
import { leaveTries } from "./finally.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Jump = Of<"BreakStatement" | "ContinueStatement">;

export function lowerJump(lowering: Lowering, place: Place, statement: Jump): void {
  flush(lowering, place, statement);
  jumpTo(lowering, place, statement);
}

/** The jump itself, with nothing pending. */
export function jumpTo(lowering: Lowering, place: Place, statement: Jump): void {
  const jump: JumpNode["jump"] = statement.type === "BreakStatement" ? "break" : "continue";
  const at = place.loops.findLastIndex((one) => isNamed(lowering, one, statement));
  const loop = place.loops[at];
  if (!loop) {
    report(lowering.context, "RLT1109", statement);
    return;
  }
  leaveTries(lowering, place, at + 1, statement, (left) => addJump(lowering, left, loop, jump, statement));
}

export function addJump(
  lowering: Lowering,
  place: Place,
  loop: Jumped,
  jump: JumpNode["jump"],
  span: Node,
): void {
  if (jump === "break") loop.breaks = true;
  place.nodes.push({ kind: "jump", id: lowering.stateName(jump), span, jump, loop });
}

function isNamed(lowering: Lowering, one: Jumped, { type, label }: Jump): boolean {
  const fits = type === "BreakStatement" || one.kind === "loop";
  if (label) return fits && (lowering.labels.get(one)?.includes(label.name) ?? false);
  return fits && one.kind !== "block";
}

/** `outer: for (…) …`; a label before anything else names a block that `break` leaves. */
export function lowerLabel(
  lowering: Lowering,
  place: Place,
  statement: Of<"LabeledStatement">,
  crossing: ReturnNode["crossing"],
): void {
  const { label, body } = statement;
  lowering.addLabel(label.name);
  const isLoop = /^(For|ForOf|ForIn|While|DoWhile|Labeled)Statement$/.test(body.type);
  if (isLoop) {
    lowerStatements(lowering, place, [body], crossing);
    return;
  }
  const node: BlockNode = {
    kind: "block",
    id: lowering.stateName(label.name),
    span: headOf(statement),
    body: [],
    breaks: false,
  };
  lowering.labels.set(node, lowering.takeLabels());
  flush(lowering, place, statement);
  const inner = { ...innerPlace(place), nodes: node.body, loops: [...place.loops, node] };
  lowerStatements(lowering, inner, [body], crossing);
  flush(lowering, inner, statement);
  if (node.body.length > 0) place.nodes.push(node);
}
