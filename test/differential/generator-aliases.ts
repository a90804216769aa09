import type { Draw } from "./generator-expressions.ts";

type Kind = "object" | "list" | "map";

interface Variable {
  name: string;
  kind: Kind;
  changes: boolean;
}

const FRESH: Record<Kind, readonly string[]> = {
  object: ["{ n: 1, child: { n: 2, items: [] }, items: [{ n: 3, items: [] }] }", "{ n: 4, items: [] }"],
  list: ["[{ n: 1, items: [] }, { n: 2, items: [] }]", "[]"],
  map: ["new Map()", 'new Map([["a", { n: 1, items: [] }]])'],
};

/** Functions of the module that the programs call. */
export const ALIAS_MODULE = `
const same = (o) => o;
const bump = (o) => { o.n += 1; return o; };
const childOf = (o) => o.child;
const addTo = (list, o) => { list.push(o); return list; };
const first = (list) => list[0];
const bumpAll = (list) => { for (const o of list) o.n += 1; };
`.trim();

/**
 * Writes flows in which objects get several names and places, and change, before and after steps; most are refused, and
 * those that compile must agree with Node.
 */
export class AliasGenerator {
  private variables: Variable[] = [];
  private count = 0;

  private readonly draw: Draw;

  constructor(draw: Draw) {
    this.draw = draw;
  }

