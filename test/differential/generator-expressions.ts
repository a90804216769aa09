/** Draws a whole number from 0 to `below` - 1. */
export type Draw = (below: number) => number;

export type Kind =
  | "number"
  | "string"
  | "boolean"
  | "list"
  | "rows"
  | "object"
  | "items"
  | "any"
  /** Changed in place, or called: never part of another expression, since two names must not share it. */
  | "bag"
  | "queue"
  | "function"
  | "async function";

export interface Variable {
  name: string;
  kind: Kind;
  /** A `let`, and how many maps enclosed it: it may be changed there, and only there. */
  changes?: number;
}

interface Block {
  variables: Variable[];
  /** Names of outer blocks that were used here: declaring one of them later would be a use before its definition. */
  used: Set<string>;
}

const NAMES = ["a", "b", "c", "x", "y", "item", "total", "values", "list", "r$", "größe"];
export const TASKS = ["load", "send", "price", "notify", "pick"];

/** Writes random expressions over the names in scope, and notes what they use. */
export class ExpressionWriter {
  readonly coverage = new Map<string, number>();
  protected readonly draw: Draw;
  protected blocks: Block[] = [];
  protected budget = 14;
  /** Awaits may stand only where the expression is evaluated in any case, and outside callbacks. */
  protected awaits = false;

  constructor(draw: Draw) {
    this.draw = draw;
  }

  protected note(construct: string): void {
    this.coverage.set(construct, (this.coverage.get(construct) ?? 0) + 1);
  }

  protected pick<T>(table: readonly T[]): T {
    const found = table[this.draw(table.length)];
    if (found === undefined) throw new Error("An empty table.");
    return found;
  }

  protected chance(percent: number): boolean {
    return this.draw(100) < percent;
  }

  protected block(): Block {
    const block = this.blocks.at(-1);
    if (!block) throw new Error("No block is open.");
    return block;
  }

  protected within(variables: Variable[], write: () => string): string {
    this.blocks.push({ variables: [...variables], used: new Set() });
    try {
      return write();
    } finally {
      this.blocks.pop();
    }
  }

  protected declare(kind: Kind, changes?: number): string {
    const { variables, used } = this.block();
    const free = NAMES.filter((name) => !used.has(name) && !variables.some((one) => one.name === name));
    const name = free.length > 0 ? this.pick(free) : `v${this.draw(1_000_000)}`;
    variables.push(changes === undefined ? { name, kind } : { name, kind, changes });
    return name;
  }

  protected visible(kinds: readonly Kind[]): Variable[] {
    const seen = new Map<string, Variable>();
    for (const { variables } of this.blocks) for (const one of variables) seen.set(one.name, one);
    return [...seen.values()].filter(({ kind }) => kinds.includes(kind));
  }

