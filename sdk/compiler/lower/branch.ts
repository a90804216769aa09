import type { Node } from "oxc-parser";
import type { Block, ReturnNode } from "../graph.ts";
import { hoistAwaits } from "./awaits.ts";
import { ends, lowerStatements } from "./block.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";

type If = Extract<Node, { type: "IfStatement" }>;

/** `if (test) … else …`. */
export function lowerBranch(
  lowering: Lowering,
  place: Place,
  statement: If,
  crossing: ReturnNode["crossing"],
): void {
  hoistAwaits(lowering, place, statement.test);
  lowering.check(statement.test, place.scope);
  const test = lowering.region(
    place,
    "test",
    [{ expression: statement.test, spread: false }],
    statement.test,
  );
  const id = lowering.stateName(`if ${lowering.text(statement.test)}`);
  place.nodes.push({
    kind: "branch",
    id,
    span: { start: statement.start, end: statement.test.end + 1 },
    test,
    consequent: lowerArm(lowering, place, statement.consequent, crossing),
    otherwise: statement.alternate ? lowerArm(lowering, place, statement.alternate, crossing) : [],
  });
}

function lowerArm(
  lowering: Lowering,
  outer: Place,
  statement: Node,
  crossing: ReturnNode["crossing"],
): Block {
  const place = innerPlace(outer);
  lowerStatements(
    lowering,
    place,
    statement.type === "BlockStatement" ? statement.body : [statement],
    crossing,
  );
  if (place.pending.length > 0 && !ends(place.nodes)) {
    const check = lowering.region(place, "check", [], statement);
    place.nodes.push({ kind: "check", id: lowering.stateName("check"), span: statement, check });
  }
  return place.nodes;
}
