import { suite } from "./suite.ts";

suite("attacks on variables", {
  "a const of a cell, used after it changed, in a template":
    "async (raw) => { let x = raw.a; const y = { v: x, w: [x] }; x = 2; await load(y); x = raw.b; const z = `${y.v}${x}`; x = 3; return send({ z, y, x }); }",
  "two cells, old and new":
    "async (raw) => { let a = raw.a; let b = 1; a = [b, a]; b = [a, b]; a = b; return send(a, b); }",
  fibonacci:
    "async (raw) => { let a = 0; let b = 1; for (let i = 0; i < 4; i++) { const t = a + b; a = b; b = t; await load([a, b]); } return [a, b]; }",
  "arm then test":
    "async (raw) => { let x = 1; if (raw.a) x = raw.b; if (x === 1) x = 'one'; else x = [x]; if (x === 'one') await load(x); return x; }",
  itself: "async (raw) => { let x = raw.a; x = x; await load(x); x = x; return x; }",
  "throw in an assignment inside try":
    "async (raw) => { let x = 'old'; try { await load(1); x = raw.o.x.y; } catch (e) { return [x, e.message]; } return [x]; }",
  "throw in an addition inside try":
    "async (raw) => { let x = 'old'; let y = 0; try { y = 1; x += raw.o.x.y.z; y = 2; await load(x); } catch (e) { return [x, y, e.message]; } return [x, y]; }",
  "NaN kept":
    "async (raw) => { let x = 1; x = Number('q'); await load(1); const s = `${x}`; const same = x === x; const t = x ? 1 : 2; await send(s, same, t); return [s, same, t]; }",
  "-0 kept":
    "async (raw) => { let x = 0; x = x * -1; await load(1); const s = Object.is(x, -0); const d = 1 / x; return [s, `${d}`]; }",
  "-0 counted": "async (raw) => { let x = -0; await load(1); return [`${1 / x}`]; }",
  "-0 assigned counter": "async (raw) => { let x = 1; x = -0; await load(1); x += -0; return [`${1 / x}`]; }",
  "Infinity kept":
    "async (raw) => { let x = 1; x = x / 0; await load(1); if (x > 10) await load(`${x}`); x = -x; await load(2); return `${x}`; }",
  "NaN to a task": "async (raw) => { let x = 1; x = Number('q'); await load(1); return load(x); }",
  "NaN in an object to a task":
    "async (raw) => { let x = 1; x = { n: Number('q'), u: undefined, l: [1] }; await load(1); return load(x); }",
  "undefined to a task":
    "async (raw) => { let x = 1; x = undefined; await load(1); await send(x); return send([x]); }",
  "undefined in a member":
    "async (raw) => { let x = { a: 1 }; x = { a: undefined, b: raw.a }; await load(1); const has = 'a' in x; const n = Object.keys(x).length; return [has, n, x.a === undefined, x.b]; }",
  "member of undefined cell":
    "async (raw) => { let x = { a: 1 }; if (raw.a) x = undefined; await load(1); return x.a; }",
  "member of NaN cell":
    "async (raw) => { let x = { a: 1 }; x = Number('q'); await load(1); return [x.a === undefined, x.length === undefined, x.toFixed(1)]; }",
  "kept object read by fast path":
    "async (raw) => { let x = { a: 1 }; x = { a: undefined, b: 1, c: raw.a }; await load(1); if (x.b === 1) await load('b'); if (x.a === undefined) await load('a'); if (x.c) await load('c'); return x.b; }",
  "kept list":
    "async (raw) => { let x = [1]; x = [undefined, 2, raw.a]; await load(1); let n = 0; for (const y of x) { n++; await send(y === undefined ? 'u' : y); } return [n, x.length]; }",
  "a key that looks kept":
    "async (raw) => { let x = { a: 1 }; x = { '$runlet:kept': ['undefined'], a: raw.a }; await load(1); return x; }",
  "in map callbacks":
    "async (raw) => { let f = 2; f = f + 1; const xs = await Promise.all([1, 2].map(async (v) => { const w = v * f; return await load([w, f]); })); f = 10; const ys = [1, 2].map((v) => v * f); return send(xs, ys, f); }",
  "nested maps":
    "async (raw) => { let f = raw.a; await load(0); f = [f]; const xs = await Promise.all([1, 2].map(async (v) => await Promise.all([3, 4].map(async (w) => await load([v, w, f]))))); f = 1; return [xs, f]; }",
  "pending const in map item":
    "async (raw) => { let f = raw.a; const g = [f, 1]; f = 2; const xs = await Promise.all([1, 2].map(async (v) => await load([v, g, f]))); return xs; }",
  "map over a cell": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { let xs = [1, 2]; xs = [...xs, raw.a]; const ys = await Promise.all(xs.map(async (x, i) => { let y = x; if (i === 0) y = xs; return load([y, i]); })); xs = ys; return xs; }",
  },
  "map result from task.map":
    "async (raw) => { let xs = [1]; for (let i = 0; i < 2; i++) { xs = await load.map(xs); } return xs; }",
  "parameter reassigned":
    "async (raw) => { const q = raw.a; let r = raw; r = r.o; await load(q); r = r; return r; }",
  "let in the block":
    "async (raw) => { let x = 1; { let x = 2; x++; { let x = 3; x++; await load(x); } await load(x); } x++; return x; }",
  "function scope var name":
    "async (raw) => { let turn = 1; let list = [1]; for (const x of [1, 2]) { turn++; list = [...list, x]; await load([turn, list]); } return [turn, list]; }",
  unused: "async (raw) => { let x = 1; x = raw.o.x.y; x = 2; return 5; }",
  "string plus": "async (raw) => { let x = raw.a; x += 1; await load(x); x += 'z'; return x; }",
  "inc of a string":
    "async (raw) => { let x = '5'; x++; await load(x); let y = '5'; y += 1; return [x, y]; }",
  "counter compare":
    "async (raw) => { let n = 0; n -= 2147483647; n -= 2147483647; n--; await load(n); return [n % 2, n | 0, `${n}`, n === -4294967295]; }",
  "conditional value":
    "async (raw) => { let x = raw.a; x = x ? raw.b : x; await load(x); x = x || 'none'; await load(x); x = x ?? 1; return x; }",
  "awaited onto old":
    "async (raw) => { let x = 1; x = x + await price(x); x = [x, await load(x), x]; return x; }",
  "destruct defaults":
    "async (raw) => { let o = raw.o; const { x = o, y: [z] = [o] } = o ?? {}; o = 1; await load(x); return send(z, o); }",
});

