import type { Draw } from "./generator-expressions.ts";

type Kind = "number" | "string" | "boolean" | "list" | "items" | "object" | "any";

interface Local {
  name: string;
  kind: Kind;
}

const PATHS: Record<Kind, readonly string[]> = {
  number: ["raw.a", "raw.b", "raw.c", "raw.o.x.y", "raw.list.length", "LIMITS.most"],
  string: ["raw.s", "raw.t", "raw.o.x.z"],
  boolean: ["raw.flag", "raw.none", "raw.missing"],
  list: ["raw.list", "raw.words", "raw.o.list", "LIMITS.names", "raw.v"],
  items: ["raw.items", "raw.v", "raw.rows"],
  object: ["raw.o", "raw.o.x", "raw.v", "LIMITS"],
  any: [
    "raw.a",
    "raw.s",
    "raw.o",
    "raw.list",
    "raw.items",
    "raw.none",
    "raw.missing",
    "raw.v",
    "raw?.o?.x",
    "raw.rows",
  ],
};

/**
 * Random expressions over methods and callbacks of values that are mostly of the right kind, and sometimes of any other:
 * guards must know what they do not.
 */
export class MethodWriter {
  readonly coverage = new Map<string, number>();
  readonly #draw: Draw;
  #locals: Local[] = [];
  #names = 0;
  /** In statements: no others stand in theirs, or a program would grow without end. */
  #inside = false;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  #pick<T>(table: readonly T[]): T {
    const found = table[this.#draw(table.length)];
    if (found === undefined) throw new Error("An empty table.");
    return found;
  }

  #chance = (percent: number): boolean => this.#draw(100) < percent;

