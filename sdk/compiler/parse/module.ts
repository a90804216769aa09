import { readFileSync } from "node:fs";
import { type CallExpression, type Expression, type Node, type Program, parseSync } from "oxc-parser";
import type { Diagnostics } from "../diagnostics.ts";
import { rewritePromises } from "../promises/promises.ts";
import { SourceFile, type Span } from "../source-file.ts";
import { bare, isFunction, namesOf } from "./ast.ts";
import type { Declared, Import, Module, Rewrite, TaskDeclaration } from "./declared.ts";
import { definer, literalName, unfrozen, withCall } from "./definition-calls.ts";
import { enumObject } from "./enum.ts";
import { resolveModule } from "./resolve.ts";
import { shift, tooDeep } from "./tree.ts";

export type { Declared, FlowDeclaration, Module, TaskDeclaration } from "./declared.ts";

/** What a call of the task is named after: made in place, the task that it was made of. */
export const titleOf = ({ name, base, lifted }: TaskDeclaration): string =>
  lifted !== undefined && base ? titleOf(base) : name;

/** Reads modules once each; one reader a compile. */
export class ModuleReader {
  readonly modules = new Map<string, Module>();
  /** Paths of modules with syntax errors. */
  readonly unreadable = new Set<string>();
  /** Tasks that flow bodies make in place. */
  readonly lifted = new Map<string, TaskDeclaration>();
  readonly #diagnostics: Diagnostics;
  readonly #rewrite: Rewrite | undefined;
  /** The modules as they lie one after the other, and where the next one begins. */
  readonly #inOrder: Module[] = [];
  #end = 0;

  constructor(diagnostics: Diagnostics, rewrite?: Rewrite) {
    this.#diagnostics = diagnostics;
    this.#rewrite = rewrite;
  }

