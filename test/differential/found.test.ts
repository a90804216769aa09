import { suite } from "./suite.ts";

/** What random programs and attacks found, each named after its fault; all of them are in the grammar of other suites. */
suite("found by statement mutants", {
  "a variable that is changed for a task and returned after it":
    "async () => { let n = 1; n++; await load(n); return n; }",
  "the same, with a value from before":
    "async () => { let n = 1; await load(n); n = 2; await load(n); return n; }",
  "in a structure, in a map's item, in a handler":
    "async (raw) => { const all = await Promise.all([1, 2].map(async (x) => { let n = x; await load(n); n = 5; await load(n); return [n, { n }]; })); let m = 0; try { m = 1; await load(m); m = 2; await pick('fail'); } catch { await load(m); return { m, all }; } return 0; }",
  "a change of what is not there, before an await":
    "async (raw) => { const o = await load({ n: 1 }); o.tags.push(await load(o.n)); return o; }",
  "an assignment to what is not there, before an await":
    "async (raw) => { const o = await load({ n: 1 }); o.tags.n = await load(o.n); return o; }",
});

suite("a cycle is refused by its code, not by the end of the stack", {
  "in a result": "async () => { const o = { n: 1, items: [] }; o.items.push(o); return { o }; }",
  "over a step": {
    flow: "async () => { const o = { n: 1, items: [] }; o.items.push(o); await load(1); return o; }",
    refuses: ["RLT2003"],
  },
  "in arguments": {
    flow: "async () => { const o = { n: 1, items: [] }; o.items.push(o); try { return await send(o); } catch (e) { return e.name; } }",
    refuses: ["RLT2003"],
  },
  "beside a Map": {
    flow: "async () => { const o = { n: 1, m: new Map(), items: [] }; o.items.push(o); await load(1); return o.n; }",
    refuses: ["RLT2003"],
  },
});

suite("found faults", {
  "undefined is identical to undefined": {
    module: "const FOUND = { a: 1 } as { a: number; b?: number };",
    flow: "async (raw) => { const o = { x: raw.a }; if (FOUND.b === undefined) await load('b'); if (o.y !== undefined) await load('y'); return [undefined === undefined, undefined !== FOUND.b, o.z == null, raw.missing === undefined]; }",
  },
  "literals of many digits in a template":
    "async (raw) => send(`${9007199254740991} ${-0.1} ${1e21} ${5e-324} ${0x10} ${raw.a}`)",
  "an assignment before a map, read in its callback":
    "async (raw) => { let n = 0; n += 1; let x = raw.a; const all = await Promise.all(raw.list.map(async (i) => send(i, n, x))); n = 5; return [n, all]; }",
  "a counter of a do-while, read in a map":
    "async (raw) => { let n = 0; const out = []; do { n += 1; const all = await Promise.all(raw.list.map(async (i) => load(i + n))); await send(all); } while (n < 2); return n; }",
  "the element of a loop, read in a map":
    "async (raw) => { let sum = 0; for (const item of raw.items) { const all = await Promise.all(item.tags.map(async (tag) => send(tag, item.id))); sum += all.length; } return sum; }",
  "a variable that changes after a map that reads it":
    "async (raw) => { let item = raw.list; const all = await Promise.all([1, 2].map(async (n) => { if (raw.flag) { try { await load(n); } catch (e) { await send(e.name); } } return (item.length ?? 2) + n; })); item = raw.words; return [all, item]; }",
  "a comparison that converts nothing": "async (raw) => raw.list.filter((x) => x !== raw.o && x != raw.s)",
  "the outer item of a map that begins with a map":
    "async (raw) => Promise.all(raw.items.map(async (item, i) => Promise.all(item.tags.map(async (tag, j) => send(item.id, i, tag, j)))))",
  "an item that throws before any await, behind one that throws after one":
    'async (raw) => Promise.all([1, 2, 3].map(async (i) => { if (i === 3) throw new Error("at once"); await load(i); throw new Error(`later ${i}`); }))',
  "an item that throws before its arguments are there": {
    refuses: ["RLT3005"],
    flow: "async (raw) => Promise.all([raw.o, raw.none, raw.o].map(async (o, i) => { if (i === 0) { await load(i); return o.q.z; } return load(o.x); }))",
  },
  "a value in a map that is no reference itself": {
    refuses: ["RLT2009"],
    flow: "async (raw) => { const all = await Promise.all(['a', 'b'].map(async (k) => ({ k, big: await big(300_000, { n: 1 }) }))); return Promise.all(all.map(async (one) => [one.k, one.big.rest.n ?? 'lost', one.big.none ?? 'none'])); }",
  },
  "the least of nothing": "async (raw) => load([Math.min(), Math.max(), raw.a].map(String))",
  "a computed key that is __proto__ by name":
    'async (raw) => { const k = "__proto__"; const t = "toString"; const o = { [k]: { x: 1 }, [t]: 2, b: raw.a }; const text = JSON.stringify(o); await load(text); return [text, Object.keys({ [k]: raw.s }), JSON.stringify({ ["__proto__"]: raw.a })]; }',
  "a key put into an object and read again in the same state had no object":
    "async (raw) => { const o = { a: 1 }; const k = raw.s; let v = o[k]; if (!v) { const r = await load(3); o[k] = r; v = o[k]; } return [o, v]; }",
  "an undefined key that leaves the flow hid nothing before it and lost its place":
    "async (raw) => [await load({ ...raw, a: raw.items }), await load({ a: raw.missing, b: 1, ...raw.o, x: raw.none }), await load({ a: raw.missing, [`${raw.s}`]: 1, k: raw.o?.y }), { ...raw, a: raw.b }]",
  "a compound assignment to what is not there, whose right side waits":
    "async (raw) => { const out = []; for (const make of [0, 1, 2]) { try { const o = raw.list?.[make] === 1 ? undefined : await load({ n: 1, m: raw.o }); if (make === 0) o.n += await load(2); if (make === 1) o.m.x += await load('x'); const k = 'n'; if (make === 2) o[k] *= await load(3); out.push(o); } catch (e) { out.push(e.name); } } return out; }",
  "what is spread cannot be gone through, and a later argument waits":
    "async (raw) => { const o = { x: [] }; try { o.x.push(...raw.items, await load(raw.a)); } catch (e) { await send(e.name); } o.x.push(...(raw.words ?? []), await load(2)); return o; }",
  "in a try, what a callback changes, in a statement of its own":
    "async (raw) => { let n = 1; try { const ys = raw.list.map((v) => { n++; return v.x.y ?? n; }); await send(ys, n); } catch (e) { await send(e.name, n); } return n; }",
});
