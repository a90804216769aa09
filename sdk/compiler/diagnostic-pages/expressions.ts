import type { DiagnosticPage } from "./page.ts";

/** RLT13xx: expressions. */
export const EXPRESSION_PAGES = {
  RLT1301: {
    why: "A flow body may ask for the time with `Date.now()` and `new Date()`, which are asked once and kept. Other clocks tell of one process only.",
    wrong: "return { at: performance.now() };",
    right: "return { at: Date.now() };",
  },
  RLT1302: {
    why: "A flow body may draw with `Math.random()` and `crypto.randomUUID()`, which are asked once and kept. Other sources belong into a task.",
    wrong: "return crypto.getRandomValues([0]);",
    right: "return { id: crypto.randomUUID(), lucky: Math.random() < 0.5 };",
  },
  RLT1303: {
    why: "console.log, info, warn, error and debug write lines of the run, each once and where it stands. What counts, measures or indents keeps a state that no run has, and a function of a module may be called in an expression that is evaluated again.",
    wrong: 'console.time("loading");\nreturn await load(input.id);',
    right: `import { flow, task } from "runlet";
export const load = task(async (id: number) => {
  console.log("loading", id);
  return id;
});
export const etl = flow(async (input: { id: number }) => await load(input.id));`,
  },
  RLT1304: {
    why: "A flow body runs as a state machine: it has no environment, network, files or timers, and what it read from them would not be recorded.",
    wrong: 'return process.env["STAGE"];',
    right: `import { flow, task } from "runlet";
export const stage = task(async () => process.env["STAGE"] ?? "test");
export const tell = flow(async () => await stage());`,
  },
  RLT1305: {
    why: "The compiler must know that a function is pure and gives JSON before it may run it again; of a function of a package it knows nothing.",
    wrong: `import { gzipSync } from "node:zlib";
import { flow } from "runlet";
export const size = flow(async (text: string) => gzipSync(text).length);`,
    right: `import { gzipSync } from "node:zlib";
import { flow, task } from "runlet";
export const zipped = task(async (text: string) => gzipSync(text).length);
export const size = flow(async (text: string) => await zipped(text));`,
  },
  RLT1306: {
    why: "The expression has no meaning for JSON values, or depends on state that is not kept between steps.",
    wrong: "return input.when instanceof Promise;",
    right: 'return typeof input.when === "string";',
  },
  RLT1307: {
    why: "An object that is made in the comparison is never the same as any other, so the answer would always be false; a key is what was meant.",
    wrong: "return input.status === {};",
    right: "return Object.keys(input.status).length === 0;",
  },
  RLT1308: {
    why: "Nothing in the flow, the module or JavaScript has this name, or it is used before it is defined. In plain Node this is a ReferenceError.",
    wrong: "return totl + 1;",
    right: "const total = input.total;\nreturn total + 1;",
  },
  RLT1309: {
    why: "Only methods that are known to give the same answer each time, and to change nothing, may run in a flow body.",
    wrong: "return input.text.toImageData();",
    right: "return input.text.toUpperCase();",
  },
  RLT1310: {
    why: "A module is loaded once in each process, so what it computes may differ from process to process. Literals cannot.",
    wrong: `import { flow } from "runlet";
const started = [process.pid];
export const tell = flow(async () => started);`,
    right: `import { flow } from "runlet";
const LIMITS = [10, 100];
export const tell = flow(async () => LIMITS);`,
  },
  RLT1311: {
    why: "The language and time zone of your desk are not those of AWS: the same flow would sort or print otherwise there.",
    wrong: "return input.total.toLocaleString();",
    right: 'return Number(input.total).toLocaleString("en");',
  },
  RLT1312: {
    why: "An instance of a class is no JSON value: between two steps it would become a plain object without its methods.",
    wrong: "const seen = new WeakMap();\nreturn typeof seen;",
    right: "const seen = new Set([1, 1, 2]);\nreturn seen.size;",
  },
  RLT1313: {
    why: "In JavaScript this key sets the prototype, in JSON it is an ordinary key: after one step the object would be another one.",
    wrong: "return { __proto__: input.base };",
    right: "return { base: input.base };",
  },
  RLT1314: {
    why: "JSON has no `undefined` in a list: it would come out as null, and a flow that looks at the results could tell.",
    wrong: `const sizes = await Promise.all(
  input.ids.map(async (id: number) => {
    if (id > 10) return await load(id);
  }),
);
return sizes.filter((size) => size !== undefined);`,
    right: `const sizes = await Promise.all(
  input.ids.map(async (id: number) => {
    if (id > 10) return await load(id);
    return null;
  }),
);
return sizes.filter((size) => size !== null);`,
  },
  RLT1315: {
    why: "The compiler reads a tree of at most 600 levels, so that no file can exhaust its stack.",
    wrong: "return (\n  // …\n  input.a\n);",
    right: "const half = input.a + 1;\nreturn half + 1;",
    repeated: { line: "  1 +", times: 700 },
  },
} as const satisfies Record<string, DiagnosticPage>;
