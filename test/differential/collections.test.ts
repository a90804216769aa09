import { suite } from "./suite.ts";

/** Maps and Sets that live over steps. */
suite(
  "collections",
  {
    "dedupe map":
      "async ({ rows }) => { const m = new Map(); for (const r of rows ?? []) { m.set(r.id, r); } const out = []; for (const [id, r] of m) { out.push([id ?? null, await load(r)]); } return out; }",
    "group with a Map":
      "async ({ items }) => { const groups = new Map(); for (const x of items ?? []) { const k = String(x?.id ?? x); if (!groups.has(k)) groups.set(k, []); groups.get(k).push(x); } const out = {}; for (const [k, xs] of groups) { out[k] = await price(xs); } return out; }",
    "group with a Map and entries":
      "async ({ items }) => { const groups = new Map(); for (const x of items ?? []) { const k = typeof x; groups.set(k, [...(groups.get(k) ?? []), x]); } const out = []; for (const [k, xs] of groups.entries()) out.push([k, await load(xs)]); for (const k of groups.keys()) out.push(await load(k)); return out; }",
    "a Set of words":
      "async ({ words }) => { const seen = new Set(); for (const w of words ?? []) seen.add(String(w)); for (const w of seen) await notify(w); return seen.size; }",
    "a Set that grows across steps":
      "async ({ words }) => { const seen = new Set(); for (const w of words ?? []) { if (seen.has(w)) continue; seen.add(w); await notify(w); } return [...seen]; }",
    "counts in a Map across steps":
      "async ({ words }) => { const n = new Map(); for (const w of words ?? []) { n.set(w, (n.get(w) ?? 0) + 1); await notify(w, n.get(w)); } return Object.fromEntries(n); }",
    "map of maps":
      "async ({ rows }) => { const m = new Map([['a', new Map()]]); for (const r of [1, 2]) { m.get('a').set(r, await load(r)); } return [...m.get('a')]; }",
    "a Set of objects": {
      flow: "async ({ rows }) => { const seen = new Set(); for (const r of rows ?? []) { seen.add(r); await load(1); } return seen.size; }",
      refuses: ["RLT3005"],
    },
    "a Map that its loop changes, by a copy":
      "async () => { const m = new Map([[1, 2]]); for (const [k, v] of [...m]) { m.set(k + 10, await load(v)); } return [...m]; }",
  },
  { inputs: 10 },
);
