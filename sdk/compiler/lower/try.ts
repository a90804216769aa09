import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Block, ErrorBinding, ReturnNode, TryNode } from "../graph.ts";
import { ends, headOf, lowerStatements } from "./block.ts";
import { named, readsCell } from "./cells.ts";
import { runFinally } from "./finally.ts";
import { flush } from "./loops.ts";
import { type Finalizer, innerPlace, type Lowering, type Place } from "./lowering.ts";
import type { Scope } from "./scope.ts";

type Try = Extract<Node, { type: "TryStatement" }>;

/**
 * `try { … } catch (e) { … } finally { … }`.
 *
 * @param scope where the names of its `catch` and `finally` are looked up; that of the place by default
 */
export function lowerTry(
  lowering: Lowering,
  place: Place,
  statement: Try,
  crossing: ReturnNode["crossing"],
  scope: Scope = place.scope,
): void {
  flush(lowering, place, statement); // what throws before the try is not its business
  if (statement.finalizer) lowerFinally(lowering, place, statement, statement.finalizer, crossing, scope);
  else lowerCatch(lowering, place, statement, crossing, scope);
}

/** @param lowerBody what is tried; the statement's block by default */
export function lowerCatch(
  lowering: Lowering,
  place: Place,
  statement: Try,
  crossing: ReturnNode["crossing"],
  scope: Scope,
  lowerBody = (body: Place): unknown => lowerArm(lowering, body, statement.block, crossing),
): void {
  const { handler } = statement;
  if (!handler) return;
  const node = openTry(
    lowering,
    statement,
    handler.param?.type === "Identifier" ? handler.param.name : "error",
  );
  const body = { ...innerPlace(place), nodes: node.body, guarded: true, trying: true };
  lowerBody(body);
  const caught = { ...innerPlace({ ...place, scope }), nodes: node.handler };
  if (handler.param?.type === "Identifier") caught.scope.declare(handler.param.name, node.error);
  else if (handler.param) {
    lowering.define(caught, handler.param, undefined, handler.param, node.error);
    if (readsCell(handler.param, lowering.context.uses))
      report(
        lowering.context,
        "RLT1101",
        handler.param,
        "A default of a catch may not read a variable that changes: name the error, and read its parts in the block.",
      );
  }
  lowerArm(lowering, caught, handler.body, crossing);
  // An empty body cannot fail, and leaves nothing to emit.
  if (node.body.length > 0) place.nodes.push(node);
}

/** The block stands at every way out: behind the try, before each jump or return, and before the error goes on. */
function lowerFinally(
  lowering: Lowering,
  place: Place,
  statement: Try,
  block: Finalizer["block"],
  crossing: ReturnNode["crossing"],
  scope: Scope,
): void {
  const node = openTry(lowering, statement, "error");
  const finalizer: Finalizer = {
    block,
    from: node,
    place: { ...place, scope, nodes: [], pending: [] },
    crossing,
  };
  const body: Place = {
    ...innerPlace(place),
    nodes: node.body,
    guarded: true,
    trying: true,
    finalizers: [...place.finalizers, finalizer],
  };
  if (statement.handler) lowerCatch(lowering, body, statement, crossing, body.scope);
  else lowerArm(lowering, body, statement.block, crossing);
  const failed = { ...innerPlace(place), nodes: node.handler };
  runFinally(lowering, failed, finalizer);
  if (!ends(failed.nodes)) rethrow(lowering, failed, node.error, block);
  if (node.body.length > 0) place.nodes.push(node);
  if (!ends(node.body)) runFinally(lowering, place, finalizer);
}

const openTry = (lowering: Lowering, statement: Try, error: string): TryNode => ({
  kind: "try",
  id: lowering.stateName("try"),
  span: headOf(statement),
  body: [],
  error: lowering.error(error),
  handler: [],
});

function rethrow(lowering: Lowering, place: Place, caught: ErrorBinding, span: Node): void {
  const error = lowering.region(
    place,
    "throw",
    [{ expression: named(lowering, span, caught), spread: false }],
    span,
  );
  place.nodes.push({ kind: "throw", id: lowering.stateName("throw again"), span, error, caught });
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