  #note(construct: string): void {
    this.coverage.set(construct, (this.coverage.get(construct) ?? 0) + 1);
  }

  #leaf(kind: Kind): string {
    const own = this.#locals.filter((one) => one.kind === kind || one.kind === "any" || this.#chance(8));
    if (own.length > 0 && this.#chance(60)) return this.#pick(own).name;
    return this.#pick(PATHS[this.#chance(6) ? "any" : kind]);
  }

  expression(kind: Kind, depth: number): string {
    if (depth <= 0) return this.#literalOr(kind);
    const wanted = this.#chance(4) ? "any" : kind;
    switch (wanted) {
      case "number":
        return this.#number(depth);
      case "string":
        return this.#string(depth);
      case "boolean":
        return this.#boolean(depth);
      case "list":
      case "items":
        return this.#list(wanted, depth);
      case "object":
        return this.#object(depth);
      case "any":
        return this.expression(
          this.#pick<Kind>(["number", "string", "boolean", "list", "items", "object"]),
          depth,
        );
    }
  }

  #literalOr(kind: Kind): string {
    if (kind === "number" && this.#chance(30))
      return this.#pick(["0", "1", "2", "10", "0.5", "-1", "3", "100", "1e-7", "-0.25"]);
    if (kind === "string" && this.#chance(30))
      return this.#pick([
        '"e"',
        '""',
        '"x"',
        '","',
        '"0"',
        '"%}"',
        '"it\'s"',
        '"text"',
        '"é"',
        '"-"',
        '"10"',
      ]);
    if (kind === "boolean" && this.#chance(20)) return this.#pick(["true", "false", "null"]);
    return this.#leaf(kind);
  }

  #e = (kind: Kind, depth: number): string => this.expression(kind, depth - 1 - this.#draw(2));

  /** A callback over items; `then` writes its body. */
  #callback(element: Kind, body: () => string): string {
    const before = this.#locals;
    const form = this.#draw(12);
    const name = (kind: Kind, hides = false): string => {
      const free = hides && this.#chance(15) ? this.#pick(["LIMITS", "x", "raw2"]) : `x${this.#names++}`;
      this.#locals = [{ name: free, kind }, ...this.#locals.filter((one) => one.name !== free)];
      return free;
    };
    let head: string;
    if (element === "object" && form < 3) {
      this.#note("destructured parameter");
      const [id, price, tags] = [name("number"), name("number"), name("list")];
      head = this.#pick([
        `({ id: ${id}, price: ${price}, tags: ${tags} })`,
        `({ id: ${id} = 7, price: ${price}, tags: ${tags} = [] })`,
        `({ id: ${id}, tags: [${price}, ...${tags}] })`,
        `({ id: ${id}, price: ${price} = ${id}, ...${tags} })`,
      ]);
    } else {
      head = name(element, true);
      if (form === 4 || form === 5) {
        this.#note("index parameter");
        head = `(${head}, ${name("number")})`;
      }
    }
    let text: string;
    if (form === 6 || form === 7) {
      this.#note("callback block");
      const inner = `y${this.#names++}`;
      const value = this.expression("any", 1);
      this.#locals = [{ name: inner, kind: "any" }, ...this.#locals];
      text = `{ const ${inner} = ${value}; return ${body()}; }`;
    } else if (form > 9 && !this.#inside) {
      this.#note("callback statements");
      this.#inside = true;
      text = this.#statements(body);
      this.#inside = false;
    } else if (form === 8) {
      this.#note("callback if");
      text = `{ if (${this.expression("boolean", 1)}) return ${body()}; return ${body()}; }`;
    } else {
      const value = body();
      text = value.startsWith("{") ? `(${value})` : value;
    }
    this.#locals = before;
    return `${head} => ${text}`;
  }

  /** Variables that change, in branches and loops. */
  #statements(body: () => string): string {
    const e = (kind: Kind): string => this.expression(kind, 1);
    const [n, s, list] = [`n${this.#names++}`, `s${this.#names++}`, `l${this.#names++}`];
    const o = `o${this.#names++}`;
    const head = `let ${n} = ${e("number")}; let ${s} = ${this.#pick([e("string"), '""', "null"])}; let u${n}; const ${list} = [${this.#pick(["", e("any")])}]; const ${o} = { k: ${e("number")} };`;
    this.#locals = [
      { name: n, kind: "number" },
      { name: s, kind: "string" },
      { name: `u${n}`, kind: "any" },
      ...this.#locals,
    ];
    const change = (): string =>
      this.#pick([
        `${n} += ${e("number")};`,
        `${n}++;`,
        `${s} = ${e("string")};`,
        `${s} += ${e("string")};`,
        `u${n} = ${e("any")};`,
        `u${n} ??= ${e("any")};`,
        `${list}.push(${e("any")});`,
        `${o}.k = ${e("any")};`,
        `${o}["k" + ${e("string")}] = ${e("any")};`,
        `${o}.k += ${e("number")};`,
      ]);
    const jump = (): string =>
      this.#chance(40)
        ? `if (${e("boolean")}) ${this.#pick(["break;", "continue;", `{ ${change()} continue; }`, `return ${e("any")};`])}`
        : "";
    const branch = (): string =>
      this.#pick([
        change(),
        `if (${e("boolean")}) { ${change()} } else { ${change()} ${change()} }`,
        `if (${e("boolean")}) ${change()}`,
        `if (${e("boolean")}) { let ${n} = 1; ${change()} } else if (${e("boolean")}) { ${change()} }`,
      ]);
    const loop = (): string => {
      const x = `x${this.#names++}`;
      const before = this.#locals;
      const kind = this.#pick<Kind>(["list", "items"]);
      const heads = [
        `for (const ${x} of ${e(kind)})`,
        `for (let ${x} = 0; ${x} < ${e("list")}.length; ${x}++)`,
        `for (const ${x} in ${e("object")})`,
      ];
      const form = this.#draw(3);
      this.#note(["for of in a callback", "for in a callback", "for in of a callback"][form] ?? "");
      const first = heads[form] ?? "";
      this.#locals = [
        { name: x, kind: form === 0 ? this.#elementKind(kind) : form === 1 ? "number" : "string" },
        ...this.#locals,
      ];
      const inner = this.#chance(20) ? loop() : branch();
      const text = `${first} { ${jump()} ${inner} ${jump()} ${change()} }`;
      this.#locals = before;
      return text;
    };
    const steps = [branch(), loop(), branch()].filter(() => this.#chance(75));
    return `{ ${head} ${steps.join(" ")} return ${this.#pick([body, () => `[${n}, ${s}, u${n} ?? null, ${list}.length, ${o}.k]`, () => list, () => o])()}; }`;
  }

  #elementKind = (kind: Kind): Kind =>
    kind === "items"
      ? this.#pick<Kind>(["object", "object", "list"])
      : this.#pick<Kind>(["number", "string", "any"]);

  #number(depth: number): string {
    const e = (kind: Kind): string => this.#e(kind, depth);
    switch (this.#draw(17)) {
      case 0:
        return `(${e("number")} ${this.#pick(["+", "-", "*", "/", "%"])} ${e("number")})`;
      case 1:
        this.#note("Math");
        return `Math.${this.#pick(["round", "floor", "ceil", "abs", "trunc", "sign", "sqrt"])}(${e("number")})`;
      case 2:
        this.#note("Math.max");
        return `Math.${this.#pick(["max", "min"])}(${e("number")}, ${this.#chance(40) ? `...${e("list")}` : e("number")})`;
      case 3:
        this.#note("length");
        return `${this.#receiver(this.#pick<Kind>(["list", "items", "string"]), depth)}.length`;
      case 4:
        this.#note("reduce");
        return this.#fold("number", depth);
      case 5:
        this.#note("indexOf");
        return `${this.#receiver("list", depth)}.${this.#pick(["indexOf", "lastIndexOf"])}(${e(this.#pick<Kind>(["number", "string"]))})`;
      case 6: {
        this.#note("findIndex");
        const kind = this.#pick<Kind>(["list", "items"]);
        return `${this.#receiver(kind, depth)}.${this.#pick(["findIndex", "findLastIndex"])}(${this.#callback(this.#elementKind(kind), () => e("boolean"))})`;
      }
      case 7:
        this.#note("indexOf of text");
        return `${this.#receiver("string", depth)}.indexOf(${e("string")})`;
      case 8:
        this.#note("Number");
        return `${this.#pick(["Number", "parseInt", "parseFloat", "+"])}(${e(this.#pick<Kind>(["string", "number", "boolean"]))})`;
      case 9:
        return `(${e("boolean")} ? ${e("number")} : ${e("number")})`;
      case 10:
        return `(${e("number")} ${this.#pick(["??", "||", "&&"])} ${e("number")})`;
      case 11:
        this.#note("at");
        return `${this.#receiver("list", depth)}.at(${this.#pick(["0", "1", "-1", "-2", "raw.b"])})`;
      case 12:
        this.#note("index");
        return `${this.#receiver("list", depth)}${this.#pick(["", "?."])}[${this.#pick(["0", "1", "raw.b", "raw.a"])}]`;
      case 13:
        return `-(${e("number")})`;
      case 14:
        this.#note("**");
        return `((${e("number")}) ** ${this.#pick(["2", "3"])})`;
      default:
        return this.#literalOr("number");
    }
  }

  #fold(kind: Kind, depth: number): string {
    const over = this.#pick<Kind>(["list", "items"]);
    const [sum, item] = [`s${this.#names++}`, `x${this.#names++}`];
    const before = this.#locals;
    this.#locals = [{ name: sum, kind }, { name: item, kind: this.#elementKind(over) }, ...this.#locals];
    const step =
      kind === "number" && this.#chance(50)
        ? `${sum} + ${this.#e("number", depth)}`
        : kind === "list"
          ? `[...${sum}, ${this.#e("any", depth)}]`
          : kind === "object"
            ? `({ ...${sum}, [${this.#e("string", depth)}]: ${this.#e("any", depth)} })`
            : this.#e(kind, depth);
    this.#locals = before;
    const start =
      { number: "0", string: '""', list: "[]", object: "{}", boolean: "false" }[kind as string] ?? "0";
    const init = kind === "number" && this.#chance(20) ? "" : `, ${start}`;
    return `${this.#receiver(over, depth)}.reduce((${sum}, ${item}) => ${step}${init})`;
  }

  #receiver(kind: Kind, depth: number): string {
    const text = this.#e(kind, depth);
    return /^[\w.?"\]]+$/.test(text) && !/^-?\d/.test(text) ? text : `(${text})`;
  }

  #string(depth: number): string {
    const e = (kind: Kind): string => this.#e(kind, depth);
    const s = this.#receiver("string", depth);
    switch (this.#draw(16)) {
      case 0:
        this.#note("case");
        return `${s}.${this.#pick(["toUpperCase", "toLowerCase"])}()`;
      case 1:
        this.#note("trim");
        return `${s}.${this.#pick(["trim", "trimStart", "trimEnd"])}()`;
      case 2:
        this.#note("slice of text");
        return `${s}.${this.#pick(["slice", "substring"])}(${this.#pick(["0", "1", "2", "-1", "raw.b"])}${this.#chance(50) ? `, ${this.#pick(["1", "2", "3", "-1", "raw.a"])}` : ""})`;
      case 3:
        this.#note("replace");
        return `${s}.${this.#pick(["replace", "replaceAll"])}(${e("string")}, ${e("string")})`;
      case 4:
        this.#note("pad");
        return `${s}.${this.#pick(["padStart", "padEnd"])}(${this.#pick(["3", "8", "raw.a"])}${this.#chance(60) ? `, ${e("string")}` : ""})`;
      case 5:
        this.#note("repeat");
        return `${s}.repeat(${this.#pick(["0", "2", "raw.b"])})`;
      case 6:
        this.#note("join");
        return `${this.#receiver(this.#pick<Kind>(["list", "list", "items"]), depth)}.join(${this.#pick(["", '"-"', '""', "raw.s"])})`;
      case 7:
        this.#note("String");
        return this.#pick([`String(${e("any")})`, `${s}.toString()`, `(${e("number")}).toString()`]);
      case 8:
        this.#note("toFixed");
        return `(${e("number")}).toFixed(${this.#pick(["", "0", "1", "2"])})`;
      case 9:
        return `\`\${${e("any")}} \${${e("string")}}\``;
      case 10:
        return `(${e("string")} + ${e(this.#pick<Kind>(["string", "number", "any"]))})`;
      case 11:
        this.#note("charAt");
        return `${s}.charAt(${this.#pick(["0", "1", "raw.b"])})`;
      case 12:
        this.#note("typeof");
        return `typeof ${this.#receiver("any", depth)}`;
      case 13:
        this.#note("reduce to text");
        return this.#fold("string", depth);
      default:
        return this.#literalOr("string");
    }
  }

  #boolean(depth: number): string {
    const e = (kind: Kind): string => this.#e(kind, depth);
    switch (this.#draw(15)) {
      case 0: {
        this.#note("some and every");
        const kind = this.#pick<Kind>(["list", "items"]);
        return `${this.#receiver(kind, depth)}.${this.#pick(["some", "every"])}(${this.#callback(this.#elementKind(kind), () => e("boolean"))})`;
      }
      case 1:
        this.#note("includes");
        return `${this.#receiver(this.#pick<Kind>(["list", "string"]), depth)}.includes(${e(this.#pick<Kind>(["string", "number"]))})`;
      case 2:
        this.#note("startsWith");
        return `${this.#receiver("string", depth)}.${this.#pick(["startsWith", "endsWith"])}(${e("string")})`;
      case 3:
        return `(${e("number")} ${this.#pick(["<", "<=", ">", ">="])} ${e("number")})`;
      case 4:
        return `(${e("string")} ${this.#pick(["<", ">"])} ${e("string")})`;
      case 5:
        return `(${e(this.#pick<Kind>(["number", "string", "boolean"]))} ${this.#pick(["===", "!=="])} ${e(this.#pick<Kind>(["number", "string", "boolean"]))})`;
      case 6:
        return `(${this.#leaf("any")} ${this.#pick(["===", "!==", "==", "!="])} ${this.#pick(["null", "undefined", "5", '"text"', "true"])})`;
      case 7:
        return `!${this.#receiver("any", depth)}`;
      case 8:
        return `(${e("boolean")} ${this.#pick(["&&", "||"])} ${e("boolean")})`;
      case 9:
        this.#note("Number.is");
        return `Number.${this.#pick(["isInteger", "isFinite", "isNaN", "isSafeInteger"])}(${e("any")})`;
      case 10:
        this.#note("Array.isArray");
        return `Array.isArray(${e("any")})`;
      case 11:
        this.#note("in");
        return this.#pick([
          `("a" in ${this.#receiver("object", depth)})`,
          `Object.hasOwn(${e("object")}, ${e("string")})`,
        ]);
      case 12:
        this.#note("Boolean");
        return `Boolean(${e("any")})`;
      default:
        return this.#literalOr("boolean");
    }
  }

  #list(kind: "list" | "items", depth: number): string {
    const e = (one: Kind): string => this.#e(one, depth);
    const receiver = this.#receiver(kind, depth);
    const element = (): Kind => this.#elementKind(kind);
    switch (this.#draw(18)) {
      case 0:
      case 1:
        this.#note("map");
        return `${receiver}.map(${this.#callback(element(), () => e(kind === "items" && this.#chance(50) ? "object" : "any"))})`;
      case 2:
        this.#note("filter");
        return `${receiver}.filter(${this.#chance(10) ? "Boolean" : this.#callback(element(), () => e("boolean"))})`;
      case 3:
        this.#note("flatMap");
        return `${receiver}.flatMap(${this.#callback(element(), () => e(this.#pick<Kind>(["list", "any"])))})`;
      case 4:
        this.#note("slice");
        return `${receiver}.slice(${this.#pick(["", "0", "1", "-1", "-2", "raw.b", "0, 2", "1, -1", "raw.b, raw.a"])})`;
      case 5:
        this.#note("concat");
        return `${receiver}.concat(${e(this.#pick<Kind>(["list", "any"]))})`;
      case 6:
        this.#note("array spread");
        return `[${[`...${receiver}`, e("any"), ...(this.#chance(40) ? [`...${e("list")}`] : [])].sort(() => this.#draw(3) - 1).join(", ")}]`;
      case 7:
        this.#note("array");
        return `[${e("any")}, ${e("any")}]`;
      case 8:
        this.#note("reverse");
        return this.#pick([`${receiver}.toReversed()`, `[...${receiver}].reverse()`]);
      case 9:
      case 10:
        this.#note("sort");
        return `${this.#pick([`${receiver}.toSorted`, `[...${receiver}].sort`])}(${this.#comparator(kind)})`;
      case 11:
        this.#note("flat");
        return `${receiver}.flat()`;
      case 12:
        this.#note("split");
        return `${this.#receiver("string", depth)}.split(${this.#pick(['","', '""', '"e"', "raw.t"])})`;
      case 13:
        this.#note("Object.keys");
        return `Object.${this.#pick(["keys", "values", "entries"])}(${e("object")})`;
      case 14:
        this.#note("reduce to list");
        return this.#fold("list", depth);
      case 15:
        this.#note("entries");
        return `[...${receiver}.${this.#pick(["entries", "keys", "values"])}()]`;
      default:
        return this.#leaf(kind);
    }
  }

  #comparator(kind: "list" | "items"): string {
    const key = kind === "items" ? this.#pick([".id", ".price", ".n"]) : "";
    const other = kind === "items" ? this.#pick([".price", ".p", ".n"]) : "";
    return this.#pick([
      `(a, b) => a${key} - b${key}`,
      `(a, b) => b${key} - a${key}`,
      `(a, b) => a${key} - b${key} || b${other} - a${other}`,
      `(a, b) => (a${key} < b${key} ? -1 : a${key} > b${key} ? 1 : 0)`,
      `(a, b) => (a${key} > b${key} ? -1 : b${key} > a${key} ? 1 : 0)`,
      `(a, b) => (a${key} < b${key} ? -1 : 1)`,
      `(a, b) => (b${key} < a${key} ? 1 : -1)`,
      `(a, b) => { return a${key} > b${key} ? 1 : a${key} < b${key} ? -1 : a${other} - b${other}; }`,
      kind === "list" ? "" : "({ id: p }, { id: q }) => q - p",
    ]);
  }

  #object(depth: number): string {
    const e = (kind: Kind): string => this.#e(kind, depth);
    switch (this.#draw(9)) {
      case 0:
      case 1:
        this.#note("object");
        return `({ a: ${e("any")}, k: ${e("number")}, "b c": ${e("string")} })`;
      case 2:
        this.#note("object spread");
        return `({ ...${e("object")}, a: ${e("any")} })`;
      case 3:
        this.#note("object spread last");
        return `({ a: ${e("any")}, x: 1, ...${e("object")} })`;
      case 4:
        this.#note("computed key");
        return `({ [${e("string")}]: ${e("any")} })`;
      case 5: {
        this.#note("find");
        return `${this.#receiver("items", depth)}.${this.#pick(["find", "findLast"])}(${this.#callback("object", () => e("boolean"))})${this.#pick(["", "?.price", "?.tags?.length", " ?? null"])}`.replace(
          /^(.*) \?\? null$/,
          "($1 ?? null)",
        );
      }
      case 6:
        this.#note("fromEntries");
        return `Object.fromEntries(${this.#pick([`Object.entries(${e("object")})`, `${this.#receiver("items", depth)}.map(${this.#callback("object", () => `[${e("string")}, ${e("any")}]`)})`, e("items")])})`;
      case 7:
        this.#note("reduce to object");
        return this.#fold("object", depth);
      default:
        return this.#leaf("object");
    }
  }
}

/** A random expression, and what it uses. */
export function methodExpression(draw: Draw, depth: number): { text: string; coverage: Map<string, number> } {
  const writer = new MethodWriter(draw);
  const text = writer.expression("any", depth);
  return { text, coverage: writer.coverage };
}