suite("attacks on loops", {
  "reassigned list":
    "async (raw) => { let xs = [1, 2, raw.a]; let n = 0; for (const x of xs) { xs = [x]; n++; await load([x, xs]); } return [n, xs]; }",
  "reassigned list of a member":
    "async (raw) => { let o = { xs: [1, 2] }; for (const x of o.xs) { o = { xs: [x, 5, 6] }; await load(o); } return o; }",
  "counter in body":
    "async (raw) => { let out = []; for (let i = 0; i < 6; i++) { if (i === 2) i += 2; out = [...out, i]; await load(i); } return out; }",
  "do false": "async (raw) => { let n = 0; do { n++; await load(n); } while (false); return n; }",
  "do false no await": "async (raw) => { let n = 0; do { n++; } while (false); return send(n); }",
  "do false break":
    "async (raw) => { let n = 0; do { n++; if (raw.a) break; await load(n); } while (false); return send(n); }",
  "while false": "async (raw) => { let n = 0; while (false) { n++; await load(n); } return send(n); }",
  "always breaks":
    "async (raw) => { let n = 0; for (const x of [1, 2]) { n += x; await load(n); break; } return send(n); }",
  "always returns": "async (raw) => { for (const x of raw.list ?? []) { return load(x); } return 'end'; }",
  "always returns while": "async (raw) => { while (true) { await load(1); return raw.a; } }",
  "always throws": "async (raw) => { for (let i = 0; i < 2; i++) { throw new Error(`t${i}`); } return 1; }",
  "always continues":
    "async (raw) => { let n = 0; for (let i = 0; i < 2; i++) { n++; continue; } return send(n); }",
  "for of hostile":
    "async (raw) => { let out = []; for (const x of raw.a) { out = [...out, x]; if (out.length > 4) break; await load(x); } return out; }",
  "for of emoji":
    "async (raw) => { let out = []; for (const x of 'a😀e\\u0301\\ud83d') { out = [...out, x.length]; await load(x.length); } return out; }",
  "for of entries":
    "async (raw) => { let out = ''; for (const [k, v] of Object.entries(raw.o ?? {})) { out += `${k}=${JSON.stringify(v)};`; await load(k); } return out; }",
  "for of holes":
    "async (raw) => { let out = []; for (const k of [1, undefined, Number('x'), -0]) { out = [...out, `${k}`, Object.is(k, -0)]; await load(1); } return out; }",
  "for of nested arrays":
    "async (raw) => { let out = []; for (const k of [[1], [[2]], [], [[]]]) { out = [...out, k.length]; await load(k); } return out; }",
  "for of single":
    "async (raw) => { let out = []; for (const k of [raw.a]) { await load(k); out = [...out, k]; } return out; }",
  "for of singletons of a fast list":
    "async (raw) => { let out = 0; for (const k of raw.rows) { for (const j of k.tags) { out++; await load(j); } } return out; }",
  "element default":
    "async (raw) => { let out = []; for (const { a = 5, ...rest } of raw.rows) { out = [...out, a, rest]; await load(a); } return out; }",
  "element changes":
    "async (raw) => { let out = []; for (let x of [1, 2, raw.a]) { x += 1; await load(x); x = [x]; out = [...out, x]; } return out; }",
  "two in update":
    "async (raw) => { let s = []; for (let i = 0, j = 3; i < j; i++, j -= i) { s = [...s, [i, j]]; await load([i, j]); } return s; }",
  "await in test": {
    flow: "async (raw) => { let n = 0; while (n < 3) { n = n + await price(n) + 1; } return n; }",
  },
  "test that throws":
    "async (raw) => { let n = 0; while (raw.o.x.y < 3 || n < 1) { n++; await load(n); if (n > 3) break; } return n; }",
  "test that throws later":
    "async (raw) => { let o = { p: { q: 1 } }; let n = 0; while (o.p.q) { n++; await load(n); o = { p: n > 1 ? null : { q: raw.a } }; } return n; }",
  "test of a cell pending":
    "async (raw) => { let n = 0; let go = true; while (go) { n++; await load(n); const m = n * 2; go = m < 5; } return n; }",
  "const and continue":
    "async (raw) => { let out = []; for (const x of [1, 2, 3]) { const y = [x, out.length]; if (x === 2) continue; out = [...out, y]; await load(y); } return out; }",
  "const computed before cell changes in body":
    "async (raw) => { let n = 0; let out = []; for (const x of [1, 2, 3]) { const before = n; n += x; const after = n; await load([before, after]); n += 1; out = [...out, before, after, n]; } return out; }",
  "const outside read in loop":
    "async (raw) => { let n = raw.a; const c = [n]; for (let i = 0; i < 2; i++) { n = i; await load([c, n]); } return [c, n]; }",
  "inner let fresh":
    "async (raw) => { let out = []; for (let i = 0; i < 3; i++) { let s; if (i === 0) s = 'first'; out = [...out, s === undefined]; let t = 0; t += i; await load(t); s = 'x'; } return out; }",
  "five deep":
    "async (raw) => { let n = 0; for (let a = 0; a < 2; a++) { for (const b of [1, 2]) { let c = 0; while (c < 2) { c++; if (b === 2) { do { n++; if (n % 2) { for (const d of [raw.a]) { if (c === 2) break; await load([a, b, c, n, d]); } } } while (false); } else continue; } } } return n; }",
  "empty for of": "async (raw) => { for (const x of raw.a) { } return send(1); }",
  "for of string break":
    "async (raw) => { let n = 0; for (const c of raw.s) { n++; if (c === ' ') break; if (n > 3) return c; } return n; }",
  "shadow in loop":
    "async (raw) => { let x = 0; for (let x = 0; x < 2; x++) { await load(x); { let x = 9; x++; await load(x); } } x++; for (const x of [7]) { await load(x); } return x; }",
  "for of shadow own":
    "async (raw) => { const x = [1, 2]; let n = 0; for (const y of x) { const x = y; n += x; await load(x); } return n; }",
  "long names":
    "async (raw) => { let aVeryLongVariableNameThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn = 0; while (aVeryLongVariableNameThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn < 2) { aVeryLongVariableNameThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn++; await load(1); if (raw.a) { aVeryLongVariableNameThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn++; } } return 1; }",
  "no update with continue":
    "async (raw) => { let i = 0; for (; i < 4; ) { i++; if (i === 2) continue; await load(i); } return i; }",
  "while with odd values":
    "async (raw) => { let x = raw.a; let n = 0; while (x) { x = n > 1 ? Number('q') : x; n++; await load(n); } return n; }",
  "map in loop with cells":
    "async (raw) => { let acc = []; for (const k of [1, 2]) { const rs = await Promise.all(range(0, k).map(async (v) => { let t = v; for (let j = 0; j < 2; j++) { t += k; } return await load([t, acc.length]); })); acc = [...acc, ...rs]; } return acc; }",
  "loops in both":
    "async (raw) => { let out = []; for (const k of [1, 2]) { for (const j of [k, k]) { out = [...out, await load([k, j])]; } for (const j of [1]) { out = [...out, await load([k, j])]; } } return out; }",
  "big result": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { let big = 'x'; for (let i = 0; i < 9; i++) { big = big + big + big + big; } await load(big.length); let s = big; s = s + big; await load(1); return [s.length, big.length]; }",
  },
  "big from task": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { let got = null; for (let i = 0; i < 2; i++) { got = await load('y'.repeat(300000)); await load(i); } return JSON.stringify(got).length; }",
  },
  "for of big list": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { let n = 0; const got = await load(range(0, 3).map((i) => 'z'.repeat(120000))); for (const x of [got, got]) { n += JSON.stringify(x).length; await load(n); } return n; }",
  },
});

