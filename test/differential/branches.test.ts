import { suite } from "./suite.ts";

const terms = (n: number): string =>
  Array.from({ length: n }, (_, i) => `raw.a === ${i * 3} || raw.s === "s${i}"`).join(" || ");
const nested = (depth: number): string =>
  depth === 0
    ? 'await load("bottom");'
    : `if (raw.a > ${depth}) { ${nested(depth - 1)} } else { await load(${depth}); }`;

suite("branches", {
  "else if": `async (raw) => { if (raw.a === 5) { return "five"; } else if (raw.s === "") { await load("empty"); } else if (raw.flag) return send(raw.b); else { await load("else"); } return "end"; }`,
  "no braces":
    "async (raw) => { if (raw.flag) await load(1); else await load(2); if (raw.a) return 3; return 4; }",
  "dangling else":
    "async (raw) => { if (raw.flag) if (raw.a > 3) await load(1); else await load(2); return raw.b; }",
  "empty arms": "async (raw) => { if (raw.a > 3) {} else {} if (raw.b) ; return send(raw.c); }",
  "both arms return":
    'async (raw) => { if (raw.a < raw.b) { return load("less"); } else { return { not: "less" }; } }',
  "code after both arms return": `async (raw) => { if (raw.a < 3) { return 1; } else { return 2; } await load("never"); return 3; }`,
  "code after return":
    'async (raw) => { if (raw.flag) { return 1; await load("never"); } else { return 2; raw.x.y; } await load("never"); }',
  "return without a value": "async (raw) => { if (raw.flag) return; await load(1); }",
  "throws in arms": `async (raw) => { if (raw.a > 3) throw new TypeError("big"); if (raw.b < 0) { throw new Error(\`neg \${raw.b}\`); } return "ok"; }`,
  "a pending throw at the end of an arm":
    'async (raw) => { if (raw.flag) { const t = raw.none.y; } await load("after"); return 1; }',
  "a pending throw in an arm before an await":
    "async (raw) => { if (raw.flag) { const t = raw.o.x.y; const u = t.length.z; await load(u); } return 1; }",
  "a pending throw that only JavaScript knows, at the end of an arm":
    'async (raw) => { if (raw.flag) { raw.list.map((x) => x.y.z); } else { [...raw.words]; } await load("after"); return 1; }',
  "a pending throw before a test":
    "async (raw) => { const t = raw.o.x; t.y.z; if (t.y) await load(1); return 2; }",
  "an expression as a statement": 'async (raw) => { raw.o.x; raw.s.toUpperCase(); await load("after"); }',
  "a test with an await":
    "async (raw) => { if (await load(raw.flag)) { return 1; } return (await load(raw.a)) > 3 ? 2 : 3; }",
  "a test with awaits in order":
    "async (raw) => { if (raw.o.x.y + (await load(raw.a)) > raw.b.c) return 1; return 2; }",
  "a truthy input": "async (raw) => { if (raw) return send(raw); return 'no'; }",
  "truthiness of everything":
    'async (raw) => { const all = []; if (raw.a) await load("a"); if (!raw.s) await load("s"); if (raw.list) await load("list"); if (raw.o.x && raw.items.length) await load("both"); return all; }',
  "literal tests":
    'async () => { if (true) await load(1); if (0) await load(2); if ("") await load(3); else await load(4); if (null ?? false) return 5; return 6; }',
  "a very long test": `async (raw) => { if (${terms(60)}) return send("long"); return "short"; }`,
  "a deep nest": `async (raw) => { ${nested(12)} return raw.a; }`,
  "definitions of both arms, and one after":
    "async (raw) => { if (raw.flag) { const r = raw.a + 1; await load(r); } else { const r = raw.b * 2; await load(r); } const r = raw.c; return r; }",
  "shadowing in an arm":
    "async (raw) => { const a = raw.a; if (raw.flag) { const a = raw.b; const raw2 = { raw: a }; await load(raw2); } return a; }",
  "shadowing in a block":
    "async (raw) => { const t = raw.a; { const t = raw.o.x; await load(t); } { const t = raw.s.length; await load(t); } return t; }",
  "pending of two blocks":
    "async (raw) => { const t = raw.o; { const t = raw.o.x; t.y; } { const t = raw.o.list; t.length; } return send(t); }",
  "a map in an arm":
    "async (raw) => { if (raw.a > 3) { const rs = await pick.map(raw.list); return rs; } return raw.list; }",
  "a map in an arm, used after its check":
    'async (raw) => { if (raw.flag) { await pick.map(raw.list); } await load("after"); return "end"; }',
  "comparisons that are always defined":
    'async (raw) => { if (raw.missing === undefined) await load("m"); if (raw.none === null) await load("n"); if (raw.o.x.q != null) await load("q"); if (undefined === raw.a) return 1; return 2; }',
  "comparison with a missing value":
    "async (raw) => { if (raw.missing < 3) return 1; if (raw.missing >= 3) return 2; if (!(raw.missing > 1)) return 3; return 4; }",
  "every kind of value as a test": {
    inputs: [[], {}, [0], [[]], [null], "", "0", "false", 0, 1, null, true, false, " "].map((a) => ({ a })),
    flow: 'async (raw) => { if (raw.a) { await load("yes"); } else { await load("no"); } if (!raw.a) return 0; return raw.a && "both"; }',
  },
  "two unknown values": {
    refuses: ["RLT2010"],
    flow: 'async (raw) => { if (raw.s === raw.t) return "same"; if (raw.a !== raw.b) return "differ"; return "alike"; }',
  },
  "reference flow":
    "async (raw) => { const x = await load(raw); if (x.a > 4) { const rs = await price.map(x.items); const z = await send(rs); return { z }; } return { small: x }; }",
});
