import { suite } from "./suite.ts";

const LONG = "aVeryLongName".repeat(8);

suite("names", {
  "a parameter named like a task": "async (load) => { const send1 = load.a; return [send1, load.b]; }",
  "a result named like its task's neighbour":
    "async (raw) => { const pick = await load(raw.a); return send(pick, raw.o.x); }",
  "a name of the module": {
    module: "const LIMIT = 5;\nconst TEXT = `fixed`;",
    flow: "async (raw) => { const a = raw.a + LIMIT; { const LIMIT = raw.o.x.y; await send(LIMIT, TEXT); } return [a, LIMIT, [LIMIT].includes(raw.a)]; }",
  },
  "a constant named values": {
    module: "const values = { k: 1 };",
    flow: "async (raw) => raw.list.map((x) => x + values.k)",
  },
  "names of the tools": {
    module: "const runlet$ = 3;\nconst runlet$values = [1];",
    flow: "async (raw) => { const runlet$values$ = raw.a; return raw.list.map((x) => x + runlet$ + runlet$values[0] + runlet$values$); }",
  },
  "names of globals":
    "async (raw) => { const String = raw.a; const Math = raw.b; const Object = raw.s; const undefinedish = String; return raw.list.map((Number) => [Number, String, Math, Object, undefinedish]); }",
  "undefined as a name":
    "async (raw) => { const undefined = raw.a; const NaN = raw.b; return [undefined, NaN, raw.list.map((x) => x === undefined)]; }",
  "a callback's own name hides a result":
    "async (raw) => { const x = await load(raw.a); const ys = raw.list.map((x) => x + 1); return { x, ys, zs: raw.list.map((y) => y + x) }; }",
  "callback names inside callbacks":
    "async (raw) => { const a = raw.a; return raw.rows.map((a) => a.map((b, i, a) => [b, i, a.length])); }",
  "a map's item hides a name":
    "async (raw) => { const item = raw.a; const index = raw.b; const all = await Promise.all(raw.list.map(async (x) => send(x, item, index))); return [item, all.length]; }",
  "a map's item named like the input":
    "async (raw) => { const input = raw.a; return Promise.all(raw.list.map(async (raw, input2) => { const input = raw; return send(input, input2); })); }",
  "an inner map's item hides the outer's":
    "async (raw) => Promise.all(raw.rows.map(async (x, i) => Promise.all(x.map(async (x, i) => send(x, i)))))",
  "letters of other alphabets":
    "async (raw) => { const größe = raw.a; const 数 = await load(größe); const $ = raw.b; const _ = raw.c; const été$ = [größe, 数, $, _]; return send({ été$, größe, 数 }); }",
  "names that differ in what machines leave out":
    "async (raw) => { const aé = await load(raw.a); const aè = await load(raw.b); const a_ = await load(raw.c); const a_2 = await load(raw.s); return [aé, aè, a_, a_2]; }",
  "long names": `async (raw) => { const ${LONG}1 = await load(raw.a); const ${LONG}2 = await load(raw.b); if (${LONG}1 === 5) { await load(${LONG}2); } if (${LONG}1 === 5) { await send(${LONG}1); } return { ${LONG}1, ${LONG}2 }; }`,
  "words of JSONata":
    'async (raw) => { const { and, or, null: none, true: yes, function: f, in: within } = await load({ and: raw.a, or: raw.b, null: raw.none, true: 1, function: 2, in: 3 }); const r = await load({ and: raw.a, "in": raw.b, "a b": 1, "%": 2, "": 3, "`": 4, "$x": 5, "a.b": 6, "ü": 7 }); return send(and, or, none, yes, f, within, r.and, r["in"], r["a b"], r["%"], r[""], r["`"], r.$x, r["a.b"], r.ü); }',
  "keys that templates and machines read":
    'async (raw) => { const o = { "x.$": raw.a, Resource: raw.b, "${Tasksend}": raw.c, "$.x": 1, Type: "Task", Next: raw.s, End: true, "a.$": "$.b" }; await send(o, "$.a", "$$.b", "States.Format()", "{% 1 %}", "{%", "%}", "${Tasksend}"); return o; }',
  "reserved keys": {
    flow: 'async (raw) => { if (raw.flag) return { "$runlet.ref": raw.a }; return send({ a: { "$runlet.x": 1 } }); }',
  },
  "keys of the prototype":
    'async (raw) => { const o = { constructor: raw.a, toString: "t", valueOf: 1, hasOwnProperty: raw.b }; const r = await load(o); return [r.constructor, r.toString, r.valueOf, r.hasOwnProperty, o.constructor]; }',
  "the key __proto__, computed":
    'async (raw) => { const o = { ["__proto__"]: raw.a, b: 1 }; const r = await load(o); return [Object.keys(r), { ...r }, raw.__proto__ === null, typeof raw.o.__proto__]; }',
  "states of one text":
    "async (raw) => { if (raw.a) { await load(1); } if (raw.a /* inline */) { await load(2); } if (raw.a/* check */) { await load(3); } if ( raw . a ) { await load(4); } await load(raw.o.x.y); await load(raw.o.x.y); return raw.a; }",
  "step ids that look like others": {
    module:
      'const x2 = task({ name: "load-2" }, async (x) => { await call("load-2", [x]); return x; });\nconst odd_ = task({ name: "class" }, async (x) => { await call("class", [x]); return x; });\nconst a_b = task(async (x) => { await call("a_b", [x]); return x; });\nconst aUxb = task(async (x) => { await call("aUxb", [x]); return x; });',
    flow: "async (raw) => { await load(1); await x2(2); await load(3); return [(await x2(raw.o)).x, (await odd_(raw.o)).x, await a_b(1), await aUxb(2)]; }",
  },
  "a return called check": {
    module: 'const ret = task({ name: "return" }, async (x) => { await call("return", [x]); return x; });',
    flow: "async (raw) => { if (raw.flag) return raw.a + 1; await ret(1); if (raw.a > 3) return { a: raw.b - 1 }; await ret(raw.c); return raw.b * 2; }",
  },
});
