import { Generator } from "./generator.ts";
import type { Kind } from "./generator-expressions.ts";

type Where = "flow" | "callback" | "arm";

/** The same with what changes in place, functions, finally, labels, loops that do not wait, awaits in arms. */
export class WideGenerator extends Generator {
  private labels = 0;
  protected override budget = 24;

  protected override statement(depth: number, where: Where): string {
    if (!this.chance(45)) return super.statement(depth, where);
    this.budget--;
    const small = [
      this.inPlace,
      this.inPlace,
      this.called,
      this.called,
      this.called,
      this.called,
      this.chosen,
      this.conditional,
      this.conditional,
      this.shown,
    ];
    const large = [this.finally, this.labelled, this.keys, this.quick, this.quick, this.leaving];
    const write = this.pick(depth < 3 ? [...small, ...large] : small);
    return write.call(this, depth, where);
  }

  private own(kind: Kind): string | undefined {
    const known = this.visible([kind]).filter(({ changes }) => changes === this.count);
    return known.length > 0 ? this.use(this.pick(known).name) : undefined;
  }

  /** A value that shares nothing with any other. */
  private copy(): string {
    return `structuredClone(${this.maybe(() => this.expression("any", 1))})`;
  }

  /** Several in a row, the first of which may be the declaration. */
  private inPlace(): string {
    const change = this.chance(50) ? this.bag : this.queue;
    return Array.from({ length: 4 }, () => change.call(this)).join(" ");
  }

  private bag(): string {
    const bag = this.own("bag");
    if (!bag) {
      this.note("a bag");
      return `const ${this.declare("bag", this.count)} = { n: 0, in: { list: [] } };`;
    }
    switch (this.draw(6)) {
      case 0:
        this.note("o.k = await");
        return `${bag}.k = await load(${this.expression("any", 1)});`;
      case 1:
        this.note("o[k] = v");
        return `${bag}[${this.maybe(() => this.expression("string", 1))}] = ${this.copy()};`;
      case 2:
        this.note("delete");
        return `delete ${bag}.${this.pick(["k", "n", "j"])};`;
      case 3:
        this.note("nested push");
        return `${bag}.in.list.push(${this.copy()});`;
      case 4:
        this.note("o.k ??= v");
        return `${bag}.j ${this.pick(["??=", "||=", "="])} ${this.copy()};`;
      default:
        this.note("o.n += v");
        return `${bag}.n += ${this.maybe(() => this.expression("number", 1))};`;
    }
  }

  private queue(): string {
    const queue = this.own("queue");
    if (!queue) {
      this.note("a queue");
      return `const ${this.declare("queue", this.count)} = [];`;
    }
    switch (this.draw(5)) {
      case 0:
        this.note("push of await");
        return `${queue}.push(await ${this.call()});`;
      case 1:
        this.note("pop or shift");
        return `${queue}.${this.pick(["pop", "shift"])}();`;
      case 2:
        this.note("index assignment");
        return `${queue}[${this.draw(2)}] = ${this.copy()};`;
      case 3:
        this.note("unshift");
        return `${queue}.unshift(${this.copy()});`;
      default:
        this.note("push");
        return `${queue}.push(${this.copy()});`;
    }
  }

  /** What changed in place is handed to a task, which gets a copy. */
  private shown(): string {
    const shown = this.own("bag") ?? this.own("queue");
    if (!shown) return this.inPlace();
    this.note("what changed is sent");
    return `await send(${shown}, ${shown}.length ?? null);`;
  }

