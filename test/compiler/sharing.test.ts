import { describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { writeFiles } from "./fixture.ts";

const HEAD = 'import { flow, task } from "runlet";\nexport const t = task(async (x: unknown) => x);\n';

/** Codes of what is wrong in a flow body, below declarations of its module. */
const codes = (body: string, module = ""): string[] => {
  const text = `${HEAD}${module}\nexport const f = flow(async (raw: any) => { ${body} });\n`;
  return check(writeFiles({ "f.ts": text })("f.ts")).map(({ code }) => code);
};

describe("constants of a module stay as they are: plain Node keeps a change of one for the next run", () => {
  it.each([
    ["under another name", "const d = LIMITS; d.n = 5; await t(d); return d;", "const LIMITS = { n: 1 };"],
    [
      "in a copy that shares what is in it",
      "const d = { ...STATE }; d.list.push(3); await t(d); return [d, STATE.list];",
      "const STATE = { n: 1, list: [1] };",
    ],
    ["of its rows", "for (const r of RATES) r.v += 1; return RATES;", "const RATES = [{ v: 1 }];"],
    [
      "of a row that was found",
      "const r: any = RATES.find((x) => x.v); r.v = raw; await t(r); return r;",
      "const RATES = [{ v: 1 }];",
    ],
    [
      "by a function of the module",
      "const a = next(); await t(a); return next();",
      "const COUNT = { n: 0 };\nfunction next() { const c = COUNT; c.n += 1; return c.n; }",
    ],
    [
      "of one that is computed",
      "const r = ROWS[0]!; r.v = 2; await t(r); return r;",
      "const ROWS = [1].map((v) => ({ v }));",
    ],
  ])("%s", (_, body, module) => {
    expect(codes(body, module)).toEqual(["RLT1105"]);
  });
});

describe("an object that stands at two places of one variable would be two objects after a step", () => {
  it.each([
    ["twice in a literal", "const row = [0]; const g = [row, row]; g[0]![0] = 1; await t(g); return g;"],
    [
      "pushed twice",
      "const g: any[] = []; const r = { n: 0 }; g.push(r); g.push(r); await t(1); g[0].n = 5; return g;",
    ],
    [
      "pushed in a loop",
      "const r = { n: 0 }; const g: any[] = []; for (const _ of raw) g.push(r); g[0].n = 5; return g;",
    ],
    ["an element once more", "const g = [{ n: 0 }]; g.push(g[0]!); await t(1); g[0]!.n = 5; return g;"],
    ["doubled by concat", "let g = [{ n: 0 }]; g = g.concat(g); await t(g); g[0]!.n = 5; return g;"],
    ["doubled by spread", "let g = [{ n: 0 }]; g = [...g, ...g]; await t(g); g[0]!.n = 5; return g;"],
    ["filled", "const g = new Array(2).fill([]); g[0].push(1); await t(1); return g;"],
    [
      "from a callback",
      "const row = [0]; const g = [1, 2].map(() => row); g[0]![0] = 1; await t(1); return g;",
    ],
    ["under two keys", "const o: any = { a: { n: 0 } }; o.b = o.a; o.a.n = 1; await t(1); return o;"],
    [
      "within copies",
      "const base: any = { tags: [] }; const g: any[] = []; for (const x of raw) g.push({ ...base, x }); g[0].tags.push(1); return g;",
    ],
  ])("%s", (_, body) => {
    expect(new Set(codes(body))).toEqual(new Set(["RLT1105"]));
  });
});
