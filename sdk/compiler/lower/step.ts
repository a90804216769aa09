import type { CallExpression, Expression } from "oxc-parser";
import type { Region, Value, VariableBinding } from "../graph.ts";
import { containsAwait } from "../parse/ast.ts";
import type { TaskDeclaration } from "../parse/module.ts";
import { hoistAwaits } from "./awaits.ts";
import { isTrivial, type Lowering, type Place } from "./lowering.ts";

/** `await task(a, b)`. */
export function lowerStep(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  task: TaskDeclaration,
  name?: string,
): VariableBinding {
  const args = lowerArguments(lowering, place, call);
  const result = lowering.variable(name ?? task.name, "result");
  place.nodes.push({
    kind: "step",
    id: lowering.stateName(task.name),
    span: call,
    task: task.name,
    step: lowering.stepId(task.name),
    args,
    result,
  });
  return result;
}

/** The arguments of a call, awaits taken out in order. */
export function lowerArguments(lowering: Lowering, place: Place, call: CallExpression): Region {
  const values: Value[] = call.arguments.map((argument) =>
    argument.type === "SpreadElement"
      ? { expression: argument.argument, spread: true }
      : { expression: argument as Expression, spread: false },
  );
  const last = values.findLastIndex(({ expression }) => containsAwait(expression));
  for (const [i, { expression }] of values.entries()) {
    hoistAwaits(lowering, place, expression);
    lowering.check(expression, place.scope);
    if (i < last && !containsAwait(expression) && !isTrivial(expression))
      lowering.defineTemporary(place, expression);
  }
  return lowering.region(place, "args", values, call);
}
