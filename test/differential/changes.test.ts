import { suite } from "./suite.ts";

/** Values that change in place, functions of the flow and of the module, what must be evaluated once. */
suite("changes in place", {
  "push of results":
    "async (raw) => { const out = []; for (const x of raw.list ?? []) { out.push(await load(x)); } return out; }",
  "push of anything":
    "async (raw) => { const out = []; out.push(raw.a); out.push(raw.b, raw.list); await load(out); return out; }",
  "an element by index":
    "async (raw) => { const xs = [1, 2, 3]; xs[1] = raw.a; await load(xs); xs[4] = 5; return xs.length; }",
  "a key": "async (raw) => { const o = { a: 1 }; o.b = raw.a; await load(o); o['c'] = raw.b; return o; }",
  "a computed key":
    "async (raw) => { const o = {}; for (const k of ['x', 'y']) { o[k] = await load(k); } o[raw.s] = raw.a; return o; }",
  counting:
    "async (raw) => { const counts = {}; for (const x of ['a', 'b', 'a']) { counts[x] = (counts[x] ?? 0) + 1; await notify(x); } return counts; }",
  "a nested key":
    "async (raw) => { const o = { in: { n: 1 } }; o.in.n += 1; await load(o); o.in.m = raw.a; return o; }",
  "of an input": {
    flow: "async (raw) => { raw.extra = 1; await load(raw.extra); return raw; }",
    refuses: ["RLT3005"],
  },
  "of a result": "async (raw) => { const r = await load({ a: raw.a }); r.done = true; return r; }",
  deleted:
    "async (raw) => { const o = { a: 1, b: raw.a }; delete o.a; await load(o); delete o.b; return o; }",
  "pop and shift":
    "async (raw) => { const q = [1, 2, 3, raw.a]; const last = q.pop(); await load(last); const first = q.shift(); return [first, last, q]; }",
  "a queue":
    "async (raw) => { const q = [1, 2]; const seen = []; while (q.length > 0) { const x = q.shift(); seen.push(x); if (x < 3) q.push(x + 2); await notify(x); } return seen; }",
  sorted: "async (raw) => { const xs = [3, 1, 2]; xs.sort(); await load(xs); xs.reverse(); return xs; }",
  spliced:
    "async (raw) => { const xs = [1, 2, 3, 4]; const cut = xs.splice(1, 2, raw.a); await load(cut); return [xs, cut]; }",
  "in forEach":
    "async (raw) => { let n = 0; const all = []; [1, 2, 3].forEach((x) => { n += x; all.push(x * 2); }); await load(n); return { n, all }; }",
  "by reduce":
    "async (raw) => { const by = raw.rows.reduce((all, r) => { all[r.id] = r; return all; }, {}); await load(1); return by; }",
  "assigned in an argument":
    "async (raw) => { let x = 0; const a = await load((x = 5)); return [a, x, await load(x++), x]; }",
  "assigned in a test": "async (raw) => { let x; if ((x = raw.a) !== null) await load(x); return x; }",
  chained: "async (raw) => { let a = 1; let b = 2; a = b = raw.a; await load(a); return [a, b]; }",
  swapped: "async (raw) => { let a = raw.a; let b = raw.b; [a, b] = [b, a]; await load(a); return [a, b]; }",
  "destructured onto":
    "async (raw) => { let a = 0; let b = 0; ({ x: a, y: b = 7 } = raw.o); await load([a, b]); return [a, b]; }",
  "or assignments":
    "async (raw) => { let a = raw.a; a ??= 5; let b = raw.b; b ||= 'x'; let c = raw.s; c &&= 'y'; return send(a, b, c); }",
  "powers and bits":
    "async (raw) => { let n = 2; n **= 3; n <<= 2; n |= 1; n ^= 3; await load(n); n >>= 1; n >>>= 1; n &= 7; return n; }",
  "an awaited key":
    "async (raw) => { const o = {}; o.a = await load(raw.a); o[await load('k')] = await load(2); return o; }",
  "an index that moves":
    "async (raw) => { const out = []; let i = 0; out[i++] = await load(i); out[i++] = await load(i); return { out, i }; }",
  "read before it changes":
    "async (raw) => { let x = 1; const y = [x, (x = 2), await load(x), x++]; return { x, y }; }",
});

suite("functions of the flow", {
  "an arrow":
    "async (raw) => { const twice = (n) => n * 2; const a = twice(2); await load(a); return twice(a); }",
  "a declaration":
    "async (raw) => { function name(r) { return `${r.id}!`; } await load(1); return raw.rows.map(name); }",
  "as a callback":
    "async (raw) => { const big = (x) => x > 1; await load(1); return [1, 2, 3].filter(big); }",
  "that reads what changes":
    "async (raw) => { let n = 1; const get = () => n; n = 2; await load(get()); n = raw.a; return get(); }",
  "that changes":
    "async (raw) => { let n = 0; const bump = (by) => { n += by; return n; }; bump(2); await load(n); const m = bump(3); return [n, m]; }",
  "that collects":
    "async (raw) => { const log = []; const say = (x) => { log.push(x); }; say('a'); await notify(1); say(raw.s); return log; }",
  "in another":
    "async (raw) => { const add = (a, b) => a + b; const sum = (xs) => xs.reduce((s, x) => add(s, x), 0); return send(sum([1, 2, 3])); }",
  recursive:
    "async (raw) => { const fact = (n) => (n <= 1 ? 1 : n * fact(n - 1)); await load(1); return fact(5); }",
  "that throws":
    "async (raw) => { const must = (x) => { if (!x) throw new RangeError('must'); return x; }; await load(1); return must(raw.a); }",
});

