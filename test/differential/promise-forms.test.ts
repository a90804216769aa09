import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { PRELUDE } from "./prelude.ts";
import { type Program, suite } from "./suite.ts";

const inputs = [
  { a: 1, list: [3, 1, 2], s: "text", n: 3, rows: [{ x: 1 }, { x: 2 }], none: null, bad: ["fail", 1, 2] },
  { a: 5, list: [], s: "", n: 0, rows: [], none: null, bad: [] },
  { a: "x", list: [null, "fail", 2, [1], {}], s: "fail", n: 2, rows: [{ x: "fail" }], bad: [1, "fail", 2] },
];
const programs = (table: Record<string, string>): Record<string, Program> =>
  Object.fromEntries(Object.entries(table).map(([name, flow]) => [name, { flow, inputs }]));

suite(
  "a reduce that waits",
  programs({
    "async acc":
      "async (r) => await r.list.reduce(async (p, x) => { const acc = await p; return acc + await price(x); }, Promise.resolve(0))",
    "a then":
      "async (r) => { await r.list.reduce((p, x) => p.then(() => send(x)), Promise.resolve()); return 'ok'; }",
    list: "async (r) => { const out = await r.list.reduce(async (accP, x) => { const acc = await accP; const v = await load(x); return [...acc, v]; }, Promise.resolve([])); return out; }",
    push: "async (r) => r.list.reduce(async (accP, x) => { const acc = await accP; acc.push(await load(x)); return acc; }, Promise.resolve([]))",
    "push and i":
      "async (r) => { const o = await r.bad.reduce(async (accP, x, i) => { const acc = await accP; try { acc[i] = await pick(x); } catch (e) { acc['e' + i] = e.message; } return acc; }, Promise.resolve({})); return o; }",
    concat:
      "async (r) => await r.list.reduce((p, x) => p.then((acc) => load(x).then((v) => acc.concat([v]))), Promise.resolve([]))",
    throws:
      "async (r) => { try { return await r.bad.reduce(async (p, x) => { const acc = await p; return acc + (await pick(x)); }, Promise.resolve('')); } catch (e) { return e.message; } }",
    "of nothing":
      "async (r) => { try { return await r.none.reduce(async (p, x) => (await p) + (await price(x)), Promise.resolve(0)); } catch (e) { return e.message; } }",
    "of a text": "async (r) => await r.s.reduce(async (p, x) => (await p) + (await price(x)), 0)",
    "of a filter 2":
      "async (r) => await r.list.filter((x) => x !== 1).map((x) => ({ x })).reduce(async (p, o) => (await p) + (await price(o.x)), 0)",
    "of entries":
      "async (r) => await Object.entries({ a: r.a, s: r.s }).reduce(async (p, kv) => { const acc = await p; const [k, v] = kv; return { ...acc, [k]: await price(v) }; }, Promise.resolve({}))",
    "outer variable":
      "async (r) => { let n = 0; const log = []; const v = await r.list.reduce(async (p, x) => { const acc = await p; n++; log.push(n); return acc + n + await price(x); }, Promise.resolve(0)); return [v, n, log]; }",
    "changes the list":
      "async (r) => { const xs = [1, 2, 3]; const v = await xs.reduce(async (p, x) => { const acc = await p; if (xs.length < 6) xs.push(x + 10); return acc + await price(x); }, Promise.resolve(0)); return [v, xs]; }",
    "of a part":
      "async (r) => { const all = await [...r.list, 1].slice(1).concat([[2]]).reduce(async (p, x) => [...(await p), await load(x)], Promise.resolve([])); try { return [all, await r.s.slice(1, 3).reduce(async (p, x) => (await p) + (await price(x)), 0)]; } catch (e) { return [all, e.message]; } }",
    "pairs, and names that the list has as keys":
      "async (r) => { const out = await Object.entries(r.rows[0] ?? {}).reduce(async (p, [k, v], i) => { const rows = await p; rows[k + i] = await load(v); return rows; }, Promise.resolve({})); const list = await r.list.reduce(async (p, x) => { const list = await p; const v = await load(x); list.push(v); return list; }, Promise.resolve([])); return [out, list, await Object.entries({ a: r.a }).reduce(async (p, [k, v]) => ({ ...(await p), [k]: await price(v) }), {})]; }",
    "in a map":
      "async (r) => await Promise.all(r.rows.map(async (row, i) => await [1, 2].reduce(async (p, y) => (await p) + (await price([i, y])), 0)))",
    nested:
      "async (r) => await r.rows.reduce(async (p, row) => { const acc = await p; const inner = await [1, 2].reduce(async (q, y) => (await q) + (await price([row.x, y])), 0); return acc + inner; }, Promise.resolve(0))",
    beside:
      "async (r) => { const p = r.list.reduce(async (q, x) => (await q) + (await price(x)), Promise.resolve(0)); const o = await load(1); return [await p, o]; }",
    "then catch":
      "async (r) => { await r.bad.reduce((p, x) => p.then(() => pick(x)).catch((e) => notify(e.message)), Promise.resolve()); return 1; }",
    conditional:
      "async (r) => await r.list.reduce(async (p, x) => { const acc = await p; if (x === 1) return acc; return acc + await price(x); }, Promise.resolve(0))",
    undefined:
      "async (r) => { const last = await r.list.reduce(async (p, x) => { const before = await p; await notify(x); return x === 1 ? undefined : before; }, Promise.resolve(undefined)); return last === undefined ? 'none' : last; }",
    "list spread":
      "async (r) => await r.list.reduce(async (p, x) => [...(await p), await price(x)], Promise.resolve([]))",
  }),
);