  private called(): string {
    const plain = this.visible(["function"]);
    const waiting = this.visible(["async function"]);
    if (plain.length > 0 && (waiting.length === 0 || this.chance(50)) && this.chance(75)) {
      this.note("a call of a function");
      const call = `${this.use(this.pick(plain).name)}(${this.maybe(() => this.expression("number", 1))})`;
      return `const ${this.declare("any")} = ${call};`;
    }
    if (waiting.length > 0 && this.chance(75)) {
      this.note("a call of an async function");
      const name = this.use(this.pick(waiting).name);
      const argument = this.maybe(() => this.expression("any", 1)); // before the name that it must not read
      return `const ${this.declare("any")} = await ${name}(${argument});`;
    }
    const parameter = [{ name: "p", kind: "number" as const }];
    const body = (): string => this.within(parameter, () => this.maybe(() => this.expression("number", 2)));
    if (this.chance(50)) {
      this.note("a function");
      const text = body();
      return `const ${this.declare("function")} = (p) => ${text};`;
    }
    this.note("an async function");
    const text = body();
    return `const ${this.declare("async function")} = async (p) => { if (p === null) return "none"; const got = await load(p); return [got, ${text}]; };`;
  }

  private chosen(): string {
    const test = this.maybe(() => this.expression("boolean", 1));
    const value = this.maybe(() => this.expression("any", 1));
    const form = this.draw(4);
    this.note(["await in an arm", "await behind ??", "await behind &&", "await behind ||"][form] ?? "");
    const text = [
      `${test} ? await ${this.call()} : ${value}`,
      `(${value}) ?? (await ${this.call()})`,
      `${test} && (await ${this.call()})`,
      `${test} || (await ${this.call()})`,
    ][form];
    return `const ${this.declare("any")} = ${text};`;
  }

  private conditional(): string {
    const known = this.visible(["number", "string", "any"]).filter(({ changes }) => changes === this.count);
    if (known.length === 0) return this.changing();
    const { name, kind } = this.pick(known);
    const operator = this.pick(["??=", "||=", "&&="]);
    this.note(operator);
    return `${this.use(name)} ${operator} ${this.maybe(() => this.expression(kind, 1))};`;
  }

  private finally(depth: number): string {
    this.note("finally");
    const body = this.guard(() => this.arm(depth));
    const caught = this.chance(50)
      ? `catch (e) { await send(e.name); ${this.guard(() => this.arm(depth))} }`
      : "";
    return `try { ${body} } ${caught} finally { await notify("f"); ${this.arm(depth)} }`;
  }

  /** An outer loop that an inner one leaves, or goes on with. */
  private labelled(depth: number): string {
    this.note("label");
    const label = `l${this.labels++}`;
    const jump = this.pick(["break", "continue"]);
    const list = this.maybe(() => this.expression("list", 1));
    const element = [{ name: `${label}x`, kind: "number" as const }];
    // The arm's own names are another block's than those of the test before it.
    const inner = this.within(element, () => {
      const test = this.maybe(() => this.expression("boolean", 1));
      return `for (const ${label}y of [1, 2]) { await load(${label}y); if (${test}) ${jump} ${label}; { ${this.arm(depth)} } }`;
    });
    return `${label}: for (const ${label}x of ${list}) { ${inner} }`;
  }

  private keys(depth: number): string {
    this.note("for in");
    const key = [{ name: "key", kind: "string" as const }];
    const object = this.maybe(() => this.expression("object", 1));
    return `for (const key in ${object.includes("key") ? "raw" : object}) { ${this.within(key, () => `${this.statements(1, depth + 1, "arm")} await load(key);`)} }`;
  }

  /** A loop that does not wait. */
  private quick(): string {
    const numbers = this.visible(["number"]).filter(({ changes }) => changes === this.count);
    const list = this.maybe(() => this.expression("list", 1));
    if (numbers.length === 0 || /\bq\b/.test(list)) return this.changing();
    this.note("loop that does not wait");
    const sum = this.use(this.pick(numbers).name);
    return `for (const q of ${list}) { if (${this.pick(["q > 2", "q === 1", "!q"])}) ${this.pick(["continue", "break"])}; ${sum} += q; }`;
  }

  private leaving(_depth: number, where: Where): string {
    const list = this.maybe(() => this.expression("list", 1));
    if (where === "callback" || this.count > 0 || /\bq\b/.test(list)) return this.inPlace();
    this.note("return from a loop that does not wait");
    return `for (const q of ${list}) { if (q === ${this.draw(4)}) return { found: q }; }`;
  }
}
