// Programs 3, 4, 7 and 9: control flow and arrays of unknown items.
import { all, at, bounded, isWhole, many, SLOW, slowFirst, strict, truthy, wrap } from "./forms.mjs";
import { inputs, MISSING } from "./inputs.mjs";
import { getThenPut } from "./programs-values.mjs";

const X = "$v_x";
const one = (e) => [wrap(slowFirst("a0", e))];
const inlineOf = (fn) => ({ region: ({ x }) => ({ a0: fn(x) }) });

const hot = (x) => x.filter((o) => o.tags.some((t) => t === "a"));
const tags = at("$o", "tags");
const hotForm = `$type(${X})="array" ? ${many(
  `$filter(${X}, function($o){$type($o)="object" and $type(${tags})="array" ? ` +
    `$count(${many(`$filter(${tags}, function($t){$t="a"})`)}) > 0 : ${SLOW}})`,
)} : ${SLOW}`;

const sorted = (x) => [...x].sort((l, r) => l.n - r.n).map((o) => o.id);
const sortable = `$type($o)="object" and ${bounded("$o.n")} and $exists($o.id)`;
const pairs = `$map(${X}, function($o, $i){{"o": $o, "i": $i}})`;
const later = "function($l, $r){$l.o.n > $r.o.n or ($l.o.n = $r.o.n and $l.i > $r.i)}";
const sortedForm = `$type(${X})="array" and ${all(X, "o", sortable)} ? ${many(`$map($sort(${pairs}, ${later}), function($e){$exists($e.o.id) ? $e.o.id : null})`)} : ${SLOW}`;

async function cleanup({ get, put }) {
  const x = await get();
  try {
    const y = await put("work");
    return y.v;
  } finally {
    // biome-ignore lint/correctness/noUnsafeFinally: this is what the program is about
    if (x.stop) return "stopped";
    await put("cleanup");
  }
}
const stop = at(X, "stop");
const stops = `${isWhole(X)} and (${truthy(stop)})`;
const goesOn = `${isWhole(X)} and $not(${truthy(stop)})`;
const task = (what, more) => ({ Type: "Task", Resource: "task:put", Arguments: { args: [what] }, ...more });

/** The finally block stands once an exit: after a return, and after an error, each with its own guarded Choice. */
const cleanupMachine = {
  StartAt: "get",
  States: {
    get: {
      Type: "Task",
      Resource: "task:get",
      Arguments: { args: [] },
      Assign: { v_x: wrap("$states.result") },
      Output: {},
      Next: "work",
    },
    work: task("work", {
      Assign: { v_y: wrap("$states.result") },
      Output: {},
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: { v_e: wrap("$states.errorOutput") },
          Output: {},
          Next: "finally after error",
        },
      ],
      Next: "finally after return",
    }),
    "finally after return": {
      Type: "Choice",
      Choices: [
        { Condition: wrap(stops), Next: "stopped" },
        {
          Condition: wrap(`${goesOn} and ${strict("$v_y", "v")}`),
          Assign: { v_r: wrap("$v_y.v") },
          Next: "cleanup",
        },
      ],
      Default: "finally after return, slowly",
    },
    "finally after return, slowly": {
      Type: "Task",
      Resource: "inline:completion",
      Arguments: { x: wrap(X), y: wrap("$v_y") },
      Assign: { v_r: wrap("$states.result.value"), v_e: wrap("$states.result.error") },
      Output: { next: wrap("$states.result.next") },
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: { v_e: wrap("$states.errorOutput") },
          Output: {},
          Next: "fail",
        },
      ],
      Next: "which way",
    },
    "which way": {
      Type: "Choice",
      Choices: [
        { Condition: wrap('$states.input.next = "stopped"'), Next: "stopped" },
        { Condition: wrap('$states.input.next = "return"'), Next: "cleanup" },
      ],
      Default: "cleanup after error",
    },
    "finally after error": {
      Type: "Choice",
      Choices: [
        { Condition: wrap(stops), Next: "stopped" },
        { Condition: wrap(goesOn), Next: "cleanup after error" },
      ],
      Default: "finally after error, slowly",
    },
    "finally after error, slowly": {
      Type: "Task",
      Resource: "inline:afterError",
      Arguments: { x: wrap(X) },
      Output: { next: wrap("$states.result.next") },
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: { v_e: wrap("$states.errorOutput") },
          Output: {},
          Next: "fail",
        },
      ],
      Next: "which way",
    },
    stopped: { Type: "Succeed", Output: "stopped" },
    cleanup: task("cleanup", { Output: wrap("$v_r") }),
    "cleanup after error": task("cleanup", { Output: {}, Next: "fail" }),
    fail: { Type: "Fail", Error: wrap("$v_e.Error"), Cause: wrap("$v_e.Cause") },
  },
};
const completion = {
  completion({ x, y }) {
    let done;
    try {
      done = { next: "return", value: y.v ?? null, error: null };
    } catch (e) {
      done = {
        next: "throw",
        value: null,
        error: { Error: e.name, Cause: JSON.stringify({ errorMessage: e.message }) },
      };
    }
    return x.stop ? { next: "stopped", value: null, error: null } : done;
  },
  afterError: ({ x }) => ({ next: x.stop ? "stopped" : "throw" }),
};

