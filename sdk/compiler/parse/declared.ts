import type { CallExpression, Class, Expression, Program } from "oxc-parser";
import type { Origin, SourceFile, Span } from "../source-file.ts";
import type { AnyFunction } from "./ast.ts";

/** What a top-level name of a module is. */
export type Declared =
  | TaskDeclaration
  | FlowDeclaration
  | { kind: "constant"; init: Expression; module: Module }
  | { kind: "function"; fn: AnyFunction; name: string; module: Module }
  | { kind: "class"; node: Class; name: string; module: Module }
  | { kind: "variable" | "type"; module: Module }
  | { kind: "package"; from: string; imported: string }
  | { kind: "namespace"; module: Module }
  | { kind: "missing"; from: string; imported: string };

interface Definition<Kind> {
  kind: Kind;
  /** The option `name`, or else the constant's name. */
  name: string;
  /** The constant's name in its module. */
  local: string;
  call: CallExpression;
  module: Module;
  span: Span;
}

export interface TaskDeclaration extends Definition<"task"> {
  /** The task whose function this one runs, made by `base.with({ … })`. */
  base?: TaskDeclaration;
  /** Of one that stands in place in a flow body: its text, for the module's top level. */
  lifted?: string;
}
export type FlowDeclaration = Definition<"flow">;

export interface Import {
  from: string;
  imported: string;
  span: Span;
  typeOnly: boolean;
}

/** One source file, read: its imports and its top-level names. */
export interface Module {
  source: SourceFile;
  program: Program;
  imports: Map<string, Import>;
  declarations: Map<string, Declared>;
  exports: Map<string, { local: string } | Import>;
  starExports: string[];
}

/** A module as another text that does the same, if it is written anew. */
export type Rewrite = (
  program: Program,
  text: string,
  lookup: (name: string) => Declared | undefined,
) => { text: string; origin: Origin } | undefined;
