import { suite } from "./suite.ts";

suite("Promise.all of a list", {
  "two tasks":
    "async (raw) => { const [a, b] = await Promise.all([load(raw.a), send(raw.b, raw.s)]); return { a, b }; }",
  "a result used whole":
    "async (raw) => { const all = await Promise.all([load(raw.a), price(raw.o)]); return [all.length, all]; }",
  returned: "async (raw) => Promise.all([load(raw.a), load(raw.b)])",
  "a statement": 'async (raw) => { await Promise.all([notify(raw.a), notify(raw.b)]); return "done"; }',
  one: "async (raw) => { const [only] = await Promise.all([load(raw.o)]); return only; }",
  "results read by members":
    "async (raw) => { const [o, p] = await Promise.all([load(raw.o), load(raw.items)]); return send(o.x.y, p.length, p[0].id); }",
  "nested patterns":
    "async (raw) => { const [{ sent: [first] }, [x, y = 3]] = await Promise.all([send(raw.a, raw.b), load(raw.list)]); return [first, x ?? null, y]; }",
  "rest of the results":
    "async (raw) => { const [a, ...rest] = await Promise.all([load(raw.a), load(raw.b), load(raw.s)]); return [a, rest]; }",
  "a value that is no promise": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const [a, b, c] = await Promise.all([load(raw.a), raw.s, 5]); return [a, b ?? null, c]; }",
  },
  "undefined beside a call became null": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const [, b] = await Promise.all([load(raw.a), raw.none]); return b === undefined ? 'nothing' : b; }",
  },
  "undefined in a member beside a call became null": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all([load(raw.a), raw.o?.none?.x]); return typeof all[1]; }",
  },
  "undefined beside a call that settles became null": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const { value } = (await Promise.allSettled([load(raw.a), raw.none]))[1]; return value === undefined; }",
  },
  "no task at all": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all([raw.a, { b: raw.b }]); return all; }",
  },
  "structures as arguments":
    "async (raw) => Promise.all([send({ a: raw.a, l: [raw.b, 1] }), send([raw.s], null)])",
  "spread arguments": "async (raw) => Promise.all([send(...raw.list), load(raw.a)])",
  "the first is thrown":
    "async (raw) => { const all = await Promise.all([pick(raw.f), boom('RangeError', 'second'), load(raw.a)]); return all; }",
  "a failing branch is caught":
    "async (raw) => { try { const [a] = await Promise.all([load(raw.a), pick('fail')]); return a; } catch (e) { return send(e.name, e.message); } }",
  "an argument that throws": "async (raw) => Promise.all([load(1), load(raw.o.x.y.z), load(3)])",
  "the first argument throws": "async (raw) => Promise.all([load(raw.none.x), load(2)])",
  "an argument that throws, caught":
    "async (raw) => { try { await Promise.all([load(1), load(raw.o.x.y.z), load(3)]); return 'all'; } catch (e) { return send(e.message); } }",
  "an argument that cannot cross": "async (raw) => Promise.all([load(1), load(Number(raw.s)), load(3)])",
  "async functions":
    "async (raw) => { const [a, b] = await Promise.all([(async () => { const x = await load(raw.a); return price([x, 1]); })(), (async () => { if (raw.flag) return 'flag'; const y = await load(raw.b); return y; })()]); return [a, b]; }",
  "an async function that throws":
    "async (raw) => Promise.all([load(raw.a), (async () => { await load('first'); throw new RangeError('late'); })(), (async () => { throw new TypeError('at once'); })()])",
  "an async expression": "async (raw) => Promise.all([(async () => load(raw.a))(), (async () => 5)()])",
  "maps among them":
    "async (raw) => { const [xs, ys, z] = await Promise.all([load.map(raw.list), Promise.all(raw.items.map(async (item, i) => send(item.id, i))), price(raw.a)]); return [xs.length, ys.map((y) => y.count), z]; }",
  "a map over nothing": "async (raw) => Promise.all([load.map(raw.none), load(2)])",
  "an array's map over nothing":
    "async (raw) => Promise.all([load(1), Promise.all(raw.none.map(async (x) => load(x))), load(3)])",
  "a map of failing items":
    "async (raw) => Promise.all([pick.map(raw.items), Promise.all(raw.list.map(async (x) => { if (x > 2) throw new Error('big'); return x + 0; }))])",
  nested:
    "async (raw) => { const [[a, b], c] = await Promise.all([Promise.all([load(raw.a), load(raw.b)]), load(raw.s)]); return send(a, b, c); }",
  "nested, failing inside":
    "async (raw) => Promise.all([load(1), Promise.all([load(2), pick(raw.f), load(raw.o.x.y)]), load(raw.list)])",
  "in a map's callback":
    "async (raw) => Promise.all(raw.items.map(async (item, i) => { const [a, b] = await Promise.all([load(item.id), send(item.price, i, raw.a)]); return { a, b }; }))",
  "first in a map's callback, nested":
    "async (raw) => Promise.all(raw.items.map(async (item, i) => Promise.all([load(item.id), Promise.all([load(i), (async () => { const x = await load(item.price); return send(x, item.id, i); })()])])))",
  "in a map, a map inside":
    "async (raw) => Promise.all(raw.rows.map(async (row, i) => Promise.all([load.map(row), Promise.all(row.map(async (x, j) => send(x, i, j)))])))",
  "variables that change before":
    "async (raw) => { let n = 1; n += raw.list.length; const [a] = await Promise.all([load(n), (async () => load(n + 1))()]); n = n + 1; return [a, n]; }",
  "in a loop":
    "async (raw) => { let sum = 0; for (const x of raw.list) { const [a, b] = await Promise.all([load(x), price(x)]); sum += b; await load(a); } return sum; }",
  "in a branch":
    "async (raw) => { if (raw.flag) { const [a] = await Promise.all([load(raw.a), load(raw.b)]); return a; } return load('no'); }",
  "a reference of an outer result":
    "async (raw) => { const o = await load(raw.o); const [a, b] = await Promise.all([send(o.x), (async () => send(o.x.y, raw.s))()]); return [a, b]; }",
  "an await in the first element": "async (raw) => Promise.all([load(await load(raw.a)), load(raw.b)])",
  "a result that may be missing":
    "async (raw) => { const [a, b, c] = await Promise.all([load(raw.a), load(raw.missing)]); return { a, b, c: c ?? 'none', d: c === undefined }; }",
  "after what throws":
    "async (raw) => { const t = raw.o.x.y; const [a] = await Promise.all([load(t), load(1)]); return a; }",
});