  read(path: string, text = readFileSync(path, "utf8")): Module {
    const known = this.modules.get(path);
    if (known) return known;
    const source = new SourceFile(path, text, this.#end);
    this.#end += text.length + 1;
    const module: Module = {
      source,
      program: this.#parse(source),
      imports: new Map(),
      declarations: new Map(),
      exports: new Map(),
      starExports: [],
    };
    this.modules.set(path, module);
    this.#inOrder.push(module);
    const deep = tooDeep(module.program);
    if (deep) {
      // Everything after this walks the tree by recursion.
      this.unreadable.add(path);
      this.#diagnostics.add(source, "RLT1315", {
        start: deep.start,
        end: Math.min(deep.end, deep.start + 40),
      });
    } else {
      for (const statement of module.program.body) readStatement(module, statement);
      this.#readAnew(module);
      rewritePromises(module.program, module.source, (name) => this.lookup(module, name));
    }
    return module;
  }

  /** What the module says in another way takes its place. */
  #readAnew(module: Module): void {
    const { path, text } = module.source;
    if (!this.#rewrite || this.unreadable.has(path)) return;
    const plain = parseSync(path, text, { preserveParens: true, sourceType: "module" }).program;
    const made = this.#rewrite(plain, text, (name) => this.lookup(module, name));
    if (!made) return;
    // Modules that it imports may have been read meanwhile: it lies after them.
    const source = new SourceFile(path, made.text, this.#end, made.origin);
    this.#end += made.text.length + 1;
    module.source = source;
    module.program = this.#parse(source);
    module.declarations.clear();
    module.exports.clear();
    module.imports.clear();
    module.starExports.length = 0;
    for (const statement of module.program.body) readStatement(module, statement);
    this.#inOrder.splice(this.#inOrder.indexOf(module), 1);
    this.#inOrder.push(module);
  }

  /** The module that a piece of the source stands in. */
  at({ start }: Pick<Span, "start">): Module {
    let low = 0;
    for (let high = this.#inOrder.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.#inOrder[middle]?.source.base ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    const found = this.#inOrder[low];
    if (!found) throw new Error("No module was read yet.");
    return found;
  }

  /** What an identifier stands for at the top level of the module in which it stands. */
  named(identifier: Node & { name: string }): Declared | undefined {
    return this.lookup(this.at(identifier), identifier.name);
  }

  /** The file of a piece of the source. */
  sourceOf(span: Pick<Span, "start">): SourceFile {
    return this.at(span).source;
  }

  #parse(source: SourceFile): Program {
    const options = { preserveParens: true, sourceType: "module" } as const;
    const { program, errors } = parseSync(source.path, source.text, { ...options, showSemanticErrors: true });
    shift(program, source.base);
    if (errors.length === 0) return program;
    // After a redeclared name, say, the tree is as good as ever; after a syntax error it says nothing reliable.
    if (parseSync(source.path, source.text, options).errors.length > 0) this.unreadable.add(source.path);
    for (const error of errors) {
      const label = error.labels[0];
      const { start, end } = label ?? { start: 0, end: 1 };
      const span = { start: start + source.base, end: end + source.base };
      this.#diagnostics.add(source, "RLT1001", span, `Syntax error: ${error.message}.`);
    }
    return program;
  }

  /** What a local name of a module stands for, followed through imports. */
  lookup(module: Module, local: string): Declared | undefined {
    return this.#local(module, local, new Set());
  }

  /** `const patient = fetchPage.with({ … })` is a task too; whose, only a look at other names tells. */
  #derived(
    module: Module,
    local: string,
    declared: Declared | undefined,
    seen: Set<string>,
  ): Declared | undefined {
    const call = declared?.kind === "constant" ? bare(declared.init) : undefined;
    const of = call?.type === "CallExpression" ? withCall(call) : undefined;
    if (!of || call?.type !== "CallExpression" || seen.has(`${local} of ${module.source.path}`))
      return declared;
    const base = this.#local(module, of, seen.add(`${local} of ${module.source.path}`));
    const name = literalName(call) ?? (local === "default" ? undefined : local);
    if (base?.kind !== "task" || name === undefined) return declared;
    const span = { start: call.start, end: call.end };
    const task: TaskDeclaration = { kind: "task", name, local, call, module, span, base };
    module.declarations.set(local, task);
    return task;
  }

  /** `base.with({ … })` in a flow body as a task of the module; the same text is the same task. */
  lift(module: Module, base: TaskDeclaration, call: CallExpression): TaskDeclaration {
    const text = module.source.slice(call);
    const key = `${text} ${module.source.path}`;
    const known = this.lifted.get(key);
    if (known) return known;
    const count = [...this.lifted.values()].filter((one) => one.base === base).length + 1;
    const task: TaskDeclaration = {
      kind: "task",
      name: `${base.name.slice(0, 34)}-w${count}`,
      local: `runlet$lifted${this.lifted.size}`,
      call,
      module,
      span: { start: call.start, end: call.end },
      base,
      lifted: text,
    };
    this.lifted.set(key, task);
    return task;
  }

  /** A task that turned out to be a mistake. */
  drop(task: TaskDeclaration): void {
    for (const [key, lifted] of this.lifted) if (lifted === task) this.lifted.delete(key);
  }

  #follow(module: Module, imported: Import, seen?: Set<string>): Declared {
    if (!imported.from.startsWith(".")) return { kind: "package", ...imported };
    const path = resolveModule(module.source.path, imported.from);
    if (path === undefined) return { kind: "missing", ...imported };
    if (!/\.[cm]?[jt]sx?$/.test(path)) return { kind: "variable", module }; // JSON, text: values, but no modules
    const target = this.read(path);
    if (imported.imported === "*") return { kind: "namespace", module: target };
    return this.exported(target, imported.imported, seen) ?? { kind: "missing", ...imported };
  }

  /**
   * What a module exports under a name.
   *
   * @param seen modules that were asked for it already: modules may export each other's names in a circle
   */
  exported(module: Module, name: string, seen = new Set<string>()): Declared | undefined {
    const asked = `${name} ${module.source.path}`;
    if (seen.has(asked)) return undefined;
    seen.add(asked);
    const found = module.exports.get(name);
    if (found && "local" in found) return this.#local(module, found.local, seen);
    if (found) return this.#follow(module, found, seen);
    if (name === "default") return undefined; // `export *` leaves it out
    for (const from of module.starExports) {
      const declared = this.#follow(
        module,
        { from, imported: name, span: { start: 0, end: 0 }, typeOnly: false },
        seen,
      );
      if (declared.kind !== "missing" && declared.kind !== "package") return declared;
    }
    return undefined;
  }

  #local(module: Module, local: string, seen: Set<string>): Declared | undefined {
    const declared = this.#derived(module, local, module.declarations.get(local), seen);
    if (declared) return declared;
    const imported = module.imports.get(local);
    return imported ? this.#follow(module, imported, seen) : undefined;
  }
}

