import { suite } from "./suite.ts";

/** Functions that are handed to async functions of the flow: what is called there is what was written here. */
suite(
  "functions handed to async functions",
  {
    "withRetry arrow": {
      flow: "async (raw) => { const r = await withRetry1(() => pick(raw.a > 3 ? 'fail' : raw.a)); return r; }",
      module:
        "async function withRetry1(fn, times = 3) { let last; for (let i = 0; i < times; i++) { try { return await fn(i); } catch (e) { last = e; await notify(`failed ${e.message}`); } } throw last; }",
    },
    "withRetry with state": {
      flow: "async (raw) => { let n = 0; const r = await withRetry2(async () => { n++; return await pick(n < 3 ? 'fail' : n + raw.a); }, 4); return [r, n]; }",
      module:
        "async function withRetry2(fn, times) { for (let i = 1; ; i++) { try { return await fn(); } catch (e) { if (i >= times) throw new Error(`gave up after ${i}: ${e.message}`, { cause: e }); } } }",
    },
    mapSeries: {
      flow: "async (raw) => { let sum = 0; const r = await mapSeries3(raw.list, async (x, i) => { sum += x; return await load(x * 10 + i); }); return [r, sum]; }",
      module:
        "const mapSeries3 = async (xs, fn) => { const out = []; for (let i = 0; i < xs.length; i++) out.push(await fn(xs[i], i)); return out; };",
    },
    "mapSeries twice different closures": {
      flow: "async (raw) => { const a = await mapSeries4(raw.list, async (x) => ({ x })); const b = await mapSeries4(raw.words, load); const c = await mapSeries4(raw.items, (x) => price(x.id)); return [a, b, c]; }",
      module:
        "const mapSeries4 = async (xs, fn) => { const out = []; for (let i = 0; i < xs.length; i++) out.push(await fn(xs[i], i)); return out; };",
    },
    "sync closure as callback": {
      flow: "async (raw) => [await totals5(raw.items, (x) => x.price), await totals5(raw.items, (x) => x.id)]",
      module:
        "const totals5 = async (xs, pick2) => { const vals = xs.map(pick2); await notify(vals.length); return vals.reduce((a, b) => a + b, 0); };",
    },
    "local helper":
      "async (raw) => { const attempt = async (label, fn) => { try { return { label, ok: true, value: await fn() }; } catch (e) { return { label, ok: false, error: e.message }; } }; return [await attempt('a', () => pick('fail')), await attempt('b', () => load(raw.a)), await attempt('c', async () => { const x = await load(1); return x + raw.none.y; })]; }",
    "passed on": {
      flow: "async (raw) => await outer7(async (n) => n + (await load(raw.a)))",
      module:
        "const inner7 = async (fn) => { const v = await fn(2); return v; }; const outer7 = async (fn) => [await inner7(fn), await inner7((x) => fn(x + 1))];",
    },
    "nested same helper": {
      flow: "async (raw) => await twice8(async (a) => await twice8(async (b) => await load([a, b])))",
      module: "const twice8 = async (fn) => [await fn(1), await fn(2)];",
    },
    "closure changes an object of the flow": {
      flow: "async (raw) => { const state = { n: 0, seen: [] }; await each9(raw.items, async (x) => { state.n += x.price; state.seen.push(await load(x.id)); }); return state; }",
      module: "const each9 = async (xs, fn) => { for (const x of xs) await fn(x); };",
    },
    "shadowed names in helper": {
      flow: "async (raw) => { const x = 1; return await run10(async (y) => { const z = await load(x + y); return [z, raw.a]; }); }",
      module:
        "const run10 = async (fn) => { const x = 100; const raw = 'helper'; const r10 = await fn(x); return [r10, raw]; };",
    },
    "finally in helper": {
      flow: "async (raw) => { const r = await timed11('x', () => pick(raw.flag ? 'fail' : 1)); return r; }",
      module:
        "const timed11 = async (label, fn) => { await notify(`start ${label}`); try { return await fn(); } finally { await notify(`end ${label}`); } };",
    },
    "helper in other closure in a map": {
      flow: "async (raw) => await Promise.all(raw.list.map(async (x) => await guard12(() => pick(x === 2 ? 'fail' : x), -1)))",
      module:
        "const guard12 = async (fn, fallback) => { try { return await fn(); } catch { return fallback; } };",
    },
    "sync fn throws in helper": {
      flow: "async (raw) => [await runIt13(() => raw.none.x), await runIt13(() => load(raw.none.x)), await runIt13(() => raw.a + 1)]",
      module:
        "const runIt13 = async (fn) => { try { return await fn(); } catch (e) { return `caught ${e.message}`; } };",
    },
    "callback with index variables in loop": {
      flow: "async (raw) => { const res = []; for (const w of raw.words) { res.push(await rep14(2, async (i) => `${w}${await load(i)}`)); } return res; }",
      module:
        "const rep14 = async (n, fn) => { const out = []; for (let i = 0; i < n; i++) { out.push(await fn(i)); } return out; };",
    },
    "poll until": {
      flow: "async (raw) => await pollUntil15((i) => load({ i, state: i >= 2 ? 'ready' : 'wait' }), (s) => s.state === 'ready')",
      module:
        "const pollUntil15 = async (probe, done, max = 5) => { for (let i = 0; i < max; i++) { const s = await probe(i); if (done(s)) return s; } throw new Error('timeout'); };",
    },
    "map handed": {
      flow: "async (raw) => [await mapAll16(raw.list, load), await mapAll16(raw.list, async (x) => (await load(x)) + 1)]",
      module: "const mapAll16 = async (xs, fn) => await Promise.all(xs.map((x) => fn(x)));",
    },
    "map handed async": {
      flow: "async (raw) => [await mapAll17(raw.list, load), await mapAll17(raw.list, async (x) => (await load(x)) + 1), await mapAll17(raw.words, (w) => price(w))]",
      module:
        "const mapAll17 = async (xs, fn) => { const out = await Promise.all(xs.map(async (x, i) => { const v = await fn(x, i); return { v, i }; })); return out; };",
    },
    "catch on handed": {
      flow: "async (raw) => [await safe18(load), await safe18(async (x) => { await load(x); return raw.none.x; })]",
      module: "const safe18 = async (fn) => await fn(1).catch((e) => e.message);",
    },
    "closure with return in loop and branch": {
      flow: "async (raw) => await each19(raw.items, async (it) => { if (it.price < 5) return true; for (const t of it.tags) { if (t === 'q') return true; await notify(t); } return false; })",
      module:
        "const each19 = async (xs, fn) => { for (const x of xs) { const stop = await fn(x); if (stop) return x; } return null; };",
    },
    "sync closure changing flow variable in a loop that does not wait": {
      flow: "async (raw) => { let n = 0; const seen = []; await run20(raw.list, (x) => { n += x; seen.push(x); }); return [n, seen]; }",
      module: "const run20 = async (xs, fn) => { for (const x of xs) fn(x); await notify(xs.length); };",
    },
    "sync closure called after change": {
      flow: "async (raw) => { let n = 1; const bump = async () => { n *= 10; }; const get = () => n; const r = await run21(get); await bump(); return [r, await run21(get), await run21(() => ++n)]; }",
      module:
        "const run21 = async (fn) => { const a = fn(); await notify(a); const b = fn(); return [a, b]; };",
    },
    "handed flow variable of the same name as parameter": {
      flow: "async (raw) => { const fn = async (load2) => (await load(load2)) * 2; return await wrap22(fn); }",
      module: "const wrap22 = async (load2) => await load2(5);",
    },
    "default function parameter": {
      flow: "async (raw) => [await conv23(1), await conv23(2, (y) => y * 10)]",
      module: "const conv23 = async (x, f = (y) => y + 1) => { const v = await load(x); return f(v); };",
    },
    "return of a function returning promise inside try": {
      flow: "async (raw) => await attempt24(async () => { if (raw.flag) { return pick('fail'); } return load(2); })",
      module:
        "const attempt24 = async (fn) => { try { return await fn(); } catch (e) { return e.message; } };",
    },
  },
  { inputs: 12 },
);