  protected use(name: string): string {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const block = this.blocks[i];
      if (!block || block.variables.some((one) => one.name === name)) break;
      block.used.add(name);
    }
    return name;
  }

  protected call(): string {
    const task = this.pick(TASKS);
    this.note(`task ${task}`);
    const count = this.draw(3);
    const args = Array.from({ length: count }, () => this.expression("any", 1));
    if (count > 0 && this.chance(8)) {
      this.note("spread argument");
      args.push(`...${this.expression("list", 0)}`);
    }
    return `${task}(${args.join(", ")})`;
  }

  protected awaited(write: () => string): string {
    const before = this.awaits;
    this.awaits = true;
    const text = write();
    this.awaits = before;
    return text;
  }

  /** What is written may not be evaluated: no await stands in it. */
  protected maybe(write: () => string): string {
    const before = this.awaits;
    this.awaits = false;
    const text = write();
    this.awaits = before;
    return text;
  }

  protected expression(kind: Kind, depth: number): string {
    if (this.awaits && depth > 0 && this.chance(6)) {
      this.note("await in an expression");
      return `(await ${this.call()})`;
    }
    const wanted = this.chance(3) ? "any" : kind;
    switch (wanted) {
      case "number":
        return this.number(depth);
      case "string":
        return this.string(depth);
      case "boolean":
        return this.boolean(depth);
      case "list":
      case "items":
      case "rows":
        return this.list(wanted, depth);
      case "object":
        return this.object(depth);
      default:
        return this.expression(
          this.pick<Kind>(["number", "string", "boolean", "list", "object", "items"]),
          depth,
        );
    }
  }

  protected receiver(kind: Kind): string {
    const text = this.expression(kind, 0);
    return /^\d/.test(text) ? `(${text})` : text;
  }

  protected read(kinds: readonly Kind[], path: readonly string[]): string {
    const known = this.visible(this.chance(12) ? [...kinds, "any"] : kinds);
    if (known.length > 0 && this.chance(50)) return this.use(this.pick(known).name);
    const objects = this.visible(["object"]);
    const root = objects.length > 0 ? this.use(this.pick(objects).name) : "undefined";
    this.note("member");
    return `${root}${this.chance(20) ? "?." : "."}${this.pick(path)}`;
  }

  protected number(depth: number): string {
    const leaf = (): string =>
      this.chance(40)
        ? String(this.pick([0, 1, 2, 5, 10, 0.5, 3]))
        : this.read(["number"], ["a", "b", "c", "list.length", "o.x.y"]);
    if (depth === 0) return leaf();
    switch (this.draw(7)) {
      case 0:
      case 1: {
        const operator = this.pick(["+", "-", "*", "/", "%"]);
        this.note(operator);
        return `(${this.expression("number", depth - 1)} ${operator} ${this.expression("number", depth - 1)})`;
      }
      case 2:
        this.note("length");
        return `${this.receiver("list")}.length`;
      case 3:
        this.note("ternary");
        return `(${this.expression("boolean", depth - 1)} ? ${this.maybe(() => this.expression("number", depth - 1))} : ${this.maybe(() => this.expression("number", depth - 1))})`;
      case 4:
        this.note("??");
        return `(${this.expression("number", depth - 1)} ?? ${this.maybe(() => this.expression("number", 0))})`;
      case 5:
        this.note("reduce");
        return `${this.maybe(() => `${this.receiver("list")}.reduce((sum, z) => sum + z, 0)`)}`;
      default:
        return leaf();
    }
  }

  protected string(depth: number): string {
    const leaf = (): string =>
      this.chance(35)
        ? this.pick(['"text"', '""', '"0"', '"%}"', '"it\'s"', "'${Tasksend}'"])
        : this.read(
            ["string"],
            ["s", "t", "words.0", "o.x.z"].map((path) => path.replace(".0", "?.[0]")),
          );
    if (depth === 0) return leaf();
    switch (this.draw(5)) {
      case 0:
        this.note("template");
        return `\`\${${this.expression("any", depth - 1)}} and \${${this.expression("string", depth - 1)}}\``;
      case 1:
        this.note("+ of strings");
        return `(${this.expression("string", depth - 1)} + ${this.expression("string", depth - 1)})`;
      case 2:
        this.note("string method");
        return `${this.receiver("string")}.toUpperCase()`;
      case 3:
        this.note("||");
        return `(${this.expression("string", depth - 1)} || ${this.maybe(() => this.expression("string", 0))})`;
      default:
        return leaf();
    }
  }

  protected boolean(depth: number): string {
    const leaf = (): string =>
      this.chance(30) ? this.pick(["true", "false"]) : this.read(["boolean"], ["flag", "missing", "none"]);
    if (depth === 0) return leaf();
    switch (this.draw(8)) {
      case 0: {
        const operator = this.pick(["<", "<=", ">", ">="]);
        this.note(operator);
        return `(${this.expression("number", depth - 1)} ${operator} ${this.expression("number", depth - 1)})`;
      }
      case 1: {
        const operator = this.pick(["===", "!=="]);
        this.note(operator);
        return `(${this.comparable(depth - 1)} ${operator} ${this.pick(["5", '"text"', "null", "true", "undefined"])})`;
      }
      case 2:
        this.note("!");
        return `!${this.expression("any", depth - 1)}`;
      case 3:
        this.note("&&");
        return `(${this.expression("boolean", depth - 1)} && ${this.maybe(() => this.expression("boolean", depth - 1))})`;
      case 4:
        this.note("|| of tests");
        return `(${this.expression("boolean", depth - 1)} || ${this.maybe(() => this.expression("boolean", depth - 1))})`;
      case 5:
        this.note("== null");
        return `(${this.comparable(0)} ${this.pick(["==", "!="])} null)`;
      case 6:
        this.note("=== of unknown");
        return `(${this.comparable(0)} === ${this.comparable(0)})`;
      default:
        return leaf();
    }
  }

  /** No literal of an object or array: comparing one is refused. */
  protected comparable(depth: number): string {
    if (this.chance(50))
      return this.read(
        ["number", "string", "boolean", "list", "object"],
        ["a", "s", "flag", "o", "list", "missing"],
      );
    const kind = this.draw(3);
    return kind === 0 ? this.number(depth) : kind === 1 ? this.string(depth) : this.boolean(depth);
  }

  protected list(kind: "list" | "items" | "rows", depth: number): string {
    const leaf = (): string => this.read([kind], [kind, kind, "words"]);
    if (depth === 0) return leaf();
    switch (this.draw(6)) {
      case 0:
        this.note("array");
        return `[${Array.from({ length: this.draw(4) }, () => this.expression("any", depth - 1)).join(", ")}]`;
      case 1:
        this.note("spread");
        return `[...${this.expression("list", 0)}, ${this.expression("any", 0)}]`;
      case 2:
        this.note("filter");
        return `${this.maybe(() => `${this.receiver("list")}.filter((z) => z !== ${this.expression("number", 0)})`)}`;
      case 3:
        this.note("map method");
        return `${this.maybe(() => `${this.receiver("list")}.map((z, k) => ({ z, k, q: ${this.expression("any", 0)} }))`)}`;
      case 4:
        this.note("range");
        return `range(0, ${this.pick(["1", "3"])})`;
      default:
        return leaf();
    }
  }

  protected object(depth: number): string {
    const leaf = (): string => this.read(["object"], ["o", "o", "o.x"]);
    if (depth === 0) return leaf();
    switch (this.draw(4)) {
      case 0:
        this.note("object");
        return `({ a: ${this.expression("any", depth - 1)}, o: ${this.expression("object", depth - 1)}, s: ${this.expression("string", 0)} })`;
      case 1:
        this.note("object spread");
        return `({ ...${this.expression("object", 0)}, a: ${this.expression("any", depth - 1)} })`;
      case 2: {
        const variables = this.visible(["number", "string", "any"]);
        if (variables.length === 0) return leaf();
        this.note("shorthand");
        return `({ ${this.use(this.pick(variables).name)}, list: ${this.expression("list", 0)} })`;
      }
      default:
        return leaf();
    }
  }
}