suite("attacks on try", {
  "break out, later code":
    "async (raw) => { let n = 0; for (const x of [1, 2, 3]) { try { n++; if (x === 2) break; await pick(x); n += 10; } catch { n += 100; } n += 1000; } return send(n); }",
  "continue in catch":
    "async (raw) => { let n = 0; for (const x of ['fail', 1, raw.a]) { try { await pick(x); } catch { n++; continue; } n += 10; } return n; }",
  "nested with loops with maps":
    "async (raw) => { let log = []; try { for (const x of [1, 2]) { try { const r = await Promise.all([x, x === 2 ? 'fail' : 3].map(async (y) => pick(y))); log = [...log, r]; } catch (e) { log = [...log, e.message]; await notify(e.message); if (raw.a) throw e; } } } catch (e) { log = [...log, 'outer', e.name, e.message]; } return log; }",
  "error after awaits":
    "async (raw) => { try { await boom(raw.s, raw.t); } catch (e) { await load(1); await load(2); const m = e.message; await load(m); return [e.name, m, `${e}`]; } return 0; }",
  "error in callbacks":
    "async (raw) => { try { await pick('fail'); } catch (e) { const xs = [1, 2].map((v) => `${v}${e.message}`); const ys = await Promise.all([1, 2].map(async (v) => load([v, e.message]))); return send(xs, ys); } return 0; }",
  "same name twice":
    "async (raw) => { let s = ''; try { await pick('fail'); } catch (e) { s += e.message; try { await boom('A.B', 'second'); } catch (e) { s += e.name + e.message; await load(s); s += e.message; } s += e.message; await load(s); s += e.name; } try { await boom('', ''); } catch (e) { s += e.name + '|' + e.message; } return s; }",
  dots: "async (raw) => { try { await boom('States.Timeout', 'x'); } catch (e) { return [e.name, e.message]; } return 0; }",
  "dots 2":
    "async (raw) => { try { await boom('A.B', ''); } catch (e) { return [e.name, e.message]; } return 0; }",
  "json message":
    'async (raw) => { try { await boom(\'E\', \'{"errorMessage":"x","name":"y"}\'); } catch (e) { return [e.name, e.message]; } return 0; }',
  "json message 2":
    "async (raw) => { try { await boom('E', '{% 1 + 1 %}'); } catch (e) { await load(e.message); throw new Error(e.message); } return 0; }",
  "rethrown after awaits":
    "async (raw) => { try { await boom(raw.s, raw.t); } catch (e) { try { await boom('Inner', 'i'); } catch (f) { await load([e.message, f.message]); if (raw.a) throw e; throw f; } } return 0; }",
  "rethrown in outer":
    "async (raw) => { try { try { await boom('Q', '{%x%}'); } catch (e) { await load(1); throw e; } } catch (g) { return [g.name, g.message]; } return 0; }",
  "own throws":
    "async (raw) => { try { throw new TypeError(raw.s); } catch (e) { return [e.name, e.message]; } }",
  "throw in arms in loop":
    "async (raw) => { let got = []; for (const x of [1, 2, 3]) { try { if (x === 2) throw new Error('two'); if (x === 3) { await load(x); throw new TypeError('three'); } got = [...got, x]; } catch (e) { got = [...got, e.message]; } } return got; }",
  "error cause result":
    "async (raw) => { let r = await load({ Error: 'X', Cause: 'Y' }); try { r = await pick({ Error: 'X', Cause: '{}' }); } catch (e) { return e.message; } return [r, r.Error, r.Cause]; }",
  "flaky in try in loop":
    "async (raw) => { let out = []; for (let i = 0; i < 3; i++) { try { const r = await flaky(i * 2, 'k' + i); out = [...out, r.attempts]; } catch (e) { out = [...out, e.message]; } } return out; }",
  unreachable:
    "async (raw) => { while (false) { try { await load(1); } catch (e) { await load(e.message); } } return 1; }",
  "unreachable try body":
    "async (raw) => { let n = 0; try { n = 1; n = 2; } catch (e) { await load(e.message); n = 5; } return send(n); }",
  "unreachable handler returns":
    "async (raw) => { try { return 5; } catch (e) { await load(e.message); return 6; } }",
  "return expression throws": "async (raw) => { try { return raw.o.x.y; } catch (e) { return e.message; } }",
  "call nan":
    "async (raw) => { try { await load({ n: Number('q') }); } catch (e) { return [e.name, e.message]; } return 1; }",
  "pending def throws":
    "async (raw) => { let n = 0; try { const y = raw.o.x.y; n = 1; await load(n); return y; } catch (e) { return [n, e.message]; } }",
  "pending def throws unused":
    "async (raw) => { let n = 0; try { await load(n); n = 1; const y = raw.o.x.y; n = 2; } catch (e) { return [n, e.message]; } return n; }",
  "pending before try":
    "async (raw) => { const y = raw.o.x.y; try { await load(y); } catch (e) { return e.message; } return 1; }",
  "pending after try":
    "async (raw) => { let n = 0; try { n = await pick(raw.a); } catch (e) { n = -1; } const z = raw.o.x.y; return [n, z]; }",
  "handler throws to outer":
    "async (raw) => { try { try { await pick('fail'); } catch (e) { const z = raw.o.x.y; return z; } } catch (f) { return ['outer', f.message]; } }",
  "if test throws":
    "async (raw) => { let n = 1; try { n = 2; if (raw.o.x.y) n = 3; await load(n); } catch (e) { return [n, e.message]; } return n; }",
  "while in try":
    "async (raw) => { let n = 0; try { let i = 0; while (i < 3) { i++; n += raw.o.x.y; await load(n); } } catch (e) { return [n, e.message]; } return n; }",
  "while update in try":
    "async (raw) => { let n = 0; let i = 0; try { while (raw.rows[i].id) { n++; i++; await load(n); n += 10; if (i > 3) break; } } catch (e) { return [n, i, e.message]; } return [n, i]; }",
  "end of turn in try":
    "async (raw) => { let n = 0; let s = 's'; try { while (n < 3) { await load(n); n++; s = raw.o.x.y; s = s + n; } } catch (e) { return [n, s, e.message]; } return [n, s]; }",
  "for of in try":
    "async (raw) => { let n = 0; try { for (const x of raw.a) { n++; await load(x); if (n > 3) break; } } catch (e) { return [n, e.name, e.message]; } return n; }",
  "for of destructuring in try":
    "async (raw) => { let n = 0; try { for (const { id: { q } } of raw.rows) { n++; await load(q); } } catch (e) { return [n, e.name, e.message]; } return n; }",
  "map over non-array":
    "async (raw) => { try { return await load.map(raw.a); } catch (e) { return [e.name, e.message]; } }",
  "promise all over non array":
    "async (raw) => { try { return await Promise.all(raw.a.map(async (x) => load(x))); } catch (e) { return [e.name, e.message]; } }",
  "try in map in try":
    "async (raw) => { try { return await Promise.all([1, 'fail'].map(async (x) => { try { return await pick(x); } catch (e) { await load(e.message); throw new RangeError('in ' + x); } })); } catch (e) { return [e.name, e.message]; } }",
  "assigned by task then fail":
    "async (raw) => { let x = 'a'; try { x = await pick('fail'); } catch { return x; } return 1; }",
  "assigned by map then fail":
    "async (raw) => { let x = 'a'; try { x = await pick.map([1, 'fail']); } catch { return x; } return 1; }",
  "error kept in a variable": {
    refuses: ["RLT2001"],
    flow: "async (raw) => { let last = null; try { await pick('fail'); } catch (e) { last = e; } return last.message; }",
  },
  "error kept in a const":
    "async (raw) => { let out = 1; try { await pick('fail'); } catch (e) { const f = e; await load(1); out = f.message; } return out; }",
  "error spread":
    "async (raw) => { try { await boom('A', 'm'); } catch (e) { return { ...e, n: Object.keys(e) }; } return 0; }",
  "error json":
    "async (raw) => { try { await boom('A', 'm'); } catch (e) { return JSON.stringify(e); } return 0; }",
  "error returned": "async (raw) => { try { await boom('A', 'm'); } catch (e) { return e; } return 0; }",
  "error truthy":
    "async (raw) => { try { await boom('A', 'm'); } catch (e) { if (e) return 1; return typeof e; } return 0; }",
  "error members":
    "async (raw) => { try { await boom('A', 'm'); } catch (e) { return [e.code === undefined, e.Error === undefined, e.Cause === undefined, e['name'], e.message.length]; } return 0; }",
  "equal error": {
    refuses: ["RLT2010"],
    flow: "async (raw) => { try { await boom('A', raw.s); } catch (e) { const a = e === e; return a; } return 0; }",
  },
  "optional message":
    "async (raw) => { try { await boom('A', raw.s); } catch (e) { if (e?.message) return e?.message; return ['no', e.message === '']; } return 0; }",
  "name compare":
    "async (raw) => { try { await boom(raw.s, 'x'); } catch (e) { switch (e.name) { case 'Error': return 1; case 'A.B': return 2; default: return e.name; } } return 0; }",
  "deep try":
    "async (raw) => { let s = ''; try { try { try { try { await pick('fail'); } catch (e) { s += 1; throw e; } } catch (e) { s += 2; await load(s); throw e; } } catch (e) { s += 3; throw new Error(e.message + s); } } catch (e) { s += e.message; } return s; }",
  "try returns in map":
    "async (raw) => await Promise.all([1, 'fail', 2].map(async (x) => { let r = 0; try { r = await pick(x); } catch { r = 'bad'; } return [x, r]; }))",
});