suite(
  "methods of a promise that a variable holds",
  programs({
    "a then":
      "async (r) => { const p = load(r.a); const q = p.then((x) => price(x)); return [await p, await q]; }",
    "then throws":
      "async (r) => { const p = load(r.none); const q = p.then((x) => x.y.z); const o = await send(1); try { return [await q, o]; } catch (e) { return e.message; } }",
    catch:
      "async (r) => { const p = pick(r.s); const safe = p.catch((e) => ({ error: e.message })); const o = await load(1); return [await safe, o]; }",
    finally:
      "async (r) => { const p = pick(r.s); const q = p.finally(() => notify('done')); try { return await q; } catch (e) { return e.message; } }",
    two: "async (r) => { const p = pick(r.s); return await p.then((v) => ['ok', v], (e) => ['bad', e.message]); }",
    "two, first throws":
      "async (r) => { const p = pick(r.s); try { return await p.then((v) => v.x.y, (e) => ['bad', e.message]); } catch (e) { return e.message; } }",
    "null, g": "async (r) => { const p = pick(r.s); return await p.then(undefined, (e) => e.name); }",
    all: "async (r) => { const user = load(r.a); const orders = user.then((u) => price(u)); const prefs = user.then((u) => send(u)); const [u, o, p] = await Promise.all([user, orders, prefs]); return { u, o, p }; }",
    chain:
      "async (r) => { const p = pick(r.s); const q = p.then((v) => load(v)).then((v) => [v]).catch((e) => e.message).finally(() => notify('end')); const o = await price(1); return [await q, o]; }",
    "of a task": "async (r) => { const p = load(r.a); return await p.then(price); }",
    undefined:
      "async (r) => { const p = load(r.a); const q = await p.then((v) => {}); return q === undefined; }",
    "in a map":
      "async (r) => await Promise.all(r.bad.map(async (x) => { const p = pick(x); const o = await load(x); return [await p.catch((e) => e.message), o]; }))",
    settled:
      "async (r) => { const p = pick(r.s); const q = p.then((v) => load(v)); const rs = await Promise.allSettled([p, q]); return rs.map((x) => x.status); }",
    "nobody awaits it":
      "async (r) => { const p = pick(r.s); p.then((v) => notify(v)).catch((e) => notify(e.message)); p.catch(() => {}); const o = await load(1); try { return [await p, o]; } catch (e) { return [e.message, o]; } }",
    "a function that gives a promise":
      "async (r) => { const get = (id) => load(id).then((v) => ({ v, id })); function safe(x) { return pick(x).catch((e) => e.message); } const both = (x) => get(x).then((one) => [one]); const p = get(r.a); const all = await Promise.all(r.bad.map((x) => safe(x))); let next = both(0); const out = []; for (const x of r.list) { out.push(await next); next = both(x); await notify(x); } return [await p, all, out, await next, await Promise.allSettled([safe(1), get(2)])]; }",
    "a function whose call may throw":
      "async (r) => { const get = ({ x }) => load(x.y ?? x); const out = []; for (const row of [...r.rows, {}]) { try { out.push(await get(row)); } catch (e) { out.push(e.message); } } return out; }",
    "a turn's own counter":
      "async (r) => { const out = []; let last = load('none'); for (let i = 0; i < r.n; i++) { for (const x of r.list) { const p = load(x); const q = p.then((v) => send(v, i)); if (x === 1) continue; out.push(await q, await last); } last = load(i).then((v) => [v, i]); } return [out, await last]; }",
    "two, and more":
      "async (r) => { const p = pick(r.s); const q = p.then((v) => load(v), (e) => load(e.message)).catch((e) => e).finally(() => notify('end')); for (const x of [1, 2]) await load(x); return r.a === 1 ? await q : 1; }",
    "handler with block":
      "async (r) => { let n = 0; const p = load(r.a); await p.then(async (v) => { n += 1; await send(v); n += 1; }); return n; }",
  }),
);

