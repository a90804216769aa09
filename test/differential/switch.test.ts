import { suite } from "./suite.ts";

suite("switch", {
  "by a text":
    "async (raw) => { switch (raw.s) { case 'a': return load(1); case '10': return load(2); case '': return load(3); default: return load(4); } }",
  "fall through":
    "async (raw) => { let n = 0; switch (raw.a) { case 0: n += 1; case 1: await load(n); n += 2; break; case '0': n = 9; default: n += 4; } return n; }",
  "no default":
    "async (raw) => { let n = 0; switch (raw.a) { case 1: n = await price(1); break; case 'a': case null: n = 7; } return send(n); }",
  "default first":
    "async (raw) => { let s = ''; switch (raw.a) { default: s += 'd'; case 5: s += '5'; break; case 1: s += '1'; } return send(s); }",
  "computed cases":
    "async (raw) => { switch (raw.a) { case raw.b: return 'same'; case raw.o.x: return 'x'; } return send(raw.a); }",
  "two cases that match: the first one counts": {
    inputs: [
      { a: 1, b: 1 },
      { a: "x", b: "x" },
      { a: 2, b: 1 },
    ],
    flow: "async (raw) => { switch (raw.a) { case 1: case 'x': return load('first'); case 1: case 'x': return load('second'); } switch (true) { case raw.b > 0: return load('more'); case raw.b === 1: return load('one'); } return 0; }",
  },
  "on true":
    "async (raw) => { switch (true) { case raw.a > 1: return 'more'; case raw.a === 0: return 'zero'; default: return send('less'); } }",
  "in a loop":
    "async (raw) => { let out = ''; for (const x of [0, 1, 2, 3]) { switch (x) { case 1: continue; case 2: break; default: out += x; await load(x); } out += '.'; } return out; }",
  "a block with names":
    "async (raw) => { switch (raw.a) { case 1: { const r = await load(raw.b); return [r]; } default: { const r = await send(raw.b); return r; } } }",
  "in a map's item":
    "async (raw) => await Promise.all([1, 'x', 2].map(async (v) => { switch (v) { case 1: return load(v); case 'x': await notify(v); } return 0; }))",
  "nothing to do":
    "async (raw) => { switch (raw.a) { } switch (raw.b) { default: } switch (raw.o.x) { case 1: } return send(1); }",
  "in a try":
    "async (raw) => { try { switch (raw.o.x.y) { case 1: await pick('fail'); } } catch (e) { return e.message; } return 'fine'; }",
  "an awaited subject":
    "async (raw) => { switch (await load(raw.a)) { case 'a': return 1; case 1: return 2; } return 3; }",
});
