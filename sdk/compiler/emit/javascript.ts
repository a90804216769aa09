import type { Expression, Node } from "oxc-parser";
import type { Assignment, Binding, CellBinding, Definition, Region, ScriptExits } from "../graph.ts";
import { bare, containsAwait } from "../parse/ast.ts";
import type { Module } from "../parse/module.ts";
import type { Emission } from "./context.ts";
import { filledBy } from "./filled-lists.ts";
import { ForeignNames, unusedName } from "./foreign-names.ts";
import { type Read, RegionReads } from "./region-reads.ts";
import { type TextContext, textOf } from "./region-text.ts";

/** A region as the author's own JavaScript, with the variables that it reads. */
export interface RegionCode {
  /** The source of a function of the values and the tools. */
  code: string;
  /** What to pass, by name. */
  reads: Map<string, Read>;
  /** The machine's variables that the region's answer sets. */
  assigns: string[];
  /** What the code takes from other modules than the flow's. */
  imports: ReadonlyMap<Module, ReadonlySet<string>>;
}

/**
 * The code of a region: everything it needs is defined again, in source order, then its checks, then its answer.
 *
 * @param stays the answer stays in the flow
 */
export function regionCode(emission: Emission, region: Region, stays: boolean): RegionCode {
  return new RegionWriter(emission, region, stays).write();
}

type Declaration = Extract<Assignment["made"], { by: "declaration" }>;

/** Beside the variables that a region of an input reads: how many flows stand around the run. */
export const DEPTH_VALUE = "(depth)";

class RegionWriter {
  readonly #emission: Emission;
  readonly #region: Region;
  readonly #needs: RegionReads;
  readonly #names = new Map<Binding, string>();
  readonly #taken = new Set<string>();
  readonly #values: string;
  /** A name that the source has nowhere. */
  readonly #own: string;
  readonly #text: TextContext;
  readonly #foreign: ForeignNames;
  readonly #stays: boolean;
  #async = false;
  #exits: ScriptExits | undefined;