suite("attacks on switch", {
  duplicated:
    "async (raw) => { switch (raw.a) { case 1: return 'one'; case 1: return 'again'; case raw.a: return send('self'); default: return 'd'; } }",
  NaN: "async (raw) => { let x = Number('q'); x = x + 1; switch (x) { case Number('q'): return 1; case undefined: return 2; default: return 3; } }",
  "null or undefined":
    "async (raw) => { switch (raw.a) { case undefined: return 'u'; case null: return 'n'; case false: return 'f'; case 0: return '0'; case '': return 'e'; default: return await load(raw.a); } }",
  "object cases": {
    refuses: ["RLT2010"],
    flow: "async (raw) => { switch (raw.o) { case raw.a: return 1; case raw.o: return 2; default: return 3; } }",
  },
  "default in the middle":
    "async (raw) => { let s = ''; switch (raw.a) { case 1: s += 1; default: s += 'd'; await load(s); case 2: s += 2; break; case 3: s += 3; } return s; }",
  "default first":
    "async (raw) => { let s = ''; switch (raw.a) { default: s += 'd'; case 1: s += 1; break; case true: s += 't'; await load(s); } return s; }",
  "empty bodies":
    "async (raw) => { let s = 0; switch (raw.a) { case 1: case 2: case 'x': default: case true: } s++; return send(s); }",
  "no cases": "async (raw) => { switch (raw.o.x.y) { } return send(1); }",
  "only default": "async (raw) => { let n = 0; switch (raw.o.x.y) { default: n = 1; } return send(n); }",
  "continue inside":
    "async (raw) => { let n = 0; for (const x of [1, 2, 'fail', 3]) { try { switch (x) { case 1: n += 1; continue; case 2: n += 10; break; case 'fail': n += 100; default: await pick(x); n += 1000; } n += 10000; } catch (e) { n += 100000; continue; } n += 1000000; } return send(n); }",
  blocks:
    "async (raw) => { let x = 0; switch (raw.a) { case 1: { let x = 5; x++; await load(x); break; } case true: { let x = 7; x++; await load(x); } default: { x++; } } return x; }",
  "consts across cases":
    "async (raw) => { let r = 0; switch (raw.a) { case 1: const y = 5; r = y; break; default: r = 2; } return send(r); }",
  "case that throws":
    "async (raw) => { switch (raw.a) { case 1: return 1; case raw.o.x.y: return 2; default: return 3; } }",
  "case that throws in try":
    "async (raw) => { let n = 0; try { n = 1; switch (raw.a) { case 1: return 1; case raw.o.x.y: return 2; default: n = 3; } } catch (e) { return [n, e.message]; } return n; }",
  "switch true":
    "async (raw) => { switch (true) { case raw.a: return 1; case raw.a > 2: return 2; case typeof raw.a === 'string': return 3; } return send(4); }",
  "switch of awaited":
    "async (raw) => { switch (await load(raw.a)) { case 1: return 1; default: return 2; } }",
  "switch of member":
    "async (raw) => { let s = { kind: raw.s }; s = { kind: s.kind, n: 1 }; switch (s.kind) { case 'a': return 1; case '': return 2; } return s; }",
  "switch with return and assign":
    "async (raw) => { let n = 0; switch (raw.a) { case 0: n = 1; case 1: n += 2; if (raw.b) break; n += 4; case 2: n += 8; await load(n); break; default: return n; } n += 100; return n; }",
  "switch -0": "async (raw) => { let z = 0; z = z * -1; switch (z) { case 0: return 'zero'; } return 'no'; }",
  "nested switch":
    "async (raw) => { let n = 0; switch (raw.a) { case 1: switch (raw.b) { case 1: n = 1; break; default: n = 2; } n += 10; break; default: n = 5; } return send(n); }",
});