suite(
  "a variable of which another call is awaited each time",
  programs({
    "prefetch save":
      "async (r) => { let next = load(0); for (let i = 0; i < r.n; i++) { const page = await next; next = load(i + 1); await send(page); } return r.n; }",
    "prefetch, last not begun":
      "async (r) => { const pages = r.list; if (pages.length === 0) return []; const out = []; let next = load(pages[0]); for (let i = 0; i < pages.length; i++) { const page = await next; if (i + 1 < pages.length) next = load(pages[i + 1]); out.push(await price([page, i])); } return out; }",
    "prefetch while 2":
      "async (r) => { let page = 0; let next = load(page); let total = 0; while (true) { const p = await next; if (p >= r.n) break; page++; next = load(page); total += await price(p); } return total; }",
    "prefetch or null":
      "async (r) => { let pending = r.list.length > 0 ? load(r.list[0]) : null; let i = 0; const out = []; while (pending) { const item = await pending; i++; pending = i < r.list.length ? load(r.list[i]) : null; out.push(await send(item)); } return out; }",
    "save behind":
      "async (r) => { let saving = null; for (const x of r.list) { const page = await load(x); if (saving) await saving; saving = send(page); } if (saving) await saving; return r.list.length; }",
    "save behind in all":
      "async (r) => { let last = Promise.resolve(null); const out = []; for (const x of r.list) { const [page] = await Promise.all([load(x), last]); last = send(page); out.push(page); } await last; return out; }",
    "prefetch for of":
      "async (r) => { let next; const out = []; for (const x of r.list) { const cur = next; next = load(x); if (cur) out.push(await cur); } if (next) out.push(await next); return out; }",
    "assigned in branches":
      "async (r) => { let p; if (r.flag) { p = load(1); } else { p = send(2); } const other = await price(3); return [await p, other]; }",
    fails:
      "async (r) => { let next = pick(0); const out = []; try { for (const x of r.bad) { const v = await next; next = pick(x); out.push(await price([v])); } return await next; } catch (e) { return [e.name, e.message, out]; } }",
    "fails within a try in the loop":
      "async (r) => { let next = pick(0); const out = []; for (const x of r.bad) { try { const v = await next; next = pick(x); out.push(await price([v])); } catch (e) { out.push(e.message); next = pick(1); } } return out; }",
    "throws between":
      "async (r) => { let next = load(r.rows[0]); const out = []; for (const row of r.rows) { try { const v = await next; next = load(row); out.push(v.x.y.z); await notify(v); } catch (e) { out.push(e.name); } } return [out, await next]; }",
    "return in the loop":
      "async (r) => { let next = load(0); for (const x of r.list) { const v = await next; next = load(x); if (v === 1) return ['found', await price(v)]; await send(v); } return await next; }",
    continue:
      "async (r) => { let next = load(0); const out = []; for (const x of r.list) { const v = await next; next = load(x); if (v === 1) continue; out.push(await price(v)); } return [out, await next]; }",
    returned: "async (r) => { let p = load(1); if (r.flag) p = send(2); return p; }",
    "async function":
      "async (r) => { const get = async (i) => { const v = await load(i); return { v, i }; }; let next = get(0); const out = []; for (let i = 1; i <= r.n; i++) { const got = await next; next = get(i); out.push(await price(got)); } return [out, await next]; }",
    "nested loops":
      "async (r) => { const out = []; for (const row of r.rows) { let next = load(row.x); for (const y of [1, 2]) { const v = await next; next = load([row.x, y]); out.push(await send(v)); } out.push(await next); } return out; }",
    "in a map":
      "async (r) => await Promise.all(r.rows.map(async (row, i) => { let next = load([i, 0]); let t = 0; for (const y of [1, 2]) { const v = await next; next = load([i, y]); t += await price(v); } return t + (await price(await next)); }))",
    "batches of pages":
      "async (r) => { let next = Promise.all([load(0), load(10)]); const out = []; for (let i = 1; i <= r.n; i++) { const got = await next; next = Promise.all([load(i), load(i + 10)]); out.push(await send(got)); } return [out, await next]; }",
    expression:
      "async (r) => { let next = load(0); let sum = 0; for (let i = 1; i <= r.n; i++) { sum += (await next) + 1; next = load(i); sum += await price(i); } return sum + (await next); }",
    cursor:
      "async (r) => { let cursor = 0; const pages = []; let pending = load({ cursor, more: true }); do { const page = await pending; cursor = page.cursor + 1; const more = cursor < r.n; if (more) pending = load({ cursor, more: cursor < 2 }); await send(page); pages.push(page.cursor); if (!more) break; } while (true); return pages; }",
    "args change":
      "async (r) => { const acc = []; let next = load(acc); const out = []; for (const x of r.list) { acc.push(x); out.push(await next); next = load(acc); acc.push('y'); } return [out, await next, acc]; }",
    "args change 2":
      "async (r) => { const o = { n: 0 }; let next = load(o); o.n = 1; const out = []; for (const x of [1, 2]) { out.push(await next); next = load(o); o.n++; await notify(o.n); } return [out, await next]; }",
    "args throw":
      "async (r) => { let next = load(0); try { next = load(r.none.x); } catch (e) { return [e.message, await next]; } return await next; }",
    "test changes":
      "async (r) => { let i = 0; let next = load(0); const out = []; while (next && i < 6) { out.push(await next); if (++i < 3) next = load(i); } return [out, i]; }",
    "test waits":
      "async (r) => { let next = load(0); const out = []; for (const x of r.list) { out.push(await next); if (await load(x)) next = send(x); await price(x); } return [out, await next]; }",
    "args wait":
      "async (r) => { let next = load(0); const out = []; for (const x of r.list) { const v = await next; next = send(await load([x]), v); out.push(await price([x])); } return [out, await next]; }",
    "catch var":
      "async (r) => { let next = pick(0); const out = []; for (const x of r.bad) { let v; try { v = await next; } catch (e) { v = e.message; } next = pick(x); out.push(v); await notify(v); } try { await next; } finally { await notify('end'); } return out; }",
    labelled:
      "async (r) => { let next = load(0); const out = []; outer: for (const row of r.rows) { for (const y of [1, 2]) { const v = await next; next = load([row.x, y]); if (y === 2) continue outer; out.push(await send(v)); } } return [out, await next]; }",
    "in a finally":
      "async (r) => { let next = load(0); try { await pick(r.s); } catch (e) { next = load(e.message); } finally { await notify('fin'); } return await next; }",
    "in an inner function":
      "async (r) => { const go = async (k) => { let next = load(k); const out = []; for (let i = 0; i < 2; i++) { out.push(await next); next = load([k, i]); } out.push(await next); return out; }; return [await go('a'), await go('b')]; }",
    "not awaited":
      "async (r) => { let next = load(0); for (const x of r.list) { const v = await next; next = load([x]); if (v === 3) throw new Error('stop'); } return 'end'; }",
  }),
);

