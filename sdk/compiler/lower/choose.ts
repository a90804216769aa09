import type { Expression, Node } from "oxc-parser";
import type { Block, BranchNode, CellBinding, Region } from "../graph.ts";
import { hoistAwaits, lowerValue } from "./awaits.ts";
import { named } from "./cells.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";

type Choosing = Extract<Node, { type: "ConditionalExpression" | "LogicalExpression" }>;

/** An expression that evaluates a part only sometimes, where such a part waits: a branch that sets a variable. */
export function lowerChoice(lowering: Lowering, place: Place, node: Choosing): void {
  const cell = lowering.temporary("value", place);
  if (node.type === "ConditionalExpression") {
    hoistAwaits(lowering, place, node.test);
    lowering.check(node.test, place.scope);
    const test = lowering.region(place, "test", [{ expression: node.test, spread: false }], node.test);
    const consequent = arm(lowering, place, cell, node.consequent);
    addBranch(lowering, place, node, test, consequent, arm(lowering, place, cell, node.alternate));
  } else {
    lowerValue(lowering, place, node.left, false);
    cell.lacks = true; // its author thought of that
    set(lowering, place, cell, node.left);
    const test = testOf(lowering, place, cell, node);
    const right = arm(lowering, place, cell, node.right);
    const goesOn = node.operator !== "||";
    addBranch(lowering, place, node, test, goesOn ? right : [], goesOn ? [] : right);
  }
  lowering.context.uses.set(node, cell);
}

function testOf(
  lowering: Lowering,
  place: Place,
  cell: CellBinding,
  { operator, left }: Extract<Choosing, { type: "LogicalExpression" }>,
): Region {
  if (operator === "??") return { ...lowering.region(place, "test", [], left), nothing: cell };
  return lowering.region(place, "test", [{ expression: named(lowering, left, cell), spread: false }], left);
}

function arm(lowering: Lowering, outer: Place, cell: CellBinding, value: Expression): Block {
  const place = innerPlace(outer);
  lowerValue(lowering, place, value, false);
  set(lowering, place, cell, value);
  flush(lowering, place, value);
  return place.nodes;
}

function set(lowering: Lowering, place: Place, cell: CellBinding, value: Expression): void {
  const pattern = named(lowering, value, cell);
  lowering.assign(place, [cell], { by: "declaration", pattern, init: value, made: [cell] }, value);
}

function addBranch(
  lowering: Lowering,
  place: Place,
  span: Choosing,
  test: Region,
  consequent: Block,
  otherwise: Block,
): void {
  const text = lowering.text(span.type === "LogicalExpression" ? span.left : span.test);
  const branch: BranchNode = {
    kind: "branch",
    id: lowering.stateName(`if ${text}`),
    span,
    test,
    consequent,
    otherwise,
  };
  place.nodes.push(branch);
}
