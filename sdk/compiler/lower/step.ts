import type { CallExpression, Expression } from "oxc-parser";
import type { Region, Value, VariableBinding } from "../graph.ts";
import { type TaskDeclaration, titleOf } from "../parse/module.ts";
import { hoistArguments } from "./awaits.ts";
import { bindFutures } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";

/** `await task(a, b)`. */
export function lowerStep(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  task: TaskDeclaration,
  name?: string,
): VariableBinding {
  const args = lowerArguments(lowering, place, call);
  const result =
    name === undefined ? lowering.unnamed(titleOf(task), "result") : lowering.variable(name, "result");
  place.nodes.push({
    kind: "step",
    id: lowering.stateName(titleOf(task)),
    span: call,
    task: task.name,
    step: lowering.stepId(titleOf(task)),
    args,
    result,
  });
  return result;
}

/** The arguments of a call, awaits taken out in order. */
function lowerArguments(lowering: Lowering, place: Place, call: CallExpression): Region {
  for (const argument of call.arguments) bindFutures(lowering, place, argument);
  hoistArguments(lowering, place, call.arguments);
  const values: Value[] = call.arguments.map((argument) =>
    argument.type === "SpreadElement"
      ? { expression: argument.argument, spread: true }
      : { expression: argument as Expression, spread: false },
  );
  return lowering.region(place, "args", values, call);
}