  program(): string {
    const begin = this.some(2, () =>
      this.declare(this.pick<Kind>(["object", "object", "list", "map"]), true),
    );
    const body = this.some(4 + this.draw(5), () => this.statement(0));
    const shown = this.variables.map(({ name, kind }) => (kind === "map" ? `${name}: [...${name}]` : name));
    return `async (raw) => { ${begin} ${body} return { ${shown.join(", ")} }; }`;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.draw(from.length)] as T;
  }

  private some(times: number, write: () => string): string {
    return Array.from({ length: times }, write).join(" ");
  }

  private number(): string {
    return String(this.draw(4));
  }

  private known(kind: Kind): string {
    const known = this.variables.filter((one) => one.kind === kind);
    return known.length > 0 ? this.pick(known).name : `(${this.pick(FRESH[kind])})`;
  }

  private declare(kind: Kind, fresh = false): string {
    const value = fresh ? this.pick(FRESH[kind]) : this.value(kind, 2);
    const changes = this.draw(3) === 0;
    const name = `${kind.charAt(0)}${this.count++}`;
    this.variables.push({ name, kind, changes });
    return `${changes ? "let" : "const"} ${name} = ${value};`;
  }

  private value(kind: Kind, depth: number): string {
    if (depth === 0 || this.draw(4) === 0) return this.known(kind);
    if (kind === "map")
      return this.pick([() => this.known("map"), () => `new Map([["a", ${this.value("object", 0)}]])`])();
    return kind === "object" ? this.object(depth - 1) : this.list(depth - 1);
  }

  private object(depth: number): string {
    const object = (): string => this.value("object", depth);
    const list = (): string => this.value("list", depth);
    return this.pick([
      () => `${object()}.child`,
      () => `${list()}[${this.draw(2)}]`,
      () => `${list()}.at(-1)`,
      () => `${list()}.find((x) => x.n > ${this.number()})`,
      () => `${this.known("list")}.pop()`,
      () => `${this.known("map")}.get("a")`,
      () => `same(${object()})`,
      () => `bump(${object()})`,
      () => `childOf(${object()})`,
      () => `first(${list()})`,
      () => `({ ...${object()} })`,
      () => `({ n: ${this.number()}, child: ${object()}, items: [] })`,
      () => `({ n: ${this.number()}, items: ${list()} })`,
      () => `structuredClone(${object()})`,
      () => `Object.assign(${object()}, { n: ${this.number()} })`,
      () => `(raw.flag ? ${object()} : ${object()})`,
      () => `(${object()} ?? ${object()})`,
      () => `(await load(${object()}))`,
      () => `((await load(${this.number()})) > 1 ? ${object()} : ${object()})`,
      () => this.pick(FRESH.object).replace(/^.*$/, (text) => `(${text})`),
      () => `${list()}.reduce((best, x) => (x.n > best.n ? x : best))`,
    ])();
  }

  private list(depth: number): string {
    const object = (): string => this.value("object", depth);
    const list = (): string => this.value("list", depth);
    return this.pick([
      () => `${object()}.items`,
      () => `${object()}.items`,
      () => `[${object()}, ${object()}]`,
      () => `[${object()}]`,
      () => `[...${list()}]`,
      () => `${list()}.filter((x) => x.n > ${this.number()})`,
      () => `${list()}.slice(${this.draw(2)})`,
      () => `${list()}.map((x) => x)`,
      () => `${list()}.map((x) => ({ ...x }))`,
      () => `${list()}.map((x) => ({ n: x.n, child: x, items: [] }))`,
      () => `${list()}.concat(${list()})`,
      () => `${list()}.toSorted((p, q) => q.n - p.n)`,
      () => `${this.known("list")}.sort((p, q) => q.n - p.n)`,
      () => `${this.known("list")}.reverse()`,
      () => `[...${this.known("map")}.values()]`,
      () => `Object.values({ a: ${object()} })`,
      () => `(await load(${list()}))`,
      () => `(await Promise.all(${list()}.map(async (x) => load(x))))`,
      () => `(await Promise.all(${list()}.map(async (x) => { await send(x.n); return x; })))`,
      () => `${list()}.flatMap((x) => [x, x])`,
      () => `addTo(${list()}, ${object()})`,
      () => `structuredClone(${list()})`,
    ])();
  }

  private pause(): string {
    return this.pick([
      () => "await send(1);",
      () => `await send(${this.known("object")}.n);`,
      () => `await send(${this.known("list")}.length);`,
      () => `await send(${this.known("object")});`,
    ])();
  }

  private change(): string {
    const object = (): string => this.value("object", this.draw(2));
    const known = (): string => this.known("object");
    const list = (): string => this.known("list");
    return this.pick([
      () => `${known()}.n += ${this.number()};`,
      () => `${known()}.n++;`,
      () => `${known()}.child.n = ${this.number()};`,
      () => `${known()}.n = await load(${this.number()});`,
      () => `${known()}.n += await load(${this.number()});`,
      () => `${known()}.child = ${object()};`,
      () => `${known()}.items = ${this.value("list", 1)};`,
      () => `${known()}.items.push(${object()});`,
      () => `${known()}.child ??= ${object()};`,
      () => `delete ${known()}.n;`,
      () => `${list()}.push(${object()});`,
      () => `${list()}.push(await load(${object()}));`,
      () => `${list()}[0] = ${object()};`,
      () => `${list()}[0].n = ${this.number()};`,
      () => `${list()}.unshift(${object()});`,
      () => `${list()}.splice(0, 1);`,
      () => `${list()}.length = 1;`,
      () => `${this.known("map")}.set("a", ${object()});`,
      () => `${this.known("map")}.get("a").n = ${this.number()};`,
      () => `Object.assign(${known()}, { child: ${object()} });`,
      () => `bump(${object()});`,
      () => `bumpAll(${this.value("list", 1)});`,
      () => `addTo(${list()}, ${object()});`,
    ])();
  }

  private statement(depth: number): string {
    if (this.draw(4) === 0) return this.pause();
    if (this.draw(3) === 0) return this.change();
    const list = (): string => this.value("list", 1);
    const arm = (): string => this.within(() => this.some(1 + this.draw(2), () => this.statement(depth + 1)));
    const small = [
      () => this.declare(this.pick<Kind>(["object", "object", "list", "list", "map"])),
      () => this.declare("object"),
      () => this.change(),
      () => this.assign(),
      () => this.pattern(),
      () => `for (const x of ${list()}) x.n += ${this.number()};`,
      () => `${list()}.forEach((x) => { x.n += ${this.number()}; });`,
      () => `for (const x of ${list()}) { ${this.pause()} x.n += ${this.number()}; }`,
      () => `for (const x of [...${list()}]) ${this.known("list")}.push({ n: x.n, child: x, items: [] });`,
      () => `for (const [i, x] of ${list()}.entries()) { x.n = i; }`,
      () => `for (const { child } of ${list()}) { if (child) child.n += 1; }`,
      () => `for (const x of ${list()}) { ${this.known("map")}.set("k" + x.n, x); }`,
    ];
    const large = [
      () => `if (${this.known("object")}.n > ${this.number()}) { ${arm()} } else { ${arm()} }`,
      () => `if (raw.flag) { ${arm()} }`,
      () => `for (const k of [1, 2]) { ${arm()} }`,
      () => `for (const k of [1, 2]) { await send(k); ${arm()} }`,
      () => `try { ${arm()} } catch (e) { ${arm()} }`,
      () => this.closure(),
    ];
    return this.pick(depth < 2 ? [...small, ...large] : small)();
  }

  private within(write: () => string): string {
    const before = this.variables.length;
    const text = write();
    this.variables.length = before;
    return text;
  }

  private assign(): string {
    const known = this.variables.filter(({ changes }) => changes);
    if (known.length === 0) return this.change();
    const { name, kind } = this.pick(known);
    return `${name} = ${this.value(kind, 2)};`;
  }

  private pattern(): string {
    const object = this.value("object", 1);
    const list = this.value("list", 1);
    const make = (kind: Kind): string => {
      const name = `${kind.charAt(0)}${this.count++}`;
      this.variables.push({ name, kind, changes: false });
      return name;
    };
    return this.pick([
      () => `const { child: ${make("object")} } = ${object};`,
      () => `const { items: ${make("list")}, ...${make("object")} } = ${object};`,
      () => `const [${make("object")}, ...${make("list")}] = ${list};`,
      () => `const [${make("object")} = ${object}] = ${list};`,
      () => `const { child: ${make("object")} = { n: 0, items: [] } } = ${object};`,
    ])();
  }

  /** A function that changes what it sees, or what it is given, called once or twice. */
  private closure(): string {
    const name = `f${this.count++}`;
    const body = this.within(() => this.change());
    const waits = /\bawait\b/.test(body) || this.draw(3) === 0;
    const call = waits ? `await ${name}();` : `${name}();`;
    const pause = this.draw(2) === 0 ? this.pause() : "";
    return `const ${name} = ${waits ? "async " : ""}() => { ${waits ? this.pause() : ""} ${body} }; ${call} ${pause} ${this.draw(2) === 0 ? call : ""}`;
  }
}
