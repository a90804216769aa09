import { suite } from "./suite.ts";

suite("futures", {
  "setDownstream of what it takes as an argument, in a branch":
    "async (raw) => { const a = pick.submit(raw.fail); if (raw.flag) { const b = load.submit(a); a.setDownstream(b); return [await a, await b]; } return await a; }",
  "awaited later":
    "async (raw) => { const p = load(raw.a); const q = await send(raw.b); return [await p, q]; }",
  "submit, awaited at once": "async (raw) => { const x = await load.submit(raw.a); return x; }",
  "two, awaited in the other order":
    "async (raw) => { const p = load.submit(raw.a); const q = price.submit(raw.o); const y = await q; const x = await p; return { x, y }; }",
  "passed on":
    "async (raw) => { const p = load.submit(raw.a); const q = send.submit(p, raw.s); const r = send.submit({ p, l: [q, 1] }); return await r; }",
  "passed on to a call that is awaited":
    "async (raw) => { const p = load.submit(raw.a); return send(p, [p, raw.b]); }",
  "a failure is thrown where it is awaited":
    "async (raw) => { const p = pick.submit('fail'); await load('between'); try { await p; return 'fine'; } catch (e) { return send(e.name, e.message); } }",
  "a failure that nobody awaits": "async (raw) => { const p = pick.submit('fail'); return load(raw.a); }",
  "a call that nobody awaits": "async (raw) => { const p = load.submit(raw.a); return 'done'; }",
  "a failed future as an argument":
    "async (raw) => { const p = boom.submit('TypeError', 'up'); const q = send.submit(p, 1); try { return await q; } catch (e) { return e.name + e.message; } }",
  "a failed future as a nested argument":
    "async (raw) => { const p = boom.submit('TypeError', 'up'); try { return await send({ p }, raw.s); } catch (e) { return [e.name, e.message]; } }",
  waitFor:
    "async (raw) => { const p = load.submit('first'); const q = load.submit('second', { waitFor: [p] }); return await q; }",
  "waitFor of a failed one":
    "async (raw) => { const p = pick.submit('fail'); const q = load.submit('second', { waitFor: [p] }); try { return await q; } catch (e) { return e.message; } }",
  setDownstream:
    "async (raw) => { const p = load.submit('up'); const q = load.submit('down'); p.setDownstream(q); return [await q, await p]; }",
  "setDownstream of a failed one":
    "async (raw) => { const p = pick.submit('fail'); const q = load.submit('down'); p.setDownstream(q); try { await q; return 'fine'; } catch (e) { return e.message; } }",
  "Promise.all of futures":
    "async (raw) => { const p = load.submit(raw.a); const q = load.submit(raw.b); const r = price(raw.o); const [a, b, c] = await Promise.all([p, q, r]); return [a, b ?? null, c]; }",
  "Promise.all of failing futures":
    "async (raw) => { const p = load.submit(1); const q = pick.submit('fail'); try { const all = await Promise.all([p, q]); return all; } catch (e) { return e.message; } }",
  "futures and calls in one list":
    "async (raw) => { const p = load.submit(raw.a); const [a, b, c] = await Promise.all([p, load(raw.s), 5]); return [a, b, c]; }",
  "allSettled of futures":
    "async (raw) => { const p = load.submit(1); const q = pick.submit('fail'); const rs = await Promise.allSettled([p, q, load(2)]); return rs.map((r) => r.status === 'fulfilled' ? r.value : r.reason.message); }",
  "a map of submits":
    "async (raw) => { const futures = raw.list.map((x) => price.submit(x)); await load('between'); const all = await Promise.all(futures); return all.reduce((a, b) => a + b, 0); }",
  "a task's map, awaited later":
    "async (raw) => { const ps = load.map(raw.list); const a = await load(raw.a); const xs = await ps; return [xs.length, a]; }",
  "a failing map, awaited later":
    "async (raw) => { const ps = pick.map(raw.items.concat('fail')); await load(1); try { await ps; return 'fine'; } catch (e) { return e.message; } }",
  "arguments that throw":
    "async (raw) => { const p = load.submit(1); const q = load.submit(raw.o.x.y.z); const r = load.submit(3); return [await p, await q, await r]; }",
  "arguments that throw first":
    "async (raw) => { const p = load.submit(raw.none.x); const r = load.submit(3); return [await p, await r]; }",
  "a main line that fails":
    "async (raw) => { const p = load.submit('p'); const x = await pick('fail'); const q = load.submit('never'); return [await p, await q, x]; }",
  "a main line of several":
    "async (raw) => { const p = load.submit('p'); const x = await load('x'); const y = await send(x, 1); const q = load.submit(y); return [await p, await q]; }",
  "a graph of an N":
    "async (raw) => { const a = load.submit('a'); const b = load.submit('b'); const c = send.submit('c', a); const d = send.submit('d', a, b); return [await c, await d]; }",
  "a diamond":
    "async (raw) => { const a = load.submit('a'); const b = send.submit('b', a); const c = send.submit('c', a); const d = send.submit('d', b, c); return await d; }",
  "in a map's callback":
    "async (raw) => Promise.all(raw.items.map(async (item, i) => { const p = load.submit(item.id); const q = load.submit(i); return send(await p, await q, raw.a); }))",
  "in a loop":
    "async (raw) => { let n = 0; for (const x of raw.list) { const p = load.submit(x); const q = price.submit(x); n += await q; await p; } return n; }",
  "in a branch, and after one":
    "async (raw) => { const p = load.submit('p'); if (raw.flag) { const q = load.submit('q'); await q; } return await p; }",
  "across a try":
    "async (raw) => { const p = load.submit('p'); try { await pick('fail'); } catch (e) { await load('caught'); } return await p; }",
  "awaited twice":
    "async (raw) => { const p = load.submit(raw.a); const x = await p; const y = await p; return [x, y]; }",
  "members of an awaited future":
    "async (raw) => { const p = load.submit(raw.o); const q = load.submit(1); return [(await p).x.y, await q]; }",
  "retries of a future":
    "async (raw) => { const p = flaky.submit(2, 'v'); const q = flaky.submit(9, 'w'); const r = await p; try { await q; return r; } catch (e) { return [r, e.message]; } }",
  "results of nothing, null and lists":
    "async (raw) => { const a = notify.submit(1); const b = load.submit(null); const c = load.submit([]); const d = load.submit([[1]]); return [await a, await b, await c, await d]; }",
});

