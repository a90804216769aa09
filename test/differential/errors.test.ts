import { suite } from "./suite.ts";

const CLASSES =
  'class OrderError extends Error { constructor(message, code) { super(message); this.name = "OrderError"; this.code = code; } }\nclass Plain extends Error {}';
const names = [
  "Error",
  "TypeError",
  "OrderError",
  "States.Timeout",
  "States.ALL",
  "Runlet.X",
  "Lambda.Unknown",
  "Sandbox.Timedout",
  "Runtime.ExitError",
  "RunletError",
  "TaskTimedOut",
  "",
  "a b",
  "😀",
  "__proto__",
  "constructor",
  "x".repeat(90),
  5,
  null,
];
const messages = [
  "plain",
  "",
  'it\'s "quoted"',
  "{% $x %}",
  "%}",
  "${Tasksend}",
  "line\nbreak\ttab",
  "😀 \ud800",
  '{"errorMessage":"inner"}',
  "RLT3005: not ours",
  null,
  7,
  { a: 1 },
  "m".repeat(9_000),
];

suite("errors", {
  "names of errors": {
    flow: 'async (raw) => { await boom(raw.a, "message"); return "no"; }',
    inputs: names.map((a) => ({ a })),
  },
  "messages of errors": {
    flow: 'async (raw) => { await boom("Named", raw.a); return "no"; }',
    inputs: messages.map((a) => ({ a })),
  },
  "names in a map": {
    flow: 'async (raw) => { const all = await Promise.all([raw.a, raw.a].map(async (a) => boom(a, "in a map"))); return all; }',
    inputs: names.map((a) => ({ a })),
  },
  "messages in a map": {
    flow: "async (raw) => { const all = await boom.map([raw.a]); return all; }",
    inputs: messages.map((a) => ({ a })),
  },
  "messages thrown by the flow": {
    flow: "async (raw) => { throw new RangeError(raw.a); }",
    inputs: messages.map((a) => ({ a })),
  },
  "messages made by the flow": {
    flow: "async (raw) => { throw new SyntaxError(`about ${raw.a}` + raw.s); }",
    inputs: messages.map((a) => ({ a, s: "!" })),
  },
  "no message": "async () => { throw new Error(); }",
  "literal messages": `async (raw) => { if (raw.a === 5) throw new Error("{% $x %} \${Tasksend} it's"); if (raw.a) throw new TypeError('"two"\\n' ); throw new EvalError("\\ud83d\\ude00"); }`,
  "a class of the module": {
    module: CLASSES,
    flow: "async (raw) => { if (raw.flag) throw new OrderError(`order ${raw.s}`, raw.a); throw new Plain('plain'); }",
  },
  "a class of the module, in a map": {
    module: CLASSES,
    flow: "async (raw) => Promise.all(raw.list.map(async (x) => { if (x > 2) throw new OrderError(`item ${x}`, x); return load(x); }))",
  },
  "a cause": 'async (raw) => { throw new Error("outer", { cause: raw.o }); }',
  "an await in a message":
    "async (raw) => { throw new Error(`${raw.o.x.y} ${await load(raw.s)}`, { cause: await load(1) }); }",
  "awaits before an argument that throws": "async (raw) => { throw new Error(raw.none.y, await load(1)); }",
  "a throw with a pending throw":
    'async (raw) => { const t = raw.o.x; const u = t.y; throw new Error("known"); }',
  "a throw after a pending throw": 'async (raw) => { const u = raw.none.y; throw new Error("known"); }',
  "a local name that hides a class":
    'async (raw) => { { const TypeError = raw.o.x.y; await load(TypeError); } throw new TypeError("still the global"); }',
  "a pending name that hides a class":
    'async (raw) => { { const RangeError = raw.o.x; RangeError.y; } throw new RangeError("still the global"); }',
  "retried until it works": {
    flow: "async (raw) => { const r = await flaky(raw.a, raw.b); return r; }",
    inputs: [0, 1, 2, 3, 4, null, "x", -1].map((a) => ({ a, b: "value" })),
  },
  "retried twice in a row": {
    flow: "async (raw) => [await flaky(1, raw.a), await flaky(2, raw.b)]",
    inputs: [{ a: 1, b: 2 }],
  },
  "retried in an arm and after":
    "async (raw) => { if (raw.flag) { await flaky(1, raw.s); } return flaky(3, raw.a); }",
  "RunletErrors are not retried": {
    module:
      'const strict = task({ retries: 2 }, async (x) => { await call("strict", [x]); return x === 0 ? 10n : x; });\nconst alike = task({ retries: 2 }, async (x) => { await call("alike", [x]); const e = new Error("mine " + taskContext().attempt); e.name = x; throw e; });',
    flow: "async (raw) => { await strict(raw.a); return alike(raw.s); }",
    inputs: [
      { a: 0, s: "" },
      { a: 1, s: "RunletError" },
      { a: 1, s: "TaskTimedOut" },
      { a: 1, s: "TaskCrashed" },
      { a: 1, s: "Error" },
      { a: 2, s: "States.TaskFailed" },
    ],
  },
  "what is thrown is no error": {
    module: 'const thrower = task(async (x) => { await call("thrower", [x]); throw x; });',
    flow: "async (raw) => thrower(raw.a)",
    inputs: ["text", 5, null, [], { name: "Fake", message: "not an error" }, "x".repeat(300)].map((a) => ({
      a,
    })),
  },
  "an error with a cause": {
    module:
      'const caused = task(async (x) => { await call("caused", [x]); throw new Error("outer " + x, { cause: new TypeError("inner", { cause: x }) }); });',
    refuses: ["RLT3005"],
    flow: "async (raw) => { const all = await caused.map([raw.a]); return all; }",
  },
  "a task that runs out of time": {
    module:
      'const slow = task({ timeout: { seconds: 2 }, retries: 1 }, async (x) => { await call("slow", [x]); if (x === 5) await new Promise(() => {}); return x; });',
    flow: "async (raw) => slow(raw.a)",
    inputs: [{ a: 1 }],
  },
});
