import { suite } from "./suite.ts";

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const doubling = times(40, (i) => `const d${i + 1} = d${i} + d${i};`).join(" ");
const doublingStructures = times(30, (i) => `const s${i + 1} = [s${i}, s${i}];`).join(" ");
const FEW = [{ a: 5, b: 2, c: 1, s: "text", o: { x: { y: 1 } }, list: [1, 2] }, { a: null }, {}];

suite("shapes", {
  "four hundred steps": {
    flow: `async (raw) => { ${times(400, (i) => `const r${i} = await load(${i === 0 ? "raw.a" : `r${i - 1}`});`).join(" ")} return r399; }`,
    inputs: FEW,
  },
  "a hundred branches": {
    flow: `async (raw) => { ${times(100, (i) => `if (raw.a === ${i}) { await load(${i}); }`).join(" ")} return raw.b; }`,
    inputs: FEW,
  },
  "definitions that double": {
    flow: `async (raw) => { const d0 = raw.a; ${doubling} return send(d3, d10, d40); }`,
    inputs: FEW,
  },
  "tests that double": {
    flow: `async (raw) => { const d0 = raw.a; ${doubling} if (d20 > 3) return 1; return d2; }`,
    inputs: FEW,
  },
  "fallbacks that double": {
    flow: `async (raw) => { const d0 = raw.a; ${times(30, (i) => `const d${i + 1} = d${i} ?? d${i} ?? raw.b;`).join(" ")} return d30; }`,
    inputs: FEW,
  },
  "structures that double": {
    flow: `async (raw) => { const s0 = raw.a; ${doublingStructures} return send(s2, s8); }`,
    inputs: FEW,
  },
  "a deep literal": { flow: `async (raw) => send(${"[".repeat(200)}raw.a${"]".repeat(200)})`, inputs: FEW },
  "a deep expression": {
    flow: `async (raw) => send(${"(".repeat(90)}raw.a${times(90, (i) => ` + ${i})`).join("")})`,
    inputs: FEW,
  },
  "a long sum": {
    flow: `async (raw) => send(${times(150, (i) => `raw.a + ${i}`).join(" + ")})`,
    inputs: FEW,
  },
  "a long template": {
    flow: `async (raw) => send(\`${times(60, (i) => `\${raw.a} ${i} \${raw.s}`).join(" ")}\`)`,
    inputs: FEW,
  },
  "a wide object": {
    flow: `async (raw) => send({ ${times(300, (i) => `key${i}: raw.o.x.y`).join(", ")} })`,
    inputs: FEW,
  },
  "a long path": { flow: `async (raw) => { if (raw${".o".repeat(60)}) return 1; return 2; }`, inputs: FEW },
  "a deep ternary": {
    flow: `async (raw) => send(${times(40, (i) => `raw.a === ${i} ? ${i}`).join(" : ")} : "none")`,
    inputs: FEW,
  },
  "deep nested blocks": {
    flow: `async (raw) => { ${"{ ".repeat(60)} await load(raw.a); ${"} ".repeat(60)} return 1; }`,
    inputs: FEW,
  },
  "many arguments": {
    flow: `async (raw) => send(${times(80, (i) => (i % 2 ? "raw.a" : `"${i}"`)).join(", ")})`,
    inputs: FEW,
  },
  "many awaits in one expression": {
    flow: `async (raw) => [${times(40, (i) => `await load(raw.list[${i}])`).join(", ")}]`,
    inputs: FEW,
  },
});
