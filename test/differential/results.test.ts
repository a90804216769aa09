import { ODD } from "./prelude.ts";
import { suite } from "./suite.ts";
import { HOSTILE } from "./values.ts";

const kinds = Object.keys(ODD);
const each = (key: string, values: readonly unknown[]): unknown[] =>
  values.map((value) => ({ [key]: value, list: [value, value] }));

suite("results of tasks", {
  "odd results": {
    flow: "async (raw) => { const r = await odd(raw.kind); return send(r); }",
    inputs: each("kind", kinds),
  },
  "odd results, read": {
    refuses: ["RLT2003"],
    flow: "async (raw) => { const r = await odd(raw.kind); return [r?.a ?? 'none', r === null, { r }]; }",
    inputs: each("kind", kinds),
  },
  "odd results in a map": {
    flow: "async (raw) => { const all = await odd.map(raw.list); return all.length; }",
    inputs: each("kind", kinds),
  },
  "own __proto__ keys travel": {
    flow: 'async () => { const r = await odd("own __proto__"); const copy = { ...r, more: Object.keys(r) }; await send(copy); const { constructor: c, ...rest } = r; return [c, rest, Object.hasOwn(r, "__proto__")]; }',
    inputs: [null],
  },
  "every value there and back": {
    flow: "async (raw) => { const r = await load(raw.v); await send([r], { r }); const all = await load.map([r, r]); return { r, all, same: JSON.stringify(r) === JSON.stringify(raw.v) }; }",
    inputs: each("v", HOSTILE),
  },
  "every value through a callback": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all([raw.v, raw].map(async (x) => x)); const again = await Promise.all(all.map(async (x, i) => ({ x, i }))); return again; }",
    inputs: each("v", HOSTILE),
  },
  "every value in tests": {
    flow: 'async (raw) => { const v = await load(raw.v); const t = []; if (v) await send("truthy"); if (v === "0") await send("0"); if (v == null) await send("nullish"); if (v?.x) await send("x"); if (v.length > 0) await send("long"); return typeof v; }',
    inputs: each("v", HOSTILE),
  },
  "every value in arithmetic": {
    flow: "async (raw) => { const v = await load(raw.v); return [`${v + 1}`, `${v - 1}`, `${v * 2}`, `${v / 3}`, `${v % 4}`, `${-v}`, v > 1, v <= 1, `${v}`]; }",
    inputs: each("v", HOSTILE),
  },
  "every value, destructured": {
    flow: "async (raw) => { const { x: { y = 1 } = {}, ...rest } = await load(raw.v); return send(y, rest); }",
    inputs: each("v", HOSTILE),
  },
  "a large result is passed on": {
    flow: "async (raw) => { const b = await big(300_000, raw); const c = await load(b); return c.length; }",
    inputs: [{ a: 1 }],
  },
  "a large result is read": {
    flow: "async (raw) => { const b = await big(300_000, { x: null, y: 2 }); if (b.rest.x === null && b.missing === undefined) await load(b.length); return { n: b.length, t: b.text.length, z: b.rest?.y ?? 0, q: b.rest.z ?? 'none' }; }",
    inputs: [{ a: 1 }],
  },
  "a large result is returned": { flow: "async (raw) => big(300_000, raw)", inputs: [{ a: 1 }] },
  "a large result inside a structure": {
    flow: "async (raw) => { const b = await big(300_000, raw); return { b, l: [b.length] }; }",
    inputs: [{ a: 1 }],
  },
  "large items of a map": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const all = await Promise.all([1, 2, 3].map(async (i) => { const b = await big(300_000, { i, n: null }); return { i, b }; })); const n = await Promise.all(all.map(async (x) => { if (x.b.rest.n ?? true) await load(x.i); const y = x.b.rest.missing ?? x.b.rest.i; return [x.i, y, await price(x.b)]; })); return n; }",
    inputs: [{ a: 1 }],
  },
  "large results of task.map": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const all = await big.map([300_000, 10]); const sizes = await price.map(all); if (all.length === 2) return sizes; return 0; }",
    inputs: [{ a: 1 }],
  },
  "truthiness of a large result": {
    flow: "async (raw) => { const b = await big(300_000, raw); if (b) await load(1); if (!b.text) await load(2); if (b.text === '') await load(3); return typeof b; }",
    inputs: [{ a: 1 }],
  },
  "two large arguments": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const a = await big(200_000, raw); const b = await big(200_001, raw); return price(a, b); }",
    inputs: [{ a: 1 }],
  },
  "a map of more than a payload": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const all = await big.map(range(100_000, 100_003)); return all.length; }",
    inputs: [{ a: 1 }],
  },
  "computed items above the limit": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const b = await big(300_000, raw); return load.map([b.text, 'x'].map((t) => t + '!')); }",
    inputs: [{ a: 1 }],
  },
  "just below the limit": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const b = await big(raw.n, 0); const c = await load(b); if (c.length + 0 > 1) return send(c); return 1; }",
    inputs: [{ n: 261_000 }, { n: 261_060 }, { n: 261_080 }, { n: 261_120 }, { n: 262_144 }],
  },
  "a guarded state with a large item": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const b = await big(200_000, { k: 'text' }); return Promise.all([b].map(async (x) => send(x.length, x.rest.k + 1, x))); }",
    inputs: [{ a: 1 }],
  },
});
