import { suite } from "./suite.ts";

/** Programs that once gave another answer than plain Node, and their neighbours; each is named after what was wrong. */
suite(
  "what a change leaves behind",
  {
    "a return behind a task read variables as they were before its arguments":
      "async (raw) => { let x = 1; await load(0); x += 10; await load(x); return x; }",
    "the same with an array":
      "async (raw) => { const xs = []; await load(0); xs.push(1); await load(xs); return xs; }",
    "the same with the result":
      "async (raw) => { let x = 1; await load(0); x += 10; const r = await load(x); return [x, r]; }",
    "the same in an argument": "async (raw) => { let x = 1; await load(x++); return x; }",
    "the same in a map's item":
      "async (raw) => await Promise.all([1, 2].map(async (y) => { let x = y; await load(0); x += 10; await load(x); return x; }))",
    "a constant made by a function that reads a variable was made anew after the change":
      "async (raw) => { let n = 1; const f = () => n * 2; n = 5; const a = f(); await load(a); n = 7; return [a, f()]; }",
    "the same by a function of a function":
      "async (raw) => { let n = 1; const f = () => n; const g = () => f() + 1; const a = g(); n = 5; await load(a); return [a, g()]; }",
    "the same by a callback":
      "async (raw) => { let n = 1; const add = (x) => x + n; const xs = [1, 2].map(add); n = 10; await load(xs); return [xs, [1].map(add)]; }",
    "the same by a recursive function":
      "async (raw) => { let n = 1; const f = (k) => (k > 0 ? f(k - 1) : n); const a = f(3); n = 4; await load(a); return [a, f(2)]; }",
    "a function's value was overtaken by a change in the same expression":
      "async (raw) => { let n = 1; const f = () => n; const a = [f(), (n = 2), await load(f()), n++]; return a; }",
    "errors of a parameter that changes quoted generated code":
      "async ({ items, a }) => { items.push(a); a += 1; await load(items); return [items, a]; }",
    "errors of a pattern whose names change quoted generated code":
      "async (raw) => { const { x } = raw.o; x.extra = 1; await load(x); return x; }",
  },
  { inputs: 12 },
);

suite(
  "what a try finds",
  {
    "a change in an argument was undone by a later argument that failed":
      "async (raw) => { let n = 0; try { await send(n++, raw.none.x); } catch (e) { return [n, e.message]; } return n; }",
    "the same in one expression":
      "async (raw) => { const xs = []; try { await load(xs.push(1) + raw.none.x); } catch (e) { return [xs, e.message]; } return xs; }",
    "the same in a declaration":
      "async (raw) => { const xs = []; try { const n = xs.push(1) + raw.none.x; await load(n); } catch (e) { return [xs, e.message]; } return xs; }",
    "the same by a function":
      "async (raw) => { let c = 0; const next = () => { c += 1; return c; }; try { const a = next(); await pick(a); next(); await pick('fail'); } catch (e) { return c; } return 0; }",
    "the same in a test":
      "async (raw) => { let m; try { if ((m = raw.a) > 3) await pick('fail'); } catch (e) { return [m, e.message]; } return m; }",
    "the same in a return":
      "async (raw) => { const q = [1, 2]; try { return q.pop() + raw.none.x; } catch (e) { await load(1); return q; } }",
    "a handler found an error where something else was thrown": {
      flow: "async (raw) => { let m = 0; try { await load(1); for (const x of [1, 2]) { if (x === 2) throw { code: x }; } } catch (e) { m = e.code; } return m; }",
      refuses: ["RLT2006"],
    },
    "the same in a callback": {
      flow: "async (raw) => { let m = 0; try { await load(1); raw.list.forEach((x) => { if (x === 2) throw undefined; }); } catch (e) { m = e === undefined; } return m; }",
      refuses: ["RLT2006"],
    },
    "what an error of the author's own has was undefined in a handler": {
      flow: "async (raw) => { try { if (raw.flag) throw new Coded('a', 4); await load(1); } catch (e) { return [e.name, e.message, e.code]; } return 1; }",
      module:
        "class Coded extends Error { constructor(m, code) { super(m); this.name = 'Coded'; this.code = code; } get status() { return 4; } }",
      refuses: ["RLT3005"],
    },
    "its name and message are there":
      "async (raw) => { try { try { throw new Coded('a', 4); } catch (e) { await notify(1); throw e; } } catch (e) { return [e.name, e.message]; } }",
    "the same of its getters": {
      flow: "async (raw) => { let kept = null; try { throw new Coded('a', 4); } catch (e) { kept = e; } await load(1); return kept.status; }",
      refuses: ["RLT3005"],
    },
  },
  { inputs: 9 },
);

const CONSTANTS = [
  "const FLAT = { n: 0, s: 'a' };",
  "const RATES = [{ k: 'a', v: 1 }, { k: 'b', v: 2 }];",
  "const STEPS = ['a', 'b'].map((x) => `${x}!`);",
];

