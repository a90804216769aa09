import { suite } from "./suite.ts";

suite(
  "await where a part is evaluated only sometimes",
  {
    "behind ?. in an argument":
      "async (raw) => { const it = raw.o?.list.concat(await load(1)); return [it ?? null, raw.none?.x.y.concat(await load(2)) ?? 'none']; }",
    "behind ?. in an index":
      "async (raw) => [raw.o?.[await load('x')] ?? null, raw.none?.[await load('x')] ?? null]",
    "behind ?. twice": "async (raw) => raw.o?.x?.[await load('y')]?.toFixed?.(1) ?? null",
    "the result of an await before ?.":
      "async (raw) => [(await load(raw.o))?.x?.y ?? null, (await load(null))?.x ?? 'n']",
    "awaits on both sides of ?.":
      "async (raw) => (await load(raw.s))?.concat(await load('b'), await load('c'))",
    "a chain that fails behind ?.":
      "async (raw) => { try { return raw.o?.nope.slice(await load(1)); } catch (e) { return e.message; } }",
    "a change behind ?.":
      "async (raw) => { const xs = [1]; const none = null; xs?.push(await load(2)); none?.push(await load(3)); return xs; }",
    "a deep chain in an argument":
      "async (raw) => send(raw.o?.x?.y, raw.none?.a[await load(0)], raw.o?.list?.[await load(1)])",
    "in a test": "async (raw) => { if (raw.o?.list.includes(await load(2))) return 'in'; return 'out'; }",
    "?.( of a function that is there":
      "async (raw) => { const s = raw.s; return s?.trim?.() ?? (await load('none')); }",
    "x ??= await":
      "async (raw) => { let x = raw.none; x ??= await load(raw.a); let y = raw.b; y ??= await load('no'); return [x, y]; }",
    "x ||= await, x &&= await":
      "async (raw) => { let x = raw.none; x ||= await load(raw.a); let y = raw.b; y ||= await load('no'); let z = raw.c; z &&= await load(z); let w = null; w &&= await load('no'); return [x, y, z, w]; }",
    "members ??= await":
      "async (raw) => { const o = { a: raw.a }; o.a ??= await load(1); o.b ??= await load(2); o[raw.s] ||= await load(3); return o; }",
    "as a value": "async (raw) => { let x; const y = (x ??= await load(raw.a)) + 1; return [x, y]; }",
    "in a loop":
      "async (raw) => { const cache = {}; for (const k of ['a', 'b', 'a']) { cache[k] ??= await load(k + raw.s); } return cache; }",
    "of a member of nothing":
      "async (raw) => { const o = { x: raw.none }; o.x.y ??= await load(1); return o; }",
    "in a try":
      "async (raw) => { let x; try { x ??= await pick({ fail: true }); } catch (e) { x ??= await load(e.message); } return x; }",
    "o[k] += await":
      "async (raw) => { const o = { a: 1, n: [1] }; o[raw.flag ? 'a' : 'b'] += await load(2); o.n[0] -= await load(3); o.a **= await load(2); return o; }",
    "what is read before the await":
      "async (raw) => { let n = 1; const bump = async () => { n += 10; return await load(n); }; const all = [n, await bump(), n]; return all; }",
    "case tests":
      "async (raw) => { switch (raw.a) { case 1: return 'one'; case await load(5): return 'five'; case (await load(2)) + 1: return 'three'; default: return 'none'; } }",
    "case tests with fall-through and default first":
      "async (raw) => { const out = []; switch (raw.s) { default: out.push('d'); case await load('text'): out.push('t'); case 'x': out.push('x'); break; case await load('never'): out.push('n'); } return out; }",
    "case tests without default":
      "async (raw) => { let x = 0; switch (raw.b) { case await load(2): x = 2; break; case await load(3): x = 3; } return x; }",
    "case tests that compare objects": {
      flow: "async (raw) => { switch (raw.o) { case await load(raw.o): return 1; default: return 2; } }",
      refuses: ["RLT2010"],
    },
    "a switch on an await, cases too":
      "async (raw) => { for (const x of [1, 2, 3]) { switch (await load(x)) { case await load(2): continue; case await load(3): break; default: await notify(x); } } return 'end'; }",
    "do while":
      "async (raw) => { let n = 0; do { n++; if (n === 2) continue; await notify(n); } while ((await load(n)) < 3); return n; }",
    "for with several variables":
      "async (raw) => { let out = 0; for (let i = 0, j = 6; i < j; i++, j -= await load(1)) out += i * j; return out; }",
    "a for without a body":
      "async (raw) => { let i = 0; for (; i < 4 && (await load(i)) < 3; i++); return i; }",
    "throw await": {
      flow: "async (raw) => { if (raw.a > 3) throw await load('x'); return 1; }",
      refuses: ["RLT2006"],
    },
    comma: "async (raw) => { const x = (await load(1), await load(2)); return x; }",
    "nested ternaries":
      "async (raw) => raw.flag ? (raw.b > 5 ? await load(1) : await load(2)) : raw.c ? await load(3) : 4",
    "keys, spreads and templates":
      "async (raw) => ({ ...(await load({ a: 1 })), [await load('k')]: [...(await load([1])), ...raw.list, ...(await load([2]))], t: `${await load(1)}-${raw.s}-${await load(2)}` })",
  },
  { inputs: 8 },
);

suite(
  "for await over values",
  {
    "a list":
      "async (raw) => { const out = []; for await (const x of raw.list) out.push(await load(x)); return out; }",
    "a list that a task gives":
      "async (raw) => { const out = []; for await (const { id } of await load(raw.items)) { if (id === 2) continue; out.push(id); } return out; }",
    "a list that changes":
      "async (raw) => { const q = [1]; const out = []; for await (const x of q) { out.push(await load(x)); if (q.length < 3) q.push(x + 1); } return out; }",
    "nothing that could be gone through":
      "async (raw) => { for await (const x of raw.none) await load(x); return 1; }",
    "without another await":
      "async (raw) => { let n = 0; for await (const x of [1, 2, 3]) n += x; await load(n); return n; }",
  },
  { inputs: 8 },
);