suite("what follows an await begins when that is over", {
  "a third call after a main line that failed":
    "async () => { const p = load.submit('p'); const x = await pick('fail'); const q = load.submit('never'); const s = load.submit('never2'); return [await p, await q, await s, x]; }",
  "two calls after a future that failed":
    "async () => { const p = pick.submit('fail'); const y = load.submit('y'); await p; const q = load.submit('never'); const s = load.submit('never2'); return [await q, await s, await y]; }",
  "a main line after a call after a future that failed":
    "async (raw) => { const p = pick.submit(raw.s === 'same' ? 'fail' : raw.s); await p; const q = load.submit('sometimes'); const z = await load('z'); return [await q, z]; }",
  "a main line after submits after a list that failed":
    "async () => { const ps = [1, 'fail'].map((x) => pick.submit(x)); await Promise.all(ps); const qs = [3, 4].map((x) => load.submit(x)); await load('never'); const ws = await Promise.allSettled(qs); return ws.length; }",
  "two calls after futures that were awaited together":
    "async () => { const p = pick.submit('fail'); const p2 = load.submit(1); await Promise.all([p, p2]); const q = load.submit('never'); const s = load.submit('never2'); return [await q, await s]; }",
  "one call after a future, beside another":
    "async (raw) => { const p = pick.submit(raw.flag ? 'fail' : 1); const y = load.submit('y'); await p; const q = load.submit('q'); return [await q, await y]; }",
  "the same in a try":
    "async (raw) => { const y = load.submit('y'); try { const p = pick.submit(raw.flag ? 'fail' : 1); await p; const q = load.submit('q'); const s = load.submit('s'); return [await q, await s]; } catch (e) { return [e.message, await y]; } }",
});
