import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check, formatDiagnostic } from "../../sdk/compiler/index.ts";
import { compileFlows } from "../../sdk/testing/index.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-mistakes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each line that holds a mistake says its code in a comment, right before the text that is wrong. */
const MISTAKES = `import { flow, task } from "runlet";
import { lost } from "./lib.ts";
const t = task(async (x: unknown) => x);
const settings = { key: process.env["KEY"] };
const list = [1];
const helper = (x: number) => x + Date.now();
export const inner = flow(async () => 1);
export const main = flow(async (input: any) => {
  const a = await t(/*RLT1304*/fetch);
  const b = 1 + /*RLT1201*/t(1);
  const c = /*RLT1305*/helper(2);
  const d = /*RLT1310*/settings;
  const e = /*RLT1304*/Date;
  const f = /*RLT1302*/crypto.subtle;
  /*RLT1303*/console.table(a);
  const g = /*RLT1308*/unknownName;
  const h = /*RLT1009*/lost;
  const i = await /*RLT1202*/fetch(input.url);
  const { j = /*RLT1203*/await t(1) } = input;
  const k = await /*RLT1204*/Promise.race([t(1)]);
  const l = await /*RLT1205*/Promise.all(input.promises);
  const m = await Promise.all(input.xs.map(async (/*RLT1206*/...x: any[]) => t(x[0])));
  const n = await /*RLT1208*/t.each(1);
  const o = await t.map(input.xs, /*RLT1209*/{ concurrency: 20_000 });
  const p = await inner(1, /*RLT1210*/2);
  /*RLT1105*/settings.key = "1";
  /*RLT1106*/list.push(1);
  const q = [1].map(/*RLT1107*/function* () {});
  /*RLT1108*/class Local {}
  /*RLT1110*/var r = 1;
  const s = /*RLT1306*/this;
  const u = input.o === /*RLT1307*/{};
  const v = input./*RLT1309*/frobnicate();
  const w = input.s./*RLT1311*/toLocaleString();
  const y = /*RLT1312*/new WeakMap();
  const z = { /*RLT1313*/__proto__: 1 };
  return [b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, y, z];
});
`;

describe("many mistakes in one file", () => {
  const file = join(folder, "mistakes.ts");
  writeFileSync(file, MISTAKES);
  writeFileSync(join(folder, "lib.ts"), "export const found = 1;\n");
  const diagnostics = check(file);
  const expected = MISTAKES.split("\n").flatMap((text, index) =>
    [...text.matchAll(/\/\*(RLT\d{4})\*\//g)].map((match) => ({ code: match[1] ?? "", line: index + 1 })),
  );

  it("gives a diagnostic for each of thirty different mistakes at once", () => {
    expect(new Set(expected.map(({ code }) => code)).size).toBeGreaterThanOrEqual(25);
    const seen = diagnostics.map(({ code, line }) => `${line} ${code}`);
    const missing = expected.filter(({ code, line }) => !seen.includes(`${line} ${code}`));
    expect(missing).toEqual([]);
  });

  it("reports nothing else", () => {
    const known = new Set(expected.map(({ code, line }) => `${line} ${code}`));
    expect(
      diagnostics.filter(({ code, line }) => !known.has(`${line} ${code}`)).map(formatDiagnostic),
    ).toEqual([]);
  });

  it("each has its place, a frame that shows it, a cause and a mend", () => {
    for (const diagnostic of diagnostics) {
      const text = MISTAKES.split("\n")[diagnostic.line - 1] ?? "";
      expect(diagnostic.column, diagnostic.code).toBeGreaterThan(0);
      expect(diagnostic.column).toBeLessThanOrEqual(text.length);
      expect(diagnostic.frame).toMatch(new RegExp(`^> +${diagnostic.line} \\|`, "m"));
      expect(diagnostic.frame).toMatch(/\^/);
      expect(diagnostic.message.length).toBeGreaterThan(5);
      expect(diagnostic.mend.length).toBeGreaterThan(5);
    }
  });
});

describe("mistakes in definitions", () => {
  const refusals: [string, string, string, number][] = [
    [
      "an unknown option of a task",
      `import { flow, task } from "runlet";\nexport const t = task({ retires: 3 } as object, async () => 1);\nexport const f = flow(async () => await t());\n`,
      "RLT1004",
      2,
    ],
    [
      "a flow that is not async",
      `import { flow } from "runlet";\nexport const f = flow((() => 1) as never);\n`,
      "RLT1006",
      2,
    ],
    [
      "two parameters",
      `import { flow } from "runlet";\nexport const f = flow((async (a: number, b: number) => a + b) as never);\n`,
      "RLT1007",
      2,
    ],
    [
      "a body from elsewhere",
      `import { flow } from "runlet";\nconst body = async () => 1;\nexport const f = flow(body);\n`,
      "RLT1008",
      3,
    ],
    [
      "a task in a function",
      `import { flow, task } from "runlet";\nconst make = () => task(async () => 1);\nexport const f = flow(async () => 1);\nexport const g = make;\n`,
      "RLT1003",
      2,
    ],
    [
      "two tasks of one name",
      `import { flow, task } from "runlet";\nexport const a = task({ name: "x" }, async () => 1);\nexport const b = task({ name: "x" }, async () => 2);\nexport const f = flow(async () => [await a(), await b()]);\n`,
      "RLT1005",
      3,
    ],
    ["no flow", `import { task } from "runlet";\nexport const a = task(async () => 1);\n`, "RLT1002", 1],
    [
      "a name that no function can have",
      `import { flow, task } from "runlet";\nexport const größe = task(async () => 1);\nexport const f = flow(async () => await größe());\n`,
      "RLT1010",
      2,
    ],
    [
      "a syntax error",
      `import { flow } from "runlet";\nexport const f = flow(async () => {\n  const = 1;\n});\n`,
      "RLT1001",
      3,
    ],
  ];

  it.each(refusals)("%s", async (name, text, code, line) => {
    const file = join(folder, `${name.replace(/\W+/g, "-")}.ts`);
    writeFileSync(file, text);
    const refusal = await compileFlows(file).then(
      () => "compiled",
      (error: Error) => error.message,
    );
    expect(refusal).toContain(`:${line}:`);
    expect(refusal).toContain(code);
  });
});
