import { describe, expect, it } from "vitest";
import { check, formatDiagnostic } from "../../sdk/compiler/index.ts";
import { writeFiles } from "./fixture.ts";

/** `[[RLT1304|fetch]]`: a mistake, and what is to be underlined. */
const MARK = /\[\[(RLT\d{4})\|((?:(?!\]\]).)*)\]\]/;

interface Expected {
  code: string;
  line: number;
  column: number;
  endColumn: number;
}

/** The source without its marks, and the places that they mark. */
function marked(text: string): { source: string; expected: Expected[] } {
  const expected: Expected[] = [];
  const lines = text.split("\n").map((line, index) => {
    let rest = line;
    for (let mark = MARK.exec(rest); mark; mark = MARK.exec(rest)) {
      const [whole, code = "", wrong = ""] = mark;
      expected.push({
        code,
        line: index + 1,
        column: mark.index + 1,
        endColumn: mark.index + 1 + wrong.length,
      });
      rest = rest.slice(0, mark.index) + wrong + rest.slice(mark.index + whole.length);
    }
    return rest;
  });
  return { source: lines.join("\n"), expected };
}

const HEAD =
  'import { flow, task } from "runlet";\nexport const t = task(async (x: unknown) => x);\nconst settings = { at: fetch(1) }, list = [1];\nexport const other = flow(async () => 1);\n';

const MISTAKES = `${HEAD}export const main = flow(async (input: any) => {
  const a = await t([[RLT1304|process]].env);
  const b = 1 + [[RLT1201|t(a)]];
  const größe = [[RLT1308|unbekannt]] + a.größe;
  const c = [1].filter([[RLT1206|async (x) => x]]);
  const e = [[RLT1310|settings]].at;
  const f = "😀" + [[RLT1302|crypto]].subtle;
  const g = [1].map(() => [[RLT1311|a.getHours()]]);
  [[RLT1303|console.table(a, { b: 1 })]];
  const { h = [[RLT1203|await t(1)]] } = a;
  const i = await [[RLT1204|Promise.race([t(1), t(2)])]];
  const j = await [[RLT1205|Promise.all(input.calls)]];
  const k = await t.map(input.xs, [[RLT1209|{ concurrency: 0 }]]);
  const l = await other(1, [[RLT1210|2]]);
  const m = await [[RLT1208|t.each(1)]];
  const n = [[RLT1207|t]];
  const o = await [[RLT1202|import("./later.ts")]];
  [[RLT1105|settings]].at = 1;
  [[RLT1106|list]].push(1);
  const p = [[RLT1307|input.o === {}]];
  const q = [[RLT1309|input.frobnicate()]];
  const r = [[RLT1311|input.s.toLocaleLowerCase()]];
  const s = [[RLT1312|new WeakMap()]];
  const u = [[RLT1306|this]];
  const v = { [[RLT1313|__proto__]]: 1 };
  const w = [[RLT1309|input.xs.entries()]];
  const x = [[RLT1308|y]] + 1, y = 2;
  const aa = 1; [[RLT1112|aa]] = 2;
  const z = [[[RLT1108|(q: number) => q]]].join();
  return [[RLT1305|a()]];
});
`;

describe("places of diagnostics", () => {
  it("twenty and more mistakes in one file: each is told once, at its line and column, as far as it reaches", () => {
    const { source, expected } = marked(MISTAKES);
    const path = writeFiles({ "main.ts": source })("main.ts");
    const seen = check(path).map(({ code, line, column, endLine, endColumn }) => ({
      code,
      line,
      column,
      endColumn,
      endLine,
    }));
    expect(seen).toEqual(expected.map((one) => ({ ...one, endLine: one.line })));
    expect(new Set(expected.map(({ code }) => code)).size).toBeGreaterThanOrEqual(20);
  });

  it("counts columns in UTF-16 units, as editors do, and lines from 1 whatever ends them", () => {
    const path = writeFiles({
      "main.ts": `${HEAD.replaceAll("\n", "\r\n")}export const f = flow(async () => ["😀é", fetch]);\r\n`,
    })("main.ts");
    expect(check(path)).toMatchObject([{ code: "RLT1304", line: 5, column: 43, endColumn: 48 }]);
  });

  it("frames show the line with its neighbours, and of a long one the part around the mistake", () => {
    const long = `export const f = flow(async (a: any) => { const x = "${"long ".repeat(60)}" + fetch; return x; });`;
    const [short, wide] = ["export const f = flow(async () => fetch);", long].map((text, i) => {
      const path = writeFiles({ [`f${i}.ts`]: `${HEAD}${text}\n// the line after it\n` })(`f${i}.ts`);
      return check(path)[0];
    });
    expect(short?.frame.split("\n")).toEqual([
      "  4 | export const other = flow(async () => 1);",
      "> 5 | export const f = flow(async () => fetch);",
      "    |                                   ^^^^^",
      "  6 | // the line after it",
    ]);
    const lines = wide?.frame.split("\n") ?? [];
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(140);
    expect(lines[1]?.slice(lines[2]?.indexOf("^"))).toMatch(/^fetch;/);
  });

  it("is printed with file, place, code, cause, frame and mend", () => {
    const path = writeFiles({ "main.ts": `${HEAD}export const f = flow(async () => fetch);\n` })("main.ts");
    const text = check(path).map(formatDiagnostic).join("\n");
    expect(text.split("\n")[0]).toBe(`${path}:5:35 RLT1304 "fetch" reaches outside the flow.`);
    expect(text).toMatch(/\n {2}Mend: .+\.$/);
  });

  it("sorts by file and place, and tells the mistakes of imported modules too", () => {
    const path = writeFiles({
      "lib.ts": "export const broken = ;\n",
      "main.ts": `import { broken } from "./lib.ts";\n${HEAD}export const f = flow(async () => [broken, fetch, nowhere]);\n`,
    });
    const seen = check(path("main.ts")).map(({ file, line, column, code }) => [file, line, column, code]);
    expect(seen).toContainEqual([path("lib.ts"), 1, 23, "RLT1001"]);
    expect(seen.filter(([file]) => file === path("main.ts")).map(([, , column]) => column)).toEqual(
      [...seen.filter(([file]) => file === path("main.ts")).map(([, , column]) => column)].sort(
        (a, b) => Number(a) - Number(b),
      ),
    );
  });

  it("says a syntax error and nothing that would follow from it", () => {
    const path = writeFiles({
      "main.ts": `${HEAD}export const f = flow(async () => { const a = ; return fetch; });\n`,
    })("main.ts");
    expect(check(path).map(({ code, line }) => [code, line])).toEqual([["RLT1001", 5]]);
  });

  it("says a name that is declared twice beside all other mistakes", () => {
    const path = writeFiles({
      "main.ts": `${HEAD}export const f = flow(async (x: any) => { const x = 1; const y = 2; const y = 3; return fetch; });\n`,
    })("main.ts");
    expect(check(path).map(({ code }) => code)).toEqual(["RLT1001", "RLT1001", "RLT1304"]);
  });
});
