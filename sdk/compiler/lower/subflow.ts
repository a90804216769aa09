import type { CallExpression, Expression } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Value, VariableBinding } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import type { FlowDeclaration } from "../parse/module.ts";
import { hoistArguments } from "./awaits.ts";
import type { Lowering, Place } from "./lowering.ts";

/** `await child(x)`, `await child.start(x)`. */
export function lowerSubflow(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  { flow, waits }: { flow: FlowDeclaration; waits: boolean },
  name?: string,
): VariableBinding {
  const [, second] = call.arguments;
  const spread = call.arguments.find(({ type }) => type === "SpreadElement");
  if (second || spread)
    report(lowering.context, "RLT1210", second ?? spread ?? call, "A flow takes one argument at most.");
  lowering.context.called?.add(flow);
  hoistArguments(lowering, place, call.arguments);
  const values = call.arguments.map((one): Value => ({ expression: one as Expression, spread: false }));
  const callee = bare(call.callee);
  const named = waits || callee.type !== "MemberExpression" ? callee : bare(callee.object);
  const result =
    name === undefined ? lowering.unnamed(flow.name, "result") : lowering.variable(name, "result");
  place.nodes.push({
    kind: "subflow",
    id: lowering.stateName(waits ? flow.name : `start ${flow.name}`),
    span: call,
    flow: flow.name,
    step: lowering.stepId(flow.name),
    input: { ...lowering.region(place, "input", values, call), flow: named },
    waits,
    result,
  });
  return result;
}