describe("refused, since it would not be the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "runlet-promise-forms-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [
      "of a filter",
      "async (r) => await r.list.filter((x) => x !== 1).map((x) => ({ x })).reduce(async (p, { x }) => (await p) + (await price(x)), 0)",
    ],
    [
      "changes elements",
      "async (r) => { const xs = r.rows.map((o) => ({ ...o })); const v = await xs.reduce(async (p, o) => { const acc = await p; o.seen = acc; return acc + await price(o); }, Promise.resolve(0)); return [v, xs]; }",
    ],
    [
      "acc of an outer object",
      "async (r) => { const acc0 = []; const out = await r.list.reduce(async (p, x) => { const acc = await p; acc.push(await load(x)); return acc; }, acc0); return [out, acc0]; }",
    ],
    ["of a value", "async (r) => { const p = r.a; return await p.then((x) => x); }"],
    ["of an awaited value", "async (r) => { const p = await load(r.a); return await p.then((x) => x); }"],
    [
      "twice",
      "async (r) => { const p = load({ n: 1 }); const a = p.then((v) => { v.n = 2; return v; }); const b = p.then((v) => v.n); return [await a, await b]; }",
    ],
    [
      "mutates shared",
      "async (r) => { const p = load({ n: 1 }); await p.then((v) => { v.n = 2; }); const v = await p; return v.n; }",
    ],
    [
      "list",
      "async (r) => { const ps = r.list.map((x) => load(x)); const qs = ps.map((p) => p.then((v) => price(v))); return await Promise.all(qs); }",
    ],
    [
      "reads what changes",
      "async (r) => { let n = 0; const p = load(r.a); const q = p.then((v) => [v, n]); n = 5; const o = await price(1); n = 6; return [await q, o]; }",
    ],
    [
      "another call each time: awaited twice, changed",
      "async (r) => { let p = load({ n: 1 }); const a = await p; a.n = 5; const b = await p; p = load({ n: 2 }); return [a, b, await p]; }",
    ],
    [
      "another call each time: page changes",
      "async (r) => { let next = load({ n: 0 }); const out = []; for (const x of r.list) { const page = await next; next = load({ n: x }); page.seen = true; out.push(page); await send(page); } return out; }",
    ],
    [
      "another call each time: async function that reads what changes",
      "async (r) => { let n = 0; const get = async () => { const v = await load(n); return [v, n]; }; let next = get(); const out = []; for (let i = 1; i <= r.n; i++) { n++; const got = await next; next = get(); out.push(await price(got)); } return [out, await next]; }",
    ],
    [
      "another call each time: mixed with value",
      "async (r) => { let p = load(0); const a = await p; p = 5; return [a, await p]; }",
    ],
    [
      "another call each time: closure",
      "async (r) => { let next = load(0); const go = async () => { const v = await next; next = load(v + 1); return v; }; const a = await go(); const b = await go(); return [a, b]; }",
    ],
    [
      "another call each time: undefined result",
      "async (r) => { const f = async (i) => { await notify(i); }; let last = f(0); for (const x of r.list) { const u = await last; last = f(x); await load([x, u === undefined]); } return (await last) === undefined; }",
    ],
    [
      "another call each time: switch",
      "async (r) => { let p = load(0); for (const x of r.list) { switch (x) { case 1: p = load('one'); break; default: await price([await p]); } } return await p; }",
    ],
    [
      "another call each time: af 1",
      "async (r) => { let n = 0; const get = async () => { const v = await load(n); return [v, n]; }; let next = get(); n = 1; const a = await next; next = get(); n = 2; await load('x'); n = 3; return [a, await next]; }",
    ],
    [
      "another call each time: af 2",
      "async (r) => { let n = 0; const get = async (i) => { const v = await load(i); return [v, n]; }; const out = []; let next = get(0); for (let i = 1; i < 3; i++) { out.push(await next); next = get(i); n = i; } out.push(await next); return out; }",
    ],
    [
      "another call each time: af 3",
      "async (r) => { const seen = []; const get = async (i) => { const v = await load(i); return [v, seen.length]; }; const out = []; let next = get(0); for (let i = 1; i < 3; i++) { seen.push(i); out.push(await next); next = get(i); } out.push(await next); return out; }",
    ],
    [
      "another call each time: af all",
      "async (r) => { let n = 0; const out = []; let next = Promise.all([1, 2].map(async (x) => { await load([x, n]); return n; })); for (let i = 3; i < 5; i++) { n += i; out.push(await next); next = Promise.all([1, 2].map(async (x) => { await load([x, n]); return n; })); } out.push(await next); return out; }",
    ],
    [
      "another call each time: af writes",
      "async (r) => { let n = 0; const get = async (i) => { const v = await load(i); n += i; return v; }; const out = []; let next = get(1); for (let i = 2; i < 4; i++) { out.push(n); out.push(await next); next = get(i); out.push(n); } out.push(await next); return [out, n]; }",
    ],
    [
      "another call each time: af in place",
      "async (r) => { let n = 0; const out = []; let next = (async () => { await load(0); return n; })(); for (let i = 1; i < 3; i++) { n = i; out.push(await next); next = (async () => { await load(i); return [i, n]; })(); } out.push(await next); return out; }",
    ],
    [
      "another call each time: shadow",
      "async (r) => { let next = load(0); const out = []; for (const next of [1, 2]) out.push(await send(next)); next = load(3); return [out, await next]; }",
    ],
    [
      "a function whose call may throw, and is awaited later",
      "async (r) => { const get = (o) => load(o.x.y); try { const p = get(r.rows[0]); const q = await send(1); return [await p, q]; } catch (e) { return e.message; } }",
    ],
    [
      "a pattern that may throw",
      "async (r) => await r.rows.reduce(async (p, { x }) => (await p) + (await price(x)), Promise.resolve(0))",
    ],
    [
      "a callback that calls before it waits",
      "async (r) => await r.list.reduce(async (p, x) => { const v = await load(x); return (await p) + v; }, 0)",
    ],
    [
      "a callback that reads before it waits",
      "async (r) => { let n = 0; return await r.list.reduce(async (p, x) => n + (await p) + (await load(x)), 0); }",
    ],
    ["without a beginning", "async (r) => await r.list.reduce(async (p, x) => (await p) + (await load(x)))"],
  ])("%s", (_name, flow) => {
    const found = check(join(folder, "main.ts"), `${PRELUDE}\nexport const f = flow(${flow});`);
    expect(found.map(({ code }) => code)).not.toEqual([]);
  });
});
