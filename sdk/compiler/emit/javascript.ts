import type { Node } from "oxc-parser";
import { GLOBAL_FUNCTIONS, GLOBAL_VALUES, NAMESPACES } from "../check/builtins.ts";
import type { Binding, Definition, Region } from "../graph.ts";
import { childrenOf } from "../parse/ast.ts";
import type { Emission } from "./context.ts";

/** A region as the author's own JavaScript, with the variables that it reads. */
export interface RegionCode {
  /** The source of a function `(values, runlet$) => …`. */
  code: string;
  /** What to pass, by name. */
  reads: Map<string, Exclude<Binding, { kind: "pure" }>>;
}

/** The code of a region: everything it needs is defined again, in source order, then its checks, then its answer. */
export function regionCode(emission: Emission, region: Region): RegionCode {
  return new RegionWriter(emission, region).write();
}

class RegionWriter {
  readonly #emission: Emission;
  readonly #region: Region;
  readonly #definitions = new Set<Definition>();
  readonly #reads = new Map<string, Exclude<Binding, { kind: "pure" }>>();
  readonly #names = new Map<Binding, string>();
  readonly #taken = new Set<string>(["values", "runlet$"]);

  constructor(emission: Emission, region: Region) {
    this.#emission = emission;
    this.#region = region;
  }

  write(): RegionCode {
    const { checks, values } = this.#region;
    for (const check of checks) {
      if (check.kind === "definition") this.#need(check.definition);
      else this.#read(check.binding);
    }
    for (const { expression } of values) this.#collect(expression);
    const definitions = [...this.#definitions].sort((a, b) => a.order - b.order);
    const body = definitions.map((definition) => this.#define(definition));
    const reads = [...this.#reads].map(
      ([key, binding]) =>
        `  const ${this.#nameOf(binding)} = values[${JSON.stringify(key)}]${binding.kind === "input" ? ".input" : ""};`,
    );
    return {
      code: ["(values, runlet$) => {", ...reads, ...body, `  ${this.#answer()}`, "}"].join("\n"),
      reads: this.#reads,
    };
  }

  #collect(node: Node, root?: Binding): void {
    const bound = this.#emission.uses.get(node);
    if (bound && bound !== root) {
      if (bound.kind === "pure") this.#need(bound.definition);
      else this.#read(bound);
      return;
    }
    for (const child of childrenOf(node)) this.#collect(child, root);
  }

  #read(binding: Exclude<Binding, { kind: "pure" }>): void {
    this.#reads.set(binding.kind === "input" ? "input" : binding.variable, binding);
  }

  #need(definition: Definition): void {
    if (this.#definitions.has(definition)) return;
    this.#definitions.add(definition);
    if (definition.source && definition.source.kind !== "pure") this.#read(definition.source);
    if (definition.init) this.#collect(definition.init, definition.bindings[0]);
    if (definition.pattern && definition.pattern.type !== "Identifier")
      this.#collectDefaults(definition.pattern, definition);
  }

  /** Defaults inside a pattern read names too; the pattern's own names are not reads. */
  #collectDefaults(pattern: Node, definition: Definition): void {
    for (const child of childrenOf(pattern)) {
      const bound = this.#emission.uses.get(child);
      if (!bound) this.#collectDefaults(child, definition);
      else if (bound.kind !== "pure") this.#read(bound);
      else if (bound.definition !== definition) this.#need(bound.definition);
    }
  }

  #define(definition: Definition): string {
    const { pattern, init, source, bindings } = definition;
    const [first] = bindings;
    const value = source
      ? this.#nameOf(source)
      : init
        ? this.#text(init, pattern ? undefined : first)
        : "undefined";
    if (pattern) return `  const ${this.#text(pattern)} = runlet$.freeze(${value});`;
    return first ? `  const ${this.#nameOf(first)} = runlet$.freeze(${value});` : `  void (${value});`;
  }

  #answer(): string {
    const { purpose, values, form } = this.#region;
    const texts = values.map(({ expression, spread }) => `${spread ? "..." : ""}${this.#text(expression)}`);
    const [only = "undefined"] = texts;
    switch (purpose) {
      case "args":
        return `return [${texts.join(", ")}];`;
      case "value":
        return `return (${only});`;
      case "test":
        return `return !!(${only});`;
      case "items":
        return form === "task" ? `return runlet$.items(${only});` : `return (${only}).map((item) => item);`;
      case "throw":
        return `throw (${only});`;
      case "check":
        return "return null;";
    }
  }

  /** A name of its own for each binding; the source's name wherever nothing else in the region has it. */
  #nameOf(binding: Binding): string {
    const known = this.#names.get(binding);
    if (known) return known;
    const { name: wish } = binding;
    const outer = this.#emission.module.declarations.has(wish) || this.#emission.module.imports.has(wish);
    const global = GLOBAL_FUNCTIONS.has(wish) || GLOBAL_VALUES.has(wish) || Object.hasOwn(NAMESPACES, wish);
    let name = wish;
    for (let n = 1; this.#taken.has(name) || (n === 1 && (outer || global)); n++) name = `${wish}$${n}`;
    this.#taken.add(name);
    this.#names.set(binding, name);
    return name;
  }

  /** The source text, with what `uses` knows replaced by names. `itself` is not replaced by its own name. */
  #text(node: Node, itself?: Binding): string {
    const edits: { start: number; end: number; text: string }[] = [];
    this.#edits(node, itself, edits);
    const { text } = this.#emission.module.source;
    // A node made by the lowering stands for a binding alone.
    const whole = this.#emission.uses.get(node);
    if (whole && whole !== itself) return this.#nameOf(whole);
    let out = "";
    let at = node.start;
    for (const edit of edits.sort((a, b) => a.start - b.start)) {
      out += text.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return out + text.slice(at, node.end);
  }

  #edits(
    node: Node,
    itself: Binding | undefined,
    edits: { start: number; end: number; text: string }[],
  ): void {
    const bound = this.#emission.uses.get(node);
    if (bound && bound !== itself) {
      edits.push({ start: node.start, end: node.end, text: this.#nameOf(bound) });
      return;
    }
    for (const child of childrenOf(node)) {
      if (node.type === "Property" && node.shorthand) {
        if (child === node.value) this.#shorthand(node, itself, edits);
      } else this.#edits(child, itself, edits);
    }
  }

  /** `{ a }` becomes `{ a: a$1 }` where the name had to change. */
  #shorthand(
    node: Extract<Node, { type: "Property" }>,
    itself: Binding | undefined,
    edits: { start: number; end: number; text: string }[],
  ): void {
    const inner: typeof edits = [];
    this.#edits(node.value, itself, inner);
    const [first, ...rest] = inner.sort((a, b) => a.start - b.start);
    if (!first) return;
    const key = this.#emission.module.source.text.slice(node.key.start, node.key.end);
    const renamed = first.start === node.start && first.text !== key;
    edits.push(renamed ? { ...first, text: `${key}: ${first.text}` } : first, ...rest);
  }
}