function readStatement(module: Module, statement: Node): void {
  switch (statement.type) {
    case "ImportDeclaration":
      for (const specifier of statement.specifiers) {
        const imported =
          specifier.type === "ImportNamespaceSpecifier"
            ? "*"
            : specifier.type === "ImportDefaultSpecifier"
              ? "default"
              : specifier.imported.type === "Literal"
                ? specifier.imported.value
                : specifier.imported.name;
        const typeOnly =
          statement.importKind === "type" ||
          (specifier.type === "ImportSpecifier" && specifier.importKind === "type");
        module.imports.set(specifier.local.name, {
          from: statement.source.value,
          imported,
          span: specifier,
          typeOnly,
        });
      }
      return;
    case "ExportNamedDeclaration":
      readExport(module, statement);
      return;
    case "ExportAllDeclaration":
      if (!statement.exported) module.starExports.push(statement.source.value);
      return;
    case "ExportDefaultDeclaration":
      readDefault(module, statement);
      return;
    default:
      declare(module, statement);
  }
}

/** A function or class that has a name is known by it in its own module too. */
function readDefault(module: Module, statement: Node & { type: "ExportDefaultDeclaration" }): void {
  const { declaration } = statement;
  const [named] = declaration.type === "Identifier" ? [declaration.name] : declare(module, declaration);
  if (named === undefined)
    module.declarations.set("default", declaredBy(module, "default", declaration as Expression, statement));
  module.exports.set("default", { local: named ?? "default" });
}

function readExport(module: Module, statement: Node & { type: "ExportNamedDeclaration" }): void {
  if (statement.declaration) {
    for (const name of declare(module, statement.declaration)) module.exports.set(name, { local: name });
    return;
  }
  for (const specifier of statement.specifiers) {
    const nameOf = (node: Node): string =>
      node.type === "Literal" ? String(node.value) : (node as { name: string }).name;
    const local = nameOf(specifier.local);
    const exported = nameOf(specifier.exported);
    module.exports.set(
      exported,
      statement.source
        ? {
            from: statement.source.value,
            imported: local,
            span: specifier,
            typeOnly: statement.exportKind === "type",
          }
        : { local },
    );
  }
}

/** Records the names that a declaration makes, and gives them. */
function declare(module: Module, node: Node): string[] {
  if (node.type === "VariableDeclaration") {
    const names: string[] = [];
    for (const { id, init } of node.declarations) {
      if (id.type !== "Identifier") {
        for (const name of namesOf(id)) module.declarations.set(name, { kind: "variable", module });
        names.push(...namesOf(id));
        continue;
      }
      names.push(id.name);
      const declared: Declared =
        node.kind === "const" && init ? declaredBy(module, id.name, init, id) : { kind: "variable", module };
      module.declarations.set(id.name, declared);
    }
    return names;
  }
  if (node.type === "FunctionDeclaration" && node.id) {
    module.declarations.set(node.id.name, { kind: "function", fn: node, name: node.id.name, module });
    return [node.id.name];
  }
  if (node.type === "ClassDeclaration" && node.id) {
    module.declarations.set(node.id.name, { kind: "class", node, name: node.id.name, module });
    return [node.id.name];
  }
  if (node.type === "TSEnumDeclaration") {
    const { name } = node.id;
    // Of two declarations of one name each adds to the other.
    const init = module.declarations.has(name) ? undefined : enumObject(node);
    module.declarations.set(name, init ? { kind: "constant", init, module } : { kind: "variable", module });
    return [name];
  }
  if (node.type === "TSModuleDeclaration" && node.id.type === "Identifier") {
    if (!module.declarations.has(node.id.name))
      module.declarations.set(node.id.name, { kind: "variable", module });
    return [node.id.name];
  }
  if ((node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration") && node.id) {
    if (!module.declarations.has(node.id.name))
      module.declarations.set(node.id.name, { kind: "type", module });
    return [node.id.name];
  }
  return [];
}

function declaredBy(module: Module, name: string, given: Expression, span: Span): Declared {
  const init = unfrozen(given);
  const value = bare(init);
  if (isFunction(value)) return { kind: "function", fn: value, name, module };
  const defines = value.type === "CallExpression" ? definer(module, value) : undefined;
  const own = value.type === "CallExpression" ? literalName(value) : undefined;
  // A default export has no name of its own; without the option there is nothing to call it by.
  const nameless = name === "default" && own === undefined;
  if (value.type !== "CallExpression" || !defines || nameless) return { kind: "constant", init, module };
  const found = {
    name: own ?? name,
    local: name,
    call: value,
    module,
    span: { start: span.start, end: span.end },
  };
  return defines === "task" ? { kind: "task", ...found } : { kind: "flow", ...found };
}