suite("attacks of a second round", {
  "stale in map":
    "async (raw) => { let f = 1; await load(0); f = f + 1; return await Promise.all([1, 2].map(async (v) => load([v, f]))); }",
  "stale in map 2":
    "async (raw) => { let f = 1; await load(0); f = 7; const ys = await Promise.all([1, 2].map(async (v) => { await load(v); return load([v, f]); })); return [ys, f]; }",
  "double switch":
    "async (raw) => { let x = '5'; await load(1); x++; switch (x) { case 6: return 'six'; case 7: return 'seven'; } return x; }",
  "swap types":
    "async (raw) => { let x = undefined; let y = 1; await load(1); const t = x; x = y; y = t; if (x === 1) await load(x); return [x, y === undefined]; }",
  "switch scope":
    "async (raw) => { const y = 'outer'; let r = 0; switch (raw.a) { case 1: { r = y; break; } default: r = y; } return send(r); }",
  "typed let":
    "async (raw: any) => { let o: number | undefined = raw.a as number; o = raw.b!; o = <any>raw.b; await load(o); for (const x of [1] as number[]) { o += x satisfies number; } return o; }",
  "return hole":
    "async (raw) => { try { return [undefined, raw.a]; } catch (e) { return ['caught', e.message]; } }",
  "null elements":
    "async (raw) => { let s = ''; for (const x of [null, 1, 'a', false]) { switch (x) { case null: s += 'n'; break; case false: s += 'f'; break; default: s += 'd'; } if (x === null) s += '!'; if (!x) s += '?'; await load(x); } return s; }",
  "null elements raw":
    "async (raw) => { let s = ''; for (const x of [raw.a, raw.b]) { switch (x) { case null: s += 'n'; break; case undefined: s += 'f'; break; default: s += 'd'; } if (x === null) s += '!'; if (x == null) s += '='; if (!x) s += '?'; const y = x ?? 'z'; await load(y); } return s; }",
  "reserved task": {
    flow: "async (raw) => { let x = await odd('reserved'); x = [x]; await load(1); return x; }",
  },
  "reserved input": {
    flow: "async (raw) => { let x = raw.a; await load(1); x = raw.a; return [x === undefined]; }",
    inputs: [
      { a: { "$runlet.kept": ["undefined"] } },
      { a: { "$runlet.ref": { key: "k" } } },
      { a: { "$runlet.error": { Error: "x", Cause: "y" } } },
    ],
  },
  "same name in arms":
    "async (raw) => { let r = 0; if (raw.a) { let x = 1; x++; await load(x); r = x; } else { let x = 'e'; x += 'f'; await load(x); r = x; } return r; }",
  "conditional number text":
    "async (raw) => { let x = raw.a ? 1 : 2; x = x / 3; await load(`${x}`); x = x * 3; return `${x}`; }",
  "large numbers":
    "async (raw) => { let x = 1; for (let i = 0; i < 40; i++) { x = x * 1000000000; } await load(`${x > 1e300}`); return `${x}`; }",
  "growing sum":
    "async (raw) => { let x = 9007199254740991; x++; x++; await load(x); x += 1; return [x, `${x}`]; }",
  "postfix in expr": "async (raw) => { let i = 3; const y = [i]; i = i - 1; return send(y, i); }",
  "loop first in a map item":
    "async (raw) => await Promise.all([1, 2].map(async (v, k) => { for (;;) { await load([v, k]); return k; } }))",
  "try first in map item":
    "async (raw) => await Promise.all([1, 2].map(async (v, k) => { let n = 0; try { n = 1; } catch { n = 2; } await load([v, k]); return [n, k]; }))",
  "try first task in map item":
    "async (raw) => await Promise.all(['fail', 2].map(async (v, k) => { try { await pick(v); } catch (e) { await load([v, k, e.message]); return k; } return v; }))",
  "switch first in map item":
    "async (raw) => await Promise.all(['fail', 2].map(async (v, k) => { switch (v) { case 2: await load(k); case 'q': return [v, k]; } return [k, v]; }))",
  "do first in map item":
    "async (raw) => await Promise.all([3, 2].map(async (v, k) => { do { if (v === 3) break; await load([v, k]); } while (false); return [k, v]; }))",
  "map first in try in map item":
    "async (raw) => await Promise.all([3, 2].map(async (v, k) => { try { return await Promise.all(['fail', v].map(async (w, l) => pick([w, v, k, l]))); } catch (e) { return [k, v, e.message]; } }))",
  "inner fail first in try in map item":
    "async (raw) => await Promise.all([3, 2].map(async (v, k) => { try { return await Promise.all(['fail', v].map(async (w, l) => { await pick(w); return [v, k, l]; })); } catch (e) { return [k, v, e.message]; } }))",
  "map first in loop in map item":
    "async (raw) => await Promise.all([3, 2].map(async (v, k) => { let out = []; while (out.length < 2) { const r = await Promise.all([1, v].map(async (w, l) => load([w, v, k, l, out.length]))); out = [...out, r]; } return out; }))",
  "nested map reading turn cells":
    "async (raw) => { let out = []; for (let i = 0; i < 2; i++) { out = [...out, await Promise.all([1, 2].map(async (v) => Promise.all([3].map(async (w) => load([v, w, i])))))]; } return out; }",
  frames:
    "async (raw) => { let out = []; for (let i = 0; i < 2; i++) { let j = 0; do { j++; try { await flaky(1, [i, j]); await pick(j === 2 ? 'fail' : j); } catch (e) { out = [...out, [i, j, e.message]]; } } while (j < 2); } return out; }",
  "throw map error in loop then catch outer":
    "async (raw) => { let n = 0; try { for (const x of [1, 2, 3]) { n = x; const r = await Promise.all([x, x === 2 ? 'fail' : 1].map(async (y) => pick(y))); await load(r); } } catch (e) { return [n, e.message]; } return n; }",
  "const of a map result used after loop var changed":
    "async (raw) => { let k = 1; const rs = await Promise.all([1, 2].map(async (v) => load(v + k))); const ks = rs.map((r) => r * k); k = 100; await load(ks); return [ks, rs.map((r) => r * k)]; }",
  "shadow in callbacks":
    "async (raw) => { let k = 1; k++; const ys = [1, 2].map((k) => k * 10); const zs = [1].map((v) => { let k = v; k += 5; return k; }); return send(ys, zs, k); }",
  "pattern shadow":
    "async (raw) => { let a = 1; a++; const f = [{ a: 5 }].map(({ a }) => a); const g = [{ a: 6 }].map(({ a: b = a }) => b + a); return send(f, g, { a }); }",
  "compare cell with cell":
    "async (raw) => { let a = raw.a; let b = raw.b; a = a; b = b; await load(1); return [typeof a === typeof b, a > b, a < b]; }",
  "truthiness kept":
    "async (raw) => { let a = 1; a = raw.a ? Number('q') : undefined; await load(1); const r = [!a, a ? 1 : 2, a ?? 'n', a || 'o']; return [r[0], r[1], `${r[2]}`, r[3]]; }",
  "returned cell undefined": "async (raw) => { let a; if (raw.zz) a = 1; return a; }",
  "returned in object": "async (raw) => { let a; if (raw.zz) a = 1; return { a, b: 1 }; }",
  "error var in loop":
    "async (raw) => { let out = []; for (const x of ['a', 'b']) { try { await boom(x, `m${x}`); } catch (e) { for (const y of [1, 2]) { await load([e.message, y]); } out = [...out, e.name]; } } return out; }",
  "error with weird names":
    "async (raw) => { let out = []; for (const n of ['', ' ', 'Runlet', 'a'.repeat(300), 'x.y.z', '{%', 'null', 'States', 'é']) { try { await boom(n, n); } catch (e) { out = [...out, [e.name, e.message]]; await load(e.name); } } return out; }",
  "weird messages":
    "async (raw) => { let out = []; for (const n of ['', ' ', '{}', '{\"a\":1}', '[1]', 'null', '\\ud800', 'line\\nx', '{\"errorType\":\"A\",\"errorMessage\":\"B\"}']) { try { await boom('E', n); } catch (e) { out = [...out, e.message]; if (e.message === '') await load('empty'); await load(e.message); } } return out; }",
});

suite("found by attack", {
  "an increment that makes its own guard hold":
    "async (raw) => { let x = '5'; await load(1); x++; if (x > 6) await load(x); return x; }",
  "a loop's increment that makes its own guard hold":
    "async (raw) => { let x = '5'; let n = 0; while (x < 9) { await load(x); n++; x++; } return [x, n]; }",
  "a returned value that is no JSON is not the handler's":
    "async (raw) => { try { await load(1); return Number('q'); } catch (e) { return 'caught'; } }",
  "names that the compiler might have used":
    "async (raw) => { let on$ = 4; on$++; switch (raw.a) { case on$: return 1; default: return 2; } }",
  "a list named as the compiler might have named it":
    "async (raw) => { let element = [1]; element = [...element, 3]; for (const x of element) { await load(x); } return element; }",
  "minus zero from a choice":
    "async (raw) => { let x = 2; while (x) { x = x === 1 ? -0 : x - 1; } return Object.is(x, -0); }",
  "a typed pattern of what changes":
    "async (raw) => { let o = raw.o; const { x }: { x: number } = o ?? { x: 1 }; o = null; await load(x); return x; }",
});