suite(
  "functions of the module",
  {
    called: {
      flow: "async (raw) => { await load(total([{ n: 1 }, { n: 2 }])); return total(raw.rows.map((r) => ({ n: 1 }))); }",
      module: "const total = (rows) => rows.reduce((s, r) => s + r.n, 0);",
    },
    "as a callback": {
      flow: "async (raw) => { const xs = [1, 2].map(double); await load(xs); return xs; }",
      module: "function double(x) { return x * 2; }",
    },
    imported: {
      flow: "async (raw) => { await load(slug('A b')); return slug(String(raw.s)); }",
      module: 'import { slug } from "./text.ts";',
    },
    "that changes what it gets": {
      flow: "async (raw) => { const o = { n: 1 }; mark(o); await load(o); mark(o); return o; }",
      module: "function mark(o) { o.marked = (o.marked ?? 0) + 1; }",
    },
    "with constants": {
      flow: "async (raw) => { await load(1); return fee(3) + RATES.base; }",
      module:
        "const RATES = { base: 2, extra: 1.5 }; const LIMIT = 2 * 5; const fee = (n) => Math.min(LIMIT, n * RATES.extra);",
    },
  },
  {
    files: {
      "text.ts":
        "const BAD = /[^a-z]+/g;\nexport function slug(text: string): string { return text.toLowerCase().replace(BAD, '-'); }",
    },
  },
);

suite("helpful objects", {
  "a set":
    "async (raw) => { const ids = [...new Set([1, 2, 2, 1])]; await load(ids); return new Set(raw.list ?? []).size; }",
  "a map":
    "async (raw) => { const by = new Map([['a', 1]]); await load(by.get('a')); return Object.fromEntries(by); }",
  "a date":
    "async (raw) => { const d = new Date('2024-05-06T07:08:09Z'); await load(d.toISOString()); return d.getTime() + 1; }",
  "a copy": {
    flow: "async (raw) => { const o = structuredClone(raw); o.x = 1; await load(o); return o; }",
    refuses: ["RLT3005"],
  },
  assigned: "async (raw) => { const o = Object.assign({}, raw.o, { z: 1 }); await load(o); return o; }",
});

suite("lists that change while a loop goes through them", {
  "elements that change":
    "async (raw) => { const rows = [{ n: 1 }, { n: 2 }]; for (const row of rows) { row.twice = await load(row.n * 2); } return rows; }",
  "elements of a result":
    "async (raw) => { const rows = await load([{ n: 1 }, { n: 2 }, { n: 3 }]); for (const row of rows) { if (row.n === 2) continue; row.done = true; row.tags = []; row.tags.push(await load(row.n)); } return rows; }",
  "a list that grows":
    "async (raw) => { const q = [1]; const seen = []; for (const x of q) { seen.push(x); if (x < 4) q.push(x + 1); await load(x); } return { q, seen }; }",
  "a list that shrinks":
    "async (raw) => { const q = [1, 2, 3, 4]; const seen = []; for (const x of q) { seen.push(x); q.pop(); await load(x); } return seen; }",
  "elements, in a try":
    "async (raw) => { const rows = [{ n: 1 }, { n: 2 }]; for (const row of rows) { try { row.ok = await pick(row.n === 2 ? raw.a : 1); } catch (e) { row.error = e.message; } } return rows; }",
  "what comes, as it is": {
    flow: "async (raw) => { const rows = raw.list; for (const x of rows) { if (x === 1) rows.push(9); await load(x); } return rows; }",
    refuses: ["RLT3005"],
  },
});

suite("what differs from moment to moment", {
  "the time does not run back":
    "async (raw) => { const start = Date.now(); await load(1); const end = Date.now(); return end >= start && start > 1_600_000_000_000; }",
  "a date of now":
    "async (raw) => { const d = new Date(); await load(1); return d.getTime() <= Date.now() && d.toISOString().length === 24; }",
  "asked once":
    "async (raw) => { const t = Date.now(); const same = [t, t]; await load(1); return same[0] === t && `${t}`.length === 13; }",
  drawn:
    "async (raw) => { const r = Math.random(); const id = crypto.randomUUID(); await load(r >= 0 && r < 1); return id.length + (Math.floor(Math.random() * 3) < 3 ? 1 : 0); }",
  "in an argument":
    "async (raw) => (await load(Date.now() > 5)) && (await load(new Date().toISOString() > '2020'))",
});
