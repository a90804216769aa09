import type { Node, Program } from "oxc-parser";
import { GLOBAL_FUNCTIONS } from "../check/builtins.ts";
import { bare, isFunction } from "../parse/ast.ts";
import type { Declared } from "../parse/module.ts";
import type { Origin } from "../source-file.ts";
import { rewritten } from "./edits.ts";
import { type FunctionKind, tableEdits } from "./tables.ts";
import { ModuleTree } from "./tree.ts";

/**
 * A module with its functions in tables as functions with names: what a flow body may hold already, and what does the
 * same. Nothing where there is nothing of the kind.
 *
 * @param program with offsets into the text
 * @param lookup what a name stands for at the top level of the module
 */
export function rewrite(
  program: Program,
  text: string,
  lookup: (name: string) => Declared | undefined,
): { text: string; origin: Origin } | undefined {
  const tree = new ModuleTree(program);
  const kindOf = (identifier: Node & { type: "Identifier" }): FunctionKind | undefined => {
    const variable = tree.of(identifier);
    if (!variable) return kindOfDeclared(lookup(identifier.name), identifier.name);
    const declaration = tree.parent(variable.declared);
    if (declaration && isFunction(declaration) && declaration.type === "FunctionDeclaration")
      return declaration.id === variable.declared ? kindOfFunction(declaration) : undefined;
    if (declaration?.type !== "VariableDeclarator" || !variable.constant || !declaration.init)
      return undefined;
    const init = bare(declaration.init);
    if (isFunction(init)) return declaration.id === variable.declared ? kindOfFunction(init) : undefined;
    const isTop = tree.functionOf(declaration) === undefined;
    return isTop ? kindOfDeclared(lookup(identifier.name), "") : undefined;
  };
  const edits = tableEdits(tree, text, kindOf);
  return edits.length === 0 ? undefined : rewritten(text, edits);
}

const kindOfFunction = (fn: { async: boolean; generator: boolean }): FunctionKind | undefined =>
  fn.generator ? undefined : fn.async ? "async" : "sync";

function kindOfDeclared(declared: Declared | undefined, name: string): FunctionKind | undefined {
  if (!declared) return GLOBAL_FUNCTIONS.has(name) ? "sync" : undefined;
  if (declared.kind === "task" || declared.kind === "flow") return "async";
  return declared.kind === "function" ? kindOfFunction(declared.fn) : undefined;
}
