import { suite } from "./suite.ts";

const list = Array.from({ length: 45 }, (_, i) => i);
const many = [{ list, a: 5, s: "text", rows: list.map((i) => [i, i + 1]) }];

suite("what else may stand in maps of many items, in lists of calls and beside futures", {
  "a finally in an item": {
    inputs: many,
    flow: "async (raw) => Promise.all(raw.list.map(async (x) => { let n = 0; try { if (x === 7) throw new RangeError('seven'); n = await price([x]); } catch (e) { n = -1; } finally { await notify(x); } return n; }))",
  },
  "a labelled loop in an item": {
    inputs: many,
    flow: "async (raw) => Promise.all(raw.rows.map(async (row) => { let n = 0; outer: for (const y of row) { for (const z of [1, 2]) { if (y % 3 === 0) continue outer; n += await price([y, z]); } } return n; }))",
  },
  "statements that do not wait, in an item": {
    inputs: many,
    flow: "async (raw) => { const k = raw.a; return Promise.all(raw.list.map(async (x) => { let sum = 0; for (let i = 0; i < x % 4; i++) { sum += i * k; } const y = await load(sum); return [y, sum]; })); }",
  },
  "changing a value of its own, in an item": {
    inputs: many,
    flow: "async (raw) => Promise.all(raw.list.map(async (x) => { const seen = []; seen.push(x); const y = await load(x + 1); seen.push(y * 1); return seen; }))",
  },
  "a helper of the flow, in an item and in a branch": {
    inputs: many,
    flow: "async (raw) => { const twice = async (x) => { const y = await load(x); return [y, await load(y)]; }; const xs = await Promise.all(raw.list.map(async (x) => twice(x))); const k = raw.a; const [a, b] = await Promise.all([twice(k), load(1)]); return [xs.length, xs[44], a, b]; }",
  },
  "a sleep in an item, a branch and beside futures": {
    inputs: many,
    module: 'import { sleep } from "runlet";',
    flow: "async (raw) => { const p = load.submit('p'); await sleep({ seconds: 5 }); const xs = await Promise.all(raw.list.map(async (x) => { await sleep({ seconds: 2 }); return load(x); })); const [a] = await Promise.all([(async () => { await sleep({ seconds: 3 }); return load('slept'); })(), load(2)]); return [xs.length, a, await p]; }",
  },
  "a switch with calls in a branch": {
    inputs: [{ a: 1 }, { a: 2 }, { a: null }],
    flow: "async (raw) => Promise.all([(async () => { switch (raw.a) { case 1: return load('one'); case 2: await notify('two'); default: return load('other'); } })(), load(raw.a)])",
  },
  "a catch around everything": {
    inputs: many,
    flow: "async (raw) => { try { const [xs, y] = await Promise.all([load.map(raw.list), pick('fail')]); return [xs.length, y]; } catch (e) { try { await pick.map(raw.list.concat('fail')); return 'fine'; } catch (f) { return [e.message, f.message]; } } finally { await notify('end'); } }",
  },
  "futures in a try with a finally": {
    inputs: many,
    flow: "async (raw) => { try { const p = load.submit(raw.a); const q = pick.submit('fail'); const x = await p; await q; return x; } catch (e) { return e.message; } finally { await notify('end'); } }",
  },
  "futures in the items of many": {
    inputs: many,
    flow: "async (raw) => Promise.all(raw.list.map(async (x) => { const p = load.submit(x); const q = price.submit([x]); const [a, b] = await Promise.all([p, q]); return a + b; }))",
  },
  "a map inside a list inside a map of many": {
    inputs: many,
    flow: "async (raw) => { const all = await Promise.all(raw.list.map(async (x, i) => { const [ys, z] = await Promise.all([Promise.all([1, 2].map(async (y) => load([x, y, i, raw.s]))), load(x)]); return [ys.length, z, ys[1][3]]; })); return all; }",
  },
  "settled records of many, with statements": {
    inputs: many,
    flow: "async (raw) => { const rs = await Promise.allSettled(raw.list.map(async (x) => { if (x % 10 === 3) throw new TypeError(`x${x}`); return load(x); })); let lost = 0; for (const r of rs) { if (r.status === 'rejected') lost += 1; } return [lost, rs.length]; }",
  },
});
