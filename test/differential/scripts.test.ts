import { suite } from "./suite.ts";

/** Stretches without awaits run as their author wrote them. */
suite("synchronous loops", {
  summing: "async (raw) => { let n = 0; for (const x of raw.list) n += x; await load(n); return n; }",
  "with break and continue":
    "async (raw) => { const out = []; for (const x of [1, 2, 3, 4, 5]) { if (x === 2) continue; if (x > 4) break; out.push(x); } return send(out); }",
  "with return":
    "async (raw) => { for (const x of raw.list) { if (x > 2) return { found: x }; } await notify('none'); return null; }",
  "with return of nothing":
    "async (raw) => { for (const x of [1, 2]) { if (x === raw.b) return; } await notify('none'); return 1; }",
  "with undefined returned":
    "async (raw) => { for (const x of [1]) { if (raw.flag) return raw.nothing; } await notify('none'); return 1; }",
  "in a loop that waits":
    "async (raw) => { const out = []; for (const x of [1, 2, 3]) { for (let i = 0; i < 3; i++) { if (i === x) break; out.push(i); } await load(out.length); } return out; }",
  "that leaves a loop that waits":
    "async (raw) => { let n = 0; outer: for (const x of [1, 2, 3]) { await load(x); for (const y of [1, 2, 3]) { if (y === x) continue outer; n += 10; if (y > 2) break outer; } n += 1; } return n; }",
  "that returns from a loop that waits":
    "async (raw) => { for (const x of [1, 2, 3]) { await load(x); for (const y of raw.list) { if (y === x) return [x, y]; } } return 'none'; }",
  "for in":
    "async (raw) => { const keys = []; for (const k in raw.o) keys.push(k); await load(keys); return keys; }",
  "while and do":
    "async (raw) => { let a = 0; let b = 10; while (a < 5) a += 2; do { b -= 3; } while (b > 0); await load([a, b]); return a + b; }",
  "labels inside":
    "async (raw) => { let n = 0; outer: for (let i = 0; i < 4; i++) { for (let j = 0; j < 4; j++) { if (j === 2) continue outer; if (i === 3) break outer; n += 1; } } await load(n); return n; }",
  grouping:
    "async (raw) => { const by = {}; for (const item of raw.items) { (by[item.price > 5 ? 'big' : 'small'] ??= []).push(item.id); } await load(by); return by; }",
  "changing elements":
    "async (raw) => { const rows = await load([{ n: 1 }, { n: 2 }]); for (const row of rows) { row.twice = row.n * 2; } await send(rows); return rows; }",
  "of a map's item":
    "async (raw) => await Promise.all([[1, 2], [3]].map(async (xs) => { let n = 0; for (const x of xs) n += x; await load(n); return n; }))",
  "with return in a map's item":
    "async (raw) => await Promise.all([[1, 2], [3]].map(async (xs) => { for (const x of xs) if (x === 2) return 'two'; await load(xs); return 'none'; }))",
  "first in a map's item":
    "async (raw) => await Promise.all([3, 4].map(async (x) => { for (let i = 0; i < x; i++) { if (i === 3) return [x, i]; } return x; }))",
  "a pattern whose default reads a variable of the flow":
    "async (raw) => { let n = 0; do { n += 1; const [x, y = raw?.list.reduce((sum, z) => sum + z, 0)] = [...raw.list, '']; } while (n < 2); await load(n); return raw.t.toUpperCase(); }",
  "that throws":
    "async (raw) => { for (const x of raw.list) { if (x === 2) throw new RangeError(`bad ${x}`); } await load(1); return 'ok'; }",
});

suite("synchronous tries", {
  "that catches":
    "async (raw) => { let m = ''; try { m = raw.o.x.y.z; } catch (e) { m = e.message; } await load(m); return m; }",
  "with finally":
    "async (raw) => { const log = []; try { log.push('a'); if (raw.flag) throw new Error('x'); log.push('b'); } catch { log.push('c'); } finally { log.push('d'); } await load(log); return log; }",
  "that returns through finally":
    "async (raw) => { let n = 0; try { if (raw.a) return ['early', n]; n = 1; } finally { n += 10; } await load(n); return n; }",
  "a parse":
    "async (raw) => { let v; try { v = JSON.parse(raw.s); } catch (e) { v = { bad: e.name }; } await load(v); return v; }",
  "in a try that waits":
    "async (raw) => { const out = []; let n = 0; try { await load(1); for (const x of raw.list) { n += 1; out.push(x); if (x === 2) throw new Error('two'); } } catch (e) { out.push(e.message); } return { out, n }; }",
  "a change that throws in a try":
    "async (raw) => { const out = []; try { await load(1); [1, 2, 3].forEach((x) => { out.push(x); if (x === 2) throw new TypeError('stop'); }); } catch (e) { await send(e.name); } return out; }",
  "return in a try that waits":
    "async (raw) => { try { await load(1); for (const x of raw.list) { if (x > 1) return x; } return 0; } catch (e) { return e.message; } }",
});
