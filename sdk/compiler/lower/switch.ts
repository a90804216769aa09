import type { Node } from "oxc-parser";
import type { Block, ReturnNode, SwitchNode, Value } from "../graph.ts";
import { containsAwait, namesOf } from "../parse/ast.ts";
import { comparison, numeral } from "../parse/make.ts";
import { hoistAwaits } from "./awaits.ts";
import { ends, headOf, lowerStatements } from "./block.ts";
import { named } from "./cells.ts";
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
    if (!cases.some((one) => one.test && containsAwait(one.test))) lowering.check(test, inner.scope);
    values.push({ expression: test, spread: false });
    tested.push(i);
  }
  const found = cases.findIndex(({ test }) => !test);
  const waits = cases.some(({ test }) => test && containsAwait(test));
  if (waits) chooseInTurn(lowering, inner, cases, values, tested);
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

/**
 * Where the test of a case waits, each is made after the one before it said no; the switch itself is over the number of
 * the one that said yes.
 */
function chooseInTurn(
  lowering: Lowering,
  place: Place,
  cases: Switch["cases"],
  values: Value[],
  tested: readonly number[],
): void {
  const [on] = values;
  if (!on) return;
  const given = on.expression;
  const subject = lowering.temporary("subject", place);
  lowering.assign(
    place,
    [subject],
    { by: "declaration", pattern: named(lowering, given, subject), init: given, made: [subject] },
    given,
  );
  const chosen = lowering.temporary("case", place);
  lowering.assign(place, [chosen], { by: "number", value: -1 }, given);
  const askFrom = (n: number, at: Place): void => {
    const test = cases[tested[n] ?? -1]?.test;
    if (!test) return;
    hoistAwaits(lowering, at, test);
    lowering.check(test, at.scope);
    const equal = comparison(named(lowering, test, subject), test, test);
    const region = lowering.region(at, "test", [{ expression: equal, spread: false }], test);
    const [yes, no] = [innerPlace(at), innerPlace(at)];
    lowering.assign(yes, [chosen], { by: "number", value: n }, test);
    flush(lowering, yes, test);
    askFrom(n + 1, no);
    flush(lowering, no, test);
    at.nodes.push({
      kind: "branch",
      id: lowering.stateName(`case ${lowering.text(test)}`),
      span: test,
      test: region,
      consequent: yes.nodes,
      otherwise: no.nodes,
    });
  };
  askFrom(0, place);
  const numbers = tested.map((_, n) => ({ expression: numeral(n, given), spread: false }));
  values.splice(0, values.length, { expression: named(lowering, given, chosen), spread: false }, ...numbers);
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