/** What changes a constant is refused (test/compiler); these only look as if they did. */
suite(
  "constants of a module beside changes",
  {
    "copied, with a list of its own": {
      flow: "async (raw) => { const d = { ...FLAT, items: [] }; d.items.push(3); await load(d); d.n += 1; return [d, FLAT.n]; }",
      module: CONSTANTS,
    },
    grouped:
      "async (raw) => { const by = {}; for (const r of RATES) (by[r.k] ??= []).push(r); await load(by); by.z = []; return by; }",
    "a row that is copied":
      "async (raw) => { const r = { ...RATES.find((x) => x.k === 'a') }; r.v = raw.a; await load(r); return [r, RATES]; }",
    computed:
      "async (raw) => { const q = [...STEPS]; q.shift(); await load(q); q.push('z'); return [q, STEPS]; }",
  },
  { inputs: 4 },
);

suite(
  "what was refused without need",
  {
    "a function of a namespace with an await among its arguments":
      "async (raw) => [Math.max(await load(1), raw.a, await load(3)), JSON.stringify(await load({ b: 1 }))]",
    "throwing again what was kept":
      "async (raw) => { let last; for (let i = 0; i < 2; i++) { try { return await pick(raw.flag ? { fail: true } : i); } catch (e) { last = e; await notify(i); } } throw last; }",
    "throwing one of two errors": "async (raw) => { throw raw.flag ? new Error('a') : new TypeError('b'); }",
    "throwing what a function makes": {
      flow: "async (raw) => { if (raw.flag) throw fault('x'); return 1; }",
      module: "function fault(m) { return new RangeError(`fault ${m}`); }",
    },
    "a function that is declared below":
      "async (raw) => { let n = 1; bump(); await load(n); bump(); return [n, twice(n)]; function bump() { n += 1; } function twice(x) { return again(x) + x; } function again(x) { return x; } }",
    "an async function that is declared below":
      "async (raw) => { const a = await get(4); return await get(a); async function get(n) { return await load(n + 1); } }",
    "a spread argument, by an inline step": "async (raw) => await send(...raw.list)",
    "entries of a list":
      "async (raw) => { const out = []; for (const [i, x] of raw.list.entries()) out.push(await load([i, x])); return out; }",
  },
  { inputs: 9 },
);

suite(
  "sets, maps and dates between two steps",
  {
    "a set of what was seen":
      "async (raw) => { const s = new Set(); for (const x of [1, 1, 2]) { if (s.has(x)) continue; s.add(x); await load(x); } return [...s]; }",
    "a map of lists":
      "async (raw) => { const m = new Map(); for (const x of raw.items) { const k = x.price > 5; if (!m.has(k)) m.set(k, []); m.get(k).push(x.id); await notify(x.id); } return [...m]; }",
    "a date that moves":
      "async (raw) => { let d = new Date('2024-01-31T00:00:00Z'); while (d.getUTCDate() !== 2) { d = new Date(d.getTime() + 86400000); await load(d.toISOString()); } return d.toJSON(); }",
    "a date that is none":
      "async (raw) => { let d = new Date('x'); await load(1); d.setUTCDate(5); return String(d.getTime()); }",
    "values that JSON lacks":
      "async (raw) => { const s = new Set(); s.add(NaN); s.add(undefined); s.add('1'); await load(1); return [s.has(NaN), s.has(undefined), s.has(1), s.has('1')]; }",
    "within an object":
      "async (raw) => { const st = { seen: new Set(), n: 0 }; for (const x of [1, 1, 2]) { if (!st.seen.has(x)) { st.seen.add(x); st.n += 1; await load(x); } } return [st.n, st.seen.size]; }",
    "one of objects, which are looked up by identity": {
      flow: "async (raw) => { const s = new Set(); for (const x of raw.items) { s.add(x); await load(x.id); } return s.size; }",
      refuses: ["RLT3005"],
    },
    "a map whose keys are objects": {
      flow: "async (raw) => { const m = new Map(); const k = { a: 1 }; m.set(k, 5); await load(1); return m.get(k); }",
      refuses: ["RLT3005"],
    },
  },
  { inputs: 9 },
);

/** Objects that stand at two places are refused (test/compiler/sharing.test.ts); in these each stands at one. */
suite(
  "objects within a list that change",
  {
    "made anew for each place":
      "async (raw) => { const g = Array.from({ length: 3 }, () => [0, 0]); g[0][1] = 1; await load(g); g[2][0] = raw.a; return g; }",
    "gathered page by page":
      "async (raw) => { let all = []; for (const p of [1, 2]) { const page = await load([{ id: p }]); all = [...all, ...page]; } for (const r of all) r.x = 1; return all; }",
    "picked from a list that is done":
      "async (raw) => { const rows = await load([{ n: 1 }, { n: 2 }]); const hits = []; for (const r of rows) if (r.n > 1) hits.push(r); for (const h of hits) h.m = 1; await load(hits); return hits; }",
    "made in the loop":
      "async (raw) => { const g = []; for (const x of [1, 2]) { const e = { x, n: 0 }; g.push(e); } await load(g); g[0].n = 1; return g; }",
    "sorted into another order":
      "async (raw) => { let g = await load([{ n: 2 }, { n: 1 }]); g = g.toSorted((a, b) => a.n - b.n); g[0].n = 9; await load(g); g.sort((a, b) => b.n - a.n); return g; }",
  },
  { inputs: 4 },
);
