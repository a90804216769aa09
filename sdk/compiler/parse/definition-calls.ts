import type { CallExpression, Expression } from "oxc-parser";
import { bare, memberName } from "./ast.ts";

/** Calls that define what a module declares. */

interface Imports {
  imports: ReadonlyMap<string, { from: string; imported: string }>;
}

/** What `Object.freeze` is given: no flow may change a constant of a module anyway. */
export function unfrozen(init: Expression): Expression {
  const call = bare(init);
  if (call.type !== "CallExpression") return init;
  const callee = bare(call.callee);
  const [frozen] = call.arguments;
  const isFreeze =
    callee.type === "MemberExpression" &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Object" &&
    memberName(callee) === "freeze";
  return isFreeze && frozen && frozen.type !== "SpreadElement" ? frozen : init;
}

/** Whether a call is Runlet's `task(…)` or `flow(…)`, under whatever name the module imports it. */
export function definer({ imports }: Imports, call: CallExpression): "task" | "flow" | undefined {
  const callee = bare(call.callee);
  const member =
    callee.type === "MemberExpression" && callee.object.type === "Identifier"
      ? callee.object.name
      : undefined;
  const local = member ?? (callee.type === "Identifier" ? callee.name : "");
  const imported = imports.get(local);
  if (imported?.from !== "runlet" || (imported.imported === "*") !== (member !== undefined)) return undefined;
  const name = member === undefined ? imported.imported : memberName(callee);
  return name === "task" || name === "flow" ? name : undefined;
}

/** The name of the task in `task.with({ … })`. */
export function withCall(call: CallExpression): string | undefined {
  const callee = bare(call.callee);
  if (callee.type !== "MemberExpression" || callee.optional || memberName(callee) !== "with")
    return undefined;
  return callee.object.type === "Identifier" ? callee.object.name : undefined;
}

/** The option `name`, where it is written in place. */
export function literalName(call: CallExpression): string | undefined {
  const [options] = call.arguments;
  if (options?.type !== "ObjectExpression") return undefined;
  for (const property of options.properties) {
    if (property.type !== "Property" || property.computed) continue;
    const key = property.key.type === "Identifier" ? property.key.name : undefined;
    if (key === "name" && property.value.type === "Literal" && typeof property.value.value === "string")
      return property.value.value;
  }
  return undefined;
}