  constructor(emission: Emission, region: Region, stays: boolean) {
    this.#stays = stays;
    this.#emission = emission;
    this.#region = region;
    this.#needs = new RegionReads(emission.uses, region);
    const { reader } = emission;
    this.#values = unusedName("runlet$values", reader);
    this.#own = unusedName("runlet$own", reader);
    this.#foreign = new ForeignNames(emission, this.#needs);
    this.#text = {
      reader,
      uses: emission.uses,
      tools: unusedName("runlet$", reader),
      begin: `${this.#own}begin`,
      nameOf: (binding) => this.#nameOf(binding),
      outer: (identifier) => this.#foreign.nameOf(identifier),
      exit: (node) => this.#exit(node),
      isBegun: (node) => emission.graph.begun.has(node),
      isSettled: (node) => emission.graph.settledAwaits.has(node),
      awaits: () => {
        this.#async = true;
      },
    };
  }

  write(): RegionCode {
    const { definitions, assignments, assigned, reads } = this.#needs;
    const named = new Map(
      [...reads].map((binding) => [binding.kind === "input" ? "input" : binding.variable, binding]),
    );
    const variables = [...named].map(([key, binding]) => this.#declare(key, binding));
    const own = [...assigned].filter((cell) => !reads.has(cell)).map((cell) => `let ${this.#nameOf(cell)};`);
    const inOrder = [...definitions, ...assignments]
      .sort((a, b) => a.order - b.order)
      .map((one) => ("made" in one ? this.#assign(one) : this.#define(one)));
    const cells = this.#leaves() ? [...assigned] : [];
    const body = [
      ...this.#foreign.lines(),
      ...variables,
      ...own,
      ...this.#constants(),
      ...inOrder,
      this.#answer(cells),
    ];
    const { tools } = this.#text;
    const head = `${this.#async ? "async " : ""}(${this.#values}, ${tools}) => {`;
    const code = [head, ...body.map((line) => `  ${line}`), "}"].join("\n");
    return {
      code,
      reads: named,
      assigns: cells.map(({ variable }) => variable),
      imports: this.#foreign.imports,
    };
  }

  /** A flow that ends leaves nothing in its variables. */
  #leaves(): boolean {
    return this.#region.purpose !== "value" && this.#region.purpose !== "throw";
  }

  #declare(key: string, binding: Read): string {
    const value = `${this.#values}[${JSON.stringify(key)}]`;
    const name = this.#nameOf(binding);
    if (binding.kind === "input") return `const ${name} = ${value}.input;`;
    if (binding.kind === "error") return `const ${name} = ${this.#text.tools}.error(${value});`;
    if (binding.kind === "cell")
      return `let ${name} = ${binding.mutable ? `${this.#text.tools}.thaw(${value})` : value};`;
    return `const ${name} = ${value};`;
  }

  #assign({ made, cells }: Assignment): string {
    const names = cells.map((cell) => this.#nameOf(cell)).join(", ");
    const done = this.#frozen(cells);
    switch (made.by) {
      case "statement":
        return `(${textOf(made.node, this.#text)}); ${done}`;
      case "script":
        return `${this.#script(made)} ${done}`;
      case "declaration":
        return made.init ? `${this.#declaration(made, made.init)} ${done}` : `${names} = undefined;`;
      case "now":
        return `${names} = ${this.#text.tools}.now();`;
      case "number":
        return `${names} = ${made.value};`;
      case "increment":
        return `${names} += 1;`;
      case "list":
        if (made.awaits) this.#async = true;
        return `${names} = []; for ${made.awaits ? "await " : ""}(const ${this.#own} ${made.keys ? "in" : "of"} ${textOf(made.init, this.#text)}) ${names}.push(${this.#own}); ${done}`;
      case "element":
        return `${this.#element(made, cells)} ${done}`;
    }
  }

  /** What is taken apart by a loop's head is, in V8's words, of the loop. */
  #element(
    { pattern, list, index }: Extract<Assignment["made"], { by: "element" }>,
    cells: readonly CellBinding[],
  ): string {
    const text = textOf(pattern, this.#text);
    const element = `${this.#nameOf(list)}[${this.#nameOf(index)}]`;
    if (pattern.type === "Identifier") return `(${text} = ${this.#owned(cells, element)});`;
    const names = cells.map((cell) => this.#nameOf(cell)).join(", ");
    return `[${names}] = (() => { for (const ${text} of [${element}]) return [${names}]; })(); ${this.#ownedEach(cells)}`;
  }

  #ownedEach(cells: readonly CellBinding[]): string {
    const owned = (name: string, cell: CellBinding): string => `${name} = ${this.#owned([cell], name)};`;
    return cells.map((cell) => (cell.mutable ? owned(this.#nameOf(cell), cell) : "")).join(" ");
  }

  /** What is taken apart stays as it is until then: V8 quotes it, and words a parameter's errors otherwise. */
  #declaration({ pattern, made, parameter }: Declaration, init: Expression): string {
    const text = textOf(pattern, this.#text);
    const value = textOf(init, this.#text);
    if (pattern.type === "Identifier") return `(${text} = ${this.#owned(made, value)});`;
    const names = made.map((cell) => this.#nameOf(cell)).join(", ");
    // Declared, not assigned: V8 quotes what is no list in the one, and tells its value in the other.
    const declared = `() => { const ${text} = ${value}; return [${names}]; }`;
    const taken = parameter
      ? `((${text}) => [${names}])(${value})`
      : containsAwait(init)
        ? `await (async ${declared})()`
        : `(${declared})()`;
    return `[${names}] = ${taken}; ${this.#ownedEach(made)}`;
  }

  /** Statements as they stand; where control may leave them, in a function of their own that tells how. */
  #script({ statements, exits }: Extract<Assignment["made"], { by: "script" }>): string {
    this.#exits = exits;
    const text = this.#unlessBegun(statements, statements.map((one) => textOf(one, this.#text)).join("\n"));
    this.#exits = undefined;
    if (!exits) return `{ ${text} }`;
    const run = `${this.#text.tools}.${exits.catches ? "attempt" : "run"}`;
    if (!statements.some(containsAwait)) return `const ${this.#own} = ${run}(() => { ${text} });`;
    this.#async = true; // what a loop goes through is awaited at its head
    return `const ${this.#own} = await ${run}(async () => { ${text} });`;
  }

  /** Where statements fill a list with calls, and throw when some are in it: plain Node has begun those. */
  #unlessBegun(statements: readonly Node[], text: string): string {
    const list = statements.map((one) => filledBy(one, this.#emission.graph)).find(Boolean);
    if (!list) return text;
    const thrown = `${this.#own}thrown`;
    const halfway = `${this.#text.tools}.halfway(${textOf(list, this.#text)}.length, ${thrown})`;
    return `try { ${text} } catch (${thrown}) { throw ${halfway}; }`;
  }

  /** `return x` within a script: the value goes to a variable, the answer says which exit it was. */
  #exit(node: Node): string | undefined {
    const place = this.#exits?.places.get(node);
    if (this.#exits === undefined || place === undefined) return undefined;
    const value =
      node.type === "ReturnStatement" && node.argument
        ? `${this.#nameOf(this.#exits.value)} = (${textOf(node.argument, this.#text)}); `
        : "";
    return `{ ${value}return ${place}; }`;
  }

  /** A variable whose object changes gets one of its own: what came in is frozen. */
  #owned(cells: readonly CellBinding[], value: string): string {
    return cells.some(({ mutable }) => mutable) ? `${this.#text.tools}.thaw(${value})` : value;
  }

  /** What no statement changes in place is frozen, so that one which does by mistake is refused. */
  #frozen(cells: readonly CellBinding[]): string {
    const names = cells.filter(({ mutable }) => !mutable).map((cell) => this.#nameOf(cell));
    return names.length === 0 ? "" : `${this.#text.tools}.freeze([${names.join(", ")}]);`;
  }

  /** Constants of a module are anybody's to change, but for an inline step's answer to be the same each time. */
  #constants(): string[] {
    const names = this.#needs.identifiers.filter((identifier) => {
      const declared = this.#emission.reader.named(identifier);
      return declared?.kind === "constant" && bare(declared.init).type.match(/^(Object|Array)Expression$/);
    });
    const unique = new Set(names.map((identifier) => this.#foreign.nameOf(identifier)));
    return [...unique].map((name) => `${this.#text.tools}.freeze(${name});`);
  }

  #define({ pattern, init, source, element, bindings, form }: Definition): string {
    const { tools } = this.#text;
    if (element && bindings[0])
      return `const ${this.#nameOf(bindings[0])} = ${this.#nameOf(element.list)}[${this.#nameOf(element.index)}];`;
    const names = bindings.map((binding) => this.#nameOf(binding)).join(", ");
    if (pattern && source) {
      // A parameter stays one: V8 words its errors otherwise than a constant's.
      const made = `((${textOf(pattern, this.#text)}) => [${names}])(${this.#nameOf(source)})`;
      return names === "" ? `${made};` : `const [${names}] = ${tools}.freeze(${made});`;
    }
    const value = init ? textOf(init, this.#text) : "undefined";
    if (form === "awaited") {
      this.#async = true;
      return `for await (const ${this.#own} of ${value}) break;`;
    }
    if (form === "iterated") return `for (const ${this.#own} of ${value}) break;`;
    if (!pattern) return `void ${wrapped(value, form, tools)};`;
    if (pattern.type === "Identifier") return `const ${names} = ${tools}.freeze(${value});`;
    return `const ${textOf(pattern, this.#text)} = ${value}; ${tools}.freeze([${names}]);`;
  }

  /** The answer, with what the region leaves in the cells. */
  #answer(cells: readonly CellBinding[]): string {
    const answer = this.#bareAnswer();
    if (cells.length === 0) return answer;
    const left = cells.map((cell) => `${JSON.stringify(cell.variable)}: ${this.#nameOf(cell)}`).join(", ");
    const value = answer.replace(/^return /, "").replace(/;$/, "");
    return `return ${this.#text.tools}.outcome(${value}, { ${left} });`;
  }

  #bareAnswer(): string {
    const { purpose, values, form, inside, nothing } = this.#region;
    if (nothing) return `return ${this.#nameOf(nothing)} == null;`;
    if (inside) {
      const list = this.#nameOf(inside.list);
      // A copy is a list; a variable that changes is one as a rule.
      const known = inside.list.list ? list : `${this.#text.tools}.list(${list})`;
      return `return ${this.#nameOf(inside.index)} < ${known}.length;`;
    }
    const texts = values.map(
      ({ expression, spread }) => `${spread ? "..." : ""}${textOf(expression, this.#text)}`,
    );
    const [only = "undefined"] = texts;
    switch (purpose) {
      case "input": {
        const flow = this.#region.flow ? textOf(this.#region.flow, this.#text) : "";
        this.#async = true;
        const depth = `${this.#values}[${JSON.stringify(DEPTH_VALUE)}]`;
        return `return await ${this.#text.tools}.input(${flow}, [${texts.join(", ")}], ${depth});`;
      }
      case "wait":
        return `return ${this.#text.tools}.${form}(${only});`;
      case "args":
        // V8 words a failed spread otherwise in a call than in a literal.
        return values.some(({ spread }) => spread)
          ? `return ${this.#text.tools}.args(${texts.join(", ")});`
          : `return [${texts.join(", ")}];`;
      case "value":
        return `return ${this.#kept(`(${only})`)};`;
      case "test":
        return `return !!(${values.length === 0 ? "true" : only});`;
      case "items":
        if (form === "source")
          return `return ${this.#text.tools}.source(${only}, ${JSON.stringify(this.#region.shape)});`;
        if (form === "calls" || form === "mixed") return `return ${this.#listed(only)};`;
        return form === "task"
          ? `return ${this.#text.tools}.items(${only});`
          : `return ${this.#kept(this.#mapped())};`;
      case "throw":
        return `throw (${only});`;
      case "check":
        return "return null;";
      case "script":
        return `return ${this.#own};`;
      case "switch":
        return this.#chosen(texts);
      case "parts":
        return this.#parts();
    }
  }

  /** What the elements of a `Promise.all([…])` need, in order, as far as JavaScript gets. */
  #parts(): string {
    this.#async = true;
    const { tools } = this.#text;
    const parts = (this.#region.parts ?? []).map(({ key, form, values, settles }) => {
      const texts = values.map(
        ({ expression, spread }) => `${spread ? "..." : ""}${textOf(expression, this.#text)}`,
      );
      const [only = "null"] = texts;
      const value =
        form === "arguments"
          ? `${tools}.args(${texts.join(", ")})`
          : form === "taskItems"
            ? only
            : form === "calls" || form === "mixed"
              ? this.#listed(only)
              : this.#kept(form === "items" ? `${only}.map((item) => item)` : `(${only})`);
      return `[${JSON.stringify(key)}, ${JSON.stringify(form)}, async () => ${value}, ${settles}]`;
    });
    return `return await ${tools}.parts([${parts.join(", ")}]);`;
  }

  /** The number of the body: cases are compared in order, as `===` does. */
  #chosen([on = "undefined", ...tests]: string[]): string {
    const { bodies, fallback } = this.#region.cases ?? { bodies: [], fallback: -1 };
    const { tools } = this.#text;
    const cases = tests.map((test) => `() => ${tools}.equal("===", ${this.#own}, (${test}))`).join(", ");
    // Not found is -1, which is the last of the list: the fallback.
    return `return [${[...bodies, fallback].join(", ")}].at(((${this.#own}) => [${cases}].findIndex((one) => one()))(${on}));`;
  }

  /** A value that stays in a flow where nothing can see that a key with undefined is dropped. */
  #kept(value: string): string {
    return this.#emission.graph.seesKeys || !this.#stays ? value : `${this.#text.tools}.keyless(${value})`;
  }

  /** A list of calls: what they get. */
  #listed(list: string): string {
    this.#async = true;
    const taken = `{ const list = []; for await (const one of ${list}) list.push(one); return list; }`;
    const body = this.#region.iterated ? taken : `(${list})`;
    return this.#kept(`await ${this.#text.tools}.calls(async (${this.#text.begin}) => ${body})`);
  }

  /** `items.map(…)` as the author wrote it, but for what the callback does. */
  #mapped([items] = this.#region.values): string {
    return items ? `${textOf(items.expression, this.#text)}.map((item) => item)` : "[]";
  }

  /** A name of its own for each binding; the source's name wherever nothing else in the region has it. */
  #nameOf(named: Binding): string {
    const binding = named.kind === "variable" ? (named.of ?? named) : named;
    const known = this.#names.get(binding);
    if (known) return known;
    let name = binding.name;
    const isTaken = (one: string): boolean =>
      this.#taken.has(one) || this.#needs.free.has(one) || this.#foreign.has(one);
    for (let n = 1; isTaken(name); n++) name = `${binding.name}$${n}`;
    this.#taken.add(name);
    this.#names.set(binding, name);
    return name;
  }
}

/** The statement's expression, with what JavaScript does to the value of such an operand. */
function wrapped(value: string, form: Definition["form"], tools: string): string {
  switch (form) {
    case "spread":
      return `[...${value}]`;
    case "argument":
      return `${tools}.args(...${value}, 0)`;
    case "template":
      return `\`\${${value}}\``;
    case "key":
      return `{ [${value}]: 0 }`;
    default:
      return `(${value})`;
  }
}
