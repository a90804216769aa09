import { suite } from "./suite.ts";

/** Waiting anywhere, labels, finally, async functions that become part of the flow. */
suite("waiting anywhere", {
  "in an arm of a ternary":
    "async (raw) => { const x = raw.a ? await load(1) : await send(raw.b); return x; }",
  "in one arm":
    "async (raw) => { const x = raw.flag ? await load(1) : 'none'; return [x, raw.b ? 1 : await load(2)]; }",
  "behind and": "async (raw) => { const x = raw.a && (await load(raw.a)); return { x }; }",
  "behind or": "async (raw) => (raw.s || (await load('default'))) + '!'",
  "behind nullish":
    "async (raw) => { const x = raw.none ?? (await load(5)); return [x, raw.nothing ?? (await send(1))]; }",
  "in a test": "async (raw) => { if ((await price(raw.a)) > 3) return 'dear'; return 'cheap'; }",
  "in a loop's test":
    "async (raw) => { let n = 0; while ((await price(n)) < 3 && n < 4) { n += 1; await notify(n); } return n; }",
  "in a do's test":
    "async (raw) => { let n = 0; do { n += 1; } while ((await price(n)) < 3 && n < 5); return n; }",
  "in a for's parts":
    "async (raw) => { const out = []; for (let i = await load(0); i < (await load(3)); i += await load(1)) { out.push(i); if (i === 1) continue; await send(i); } return out; }",
  "assigned in a test":
    "async (raw) => { let page = { next: 1 }; let n = 0; while ((page = await load({ next: n < 2 ? 1 : null })).next) { n += 1; await notify(n); } return [n, page]; }",
  "in a template": "async (raw) => `${await load(1)} ${raw.flag ? await load(2) : ''}`",
  "in an object":
    "async (raw) => ({ a: await load(1), ...(raw.flag ? await load({ b: 2 }) : {}), c: raw.s })",
  "nested choices":
    "async (raw) => (raw.a ? (raw.b ? await load(1) : await load(2)) : raw.s && (await load(3)))",
  "in a map's item":
    "async (raw) => await Promise.all([1, 2, 3].map(async (x) => (x > 1 ? await load(x) : x)))",
  "in an argument": "async (raw) => await send(raw.flag ? await load(1) : 2, raw.none ?? (await load(3)))",
});

suite("labels", {
  "continue of an outer loop":
    "async (raw) => { const out = []; outer: for (const a of [1, 2, 3]) { for (const b of [1, 2, 3]) { if (b === 2) continue outer; if (a === 3) break outer; out.push(await load([a, b])); } } return out; }",
  "a block":
    "async (raw) => { let n = 0; done: { n = 1; if (raw.flag) break done; await load(n); n = 2; } return n; }",
  "a loop in a block":
    "async (raw) => { const out = []; all: { for (const x of [1, 2, 3]) { if (x === raw.b) break all; out.push(await load(x)); } out.push('end'); } return out; }",
  "out of a switch":
    "async (raw) => { let n = 0; loop: for (const x of [1, 2, 3, 4]) { switch (x) { case 2: continue loop; case 4: break loop; default: n += await price(x); } } return n; }",
});

suite("for in", {
  keys: "async (raw) => { const out = []; for (const k in raw.o) out.push(await load(k)); return out; }",
  "of nothing":
    "async (raw) => { let n = 0; for (const k in raw.none) { n += 1; await load(k); } return n; }",
  "of an array":
    "async (raw) => { const out = []; for (const k in ['a', 'b']) { await load(k); out.push(typeof k); } return out; }",
});