suite("Promise.allSettled", {
  "of a list":
    "async (raw) => { const rs = await Promise.allSettled([load(raw.a), pick(raw.f), boom('TypeError', 'bad')]); return rs.map((r) => r.status === 'fulfilled' ? [r.status, r.value] : [r.status, r.reason.name, r.reason.message]); }",
  "all is well":
    "async (raw) => { const rs = await Promise.allSettled([load(raw.a), send(raw.b)]); return rs; }",
  "of a map":
    "async (raw) => { const rs = await Promise.allSettled(raw.items.map(async (item) => pick(item))); return send(rs.filter((r) => r.status === 'rejected').length, rs.map((r) => r.reason?.message ?? null)); }",
  "of a map with statements":
    "async (raw) => { const rs = await Promise.allSettled(raw.list.map(async (x, i) => { if (x > 2) throw new RangeError(`big ${i}`); return load(x); })); return rs.map((r) => r.status + ':' + (r.status === 'rejected' ? r.reason.name + r.reason.message : JSON.stringify(r.value))); }",
  "of task calls by a plain callback":
    "async (raw) => { const rs = await Promise.allSettled(raw.items.map((item) => pick(item))); return rs.map((r) => r.status); }",
  destructured:
    "async (raw) => { const [a, b] = await Promise.allSettled([load(raw.a), pick('fail')]); return [a.value, b.status, b.reason.message, `${b.reason}`]; }",
  "destructured, well":
    "async (raw) => { const [a, { status, value }] = await Promise.allSettled([load(raw.o), load(raw.list)]); return send(a.value.x, status, value); }",
  "a loop over the records":
    "async (raw) => { const rs = await Promise.allSettled([load(raw.a), pick('fail'), load(raw.s)]); let lost = 0; for (const r of rs) { if (r.status === 'rejected') { lost += 1; await notify(r.reason.message); } else await send(r.value); } return lost; }",
  "a reason cannot cross":
    "async (raw) => { const rs = await Promise.allSettled([load(raw.a), pick('fail')]); return send(rs); }",
  "a reason cannot be a result": "async (raw) => Promise.allSettled([load(raw.a), pick('fail')])",
  "an argument that throws":
    "async (raw) => { const rs = await Promise.allSettled([load(1), load(raw.o.x.y.z), load(3)]); return rs.map((r) => r.status); }",
  "an argument that cannot cross":
    "async (raw) => { const rs = await Promise.allSettled([load(1), load(Number(raw.s)), load(3)]); return rs.map((r) => r.status === 'rejected' ? r.reason.message : r.value); }",
  "values and functions":
    "async (raw) => { const rs = await Promise.allSettled([5, (async () => { throw new Error('x'); })(), (async () => { const a = await load(raw.a); if (a === 1) throw new TypeError('one'); return a; })()]); return rs.map((r) => r.value ?? r.reason?.message ?? null); }",
  "a list inside": {
    inputs: [
      { list: [1, 2], items: [{ id: 1 }, "fail"] },
      { list: 3, items: ["fail"] },
      { list: [], items: [] },
    ],
    flow: "async (raw) => { const rs = await Promise.allSettled([Promise.all([load(1), pick('fail'), pick({ fail: true })]), load.map(raw.list), pick.map(raw.items)]); return rs.map((r) => r.status === 'fulfilled' ? r.value : r.reason.message); }",
  },
  "inside a list":
    "async (raw) => { const [rs, a] = await Promise.all([Promise.allSettled([load(1), pick('fail')]), load(raw.a)]); return [rs.map((r) => r.status), a]; }",
  "thrown again":
    "async (raw) => { const rs = await Promise.allSettled([load(1), pick(raw.f)]); const bad = rs.find((r) => r.status === 'rejected'); if (bad) throw new Error(`lost: ${bad.reason.message}`); return rs.length; }",
  "in a map":
    "async (raw) => { const all = await Promise.all(raw.items.map(async (item) => { const rs = await Promise.allSettled([pick(item), load(item.id)]); return rs.map((r) => r.status); })); return all; }",
  "retries before it settles":
    "async (raw) => { const rs = await Promise.allSettled([flaky(2, raw.a), flaky(9, raw.b)]); return rs.map((r) => r.status); }",
});
