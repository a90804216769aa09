import { expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { writeFiles } from "../compiler/fixture.ts";
import type { Refusal } from "./compare.ts";
import { PRELUDE } from "./prelude.ts";
import { type Program, suite } from "./suite.ts";

const program = (flow: string, ...module: string[]): Program => ({ flow, module });

/** Functions in tables, lists and choices, as handlers, steps and strategies are written. */
suite(
  "functions in tables",
  {
    handlers:
      "async (raw) => { const handlers = { a: async (x) => (await load(x)) + 1, b: send, async text({ id }) { await notify(id); return 't'; } }; const out = []; for (const w of [...raw.words, raw.s, 'text']) { const h = handlers[w]; if (!h) { out.push(`no ${w}`); continue; } out.push(await h({ id: w })); } return [out, Object.keys(handlers), await handlers[raw.flag ? 'a' : 'b'](raw.a)]; }",
    "handlers of a module": program(
      "async (raw) => { const out = []; for (const w of raw.words) { const { run, label } = KINDS1[w] ?? KINDS1.other; out.push([label, await run(w)]); } return out; }",
      "const KINDS1 = { a: { label: 'A', run: async (x) => (await price(x)) * 2 }, other: { label: 'O', run: load } };",
    ),
    "functions of one run, in templates, callbacks and folds": program(
      "async (raw) => { const rows = await load(raw.items); const out = {}; for (const [name, f] of Object.entries(AGGS2)) out[name] = f(rows.map((r) => r.price ?? 0)); const cells = rows.map((r) => COLUMNS2.map((c) => c.value(r)).join(';')); await send(out, cells); return [out, cells, COLUMNS2.map((c) => c.title), raw.list.map(FORMS2.twice), raw.list.map((x) => FORMS2[x > 1 ? 'twice' : 'text'](x))]; }",
      "const AGGS2 = { sum: (xs) => xs.reduce((a, b) => a + b, 0), max: (xs) => Math.max(0, ...xs), count: (xs) => xs.length };",
      "const COLUMNS2 = [{ title: 'Id', value: (i) => i.id }, { title: 'Price', value: (i) => (i.price ?? 0).toFixed(2) }];",
      "const FORMS2 = { twice: (x) => x * 2, text: String };",
    ),
    "steps in a row":
      "async (raw) => { let x = raw.a; for (const step of [load, price, async (y) => (await load(y)) + 1]) x = await step(x); const steps = [load, price]; const out = []; for (let i = 0; i < steps.length; i++) out.push(await steps[i](x)); for (const [i, s] of steps.entries()) out.push([i, await s(i)]); return [x, out, steps.length]; }",
    "steps with names, some of which are left out": program(
      "async (raw) => { const done = []; let state = { n: raw.a }; for (const { name, run, when } of STEPS3) { if (when && !when(state)) continue; state = await run(state); done.push(name); } return { state, done }; }",
      "const STEPS3 = [{ name: 'extract', run: async (s) => ({ ...s, e: await price(s) }) }, { name: 'big', when: (s) => s.n > 1, run: async (s) => ({ ...s, l: await load(1) }) }];",
    ),
    "a saga that undoes what was done":
      "async (raw) => { const steps = [{ id: 's1', action: () => load(raw.a), undo: () => notify('u1') }, { id: 's2', action: () => pick(raw.flag ? 'fail' : 1), undo: () => notify('u2') }]; const done = []; try { for (const s of steps) { await s.action(); done.push(s); } return 'ok'; } catch (e) { for (const s of done.reverse()) await s.undo(); return [e.message, done.map((s) => s.id)]; } }",
    "choices of functions":
      "async (raw) => { const f = raw.flag ? load : async (x) => [x]; const g = raw.a > 1 ? (x) => x * 2 : (x) => x; return [await f(1), g(3), raw.list.map((x) => g(x)), await (raw.s ? load : price)(raw.b)]; }",
    "checks by name, found and filtered":
      "async (raw) => { const checks = { size: async (r) => (await price(r)) > 3, some: async (r) => Boolean(await load(r)) }; const failed = []; for (const [name, check] of Object.entries(checks)) if (!(await check(raw.a))) failed.push(name); const jobs = [{ on: raw.flag, id: 'a', run: load }, { on: true, id: 'b', run: price }]; const one = jobs.find((j) => j.id === raw.s); for (const j of jobs.filter((j) => j.on)) failed.push(await j.run(j.id)); return [failed, one ? await one.run(1) : 'none']; }",
    "variables that they read and change, their defaults, and undefined":
      "async (raw) => { let n = 0; const h = { inc: async (d = 5) => { n += d; await load(n); }, get: () => n, gives: async (x, y = 2) => [x === undefined, y], nothing: async () => undefined }; await h.inc(); await h.inc(raw.a); return [n, h.get(), await h.gives(undefined, raw.y), await h.gives(), (await h.nothing()) === undefined, (await h[raw.flag ? 'gives' : 'nothing']()) === undefined]; }",
    "the order in which a call is evaluated":
      "async (raw) => { const h = { a: send, b: price }; let n = 0; const r = await h[raw.flag ? 'a' : 'b'](n++, n++, n); let why; try { await h.a(raw.none.x); } catch (e) { why = e.message; } let x; try { x = await h[raw.s](raw.none.x); } catch (e) { x = e.message; } return [r, n, why, x]; }",
    "side by side":
      "async (raw) => { const h = { a: load, b: price }; const p = h.a(1); const both = await Promise.all([h.a(raw.a), h.b(2)]); return [await p, both, await Promise.all(raw.words.map(async (w) => (h[w] ? await h[w](w) : null))), await Promise.all([load, price].map((f) => f(7)))]; }",
    "calls caught, and ways out of loops":
      "async (raw) => { const h = { a: pick }; const c = await h.a(raw.flag ? 'fail' : 1).catch((e) => e.message); const out = []; outer: for (const f of [load, price]) for (const x of raw.list) { if (x === 1) continue outer; out.push(await f(x)); if (out.length > 3) break outer; } return [c, out]; }",
    "tables in tables":
      "async (raw) => { const t = { v1: { get: load, put: send }, v2: { get: price } }; const api = t[raw.flag ? 'v1' : 'v2']; return [await api.get(1), api.put ? await api.put(2) : 'no put', await t.v1.put(3)]; }",
  },
  { inputs: 8 },
);

const KEYS = [
  "a",
  "b",
  "toString",
  "__proto__",
  "constructor",
  "valueOf",
  "zz",
  null,
  0,
  ["a"],
  {},
  "",
  "ƒ load",
];
const inputs = [
  ...KEYS.map((k) => ({ k, a: 5, list: [1, 2] })),
  { k: { toString: 1 }, a: 5, list: [] },
  { a: 1, list: [3] },
];
const refuses: Refusal[] = ["RLT3005", "RLT2001"];
const keys = (flow: string, ...module: string[]): Program => ({ flow, module, inputs, refuses });

suite("any key of a table of functions", {
  "called at once, and in a try": keys(
    "async (raw) => { const h = { a: async (x) => await load(x), b: price }; try { await h[raw.k](raw.a); } catch (e) { await notify(e.message); } return await h[raw.k](raw.a); }",
  ),
  "in a variable": keys(
    "async (raw) => { const h = { a: load, b: price }; const f = h[raw.k]; if (!f) throw new Error('unknown ' + typeof raw.k); try { return await f(raw.a); } catch (e) { return e.message; } }",
  ),
  "asked for before": keys(
    "async (raw) => { const h = { a: load, b: price }; const o = (await h[raw.k]?.(1)) ?? 'none'; if (typeof h[raw.k] !== 'function') return [o, 'no']; if (!Object.hasOwn(h, raw.k)) return [o, raw.k in h]; return [o, await h[raw.k](1)]; }",
  ),
  "or another one": keys(
    "async (raw) => { const h = { a: load, default: price }; const f = h[raw.k] ?? h.default; return [await f(raw.a), await (h[raw.k] || h.default)(raw.a)]; }",
  ),
  "in one run": keys(
    "async (raw) => { const h = { a: (x) => x + 1, b: (x) => x * 2 }; let v; try { v = h[raw.k](raw.a); } catch (e) { v = e.message; } return await load([v, raw.list.map((x) => h[raw.k](x))]); }",
  ),
  "in a function of a module, which catches": keys(
    "async (raw) => await load(apply4(raw.k, raw.a))",
    "const TAB4 = { a: (x) => x + 1, b: (x) => x * 2 };",
    "const apply4 = (k, x) => { try { return TAB4[k](x); } catch (e) { return e.message; } };",
  ),
});

/** What becomes of a function otherwise would see that a text stands in its place. */
const REFUSED: Record<string, string> = {
  "JSON.stringify(h)": "RLT1207",
  "await load(h)": "RLT1207",
  h: "RLT1207",
  "`${h.a}`": "RLT1207",
  "h.a.name": "RLT1207",
  "h.a === load": "RLT1207",
  "h.a || 3": "RLT1207",
  "[h.a].join()": "RLT1207",
  "(() => h)().a": "RLT1207",
  "((h.a = price), 1)": "RLT1207",
  "{ ...h }": "RLT1207",
  "await h[raw.k](...raw.list)": "RLT1207",
};

it("a function of a table that is used otherwise is refused", () => {
  for (const [use, code] of Object.entries(REFUSED)) {
    const text = `${PRELUDE}\nexport const p = flow(async (raw) => { const h = { a: load, b: price }; return ${use}; });`;
    const found = check(writeFiles({ "main.ts": text })("main.ts"));
    expect([use, found.map((one) => one.code)]).toEqual([use, expect.arrayContaining([code])]);
    // Places are those of what the author wrote.
    for (const { line, column, frame } of found) {
      expect(line).toBe(text.split("\n").length);
      expect(
        text
          .split("\n")
          .at(-1)
          ?.slice(column - 1),
      ).not.toBe("");
      expect(frame).not.toContain("ƒ");
    }
  }
});
