import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { compileFlows } from "../../sdk/testing/index.ts";
import { writeFiles } from "./fixture.ts";

const HEAD = 'import { flow, task } from "runlet";\nexport const t = task(async (x: unknown) => x);\n';
const body = (text: string): string => `${HEAD}export const f = flow(async (raw: any) => { ${text} });\n`;

/** Codes and columns of what is wrong in the flow's line. */
const wrong = (text: string): string[] =>
  check(writeFiles({ "f.ts": body(text) })("f.ts")).map(
    ({ code, column }) =>
      `${code} ${body(text)
        .split("\n")[2]
        ?.slice(column - 1, column + 11)}`,
  );

describe("what is refused, since it would be silently different", () => {
  it.each([
    ["a name before its definition", "const a = b; const b = 1; return a;", "RLT1308 b; const b ="],
    [
      "an inner name before its definition",
      "const b = 1; { const a = b; const b = 2; await t(a); } return b;",
      "RLT1308 b; const b =",
    ],
    [
      "a name in a callback before its definition",
      "const a = raw.map((x: any) => x + b); const b = 1; return a;",
      "RLT1308 b); const b ",
    ],
    [
      "a loop's own name in its list",
      "const x = [1]; for (const x of x) await t(x); return x;",
      "RLT1308 x) await t(x",
    ],
    [
      "in a try, what a callback changes, behind an await of its statement (it was changed once, whatever called it)",
      "let n = 1; try { await t([[1, 2].map((v) => raw.a + n++), await t(n)]); } catch { await t(n); } return n;",
      "RLT1104 [1, 2].map((",
    ],
    [
      "the same, with an argument after it",
      "let n = 1; try { await t([[1, 2].map(() => n++), n, raw.a]); } catch { await t(n); } return n;",
      "RLT1104 [1, 2].map((",
    ],
    [
      "a pattern that remembers where it stopped",
      "const own = /b/g; return [own.test(raw), own.test(raw)];",
      "RLT1306 own.test(raw",
    ],
    [
      "an iterator that is kept",
      "const it = raw.entries(); return [[...it], [...it]];",
      "RLT1309 raw.entries(",
    ],
    ["an iterator in a structure", "return t({ it: raw.values() });", "RLT1309 raw.values()"],
    [
      "a pattern with a state",
      "const p = /a/y; return [raw.match(p), raw.match(p)];",
      "RLT1306 /a/y; return",
    ],
    ["a function where no method calls it", "return String(() => 1);", "RLT1108 () => 1); })"],
    ["an await in an optional call", "return raw.a?.(await t(1));", "RLT1203 raw.a?.(awai"],
    ["a count of lines", "return [console.count()];", "RLT1303 console.coun"],
    ["a shorthand __proto__", "const __proto__ = 1; return { __proto__ };", "RLT1313 __proto__ };"],
    ["what follows a return", "return 1; await fetch(raw);", "RLT1202 fetch(raw); "],
  ])("%s", (_, text, expected) => {
    expect(wrong(text)).toContain(expected);
  });

  it("an iterator that is used up where it is made is none of them", () => {
    expect(
      wrong(
        "return [[...raw.entries()], Array.from(raw.values()), raw.map((x: any) => { for (const y of x.keys()) { x = y; } return x; })];",
      ),
    ).toEqual([]);
  });

  it.each([
    ["a literal of 901 levels", `${"[".repeat(901)}raw${"]".repeat(901)}`],
    ["a sum of 20,000", `raw${" + 1".repeat(20_000)}`],
    ["a path of 5,000", `raw${".a".repeat(5_000)}`],
  ])("%s is nested too deeply, and nothing overflows", (_, text) => {
    expect(wrong(`return ${text};`).map((one) => one.slice(0, 7))).toEqual(["RLT1315"]);
  });

  it("names of enums that are computed, and of patterns of the module, are no constants", () => {
    const text = `${HEAD}enum Color { Red = "r".length }\nconst { a, b: [c] } = { a: 1, b: [2] };\nexport const f = flow(async () => [Color.Red, a, c]);\n`;
    expect(check(writeFiles({ "f.ts": text })("f.ts")).map(({ code }) => code)).toEqual([
      "RLT1310",
      "RLT1310",
      "RLT1310",
    ]);
  });

  it("one mistake has one diagnostic: what uses the name that it defines adds nothing", () => {
    expect(wrong("const a = fetch; const { b } = a; if (a.c) { return t(a + b); } return [a, b];")).toEqual([
      "RLT1304 fetch; const",
    ]);
    expect(wrong("class Local {} return [Local, Local];")).toEqual(["RLT1108 class Local "]);
  });
});

