import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { bare, childrenOf, containsAwait } from "../parse/ast.ts";
import { withCall } from "../parse/definition-calls.ts";
import type { TaskDeclaration } from "../parse/module.ts";
import type { Lowering, Place } from "./lowering.ts";

/** The task that `t.with({ … })` stands for in a flow body: a task of the module, made once. */
export function taskWith(lowering: Lowering, place: Place, node: Node): TaskDeclaration | undefined {
  const call = bare(node as Expression);
  const name = call.type === "CallExpression" ? withCall(call) : undefined;
  if (call.type !== "CallExpression" || name === undefined || place.scope.find(name)) return undefined;
  const { reader } = lowering.context;
  const module = reader.at(call);
  const base = reader.lookup(module, name);
  return base?.kind === "task" ? reader.lift(module, base, call) : undefined;
}

/** The options are made where the module is loaded, so nothing of the flow may stand in them. */
export function checkOptionsOf(lowering: Lowering, place: Place, task: TaskDeclaration): void {
  const { context } = lowering;
  const { arguments: given } = task.call;
  const own = foreignName(place, given);
  const awaited = given.find(containsAwait);
  if (own) report(context, "RLT1211", own, `"${own.name}" is a value of the flow.`);
  else if (awaited) report(context, "RLT1211", awaited);
  if (own || awaited) context.reader.drop(task); // loading the module would only say it once more, and worse
}

/** A value of the flow among expressions that are to stand at the top level of the module. */
export const foreignName = (
  place: Place,
  nodes: readonly Node[],
): Extract<Node, { type: "Identifier" }> | undefined =>
  nodes.flatMap((node) => namesIn(node)).find(({ name }) => place.scope.find(name));

function namesIn(node: Node): Extract<Node, { type: "Identifier" }>[] {
  if (node.type === "Identifier") return [node];
  if (node.type === "MemberExpression")
    return [...namesIn(node.object), ...(node.computed ? namesIn(node.property) : [])];
  if (node.type === "Property") return [...(node.computed ? namesIn(node.key) : []), ...namesIn(node.value)];
  return childrenOf(node).flatMap(namesIn);
}
