/** Draws a whole number from 0 to `below` - 1. */
export type Draw = (below: number) => number;

type Kind = "number" | "string" | "boolean" | "list" | "rows" | "object" | "items" | "any";

interface Variable {
  name: string;
  kind: Kind;
}

interface Block {
  variables: Variable[];
  /** Names of outer blocks that were used here: declaring one of them later would be a use before its definition. */
  used: Set<string>;
}

const NAMES = ["a", "b", "c", "x", "y", "item", "total", "values", "list", "r$", "größe"];
const TASKS = ["load", "send", "price", "notify", "pick"];

/** Writes one random flow in the grammar that the compiler accepts, and notes what it used. */
export class Generator {
  readonly coverage = new Map<string, number>();
  readonly #draw: Draw;
  #blocks: Block[] = [];
  #budget = 14;
  /** Awaits may stand only where the expression is evaluated in any case, and outside callbacks. */
  #awaits = false;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  program(): string {
    this.#blocks = [{ variables: [{ name: "raw", kind: "object" }], used: new Set() }];
    const body = this.#statements(3 + this.#draw(4), 0, "flow");
    return `async (raw) => { ${body} }`;
  }

  #note(construct: string): void {
    this.coverage.set(construct, (this.coverage.get(construct) ?? 0) + 1);
  }

  #pick<T>(table: readonly T[]): T {
    const found = table[this.#draw(table.length)];
    if (found === undefined) throw new Error("An empty table.");
    return found;
  }

  #chance(percent: number): boolean {
    return this.#draw(100) < percent;
  }

  #block(): Block {
    const block = this.#blocks.at(-1);
    if (!block) throw new Error("No block is open.");
    return block;
  }

  #within(variables: Variable[], write: () => string): string {
    this.#blocks.push({ variables: [...variables], used: new Set() });
    try {
      return write();
    } finally {
      this.#blocks.pop();
    }
  }

  #declare(kind: Kind): string {
    const { variables, used } = this.#block();
    const free = NAMES.filter((name) => !used.has(name) && !variables.some((one) => one.name === name));
    const name = free.length > 0 ? this.#pick(free) : `v${this.#draw(1_000_000)}`;
    variables.push({ name, kind });
    return name;
  }

  #visible(kinds: readonly Kind[]): Variable[] {
    const seen = new Map<string, Variable>();
    for (const { variables } of this.#blocks) for (const one of variables) seen.set(one.name, one);
    return [...seen.values()].filter(({ kind }) => kinds.includes(kind));
  }

  #use(name: string): string {
    for (let i = this.#blocks.length - 1; i >= 0; i--) {
      const block = this.#blocks[i];
      if (!block || block.variables.some((one) => one.name === name)) break;
      block.used.add(name);
    }
    return name;
  }

  #statements(count: number, depth: number, where: "flow" | "callback" | "arm"): string {
    const out: string[] = [];
    for (let i = 0; i < count && this.#budget > 0; i++) out.push(this.#statement(depth, where));
    if (where !== "arm") out.push(this.#end());
    return out.join(" ");
  }

  #end(): string {
    this.#note("return");
    return `return ${this.#awaited(() => this.#expression("any", 2))};`;
  }

  #statement(depth: number, where: "flow" | "callback" | "arm"): string {
    this.#budget--;
    const kind = this.#draw(depth < 3 ? 12 : 7);
    switch (kind) {
      case 0:
      case 1:
        return this.#step();
      case 2:
        return this.#pure();
      case 3:
        return this.#destructuring();
      case 4:
        this.#note("expression statement");
        return `${this.#awaited(() => this.#expression("any", 2)).replace(/^([{[(`])/, "0, $1")};`;
      case 5:
        this.#note("await statement");
        return `await ${this.#call()};`;
      case 6:
        return this.#map(depth);
      case 7:
        this.#note("block");
        return `{ ${this.#within([], () => this.#statements(1 + this.#draw(2), depth + 1, "arm"))} }`;
      case 8:
        return this.#map(depth);
      default:
        return this.#branch(depth, where);
    }
  }

  #step(): string {
    this.#note("const = await task");
    if (this.#chance(60)) {
      const kind = this.#pick<Kind>(["number", "string", "boolean", "list", "object", "items", "rows"]);
      const value = this.#awaited(() => this.#expression(kind, 1));
      return `const ${this.#declare(kind)} = await load(${value});`;
    }
    const call = this.#call();
    return `const ${this.#declare("any")} = await ${call};`;
  }

  #pure(): string {
    const kind = this.#pick<Kind>(["number", "string", "boolean", "list", "object", "any"]);
    this.#note(`const of ${kind}`);
    const value = this.#awaited(() => this.#expression(kind, 2));
    return `const ${this.#declare(kind)} = ${value};`;
  }

  #destructuring(): string {
    const value = this.#awaited(() =>
      this.#chance(40) ? `await ${this.#call()}` : this.#expression("object", 1),
    );
    const form = this.#draw(4);
    this.#note(`pattern ${form}`);
    const fallback = this.#expression("number", 1);
    if (form === 0) return `const { o: ${this.#declare("object")} } = ${value};`;
    if (form === 1)
      return `const { a: ${this.#declare("any")} = ${fallback}, ...${this.#declare("object")} } = ${value};`;
    if (form === 2) {
      const list = this.#expression("list", 1);
      return `const [${this.#declare("any")}, ${this.#declare("any")} = ${fallback}] = ${list};`;
    }
    return `const { o: { x: { y: ${this.#declare("any")} } }, s: ${this.#declare("string")} } = ${value};`;
  }

  #branch(depth: number, where: "flow" | "callback" | "arm"): string {
    this.#note("if");
    const test = this.#awaited(() => this.#expression(this.#chance(70) ? "boolean" : "any", 2));
    const arm = (): string =>
      this.#within([], () => {
        const body = this.#statements(1 + this.#draw(2), depth + 1, "arm");
        if (where !== "arm" && this.#chance(25)) return `${body} ${this.#end()}`;
        if (!this.#chance(10)) return body;
        this.#note("throw");
        return `${body} throw new ${this.#pick(["Error", "TypeError", "RangeError"])}(${this.#expression("string", 1)});`;
      });
    const yes = arm();
    if (this.#chance(50)) return `if (${test}) { ${yes} }`;
    this.#note("else");
    return `if (${test}) { ${yes} } else { ${arm()} }`;
  }

  /** A fan-out; its callback gives a value on every path, since its results may be read. */
  #map(depth: number): string {
    this.#budget -= 2;
    const kind = this.#pick<Kind>(["list", "items", "rows"]);
    const items = this.#expression(kind, 1);
    const awaits = this.#awaits;
    this.#awaits = false;
    const made = this.#mapCall(items, kind, depth);
    this.#awaits = awaits;
    if (this.#chance(20)) return `await ${made};`;
    return `const ${this.#declare("list")} = await ${made};`;
  }

  #mapCall(items: string, kind: Kind, depth: number): string {
    if (this.#chance(25)) {
      this.#note("task.map");
      return `${this.#pick(TASKS)}.map(${items}${this.#chance(30) ? ", { concurrency: 2 }" : ""})`;
    }
    const item = this.#chance(10) ? "raw" : this.#pick(["item", "x", "row"]);
    const index = this.#chance(50) ? this.#pick(["i", "n"]) : undefined;
    const itemKind: Kind = kind === "list" ? "number" : kind === "rows" ? "list" : "any";
    const parameters: Variable[] = [{ name: item, kind: itemKind }];
    if (index) parameters.push({ name: index, kind: "number" });
    const list = parameters.map(({ name }) => name).join(", ");
    if (this.#chance(35)) {
      this.#note("map, expression");
      return `Promise.all((${items}).map(async (${list}) => ${this.#within(parameters, () => this.#awaited(() => `(${this.#expression("any", 1)})`))}))`;
    }
    this.#note(depth > 0 ? "nested map" : "map, block");
    return `Promise.all((${items}).map(async (${list}) => { ${this.#within(parameters, () => this.#statements(1 + this.#draw(2), depth + 1, "callback"))} }))`;
  }

  #call(): string {
    const task = this.#pick(TASKS);
    this.#note(`task ${task}`);
    const count = this.#draw(3);
    const args = Array.from({ length: count }, () => this.#expression("any", 1));
    if (count > 0 && this.#chance(8)) {
      this.#note("spread argument");
      args.push(`...${this.#expression("list", 0)}`);
    }
    return `${task}(${args.join(", ")})`;
  }

  #awaited(write: () => string): string {
    const before = this.#awaits;
    this.#awaits = true;
    const text = write();
    this.#awaits = before;
    return text;
  }

  /** What is written may not be evaluated: no await stands in it. */
  #maybe(write: () => string): string {
    const before = this.#awaits;
    this.#awaits = false;
    const text = write();
    this.#awaits = before;
    return text;
  }

  #expression(kind: Kind, depth: number): string {
    if (this.#awaits && depth > 0 && this.#chance(6)) {
      this.#note("await in an expression");
      return `(await ${this.#call()})`;
    }
    const wanted = this.#chance(3) ? "any" : kind;
    switch (wanted) {
      case "number":
        return this.#number(depth);
      case "string":
        return this.#string(depth);
      case "boolean":
        return this.#boolean(depth);
      case "list":
      case "items":
      case "rows":
        return this.#list(wanted, depth);
      case "object":
        return this.#object(depth);
      case "any":
        return this.#expression(
          this.#pick<Kind>(["number", "string", "boolean", "list", "object", "items"]),
          depth,
        );
    }
  }

  #receiver(kind: Kind): string {
    const text = this.#expression(kind, 0);
    return /^\d/.test(text) ? `(${text})` : text;
  }

  #read(kinds: readonly Kind[], path: readonly string[]): string {
    const known = this.#visible(this.#chance(12) ? [...kinds, "any"] : kinds);
    if (known.length > 0 && this.#chance(50)) return this.#use(this.#pick(known).name);
    const objects = this.#visible(["object"]);
    const root = objects.length > 0 ? this.#use(this.#pick(objects).name) : "undefined";
    this.#note("member");
    return `${root}${this.#chance(20) ? "?." : "."}${this.#pick(path)}`;
  }

  #number(depth: number): string {
    const leaf = (): string =>
      this.#chance(40)
        ? String(this.#pick([0, 1, 2, 5, 10, 0.5, 3]))
        : this.#read(["number"], ["a", "b", "c", "list.length", "o.x.y"]);
    if (depth === 0) return leaf();
    switch (this.#draw(7)) {
      case 0:
      case 1: {
        const operator = this.#pick(["+", "-", "*", "/", "%"]);
        this.#note(operator);
        return `(${this.#expression("number", depth - 1)} ${operator} ${this.#expression("number", depth - 1)})`;
      }
      case 2:
        this.#note("length");
        return `${this.#receiver("list")}.length`;
      case 3:
        this.#note("ternary");
        return `(${this.#expression("boolean", depth - 1)} ? ${this.#maybe(() => this.#expression("number", depth - 1))} : ${this.#maybe(() => this.#expression("number", depth - 1))})`;
      case 4:
        this.#note("??");
        return `(${this.#expression("number", depth - 1)} ?? ${this.#maybe(() => this.#expression("number", 0))})`;
      case 5:
        this.#note("reduce");
        return `${this.#maybe(() => `${this.#receiver("list")}.reduce((sum, z) => sum + z, 0)`)}`;
      default:
        return leaf();
    }
  }

  #string(depth: number): string {
    const leaf = (): string =>
      this.#chance(35)
        ? this.#pick(['"text"', '""', '"0"', '"%}"', '"it\'s"', "'${Tasksend}'"])
        : this.#read(
            ["string"],
            ["s", "t", "words.0", "o.x.z"].map((path) => path.replace(".0", "?.[0]")),
          );
    if (depth === 0) return leaf();
    switch (this.#draw(5)) {
      case 0:
        this.#note("template");
        return `\`\${${this.#expression("any", depth - 1)}} and \${${this.#expression("string", depth - 1)}}\``;
      case 1:
        this.#note("+ of strings");
        return `(${this.#expression("string", depth - 1)} + ${this.#expression("string", depth - 1)})`;
      case 2:
        this.#note("string method");
        return `${this.#receiver("string")}.toUpperCase()`;
      case 3:
        this.#note("||");
        return `(${this.#expression("string", depth - 1)} || ${this.#maybe(() => this.#expression("string", 0))})`;
      default:
        return leaf();
    }
  }

  #boolean(depth: number): string {
    const leaf = (): string =>
      this.#chance(30) ? this.#pick(["true", "false"]) : this.#read(["boolean"], ["flag", "missing", "none"]);
    if (depth === 0) return leaf();
    switch (this.#draw(8)) {
      case 0: {
        const operator = this.#pick(["<", "<=", ">", ">="]);
        this.#note(operator);
        return `(${this.#expression("number", depth - 1)} ${operator} ${this.#expression("number", depth - 1)})`;
      }
      case 1: {
        const operator = this.#pick(["===", "!=="]);
        this.#note(operator);
        return `(${this.#comparable(depth - 1)} ${operator} ${this.#pick(["5", '"text"', "null", "true", "undefined"])})`;
      }
      case 2:
        this.#note("!");
        return `!${this.#expression("any", depth - 1)}`;
      case 3:
        this.#note("&&");
        return `(${this.#expression("boolean", depth - 1)} && ${this.#maybe(() => this.#expression("boolean", depth - 1))})`;
      case 4:
        this.#note("|| of tests");
        return `(${this.#expression("boolean", depth - 1)} || ${this.#maybe(() => this.#expression("boolean", depth - 1))})`;
      case 5:
        this.#note("== null");
        return `(${this.#comparable(0)} ${this.#pick(["==", "!="])} null)`;
      case 6:
        this.#note("=== of unknown");
        return `(${this.#comparable(0)} === ${this.#comparable(0)})`;
      default:
        return leaf();
    }
  }

  /** No literal of an object or array: comparing one is refused. */
  #comparable(depth: number): string {
    if (this.#chance(50))
      return this.#read(
        ["number", "string", "boolean", "list", "object"],
        ["a", "s", "flag", "o", "list", "missing"],
      );
    const kind = this.#draw(3);
    return kind === 0 ? this.#number(depth) : kind === 1 ? this.#string(depth) : this.#boolean(depth);
  }

  #list(kind: "list" | "items" | "rows", depth: number): string {
    const leaf = (): string => this.#read([kind], [kind, kind, "words"]);
    if (depth === 0) return leaf();
    switch (this.#draw(6)) {
      case 0:
        this.#note("array");
        return `[${Array.from({ length: this.#draw(4) }, () => this.#expression("any", depth - 1)).join(", ")}]`;
      case 1:
        this.#note("spread");
        return `[...${this.#expression("list", 0)}, ${this.#expression("any", 0)}]`;
      case 2:
        this.#note("filter");
        return `${this.#maybe(() => `${this.#receiver("list")}.filter((z) => z !== ${this.#expression("number", 0)})`)}`;
      case 3:
        this.#note("map method");
        return `${this.#maybe(() => `${this.#receiver("list")}.map((z, k) => ({ z, k, q: ${this.#expression("any", 0)} }))`)}`;
      case 4:
        this.#note("range");
        return `range(0, ${this.#pick(["1", "3"])})`;
      default:
        return leaf();
    }
  }

  #object(depth: number): string {
    const leaf = (): string => this.#read(["object"], ["o", "o", "o.x"]);
    if (depth === 0) return leaf();
    switch (this.#draw(4)) {
      case 0:
        this.#note("object");
        return `({ a: ${this.#expression("any", depth - 1)}, o: ${this.#expression("object", depth - 1)}, s: ${this.#expression("string", 0)} })`;
      case 1:
        this.#note("object spread");
        return `({ ...${this.#expression("object", 0)}, a: ${this.#expression("any", depth - 1)} })`;
      case 2: {
        const variables = this.#visible(["number", "string", "any"]);
        if (variables.length === 0) return leaf();
        this.#note("shorthand");
        return `({ ${this.#use(this.#pick(variables).name)}, list: ${this.#expression("list", 0)} })`;
      }
      default:
        return leaf();
    }
  }
}