describe("modules", () => {
  it("names that a module does not export, also where modules export each other's names in a circle", () => {
    const path = writeFiles({
      "a.ts": 'export * from "./b.ts";\nexport { lost } from "./b.ts";\n',
      "b.ts": 'export * from "./a.ts";\nexport { lost } from "./a.ts";\nexport const known = 1;\n',
      "main.ts": `${HEAD}import { gone, known, lost } from "./a.ts";\nimport { nothing } from "./nowhere.ts";\nexport const f = flow(async () => [gone, known, lost, nothing]);\n`,
    });
    expect(check(path("main.ts")).map(({ code, message }) => [code, message])).toEqual([
      ["RLT1009", '"gone" is not exported by ./a.ts.'],
      ["RLT1009", '"lost" is not exported by ./a.ts.'],
      ["RLT1009", '"nothing" is not exported by ./nowhere.ts.'],
    ]);
  });

  it("a class is called a class, and a namespace is a name that is defined", () => {
    const path = writeFiles({
      "main.ts": `${HEAD}class Stats { static of() { return 1; } }\nnamespace Rates { export const vat = 1; }\nnamespace Rows { export interface Row { id: number } }\nexport const f = flow(async (row: Rows.Row) => [Stats.of(), Rates.vat, row.id]);\n`,
    });
    expect(check(path("main.ts")).map(({ code }) => code)).toEqual(["RLT1108", "RLT1310"]);
  });

  it("a file of data is no module", () => {
    const path = writeFiles({
      "data.json": '{ "a": 1 }',
      "main.ts": `${HEAD}import data from "./data.json";\nexport const f = flow(async () => data.a);\n`,
    });
    expect(check(path("main.ts")).map(({ code }) => code)).toEqual(["RLT1310"]);
  });

  it("a default export needs a name of its own, and then serves", async () => {
    const path = writeFiles({
      "named.ts":
        'import { task } from "runlet";\nexport default task({ name: "named" }, async (x: number) => x + 1);\n',
      "main.ts": `${HEAD}import named from "./named.ts";\nexport default flow({ name: "byName" }, async () => named(1));\n`,
      "nameless.ts": 'import { flow } from "runlet";\nexport default flow(async () => 1);\n',
    });
    const compiled = await compileFlows(path("main.ts"));
    expect((await compiled.run({ flow: "byName" })).output).toBe(2);
    compiled.close();
    expect(check(path("nameless.ts")).map(({ code }) => code)).toEqual(["RLT1003"]);
  });

  it("a file behind a link is compiled as the file that it is", async () => {
    const path = writeFiles({
      "lib.ts": 'import { task } from "runlet";\nexport const plus = task(async (x: number) => x + 1);\n',
      "main.ts":
        'import { flow } from "runlet";\nimport { plus } from "./lib.ts";\nexport const f = flow(async (x: number) => [x].map((y) => y * 2).concat(await plus(x)));\n',
    });
    const folder = mkdtempSync(join(tmpdir(), "runlet-link-"));
    symlinkSync(path(""), join(folder, "linked"));
    const compiled = await compileFlows(join(folder, "linked", "main.ts"));
    expect((await compiled.run({ input: 3 })).output).toEqual([6, 4]);
    compiled.close();
    rmSync(folder, { recursive: true });
  });
});

describe("inlineSteps: refuse", () => {
  it("tells each expression that would need one, where it stands", async () => {
    const text =
      'import { flow, task } from "runlet";\nexport const t = task(async (x: unknown) => x);\nexport const f = flow({ inlineSteps: "refuse" }, async (raw: any) => {\n  const a = await t("raw.a");\n  const b = await t({ a });\n  if (b.x > 1) return t(raw.a * 2);\n  return [b];\n});\n';
    const failure = await compileFlows(writeFiles({ "f.ts": text })("f.ts")).catch(
      (error: Error) => error.message,
    );
    expect(
      [...String(failure).matchAll(/f\.ts:(\d+:\d+) (RLT\d+)/g)].map(([, place, code]) => `${place} ${code}`),
    ).toEqual(["6:7 RLT1401", "6:23 RLT1401"]);
  });
});

describe("calls of which nobody knows what they call", () => {
  const messages = (helpers: string, text: string): string =>
    check(writeFiles({ "f.ts": `${helpers}\n${body(text)}` })("f.ts"))
      .map(({ message }) => message)
      .join("\n");

  it("in a table of which nothing is known: a switch is named, and compiles", () => {
    for (const call of ["await handlers[raw](1)", "handlers[raw](1)"])
      expect(messages("", `const handlers = await t({ a: t }); return ${call};`)).toContain("write a switch");
    expect(messages("", "switch (raw) { case 'a': return await t(1); default: return 2; }")).toBe("");
  });

  it("of a parameter that is left out: a default is named, and compiles", () => {
    const each = (parameter: string, test: string): string =>
      `async function each(x: any, ${parameter}) { ${test} await onEach(x); return x; }`;
    const calls = "await each(1, t); return await each(raw);";
    expect(messages(each("onEach?: any", "if (onEach)"), calls)).toContain("onEach = async () => {}");
    expect(messages(each("onEach = async (x: any) => {}", ""), calls)).toBe("");
  });
});
