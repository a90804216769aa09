import { suite } from "./suite.ts";

suite("maps", {
  "keys that are dropped where nothing looks":
    "async (raw) => { const all = await Promise.all(raw.items.map((i) => ({ id: i.id, m: i.missing })).map(async (item) => ({ n: item.m ?? item.id, u: item.m === undefined }))); return all; }",
  "keys that are dropped where nothing looks, fast":
    "async (raw) => { const all = await Promise.all(raw.items.map(async (item) => ({ id: item.id, m: item.missing, u: undefined }))); return all.map((x) => [x.id, x.m === undefined, x]); }",
  "items of task.map with keys that are dropped":
    "async (raw) => send.map(raw.items.map((i) => ({ id: i.id, m: i.missing, l: [i.missing] })))",
  "undefined among items of task.map":
    "async (raw) => load.map([raw.missing, undefined, { a: undefined }, raw.a])",
  "task.map": "async (raw) => await load.map(raw.items)",
  "task.map with concurrency":
    "async (raw) => { const rs = await send.map(raw.list, { concurrency: 2 }); return rs.length; }",
  "task.map is returned": "async (raw) => load.map(raw.list)",
  "a result nobody reads": 'async (raw) => { await load.map(raw.list); return "done"; }',
  "a result nobody reads, of failing items":
    'async (raw) => { await pick.map(raw.items); await load("after"); return "done"; }',
  "async callback": "async (raw) => await Promise.all(raw.items.map(async (item) => send(item.id, raw.a)))",
  "plain callback":
    "async (raw) => { const all = await Promise.all(raw.items.map((item) => load(item))); return { all }; }",
  "plain callback with a structure":
    'async (raw) => Promise.all(raw.list.map((x, i) => send({ x, i, l: [x, "n"] })))',
  "no parameters": "async (raw) => Promise.all(raw.list.map(async () => load(raw.a)))",
  "destructured item":
    "async (raw) => Promise.all(raw.items.map(async ({ id, price: cost = 1, tags: [first] = [] }) => send(id, cost, first)))",
  "destructured row":
    "async (raw) => Promise.all(raw.rows.map(async ([head, ...rest], i) => send(head, rest, i)))",
  "item with a default": "async (raw) => Promise.all(raw.list.map(async (x = 7) => load(x)))",
  "callback without a call": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const doubled = await Promise.all(raw.list.map(async (x) => x * 2)); return send(doubled); }",
  },
  "callback with branches": `async (raw) => Promise.all(raw.list.map(async (x, i) => { if (x > 2) { return { big: await load(x) }; } if (i === 0) return null; const y = x + 1; await notify(y); return y; }))`,
  "throw in a callback":
    'async (raw) => Promise.all(raw.list.map(async (x) => { if (x > 2) throw new RangeError("too big"); return load(x); }))',
  "throw with a message in a callback":
    "async (raw) => Promise.all(raw.list.map(async (x, i) => { if (x > 2) throw new RangeError(`too big: ${x} at ${i}`); return load(x); }))",
  "captured values":
    "async (raw) => { const k = raw.a + 1; const o = await load(raw.o); return Promise.all(raw.list.map(async (x) => send(x, k, o.x.y, raw.s))); }",
  "captured structure":
    "async (raw) => { const base = { k: raw.a, l: [raw.b] }; return Promise.all(raw.list.map(async (x) => send({ x, base, k: base.k }))); }",
  nested:
    "async (raw) => Promise.all(raw.rows.map(async (row, i) => Promise.all(row.map(async (cell, j) => send(cell, i, j)))))",
  "nested after a call":
    "async (raw) => Promise.all(raw.rows.map(async (row, i) => { const n = await load(row.length); return Promise.all(row.map(async (cell, j) => send(cell, n, i, j))); }))",
  "nested task.map": "async (raw) => Promise.all(raw.rows.map(async (row) => load.map(row)))",
  "nested three times": {
    refuses: ["RLT3005"],
    flow: "async (raw) => Promise.all([raw.rows, raw.rows].map(async (rows, a) => Promise.all(rows.map(async (row, b) => Promise.all(row.map(async (x, c) => send(x, row, a, b, c)))))))",
  },
  "nested, the item read inside":
    "async (raw) => Promise.all(raw.items.map(async (item) => Promise.all(item.tags.map(async (tag) => send(tag, item.id, item.price)))))",
  "nested in an arm":
    "async (raw) => Promise.all(raw.items.map(async (item, i) => { if (item.price > 5) { const ts = await load.map(item.tags); return { i, ts }; } return i; }))",
  "nested with failing items":
    "async (raw) => Promise.all(raw.rows.map(async (row) => Promise.all(row.map(async (x) => { if (x === 3) throw new Error(`three in ${row.length}`); return load(x); }))))",
  "two in sequence":
    "async (raw) => { const a = await load.map(raw.list); const b = await send.map(a); return [a.length, b.length]; }",
  "two, the first fails":
    "async (raw) => { const a = await pick.map(raw.items); const b = await send.map(raw.list); return [a, b]; }",
  "items of a filter": "async (raw) => load.map(raw.items.filter((item) => item.price > 5))",
  "items of a result":
    "async (raw) => { const x = await load(raw); const rs = await price.map(x.items); return rs.reduce((a, b) => a + b, 0); }",
  "items of an await": "async (raw) => Promise.all((await load(raw.list)).map(async (x) => send(x)))",
  "literal items": 'async (raw) => Promise.all([1, "two", null].map(async (x) => send(x, raw.a)))',
  "literal items of values": {
    refuses: ["RLT3005"],
    flow: "async (raw) => Promise.all([raw.a, { b: raw.b }, [raw.c]].map(async (x) => load(x)))",
  },
  "items of a range": "async (raw) => load.map(range(1, raw.a))",
  "items of a range of none, one and two": {
    inputs: [0, 1, 2].map((a) => ({ a })),
    flow: "async (raw) => { const all = await load.map(range(1, raw.a)); return all; }",
  },
  "items of a callback's own range":
    "async (raw) => Promise.all(range(0, 2).map(async (i) => raw.list[i] ?? null))",
  "results used together":
    "async (raw) => { const all = await Promise.all(raw.items.map(async (item) => ({ id: item.id, cost: await price(item.price) }))); return all.filter(({ cost }) => cost > 3).map(({ id }) => id); }",
  "results and their number":
    "async (raw) => { const all = await load.map(raw.list); if (all.length > 2) return send(all, all.length); return all; }",
  "results in arms":
    "async (raw) => { const all = await load.map(raw.words); if (all.length === 0) return 'none'; else { await send(all); } return all.length; }",
  "retries in a map": "async (raw) => Promise.all(raw.list.map(async (x) => flaky(x, x)))",
  "retries of task.map, given up": "async (raw) => { const all = await flaky.map(raw.list); return all; }",
  "a callback that gives nothing":
    'async (raw) => { await Promise.all(raw.list.map(async (x) => { await send(x); })); return "sent"; }',
  "a callback that may give nothing":
    'async (raw) => { await Promise.all(raw.list.map(async (x) => { if (x > 1) return; await send(x); })); return "sent"; }',
  "a value of undefined among results": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all(raw.items.map(async (item) => item.missing)); return all.map((x) => x === undefined); }",
  },
  "an undefined that is written": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all(raw.items.map(async () => undefined)); return all.map((x) => x === undefined); }",
  },
  "a dropped key among results": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all(raw.items.map(async (item) => ({ id: item.id, m: item.missing }))); return all.map((x) => Object.keys(x)); }",
  },
  "a zero with a sign among results": {
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await Promise.all(raw.list.map(async (x) => (x - x) * -1)); return all.map((x) => Object.is(x, -0)); }",
  },
  "objects from a map have no identity": {
    refuses: ["RLT2010", "RLT3005"],
    flow: "async (raw) => { const all = await Promise.all([1, 2].map(async () => raw.o)); return [all[0] === all[1], all.includes(all[1])]; }",
  },
  "an alias keeps what a callback gave":
    "async (raw) => { const all = await Promise.all(raw.items.map(async (item) => item)); return send(all, raw.items); }",
  "settled failures only where awaited":
    'async (raw) => { await load("before"); const all = await Promise.all(raw.items.map(async (item, i) => { await load(i); return pick(item); })); await load("after"); return all; }',
  "a pending throw before a map":
    "async (raw) => { const t = raw.o.x.y; t.z.z; await load.map(raw.list); return t; }",
  "a callback's first statement throws":
    "async (raw) => Promise.all(raw.items.map(async (item) => { const t = item.a.b; return load(t); }))",
  "over null": "async (raw) => load.map(raw.none)",
  "over null, by Promise.all": "async (raw) => Promise.all(raw.none.map(async (x) => load(x)))",
  "over an object": "async (raw) => Promise.all(raw.o.map(async (x) => load(x)))",
  "over a string": "async (raw) => load.map(raw.s)",
  "fifty items":
    "async (raw) => { const rs = await Promise.all(range(1, 50).map(async (i) => load(i + raw.a))); return rs.length; }",
});