async function collect({ put }) {
  let i = 0;
  let out = [];
  try {
    while (true) {
      const r = await put(i);
      if (r.done) break;
      out = [...out, r.v];
      i += 1;
      if (i > 5) throw new Error("too many");
    }
  } catch (e) {
    return { failed: e.message, out };
  }
  return { out, i };
}
const R = "$v_r";
const done = at(R, "done");
const next = wrap(`$append($v_out, $type(${R}.v)="array" ? [[${R}.v]] : [${R}.v])`);
const notDone = `${isWhole(R)} and $not(${truthy(done)}) and $exists(${R}.v)`;
const fault = {
  ErrorEquals: ["States.ALL"],
  Assign: { v_e: wrap("$states.errorOutput") },
  Output: {},
  Next: "handler",
};

const collectMachine = {
  StartAt: "put",
  States: {
    // the loop's variables start in the state before it; here that is the start itself, so i and out are read through a default
    put: {
      Type: "Task",
      Resource: "task:put",
      Arguments: { args: [wrap("$exists($v_i) ? $v_i : 0")] },
      Assign: {
        v_r: wrap("$states.result"),
        v_i: wrap("$exists($v_i) ? $v_i : 0"),
        v_out: wrap("$exists($v_out) ? $v_out : []"),
      },
      Output: {},
      Catch: [{ ...fault, Assign: { ...fault.Assign, v_out: wrap("$exists($v_out) ? $v_out : []") } }],
      Next: "turn",
    },
    turn: {
      Type: "Choice",
      Choices: [
        {
          Condition: wrap(`${isWhole(R)} and (${truthy(done)})`),
          Output: { out: wrap("$v_out"), i: wrap("$v_i") },
          Next: "end",
        },
        {
          Condition: wrap(`${notDone} and $v_i + 1 > 5`),
          Assign: { v_out: next, v_e: { Error: "Error", Cause: '{"errorMessage":"too many"}' } },
          Next: "handler",
        },
        { Condition: wrap(notDone), Assign: { v_out: next, v_i: wrap("$v_i + 1") }, Next: "put" },
      ],
      Default: "turn, slowly",
    },
    "turn, slowly": {
      Type: "Task",
      Resource: "inline:turn",
      Arguments: { r: wrap(R), i: wrap("$v_i"), out: wrap("$v_out") },
      Assign: {
        v_i: wrap("$states.result.i"),
        v_out: wrap("$states.result.out"),
        v_e: wrap("$states.result.e"),
      },
      Output: { next: wrap("$states.result.next") },
      Catch: [fault],
      Next: "which way",
    },
    "which way": {
      Type: "Choice",
      Choices: [
        {
          Condition: wrap('$states.input.next = "break"'),
          Output: { out: wrap("$v_out"), i: wrap("$v_i") },
          Next: "end",
        },
        { Condition: wrap('$states.input.next = "again"'), Next: "put" },
      ],
      Default: "handler",
    },
    handler: {
      Type: "Succeed",
      Output: { failed: wrap("$parse($v_e.Cause).errorMessage"), out: wrap("$v_out") },
    },
    end: { Type: "Succeed" },
  },
};
const turn = {
  turn({ r, i, out }) {
    if (r.done) return { next: "break", i, out, e: null };
    const after = { i: i + 1, out: [...out, r.v], e: null };
    if (after.i <= 5) return { next: "again", ...after };
    return { next: "throw", ...after, e: { Error: "Error", Cause: '{"errorMessage":"too many"}' } };
  },
};

const item = { n: 2, id: "i2", tags: ["b"] };
const rows = [{ n: 3, id: [5], tags: ["a"] }, item, { n: 2, id: { k: 1 }, tags: [] }];
const rowPaths = ["0", "1.n", "1.id", "1.tags", "2.tags.0"];
const rowCases = inputs(rows, rowPaths, { practice: [rows, [], [item]] });

export const FLOW_PROGRAMS = [
  {
    name: "3 finally with return",
    flow: cleanup,
    machine: cleanupMachine,
    inline: completion,
    script: "work",
    cases: inputs({ x: { stop: false }, y: { v: 1 } }, ["x", "x.stop", "y", "y.v"], {
      practice: [
        { x: { stop: false }, y: { v: 1 } },
        { x: { stop: true }, y: { v: 1 } },
        { x: {}, y: "throw" },
        { x: { stop: "yes" }, y: "throw" },
      ],
    }).filter(({ value }) => value && typeof value === "object" && "x" in value && value.x !== MISSING),
  },
  {
    name: "4 nested filter and some",
    flow: async ({ get, put }) => put(hot(await get())),
    machine: getThenPut(one(hotForm)),
    inline: inlineOf(hot),
    cases: rowCases,
  },
  {
    name: "7 sort",
    flow: async ({ get, put }) => put(sorted(await get())),
    machine: getThenPut(one(sortedForm)),
    inline: inlineOf(sorted),
    cases: rowCases,
  },
  {
    name: "9 while with break in try",
    flow: collect,
    machine: collectMachine,
    inline: turn,
    script: "turns",
    cases: inputs(
      { turns: [{ v: 1 }, { v: [5] }, { done: true }] },
      ["turns.0", "turns.1.v", "turns.2.done", "turns.1.done"],
      {
        practice: [
          { turns: [{ v: 1 }, { v: [5] }, { done: true }] },
          { turns: [{ done: 1 }] },
          { turns: [{ v: [] }, "throw"] },
          { turns: Array(9).fill({ v: 0 }) },
        ],
      },
    ).filter(({ value }) => value && Array.isArray(value.turns)),
  },
];
