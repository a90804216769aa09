import type { Expression, Node } from "oxc-parser";
import { type AnyFunction, memberName } from "../parse/ast.ts";
import type { Declared, Module, ModuleReader } from "../parse/module.ts";

/**
 * What stands behind a name that the function does not declare: a function to look into; a constant; `ours`, a task or a
 * flow, which gets and gives copies; `quiet`, a built-in; `unknown`.
 */
export type Outside = (callee: Node) => Found | Constant | "ours" | "quiet" | "unknown";

export interface Found {
  fn: AnyFunction;
  /** The same for the names in it. */
  outside: Outside;
}

/** A constant of a module: every run, and every function of the module, has the same object. */
export interface Constant {
  name: string;
  init: Expression;
  outside: Outside;
}

/** What stands behind a name that a function takes from its module, as the analysis of sharing asks for it. */
export function outsideOf(reader: ModuleReader, module: Module): Outside {
  return (node) => {
    const declared = declaredOf(reader, module, node);
    if (declared?.kind !== "constant") return found(reader, declared);
    const name = node.type === "Identifier" ? node.name : "";
    return { name, init: declared.init, outside: outsideOf(reader, declared.module) };
  };
}

function declaredOf(reader: ModuleReader, module: Module, callee: Node): Declared | undefined {
  if (callee.type === "Identifier") return reader.lookup(module, callee.name);
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return undefined;
  const object = reader.lookup(module, callee.object.name);
  const name = memberName(callee);
  if (object?.kind !== "namespace" || name === undefined) return object;
  return reader.exported(object.module, name);
}

function found(reader: ModuleReader, declared: Declared | undefined): Found | "ours" | "quiet" | "unknown" {
  if (declared?.kind === "function") return { fn: declared.fn, outside: outsideOf(reader, declared.module) };
  if (declared?.kind === "task" || declared?.kind === "flow") return "ours";
  if (declared?.kind === "package" && declared.from === "runlet") return "ours";
  return declared === undefined ? "quiet" : "unknown"; // what is not declared anywhere is JavaScript's own
}