suite("finally", {
  "after all is well":
    "async (raw) => { const out = []; try { out.push(await load(1)); } finally { out.push(await load('end')); } return out; }",
  "after a failure":
    "async (raw) => { try { await load(raw.o.x.y); await boom('Error', 'boom'); } finally { await notify('end'); } return 1; }",
  "with a catch":
    "async (raw) => { const out = []; try { out.push(await load(1)); if (raw.flag) throw new RangeError('r'); } catch (e) { out.push(e.message); } finally { out.push('f'); await notify(out.length); } return out; }",
  "a catch that throws":
    "async (raw) => { let n = 0; try { try { await boom('Error', 'one'); } catch (e) { n = 1; throw new TypeError(`two ${e.message}`); } finally { n += 10; await notify(n); } } catch (e) { return [n, e.name, e.message]; } return n; }",
  "return through it":
    "async (raw) => { let n = 1; try { await load(1); return [n, raw.a]; } finally { n = 2; await notify(n); } }",
  "return from it wins":
    "async (raw) => { try { await load(1); return 'try'; } finally { await notify(1); if (raw.flag) return 'finally'; } }",
  "it wins over an error":
    "async (raw) => { try { await boom('Error', 'x'); } finally { await notify(1); if (raw.flag) return 'instead'; } }",
  "its own error wins":
    "async (raw) => { try { try { await boom('Error', 'x'); } finally { await notify(1); throw new RangeError('from finally'); } } catch (e) { return e.message; } }",
  "break and continue through it":
    "async (raw) => { const out = []; for (const x of [1, 2, 3, 4]) { try { if (x === 2) continue; if (x === 4) break; out.push(await load(x)); } finally { out.push(-x); await notify(x); } } return out; }",
  nested:
    "async (raw) => { const out = []; try { try { out.push(await load(1)); if (raw.flag) return out; } finally { out.push('inner'); await notify('inner'); } out.push('after'); } finally { out.push('outer'); await notify('outer'); } return out; }",
  "in a map's item":
    "async (raw) => await Promise.all([1, 2].map(async (x) => { try { return await load(x); } finally { await notify(x); } }))",
  "in a map's item, at once":
    "async (raw) => await Promise.all([1, 2].map(async (x) => { try { return 7; } finally { await notify(x); } }))",
  "in a loop's last turn":
    "async (raw) => { let n = 0; do { try { n += await price(n); } finally { n += 1; } } while (n < 4); return n; }",
  "the value before it":
    "async (raw) => { let x = { n: 1 }; try { await load(1); return x.n; } finally { x = { n: 2 }; await notify(x); } }",
});

suite("async functions of the flow", {
  "an arrow":
    "async (raw) => { const twice = async (x) => { const a = await load(x); return await load([a, a]); }; return [await twice(1), await twice(raw.a)]; }",
  "with an early return":
    "async (raw) => { const get = async (x) => { if (!x) return 'none'; const v = await load(x); return v; }; return [await get(0), await get(raw.a)]; }",
  "that changes":
    "async (raw) => { const log = []; const step = async (x) => { log.push(await load(x)); }; await step(1); await step(2); return log; }",
  "in a loop":
    "async (raw) => { const one = async (x) => (await load(x)) ?? 'nothing'; const out = []; for (const x of [1, 2]) { out.push(await one(x)); } return out; }",
  "in a try":
    "async (raw) => { const risky = async () => { await load(1); throw new RangeError('risky'); }; try { await risky(); } catch (e) { return e.message; } return 'no'; }",
  "that catches":
    "async (raw) => { const safe = async (x) => { try { return await boom('Error', x); } catch (e) { return e.message; } }; return [await safe('a'), await safe('b')]; }",
  "in a map's item":
    "async (raw) => { const get = async (x) => { if (x === 2) return 'two'; return await load(x); }; return await Promise.all([1, 2, 3].map(async (x) => await get(x))); }",
  "of the module": {
    flow: "async (raw) => [await fetchTwice(raw.a), await fetchTwice(2)]",
    module: "async function fetchTwice(x) { let n = await load(x); n = await load([n]); return n; }",
  },
  "a parameter taken apart":
    "async (raw) => { const f = async ({ id, price: p = 3 }) => { await load(id); return p; }; return [await f(raw.items[0]), await f({ id: 1 })]; }",
});
