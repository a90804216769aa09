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

/** Ways through synchronous statements that JSONata folds. */
suite("ways through scripts", {
  "a variable that is undefined until it is found":
    "async (raw) => { let found; for (const x of raw.list) { if (x > 2) { found = x; break; } } await load(found === undefined, found); return [found ?? 'none']; }",
  "undefined before and after":
    "async (raw) => { let found; for (const x of raw.list) { if (x > 100) { found = x; return x; } } await load(1); return [found === undefined]; }",
  "kept undefined over an await":
    "async (raw) => { let found; await load(1); for (const x of raw.list) { if (x > 1) { found = x; } } await load(found === undefined); return [found ?? null]; }",
  "two returns and two jumps":
    "async (raw) => { const out = []; outer: for (const x of [1, 2, 3]) { await load(x); for (const y of raw.list) { if (y === x) { out.push(y); continue outer; } if (y > 3) break outer; if (y === -1) return [x, y]; if (raw.flag === 7) return; } out.push(-x); } return out; }",
  "labels inside, from inner to outer":
    "async (raw) => { let n = 0; outer: for (const x of raw.rows) { for (const y of x) { if (y === 2) continue outer; if (y === 3) break outer; n += y; } n += 100; } await load(n); return n; }",
  "a label of a block":
    "async (raw) => { let n = 0; done: { if (raw.flag) break done; n = 1; } await load(n); return n; }",
  "a return of nothing from a loop of a callback":
    "async (raw) => { const all = raw.list.map((x) => { for (const y of raw.words) { if (x > 1) return; } return x; }); await load(all.length); return all; }",
  "while with a turn that goes on":
    "async (raw) => { let n = 0; let i = 0; while (i < raw.list.length) { i++; if (raw.list[i - 1] === 1) continue; n += i; } await load(n); return [n, i]; }",
  "do with continue and break":
    "async (raw) => { let n = 0; do { n += 1; if (n === 2) continue; if (n > raw.a) break; } while (n < 4); await load(n); return n; }",
  "for down":
    "async (raw) => { const out = []; for (let i = raw.list.length - 1; i >= 0; i--) out.push(raw.list[i]); await load(out); return out; }",
  "for with two counters":
    "async (raw) => { let s = 0; for (let i = 0, j = 5; i < j; i++, j--) { if (i === raw.b) continue; s += i * j; } await load(s); return s; }",
  "while that never runs":
    "async (raw) => { let n = 3; while (n < raw.none && n < 9) n++; await load(n); return n; }",
  "more turns than are folded":
    "async (raw) => { let n = 0; while (n < 150) n += 1; await load(n); return n; }",
  "a loop without an end but its return":
    "async (raw) => { let n = 0; while (true) { n += 2; if (n > raw.a) return n; if (n > 50) break; } await load(n); return 'none'; }",
  "switch that falls through":
    "async (raw) => { let n = 0; for (const x of raw.list) { switch (x) { case 1: n += 1; case 2: n += 10; break; default: n += 100; case 7: n += 1000; } } await load(n); return n; }",
  "switch with default first, and returns":
    "async (raw) => { const kind = (x) => { switch (x) { default: return 'other'; case 1: return 'one'; case 'a': case 'b': { const y = x + '!'; return y; } } }; const all = raw.words.map(kind); await load(kind(raw.b)); return all; }",
  "switch with a break in an arm":
    "async (raw) => { let n = 0; for (const x of raw.list) { switch (x) { case 3: if (raw.flag) break; n += 1; break; case 1: continue; } n += 10; } await load(n); return n; }",
  "switch on what is not there":
    "async (raw) => { const all = raw.items.map((i) => { switch (i.missing) { case null: return 'null'; case undefined: return 'undefined'; } return 'else'; }); await load(all); return all; }",
  "try that is quiet, with finally":
    "async (raw) => { let n = 0; const all = raw.list.map((x) => { let m = 0; try { if (x > 2) return [m, 'big']; m = x; } catch (e) { return e.name; } finally { m += 10; } return m; }); try { n = raw.o.x.y + 1; } finally { n += 1; } await load(n); return [all, n]; }",
  "try whose finally changes what was returned":
    "async (raw) => { const made = raw.list.map((x) => { const out = [x]; try { return out; } finally { out.push(1); } }); await load(made); return made; }",
  "a throw in an arm":
    "async (raw) => { let n = 0; for (const x of raw.list) { if (x > 100) throw new RangeError('big'); n += x; } await load(n); return n; }",
  "in a try that waits, changed and left":
    "async (raw) => { let n = 0; const out = []; try { await load(1); for (const x of raw.list) { n += 1; if (x === 2) { out.push('two'); break; } if (x.y.z) n = 50; } } catch (e) { out.push(e.message); } return { out, n }; }",
  "text of what is missing and of lists":
    "async (raw) => { await load(`${raw.missing} ${raw.none?.map((x) => x)} ${raw.list.map((x) => x)}`, 'a' + raw.missing, raw.missing + raw.s); return `${raw.flag ? undefined : raw.none}`; }",
  "arms that may be undefined":
    "async (raw) => { const a = raw.flag ? raw.missing : 1; const b = raw.none || undefined; const c = raw.a && raw.missing; await load([a, b, c], { a, b, c }); return [a === undefined, b ?? 'd', `${c}`, typeof a]; }",
  "two of any type":
    "async (raw) => [raw.a === raw.b, raw.missing === raw.none, raw.missing === raw.nothing, raw.none === raw.o.none, raw.s !== raw.missing, raw.list[0] === raw.list[5]]",
});

suite("what an `if` in a loop throws, of a value that nobody reads (it was lost)", {
  "a property":
    "async (raw) => { for (let n = 0; n < 2; n++) { if (raw.a) { const q = raw.x.y; } } await load(1); return 1; }",
  "an expression":
    "async (raw) => { let k = 0; for (const n of [1, 2]) { if (raw.flag) { raw.o.x.y.z; k += n; } else { raw.none.y; } } await load(k); return k; }",
  "a pattern":
    "async (raw) => { for (let n = 0; n < 2; n++) { if (raw.words?.[0]) { const { o: { x: { y: r } }, s } = { o: raw, s: 1 }; } if (raw.words) break; } await load(1); return 1; }",
  "in both arms, in a block, behind a change":
    "async (raw) => { let k = 0; for (const x of raw.list ?? []) { { if (x > 1) { k++; { const q = raw.o.list[x].y; } } else { const { z } = raw.missing; } } } return await load(k); }",
  "in a callback":
    "async (raw) => { const xs = (raw.list ?? []).map((x) => { let k = x; if (x > 1) { const q = raw.o.deep.y; } return k; }); return await load(xs); }",
});
