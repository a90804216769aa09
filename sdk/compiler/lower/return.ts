import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { ReturnNode } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { isAwaitable } from "./awaited.ts";
import { chosenPromise } from "./awaited-value.ts";
import { lowerValue, readsAny } from "./awaits.ts";
import { named } from "./cells.ts";
import { effectsOf } from "./effects.ts";
import { leaveTries } from "./finally.ts";
import { futureOf } from "./futures.ts";
import { addJump } from "./jumps.ts";
import { flush } from "./loops.ts";
import type { Lowering, Place } from "./lowering.ts";

type Crossing = ReturnNode["crossing"];

/** `return value`. */
export function lowerReturn(
  lowering: Lowering,
  place: Place,
  statement: Extract<Node, { type: "ReturnStatement" }>,
  crossing: Crossing,
): void {
  const { argument } = statement;
  const isPromise = argument && givesPromise(lowering, place, argument);
  if (isPromise && place.trying)
    report(
      lowering.context,
      "RLT1201",
      statement,
      "A promise that is returned leaves the try before it settles: write `return await`.",
    );
  if (argument) lowerValue(lowering, place, argument, true);
  addReturn(lowering, place, statement, argument ?? undefined, crossing);
}

const givesPromise = (lowering: Lowering, place: Place, given: Expression): boolean =>
  isAwaitable(lowering, place, bare(given)) ||
  futureOf(lowering, place, given) !== undefined ||
  chosenPromise(lowering, place, given) !== undefined;

/** Leaves the function with a value that is pure by now. */
export function addReturn(
  lowering: Lowering,
  place: Place,
  span: Node,
  given: Expression | undefined,
  crossing: Crossing,
): void {
  let expression = given;
  if (place.finalizers.length > 0) {
    // The value is what it was before the finally blocks; what throws here is the business of their try.
    if (expression && !isFixed(expression)) expression = keepBefore(lowering, place, expression);
    flush(lowering, place, span);
  }
  leaveTries(lowering, place, 0, span, (left) => {
    if (left.returns) returnTo(lowering, left, left.returns, span, expression);
    else {
      const values = expression ? [{ expression, spread: false }] : [];
      const value = lowering.region(left, "value", values, span);
      left.nodes.push({ kind: "return", id: lowering.stateName("return"), span, value, crossing });
    }
  });
}

const isFixed = (expression: Expression): boolean => bare(expression).type === "Literal";

/** An object that the finally blocks change is returned as they leave it; anything else as it is now. */
function keepBefore(lowering: Lowering, place: Place, expression: Expression): Expression {
  const changed = place.finalizers.flatMap(({ block }) => [...effectsOf(lowering, block)]);
  const isShared = (identifier: Node): boolean => {
    const variable = lowering.sharing.of(identifier);
    return variable !== undefined && changed.includes(variable) && lowering.sharing.isMutated(identifier);
  };
  const node = bare(expression);
  if (node.type === "Identifier" && isShared(node) && !lowering.sharing.isAssigned(node)) return expression;
  if (readsAny(node, isShared))
    report(lowering.context, "RLT1105", node, "What is returned here is changed by a finally block.");
  return keep(lowering, place, expression);
}

function keep(lowering: Lowering, place: Place, expression: Expression): Expression {
  const cell = lowering.temporary("returned", place);
  const pattern = named(lowering, expression, cell);
  lowering.assign(place, [cell], { by: "declaration", pattern, init: expression, made: [cell] }, expression);
  return named(lowering, expression, cell);
}

/** `return` of a function that was called: its value goes to a variable, and control to the end of the call. */
function returnTo(
  lowering: Lowering,
  place: Place,
  { block, value }: NonNullable<Place["returns"]>,
  span: Node,
  expression: Expression | undefined,
): void {
  const pattern = named(lowering, span, value);
  const made = [value];
  lowering.assign(
    place,
    [value],
    expression
      ? { by: "declaration", pattern, init: expression, made }
      : { by: "declaration", pattern, made },
    span,
  );
  flush(lowering, place, span);
  addJump(lowering, place, block, "break", span);
}
