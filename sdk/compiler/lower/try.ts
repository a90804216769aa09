import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Block, ReturnNode, TryNode } from "../graph.ts";
import { ends, headOf, lowerStatements } from "./block.ts";
import { readsCell } from "./cells.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";

type Try = Extract<Node, { type: "TryStatement" }>;

/** `try { … } catch (e) { … }`. */
export function lowerTry(
  lowering: Lowering,
  place: Place,
  statement: Try,
  crossing: ReturnNode["crossing"],
): void {
  const { block, handler, finalizer } = statement;
  if (finalizer)
    report(
      lowering.context,
      "RLT1102",
      { start: finalizer.start, end: finalizer.start + 1 },
      "finally is not supported yet.",
    );
  if (!handler) return;
  flush(lowering, place, statement); // what throws before the try is not its business
  const body = innerPlace(place);
  lowerArm(lowering, { ...body, guarded: true }, block, crossing);
  const caught = innerPlace(place);
  const error = lowering.error(handler.param?.type === "Identifier" ? handler.param.name : "error");
  if (handler.param?.type === "Identifier") caught.scope.declare(handler.param.name, error);
  else if (handler.param) {
    lowering.define(caught, handler.param, undefined, handler.param, error);
    if (readsCell(handler.param, lowering.context.uses))
      report(
        lowering.context,
        "RLT1101",
        handler.param,
        "A default of a catch may not read a variable that changes: name the error, and read its parts in the block.",
      );
  }
  lowerArm(lowering, caught, handler.body, crossing);
  const node: TryNode = {
    kind: "try",
    id: lowering.stateName("try"),
    span: headOf(statement),
    body: body.nodes,
    error,
    handler: caught.nodes,
  };
  // An empty body cannot fail, and leaves nothing to emit.
  if (node.body.length > 0) place.nodes.push(node);
}

function lowerArm(
  lowering: Lowering,
  place: Place,
  block: Node & { type: "BlockStatement" },
  crossing: ReturnNode["crossing"],
): Block {
  lowerStatements(lowering, place, block.body, crossing);
  if (!ends(place.nodes)) flush(lowering, place, block);
  return place.nodes;
}
