import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Block, ReturnNode, SwitchNode, Value } from "../graph.ts";
import { containsAwait, namesOf } from "../parse/ast.ts";
import { hoistAwaits } from "./awaits.ts";
import { ends, headOf, lowerStatements } from "./block.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { Scope } from "./scope.ts";

type Switch = Extract<Node, { type: "SwitchStatement" }>;

/** `switch`, with fall-through: one Choice, whatever the number of cases. */
export function lowerSwitch(
  lowering: Lowering,
  place: Place,
  statement: Switch,
  crossing: ReturnNode["crossing"],
): void {
  const { discriminant, cases } = statement;
  hoistAwaits(lowering, place, discriminant);
  lowering.check(discriminant, place.scope);
  const values: Value[] = [{ expression: discriminant, spread: false }];
  const tested: number[] = [];
  const inner = { ...place, scope: scopeOf(cases, place.scope) };
  for (const [i, { test }] of cases.entries()) {
    if (!test) continue;
    if (containsAwait(test)) report(lowering.context, "RLT1203", test);
    lowering.check(test, inner.scope);
    values.push({ expression: test, spread: false });
    tested.push(i);
  }
  const found = cases.findIndex(({ test }) => !test);
  const choice = {
    ...lowering.region(place, "switch", values, discriminant),
    cases: { bodies: tested, fallback: found },
  };
  const node: SwitchNode = {
    kind: "switch",
    id: lowering.stateName(`switch ${lowering.text(discriminant)}`),
    span: headOf(statement),
    choice,
    cases: tested,
    bodies: [],
    fallback: found < 0 ? undefined : found,
    breaks: false,
  };
  for (const one of cases) node.bodies.push(lowerCase(lowering, inner, node, one, crossing));
  place.nodes.push(node);
}

/** All cases are one block: a name of one hides the outer one in all, where it is not defined. */
function scopeOf(cases: Switch["cases"], outer: Scope): Scope {
  const scope = new Scope(outer);
  for (const statement of cases.flatMap(({ consequent }) => consequent)) {
    if (statement.type !== "VariableDeclaration") continue;
    for (const name of statement.declarations.flatMap(({ id }) => namesOf(id))) scope.declare(name, "later");
  }
  return scope;
}

function lowerCase(
  lowering: Lowering,
  outer: Place,
  node: SwitchNode,
  one: Switch["cases"][number],
  crossing: ReturnNode["crossing"],
): Block {
  const place = { ...innerPlace(outer), loops: [...outer.loops, node] };
  lowerStatements(lowering, place, one.consequent, crossing);
  if (!ends(place.nodes)) flush(lowering, place, one);
  return place.nodes;
}
