import { ExpressionWriter, type Kind, TASKS, type Variable } from "./generator-expressions.ts";

type Where = "flow" | "callback" | "arm";

/** Writes one random flow in the grammar that the compiler accepts, and notes what it used. */
export class Generator extends ExpressionWriter {
  /** How many maps enclose the place that is written. */
  private maps = 0;
  private guarded = 0;

  protected get count(): number {
    return this.maps;
  }

  /** What stands in a try. */
  protected guard(write: () => string): string {
    this.guarded++;
    const text = write();
    this.guarded--;
    return text;
  }

  private counters = 0;

  program(): string {
    this.blocks = [{ variables: [{ name: "raw", kind: "object" }], used: new Set() }];
    const body = this.statements(3 + this.draw(4), 0, "flow");
    return `async (raw) => { ${body} }`;
  }

  protected statements(count: number, depth: number, where: Where): string {
    const out: string[] = [];
    for (let i = 0; i < count && this.budget > 0; i++) out.push(this.statement(depth, where));
    if (where !== "arm") out.push(this.end());
    return out.join(" ");
  }

  protected end(): string {
    this.note("return");
    return `return ${this.awaited(() => this.expression("any", 2))};`;
  }

  protected statement(depth: number, where: Where): string {
    this.budget--;
    const kind = this.draw(depth < 3 ? 22 : 9);
    switch (kind) {
      case 0:
      case 1:
        return this.step();
      case 2:
        return this.pure();
      case 3:
        return this.destructuring();
      case 4:
        this.note("expression statement");
        return `${this.awaited(() => this.expression("any", 2)).replace(/^([{[(`])/, "0, $1")};`;
      case 5:
        this.note("await statement");
        return `await ${this.call()};`;
      case 6:
      case 9:
        return this.map(depth);
      case 7:
        return this.changing();
      case 8:
      case 15:
      case 16:
        return this.assignment();
      case 10:
        this.note("block");
        return `{ ${this.arm(depth)} }`;
      case 11:
      case 12:
        return this.loop(depth);
      case 13:
        return this.caught(depth);
      case 14:
        return this.choice(depth);
      default:
        return this.branch(depth, where);
    }
  }

  protected arm(depth: number, variables: Variable[] = []): string {
    return this.within(variables, () => this.statements(1 + this.draw(2), depth + 1, "arm"));
  }

  protected changing(): string {
    const kind = this.pick<Kind>(["number", "number", "string", "list", "any"]);
    this.note(`let of ${kind}`);
    const value = this.awaited(() => (this.chance(20) ? `await ${this.call()}` : this.expression(kind, 1)));
    return `let ${this.declare(kind, this.maps)} = ${value};`;
  }

  protected assignment(): string {
    const known = this.visible(["number", "string", "list", "any"]).filter(
      ({ changes }) => changes === this.maps,
    );
    if (known.length === 0) return this.changing();
    const { name, kind } = this.pick(known);
    const target = this.use(name);
    if (kind === "number" && this.chance(55)) {
      this.note("x++");
      return `${target}${this.pick(["++", "--"])};`;
    }
    const operator = kind === "list" ? "=" : this.pick(["=", "=", "+="]);
    this.note(operator);
    return `${target} ${operator} ${this.awaited(() => this.expression(kind, 2))};`;
  }

  /** Every loop ends: a counter of its own sees to that. */
  protected loop(depth: number): string {
    this.budget--;
    const counter = `n${this.counters++}`;
    const form = this.draw(this.guarded ? 3 : 4);
    const body = (variables: Variable[], first = ""): string => {
      // Written inside the body's block, so that no later name of it hides what the way out reads.
      const way = (): string => {
        if (!this.chance(40)) return "";
        this.note("break or continue");
        return `if (${this.maybe(() => this.expression("boolean", 1))}) ${this.pick(["break", "continue"])};`;
      };
      return `{ ${first} ${this.within(variables, () => `${this.statements(1, depth + 1, "arm")} ${way()} ${this.statements(1 + this.draw(2), depth + 1, "arm")}`)} }`;
    };
    const test = (): string => this.maybe(() => this.expression("boolean", 1));
    const own: Variable[] = [{ name: counter, kind: "number" }];
    switch (form) {
      case 0: {
        this.note("for of");
        const kind = this.pick<Kind>(["list", "items", "rows"]);
        const list = this.awaited(() => this.expression(kind, 1));
        // In the list the element's name hides an outer one already.
        const name =
          ["item", "x", "row"].find((one) => !new RegExp(`\\b${one}\\b`).test(list)) ?? `el${counter}`;
        return `for (const ${name} of ${list}) ${body([{ name, kind: kind === "list" ? "number" : kind === "rows" ? "list" : "any" }])}`;
      }
      case 1:
        this.note("while");
        return `let ${counter} = 0; while (${counter} < 3 && ${test()}) ${body(own, `${counter}++;`)}`;
      case 2:
        this.note("do while");
        return `let ${counter} = 0; do ${body(own, `${counter} += 1;`)} while (${counter} < 2 && ${test()});`;
      default:
        this.note("for");
        return `for (let ${counter} = 0; ${counter} < 3; ${counter}++) ${body(own)}`;
    }
  }

  protected caught(depth: number): string {
    this.note("try");
    this.guarded++;
    const body = this.arm(depth);
    this.guarded--;
    const name = this.pick(["e", "error"]);
    const rethrown = this.chance(20) ? `throw ${name};` : "";
    return `try { ${body} } catch (${name}) { await send(${name}.name); ${this.arm(depth)} ${rethrown} }`;
  }

  protected choice(depth: number): string {
    this.note("switch");
    const on = this.awaited(() => this.comparable(1));
    const cases = [5, '"text"', "true", "null"]
      .slice(0, 1 + this.draw(4))
      .map((value) => `case ${value}: { ${this.arm(depth)} } ${this.chance(60) ? "break;" : ""}`);
    if (this.chance(60))
      cases.splice(
        this.draw(cases.length + 1),
        0,
        `default: { ${this.arm(depth)} } ${this.chance(60) ? "break;" : ""}`,
      );
    return `switch (${on}) { ${cases.join(" ")} }`;
  }

  protected step(): string {
    this.note("const = await task");
    if (this.chance(60)) {
      const kind = this.pick<Kind>(["number", "string", "boolean", "list", "object", "items", "rows"]);
      const value = this.awaited(() => this.expression(kind, 1));
      return `const ${this.declare(kind)} = await load(${value});`;
    }
    const call = this.call();
    return `const ${this.declare("any")} = await ${call};`;
  }

  protected pure(): string {
    const kind = this.pick<Kind>(["number", "string", "boolean", "list", "object", "any"]);
    this.note(`const of ${kind}`);
    const value = this.awaited(() => this.expression(kind, 2));
    return `const ${this.declare(kind)} = ${value};`;
  }

  protected destructuring(): string {
    const value = this.awaited(() =>
      this.chance(40) ? `await ${this.call()}` : this.expression("object", 1),
    );
    const form = this.draw(4);
    this.note(`pattern ${form}`);
    const fallback = this.expression("number", 1);
    if (form === 0) return `const { o: ${this.declare("object")} } = ${value};`;
    if (form === 1)
      return `const { a: ${this.declare("any")} = ${fallback}, ...${this.declare("object")} } = ${value};`;
    if (form === 2) {
      const list = this.expression("list", 1);
      return `const [${this.declare("any")}, ${this.declare("any")} = ${fallback}] = ${list};`;
    }
    return `const { o: { x: { y: ${this.declare("any")} } }, s: ${this.declare("string")} } = ${value};`;
  }

  protected branch(depth: number, where: Where): string {
    this.note("if");
    const test = this.awaited(() => this.expression(this.chance(70) ? "boolean" : "any", 2));
    const arm = (): string =>
      this.within([], () => {
        const body = this.statements(1 + this.draw(2), depth + 1, "arm");
        if (where !== "arm" && this.chance(25)) return `${body} ${this.end()}`;
        if (!this.chance(10)) return body;
        this.note("throw");
        return `${body} throw new ${this.pick(["Error", "TypeError", "RangeError"])}(${this.expression("string", 1)});`;
      });
    const yes = arm();
    if (this.chance(50)) return `if (${test}) { ${yes} }`;
    this.note("else");
    return `if (${test}) { ${yes} } else { ${arm()} }`;
  }

  /** A fan-out; its callback gives a value on every path, since its results may be read. */
  protected map(depth: number): string {
    this.budget -= 2;
    const kind = this.pick<Kind>(["list", "items", "rows"]);
    const items = this.expression(kind, 1);
    const before = { awaits: this.awaits, guarded: this.guarded };
    Object.assign(this, { awaits: false, guarded: 0, maps: this.maps + 1 });
    const made = this.mapCall(items, kind, depth);
    Object.assign(this, { ...before, maps: this.maps - 1 });
    if (this.chance(20)) return `await ${made};`;
    return `const ${this.declare("list")} = await ${made};`;
  }

  protected mapCall(items: string, kind: Kind, depth: number): string {
    if (this.chance(25)) {
      this.note("task.map");
      return `${this.pick(TASKS)}.map(${items}${this.chance(30) ? ", { concurrency: 2 }" : ""})`;
    }
    const item = this.chance(10) ? "raw" : this.pick(["item", "x", "row"]);
    const index = this.chance(50) ? this.pick(["i", "n"]) : undefined;
    const itemKind: Kind = kind === "list" ? "number" : kind === "rows" ? "list" : "any";
    const parameters: Variable[] = [{ name: item, kind: itemKind }];
    if (index) parameters.push({ name: index, kind: "number" });
    const list = parameters.map(({ name }) => name).join(", ");
    if (this.chance(35)) {
      this.note("map, expression");
      return `Promise.all((${items}).map(async (${list}) => ${this.within(parameters, () => this.awaited(() => `(${this.expression("any", 1)})`))}))`;
    }
    this.note(depth > 0 ? "nested map" : "map, block");
    return `Promise.all((${items}).map(async (${list}) => { ${this.within(parameters, () => this.statements(1 + this.draw(2), depth + 1, "callback"))} }))`;
  }
}