suite(
  "await of values, and of one of two",
  {
    "await ternary":
      "async (raw) => { const a = await (raw.flag ? load(1) : 2); const b = await (raw.none ?? load(3)); const c = await (raw.a > 3 && load(4)); const d = await (raw.flag ? (raw.a > 3 ? load(5) : null) : load(6)); return [a, b, c, d]; }",
    "await values":
      "async (raw) => { const x = await 5; const y = await raw.a; const z = await null; const f = (q) => q + 1; const w = await f(raw.a); return [x, y, z, w]; }",
    "await value throws":
      "async (raw) => { try { const y = await raw.none.x; return y; } catch (e) { await load(1); return e.message; } }",
  },
  { inputs: 12 },
);

suite(
  "functions handed to functions of another module",
  {
    "with early returns": {
      flow: "async (raw) => await fetchAll((page) => load({ page, rows: [page, raw.a], next: page < 3 ? page + 1 : null }), raw.flag ? 10 : 2)",
      module: 'import { fetchAll, firstOf } from "./helpers.ts";',
    },
    "the first that is found": {
      flow: "async (raw) => { let tries = 0; const r = await firstOf(raw.items, async (x) => { tries += 1; return (await load(x.price)) < 8 ? x : undefined; }); return [r, tries]; }",
      module: 'import { fetchAll, firstOf } from "./helpers.ts";',
    },
  },
  {
    inputs: 12,
    files: {
      "helpers.ts": `export async function fetchAll(get: (page: number) => Promise<any>, most = 5) {
        const all: unknown[] = [];
        let page = 1;
        while (true) {
          const { rows, next } = await get(page);
          all.push(...rows);
          if (all.length >= most) return all.slice(0, most);
          if (next === null) return all;
          page = next;
        }
      }
      export const firstOf = async <T, R>(xs: T[], find: (x: T) => Promise<R>) => {
        for (const x of xs) { const r = await find(x); if (r !== undefined) return r; }
        return null;
      };`,
    },
  },
);
