import { suite } from "./suite.ts";
import { NO_INPUT } from "./values.ts";

const HEAD =
  'import { task as define } from "runlet";\nconst call = (name: string, args: unknown[]) => globalThis.runletDifferential.call(name, args, 0);\n';

const files = {
  "tasks.ts": `${HEAD}export const fetchPage = define(async (x: number) => { await call("fetchPage", [x]); return { page: x }; });
export const other = define({ name: "renamed-task" }, async (x: unknown) => { await call("renamed-task", [x]); return x; });
export const LIMITS = { most: 3, words: ["a"] } as const;
export const RATE = -0.5;
export default define({ name: "byDefault" }, async (x: unknown) => { await call("byDefault", [x]); return [x]; });`,
  "again.ts": `import { fetchPage as inner } from "./tasks.js";\nexport { inner as fetchAgain };\nexport * from "./tasks.ts";\nexport * from "./circle.ts";\nexport { LIMITS as CAPS } from "./tasks.ts";\nexport * as everything from "./tasks.ts";`,
  "helpers.ts": `export { first, total as sum };
export default function total(xs: number[]): number { return xs.length === 0 ? 0 : first(xs) + total(xs.slice(1)); }
function first(xs: number[]) { return xs[0] ?? 0; }
export const mean = (xs: number[]) => total(xs) / xs.length;
export { type Shape };
export const RATES = Object.freeze({ eur: 2, usd: [1.5, "x"] } as const);
interface Shape { a: number }`,
  "circle.ts": `export * from "./again.ts";`,
  "flows.ts": `import { flow as pipeline } from "runlet";\nimport { fetchPage } from "./tasks.ts";\nexport const elsewhere = pipeline(async (raw) => { const r = await fetchPage(raw.a); return r.page.b ?? [1, 2].map((x) => x + r.page); });`,
};

const IMPORTS = `import { fetchPage, other as local, LIMITS, RATE } from "./tasks.ts";
import { fetchAgain, fetchPage as third, CAPS } from "./again";
import * as tasks from "./tasks.ts";
import * as runlet from "runlet";
export { elsewhere } from "./flows.ts";
const spaced = runlet.task(async (x) => { await call("spaced", [x]); return x; });`;

suite(
  "tasks of other modules",
  {
    "frozen constants": {
      module: 'import { RATES } from "./helpers.ts";\nconst STEPS = Object.freeze(["a", "b"]);',
      flow: "async (raw) => { const out = []; for (const step of STEPS) out.push(await load(step + RATES.eur)); return [out, STEPS.length, RATES.usd[0], await load(RATES), { ...RATES, eur: raw.a }]; }",
    },
    "exported before they are declared, and by default with a name": {
      module: 'import total, { sum, first as head, mean, type Shape } from "./helpers.ts";',
      flow: "async (raw: Shape) => { const xs = await load([3, 4, raw.a ?? 1]); return [total(xs), sum(xs), head(xs), mean(xs)]; }",
    },
    imported: {
      module: IMPORTS,
      flow: "async (raw) => { const p = await fetchPage(raw.a); return [p.page, await local(p)]; }",
    },
    "re-exported and renamed": {
      module: IMPORTS,
      flow: "async (raw) => [await fetchAgain(raw.a), await third(raw.b)]",
    },
    "by namespace": {
      module: IMPORTS,
      flow: "async (raw) => { const p = await tasks.fetchPage(raw.a); return [p, await tasks.other(raw.b)]; }",
    },
    "by namespace, mapped": {
      module: IMPORTS,
      flow: "async (raw) => Promise.all(raw.list.map((x) => tasks.fetchPage(x)))",
    },
    "made by namespace": { module: IMPORTS, flow: "async (raw) => spaced((await spaced(raw.o)).x)" },
    constants: {
      module: IMPORTS,
      flow: "async (raw) => { if (raw.a > LIMITS.most) { await spaced(CAPS.words); } return [LIMITS.most + raw.a, RATE, CAPS, LIMITS.words.map((w) => w + raw.s), LIMITS.missing ?? 'none']; }",
    },
    "annotations everywhere": {
      module: [IMPORTS, "interface Row { id: number }\ntype Rows = Row[];"],
      flow: "async (raw: { items: Rows; a: number; o: any }): Promise<unknown> => { interface Local { x: 1 } const rows = raw.items as unknown as Row[]; const p = (await fetchPage(raw.a as number))!; const { x } = raw.o satisfies object; type T = typeof rows; return [rows.map((row: Row): number => row.id!), p, x as any]; }",
    },
  },
  { files },
);

suite("inputs", {
  "no parameter": { flow: 'async () => load("x")', inputs: [NO_INPUT, { a: 1 }, null] },
  "called without": {
    flow: "async (raw) => { if (raw === undefined) return send(raw); return [raw ?? 'nullish', raw?.a ?? 1]; }",
    inputs: [NO_INPUT, null, { a: null }, 0],
  },
  "a schema": {
    options:
      "{ input: z.object({ a: z.number().int(), s: z.string().default('none'), list: z.array(z.number()).optional() }) }",
    flow: "async ({ a, s, list = [] }) => { if (list.length > 0) { await load(s); } return send(a + 1, s); }",
    inputs: [
      { a: 1 },
      { a: 1, s: "x", list: [1] },
      { a: "1" },
      {},
      NO_INPUT,
      null,
      { a: 1.5, s: 2 },
      { a: 2, extra: true },
      { a: 1, list: null },
    ],
  },
  "a schema with a default for all": {
    options: "{ input: z.object({ a: z.number().default(4) }).default({ a: 9 }) }",
    flow: "async (raw) => send(raw.a, raw)",
    inputs: [NO_INPUT, {}, { a: 1 }, null, 5],
  },
  "an optional schema": {
    options: "{ input: z.string().optional() }",
    flow: "async (raw) => [raw === undefined, raw ?? 'none', await load(raw)]",
    inputs: [NO_INPUT, "x", null, 4],
  },
  "a schema that changes what it takes": {
    options: "{ input: z.object({ n: z.coerce.number(), t: z.string().transform((s) => s.length) }) }",
    flow: "async ({ n, t }) => { if (n > 2) return send(n * t); return t; }",
    inputs: [
      { n: "3", t: "four" },
      { n: "x", t: "" },
      { n: null, t: "tt" },
      { n: 1, t: 5 },
    ],
  },
  "a schema of a list": {
    options: "{ input: z.array(z.object({ id: z.number() })).max(3) }",
    flow: "async (rows) => { const rs = await Promise.all(rows.map(async ({ id }) => load(id))); return rs; }",
    inputs: [[], [{ id: 1 }], [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }], [{}], "no"],
  },
  "an input that is no JSON": {
    flow: "async (raw) => send(raw)",
    inputs: [
      10n,
      { d: new Date(0) },
      [undefined, Number.NaN],
      { f: () => 1 },
      { "$runlet.ref": 1 },
      { a: undefined, b: -0 },
    ],
  },
  "two flows with one task": {
    flow: "async (raw) => { const a = await load(raw.a); return { a, n: a + 1 }; }",
  },
  "the other of the two": {
    flow: "async (raw) => { const a = await load(raw.b); return { a, n: a + 2, l: raw.list.map((x) => x + a) }; }",
  },
  "a function expression": { flow: "async function (raw) { const a = await load(raw.a); return a; }" },
});
