import { expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { writeFiles } from "../compiler/fixture.ts";
import { suite } from "./suite.ts";

const HELPERS = `
import { load, notify, pick, price, send } from "./main.ts";
const LIMIT = 3;
const TABLE = { a: 1, b: 2 };
const clean = (x) => x ?? LIMIT;
export const K = 5;
export const twice = (x) => x * 2;
export const label = (x) => TABLE[x] ?? clean(null);
export enum Level { Low, Mid = 5, High }
export enum Color { Red = "red", Blue = "blue" }
export async function upTo(n = 1) { let count = 0; for (let i = 0; i < LIMIT; i++) { if (i > n) return count; count += clean(await price(i)); } return count; }
export async function careful(x) { try { return await pick(x); } catch (error) { await notify(error.message); return clean(null); } finally { await send("end"); } }
export const arrow = async ({ a, b = LIMIT }) => send(a, b);
export const short = async (x: number) => { const y = await load(x); return y + K; };
export async function nested(x) { const inner = async (z) => (await load(z)) + LIMIT; return (await inner(x)) + (await short(x)); }
export async function fails(x) { if (x > 3) throw new RangeError(\`\${x} is over \${LIMIT}\`); return await load(x); }
export const each = async (xs) => Promise.all(xs.map(async (x, i) => (await load(x)) + i * LIMIT));
export async function shadow(load2, clean2 = clean(1)) { const LIMIT = await load(load2); return [LIMIT, clean2, clean(null)]; }
export default async function (x) { return await send(x, LIMIT); }
`;
const IMPORTS =
  "import other, { arrow, careful, Color, each, fails as failing, K, label, Level, nested, shadow, short, twice, upTo as up } from './helpers.ts'; import * as helpers from './helpers.ts';";
const of = (flow: string): { flow: string; module: string } => ({ flow, module: IMPORTS });

suite(
  "async functions of other modules",
  {
    "called several times": of("async (raw) => [await up(raw.a), await up(), await up(0)]"),
    "a loop and an early return": of(
      "async (raw) => { let t = 0; for (const x of raw.list) t += await up(x); return t; }",
    ),
    "try, catch and finally": of("async (raw) => [await careful(raw.s), await careful({ fail: true })]"),
    "in a try of the caller": of(
      "async (raw) => { try { return [await failing(1), await failing(raw.c)]; } catch (e) { return [e.name, e.message]; } }",
    ),
    "one that throws": of("async (raw) => { await failing(raw.b); await failing(7); return 1; }"),
    "a pattern and a default": of(
      "async (raw) => [await arrow({ a: raw.a }), await arrow({ a: 1, b: raw.none }), await arrow(raw.o)]",
    ),
    "one that calls others": of("async (raw) => await nested(raw.b)"),
    "of a namespace": of(
      "async (raw) => [await helpers.short(raw.b), helpers.twice(raw.a), helpers.K, await load(helpers.label(raw.s))]",
    ),
    "the default export": of("async (raw) => await other(raw.a)"),
    "a map in it": of("async (raw) => each(raw.list)"),
    "in a map": of("async (raw) => Promise.all(raw.list.map(async (x) => (await short(x)) + K))"),
    "in a map's bare callback": of("async (raw) => Promise.all(raw.list.map((x) => short(x)))"),
    "in a list": of(
      "async (raw) => { const { a, b } = raw; return Promise.all([short(a), up(b), load(1)]); }",
    ),
    "names that both modules have": {
      flow: "async (raw) => { const LIMIT = raw.a; const clean = (x) => [x, LIMIT]; return [await careful(raw.b), clean(1), LIMITS.length, await shadow(raw.a)]; }",
      module: [IMPORTS, "const LIMITS = [1, 2]; const TABLE = { a: 'mine' };"],
    },
    "a constant of both": {
      flow: "async (raw) => { const x = await careful(TABLE.a); return [x, TABLE, label('a'), await load(TABLE.a + label(raw.s))]; }",
      module: [IMPORTS, "const LIMITS = [1, 2]; const TABLE = { a: 'mine' };"],
    },
    "its errors quote it": of("async (raw) => await arrow(raw.none)"),
    enums: of(
      "async (raw) => [Level.Mid, Level[5], Level[raw.a] ?? null, Color.Red, raw.s === Color.Blue, await load(Level.High), Object.keys(Level), Object.values(Color), helpers.Level.Low, Level['Mid']]",
    ),
    "an enum in a switch": of(
      "async (raw) => { switch (raw.a) { case Level.Low: return 'low'; case Level.Mid: return await load(Level[raw.a]); default: return Color.Blue; } }",
    ),
  },
  { inputs: 8, files: { "helpers.ts": HELPERS } },
);

suite(
  "enums of the module itself",
  {
    "numbers, texts, flags": {
      flow: "async (raw) => { const can = raw.flag ? Rights.Read | Rights.Write : Rights.None; await load(can); return [can, (can & Rights.Write) !== 0, Rights[can], Mode.On, Mixed.A, Mixed[1], Object.entries(Mixed), Rights.All]; }",
      module:
        "enum Rights { None, Read = 1 << 0, Write = 1 << 1, All = Read | Write } const enum Mode { On = 'on', Off = 'off' } enum Mixed { A = 1, B = 'b', C = -2, D }",
    },
    "as keys": {
      flow: "async (raw) => { const n = { [Mode2.On]: 0, [Mode2.Off]: 0 }; for (const x of raw.list) n[x > 1 ? Mode2.On : Mode2.Off] += 1; await load(n); return n; }",
      module: "enum Mode2 { On = 'on', Off = 'off' }",
    },
  },
  { inputs: 6 },
);

suite(
  "functions called where they stand",
  {
    "a sync one":
      "async (raw) => { const x = (() => { if (raw.a > 3) return 1; return raw.b; })(); return await load(x); }",
    "with arguments": "async (raw) => ((a, b = 2) => a + b)(raw.a) + (function (x) { return x; })(raw.b)",
    "one that changes a variable":
      "async (raw) => { let n = 1; const x = (() => { n += raw.a; return n; })(); await load(x); return [n, x]; }",
    "an async one":
      "async (raw) => { const x = await (async () => { const y = await load(raw.a); if (y > 3) return y; return 'small'; })(); return [x]; }",
    "an async one with arguments and a failure":
      "async (raw) => { try { return await (async (a, b = 3) => { await load(a + b); return await pick({ fail: true }); })(raw.a); } catch (e) { return e.message; } }",
    "an async one that changes a variable":
      "async (raw) => { let n = 0; await (async () => { n += await load(2); })(); return n; }",
    returned: "async (raw) => (async () => { await notify(1); return raw.a; })()",
    "in a loop":
      "async (raw) => { const out = []; for (const x of raw.list) { out.push(await (async () => { if (x === 1) return 'one'; return load(x); })()); } return out; }",
  },
  { inputs: 8 },
);

suite(
  "parameters of async functions",
  {
    "defaults, given, left out, undefined":
      "async (raw) => { const f = async (a, b = raw.b, c = a + b) => send(a, b, c); return [await f(1), await f(1, raw.none), await f(1, undefined, 3), await f(raw.x, raw.y)]; }",
    "a default that reads a variable that changes":
      "async (raw) => { let n = 1; const f = async (a = n) => { n += 1; return load(a); }; return [await f(), await f(undefined), await f(raw.y), n]; }",
    "a default that changes":
      "async (raw) => { const f = async (a = 1) => { a += 1; await load(a); return a; }; return [await f(), await f(5), await f(raw.y)]; }",
    "a default that is an object":
      "async (raw) => { const f = async ({ size = 2, tag } = {}, list = []) => { await load(size); return [size, tag ?? null, list.length]; }; return [await f(), await f({ size: raw.a, tag: 't' }, raw.list), await f(raw.none ?? undefined)]; }",
    "a default that throws":
      "async (raw) => { const f = async (a, b = a.x.y) => load(b); try { return await f(raw.o); } catch (e) { return e.message; } }",
    "more arguments than parameters":
      "async (raw) => { const f = async (a) => load(a); return await f(1, raw.none.x); }",
    fewer:
      "async (raw) => { const f = async (a, b) => [a, b === undefined, await load(1)]; return await f(1); }",
  },
  { inputs: 8 },
);

const GIVEN = [
  "const groupBy = (xs: any[], key: (x: any) => unknown) => { const g: any = {}; for (const x of xs) (g[String(key(x))] ??= []).push(x); return g; };",
  "const each = (xs: any[], f: (x: any, i: number) => void) => { xs.forEach(f); for (const [i, x] of xs.entries()) f(x, i); };",
  "const uniqBy = (xs: any[], key = (x: any) => x) => { const seen = new Set(); return xs.filter((x) => { const k = key(x); if (seen.has(k)) return false; seen.add(k); return true; }); };",
  "const split = (xs: any[], f: (x: any) => boolean) => ({ yes: xs.filter((x) => f(x)), no: xs.filter((x) => !f(x)) });",
  "const idOf = (x: any) => x.id;",
];
const given = (flow: string): { flow: string; module: string[] } => ({ flow, module: GIVEN });

suite(
  "functions given to functions",
  {
    "written in place, by name, as a default, handed on": given(
      "async ({ items, list, a }) => { const priceOf = (x) => x.price; const sum = (xs, f) => xs.reduce((t, x) => t + f(x), 0); const r = [groupBy(items, (i) => i.price > 5), groupBy(items, idOf), sum(items, priceOf), uniqBy([...list, ...list]), split(list, (x) => x > a / 2), groupBy(list, String)]; await send(r); return r; }",
    ),
    "they change the flow's variables, once": given(
      "async ({ items }) => { let n = 0; const ids = []; each(items, (x, i) => { n += x.price; ids.push([i, x.id]); }); await send(n); each(items, () => n++); return [n, ids]; }",
    ),
    "they change what they get": given(
      "async ({ items }) => { each(items, (x, i) => { x.at = i; }); await send(items); return items; }",
    ),
    "they throw half-way": given(
      "async ({ items }) => { let n = 0; try { each(items, (x) => { n++; if (x.id === 2) throw new RangeError('two'); }); } catch (e) { await notify(e.message); return [n, e.name]; } return n; }",
    ),
    "they read what changes": given(
      "async ({ list }) => { let n = 1; const out = []; for (const x of list) { n = await load(n + 1); out.push(split(list, (y) => y < n)); } return out; }",
    ),
    "in the item of a map": given(
      "async ({ items }) => Promise.all(items.map(async (i) => { const p = uniqBy(i.tags, (t) => t.length); return load(p); }))",
    ),
    "groups in a reduce": given(
      "async ({ items }) => { const by = items.reduce((acc, i) => { (acc[i.tags.length] ||= []).push(i.id); return acc; }, {}); await send(by); by.more = 1; const deep = items.reduce((acc, i) => { ((acc[String(i.price > 5)] ??= {})[i.id] ??= []).push(i.tags); return acc; }, {}); return [by, deep]; }",
    ),
  },
  { inputs: 9 },
);

it("a function that is given to a parameter which stands for another one, too, is refused", () => {
  const refused = [
    ["RLT1108", "(xs: any[], f: any) => { f = (x: any) => x; return xs.map((x) => f(x)); }", "(x) => x"],
    ["RLT1108", "(xs: any[], { f }: any) => xs.map((x) => f(x))", "(x) => x"],
    ["RLT1108", "(xs: any[], ...fs: any[]) => { for (const f of fs) xs.map((x) => f(x)); }", "(x) => x"],
    ["RLT1206", "(xs: any[], f: any) => xs.map((x) => f(x))", "async (x) => t(x)"],
    ["RLT1207", "(xs: any[], f: any) => xs.map((x) => f(x))", "t"],
  ];
  const codes = refused.map(([, helper, given], i) => {
    const head = `import { flow, task } from "runlet"; export const t = task(async (x: any) => x); const use = ${helper};`;
    const text = `${head} export const f = flow(async ({ xs }: any) => [use(xs, ${given}), await t(1)]);`;
    return check(writeFiles({ [`given${i}.ts`]: text })(`given${i}.ts`)).map(({ code }) => code)[0];
  });
  expect(codes).toEqual(refused.map(([code]) => code));
});

suite("rest parameters of functions that wait", {
  "none, one, several":
    "async (raw) => { const go = async (n, ...more) => [n, await load(more), more.length]; return [await go(1), await go(1, 2), await go(1, 2, raw.a), await go()]; }",
  "behind a default":
    "async (raw) => { const go = async ({ n = 1, tag = 'd' } = {}, ...more) => [n, tag, await load(more)]; return [await go(), await go({ n: 2 }, 1, 2), await go({ tag: raw.s }, raw.list)]; }",
  "pushed to":
    "async (raw) => { const o = raw.o ?? { a: 1 }; const go = async (...more) => { more.push(5); await load(more); more.push(6); return more; }; return [await go(o), o]; }",
  "taken apart":
    "async (raw) => { const go = async (...[first, second = 3, ...others]) => [first, second, others, await load(others)]; return [await go(raw.a), await go(raw.a, 1, 2, 3)]; }",
  "awaits in arguments":
    "async (raw) => { const go = async (...more) => await load(more); return [await go(await load(1), await price(2)), await go(await load(raw.a))]; }",
  "of counters":
    "async (raw) => { let n = 1; const go = async (...more) => { n += 1; await load(more); return more; }; return [await go(n, n), await go(n++, n), n]; }",
  "what throws in an argument":
    "async (raw) => { const go = async (a, ...more) => { if (more.length === 0) return a; return await load(more.at(-1)); }; try { return [await go(raw.a), await go(raw.a, raw.none.x)]; } catch (e) { return e.message; } }",
  sorted:
    "async (raw) => { const go = async (...more) => { await notify(more); return more.sort(); }; return [await go(raw.b, raw.a), await go(3, 1)]; }",
});
