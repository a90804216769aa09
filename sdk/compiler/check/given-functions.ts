import type { Node } from "oxc-parser";
import type { PureBinding } from "../graph.ts";
import type { Named, Scope } from "../lower/scope.ts";
import { type AnyFunction, bare, childrenOf, isFunction } from "../parse/ast.ts";
import { type CheckContext, exportOfModule } from "./pure.ts";

/** A function that the flow body declares. */
export const isHelper = (binding: Exclude<Named, string>): binding is PureBinding =>
  binding.kind === "pure" &&
  binding.definition.init !== undefined &&
  isFunction(bare(binding.definition.init));

/** The function of the flow or of a module that is called by its name. */
export function ownFunction(context: CheckContext, callee: Node, scope: Scope): AnyFunction | undefined {
  if (callee.type === "MemberExpression") {
    const exported = exportOfModule(context, callee, scope);
    return exported?.kind === "function" ? exported.fn : undefined;
  }
  if (callee.type !== "Identifier") return undefined;
  const found = scope.find(callee.name);
  if (typeof found === "object") {
    const init = isHelper(found) && found.definition.init && bare(found.definition.init);
    return init && isFunction(init) ? init : undefined;
  }
  const declared = found ? undefined : context.reader.named(callee);
  return declared?.kind === "function" ? declared.fn : undefined;
}

/**
 * `groupBy(rows, (row) => row.kind)`: the parameter has a plain name, which stands for what was given and nothing else, so
 * that it is known what a call by that name does.
 */
export function takesFunction({ params, body }: AnyFunction, i: number): boolean {
  const parameter = params[i];
  const name = parameter?.type === "AssignmentPattern" ? parameter.left : parameter;
  return name?.type === "Identifier" && body !== null && !assigns(body, name.name);
}

/** Something is assigned to a variable of that name. */
function assigns(node: Node, name: string): boolean {
  const target =
    node.type === "AssignmentExpression" || node.type === "ForOfStatement" || node.type === "ForInStatement"
      ? node.left
      : undefined;
  if (target && target.type !== "VariableDeclaration" && isTarget(target, name)) return true;
  return childrenOf(node).some((child) => assigns(child, name));
}

/** The name itself gets a value, and not a member of it. */
function isTarget(target: Node, name: string): boolean {
  if (target.type === "Identifier") return target.name === name;
  if (target.type === "AssignmentPattern") return isTarget(target.left, name);
  if (target.type === "Property") return isTarget(target.value, name);
  return target.type !== "MemberExpression" && childrenOf(target).some((child) => isTarget(child, name));
}
