import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { type CompiledFlow, formatReport, reportOf } from "../../sdk/compiler/index.ts";
import { cyclesOf } from "../../sdk/compiler/report/cycles.ts";
import { transitionsOf } from "../../sdk/compiler/report/transitions.ts";
import { compileText } from "./fixture.ts";

const HEAD = `import { flow, task } from "runlet";
export const A = task(async (x: any) => x);
`;
const flowOf = (body: string): string => `${HEAD}export const f = flow(async (input: any) => { ${body} });\n`;

describe("transitions before a run are those of the run", () => {
  /** Bodies, how often their maps' items and loops' turns come, and an input that makes it so. */
  const rows: [string, string, unknown, number[]][] = [
    ["a map", "return await A.map(input.xs);", { xs: [1, 2, 3] }, [3]],
    ["a map of one item", "const a = await A.map(input.xs); return a;", { xs: [1] }, [1]],
    [
      "a map with two steps an item",
      "await Promise.all(input.xs.map(async (x: any) => { await A(x); await A(1); })); return 1;",
      { xs: [1, 2, 3, 4] },
      [4],
    ],
    ["for of", "for (const x of input.xs) { await A(x); } return 1;", { xs: [1, 2, 3] }, [3]],
    ["while", "let i = 0; while (i < 4) { await A(i); i++; } return i;", {}, [4]],
    ["do while", "let i = 0; do { i++; await A(i); } while (i < 5); return i;", {}, [5]],
    ["for", "for (let i = 0; i < 3; i++) { await A(i); await A(i); } return 1;", {}, [3]],
    [
      "a loop that begins the flow and never ends by itself",
      "let i = 0; for (;;) { await A(i); i++; if (i > 3) return i; }",
      {},
      [4],
    ],
  ];

  it.each(rows)("%s", async (_, body, input, counts) => {
    const compiled = await compileText(flowOf(body));
    const report = reportOf(compiled.flows[0] as CompiledFlow);
    const run = await compiled.run({ input });
    const further = report.repetitions.reduce((sum, one, i) => sum + ((counts[i] ?? 0) - 1) * one.longest, 0);
    expect(report.repetitions).toHaveLength(counts.length);
    expect(countTransitions(run.history)).toBe(report.longest + further);
  });

  it("maps of no items and loops without a turn are the shortest way", async () => {
    const compiled = await compileText(
      flowOf("const a = await A.map(input.xs); for (const x of a) { await A(x); } return 1;"),
    );
    const report = reportOf(compiled.flows[0] as CompiledFlow);
    const run = await compiled.run({ input: { xs: [] } });
    expect(countTransitions(run.history)).toBe(report.shortest);
  });

  it("a loop in a loop, and a map in it, are told apart, each by its place", async () => {
    const compiled = await compileText(
      flowOf(
        "for (const xs of input.rows) { await A(0); for (const x of xs) { await A(x); await A(x); } await A.map(xs); } return 1;",
      ),
    );
    const { repetitions, longest } = reportOf(compiled.flows[0] as CompiledFlow);
    const told = repetitions.map(({ kind, label, within }) => ({ kind, label, within }));
    const inner = { kind: "turn", label: "for x of xs", within: "A" };
    expect(told).toEqual([
      inner,
      { kind: "item", label: "map A", within: "A" },
      { kind: "turn", label: "for xs of input.rows", within: undefined },
    ]);
    const run = await compiled.run({
      input: {
        rows: [
          [1, 2],
          [1, 2, 3],
        ],
      },
    });
    const [turn = { longest: 0 }, item = { longest: 0 }, outer = { longest: 0 }] = repetitions;
    expect(countTransitions(run.history)).toBe(longest + outer.longest + 3 * turn.longest + 3 * item.longest);
  });

  it("branches give a shortest and a longest way; break and continue too", async () => {
    const compiled = await compileText(
      flowOf(
        "for (const x of input.xs) { if (x === 1) continue; if (x === 2) break; await A(x); } return 1;",
      ),
    );
    const report = reportOf(compiled.flows[0] as CompiledFlow);
    const [turn] = report.repetitions;
    for (const xs of [[1, 1, 1], [3, 3, 2, 1], [], [2], [3, 1, 3]]) {
      const { history } = await compiled.run({ input: { xs } });
      expect(countTransitions(history)).toBeGreaterThanOrEqual(report.shortest);
      expect(countTransitions(history)).toBeLessThanOrEqual(
        report.longest + Math.max(0, xs.length - 1) * (turn?.longest ?? 0),
      );
    }
  });
});

describe("a definition by hand", () => {
  const pass = (Next: string) => ({ Type: "Pass", Next }) as const;
  const end = { Type: "Pass", End: true } as const;

  it("a chain of 5,000 states does not exhaust the stack", () => {
    const States = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`s${i}`, i === 4_999 ? end : pass(`s${i + 1}`)]),
    );
    expect(transitionsOf({ StartAt: "s0", States }, new Set())).toMatchObject({
      shortest: 5_000,
      longest: 5_000,
    });
  });

  it("branches that part and meet 60 times are not walked one by one", () => {
    const States = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        [`c${i}`, { Type: "Choice", Choices: [{ Condition: true, Next: `y${i}` }], Default: `c${i + 1}` }],
        [`y${i}`, pass(`c${i + 1}`)],
      ]).flat(),
    );
    const machine = { StartAt: "c0", States: { ...States, c60: end } };
    expect(transitionsOf(machine as never, new Set())).toMatchObject({ shortest: 61, longest: 121 });
  });

  it("a state that leads to itself, and one from which nothing ends", () => {
    const poll = { Type: "Choice", Choices: [{ Condition: true, Next: "poll" }], Default: "done" };
    const machine = { StartAt: "poll", States: { poll, done: end } } as never;
    expect(transitionsOf(machine, new Set())).toMatchObject({
      shortest: 2,
      longest: 2,
      repetitions: [{ kind: "turn", state: "poll", shortest: 1, longest: 1 }],
    });
    const forever = { StartAt: "a", States: { a: pass("b"), b: pass("a") } };
    expect(transitionsOf(forever, new Set())).toMatchObject({ repetitions: [{ state: "a", longest: 2 }] });
  });

  it("a child of a distributed map costs its start too", () => {
    const map = {
      Type: "Map",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "one",
        States: { one: end },
      },
      End: true,
    };
    expect(transitionsOf({ StartAt: "map", States: { map } } as never, new Set())).toMatchObject({
      shortest: 1,
      longest: 3,
      repetitions: [{ kind: "item", state: "map", longest: 2 }],
    });
  });

  it("cycles come in the order in which they are reached", () => {
    const next: Record<string, string[]> = {
      a: ["b"],
      b: ["c", "d"],
      c: ["b"],
      d: ["e"],
      e: ["d", "f"],
      f: [],
    };
    const parts = cyclesOf("a", (name) => next[name] ?? []).map((part) => [...part].sort());
    expect(parts).toEqual([["a"], ["b", "c"], ["d", "e"], ["f"]]);
  });
});

describe("what is not on the happy path", () => {
  it("is told apart: inline steps behind guards, distributed maps, failures and retries; all add up", async () => {
    const compiled = await compileText(
      `import { flow, task } from "runlet";
export const A = task({ retries: 2 }, async (x: any) => x);
export const f = flow(async (input: any) => { const all = await A.map(input.xs); return all; });
`,
    );
    const { states, happyStates, apart, distributed } = reportOf(compiled.flows[0] as CompiledFlow);
    expect(happyStates + apart.inline + apart.distributed + apart.failures).toBe(states);
    expect(Math.min(apart.inline, apart.distributed, apart.failures)).toBeGreaterThan(0);
    // A child execution: its start, and the one state of its item.
    expect(distributed).toMatchObject([
      { line: 3, item: { shortest: 2, longest: 2 }, dollarsPerMillion: { longest: 50 } },
    ]);
  });
});

describe("prices", () => {
  it("inline steps: two transitions and a call where a guard leads to them and back, one more where a Choice looks for what is thrown; where they end the flow, the call alone", async () => {
    const compiled = await compileText(
      flowOf("const a = await A(input.x); if (a.n * 2 > 3) await A(1); return a.b;"),
    );
    const { inlineSteps } = reportOf(compiled.flows[0] as CompiledFlow);
    expect(inlineSteps.map(({ transitions, dollarsPerMillion }) => [transitions, dollarsPerMillion])).toEqual(
      [
        [3, 75.23],
        [2, 50.23],
        [0, 0.23],
      ],
    );
  });

  it("says it all to a reader", async () => {
    const compiled = await compileText(flowOf("const a = await A.map(input.xs); return a;"));
    expect(formatReport(reportOf(compiled.flows[0] as CompiledFlow))).toMatchInlineSnapshot(`
      "f: 4 states on the happy path (13 with 1 inline steps behind guards, 3 of distributed maps, 5 for failures and retries), 4 to 5 transitions a run
        the longest way counts one item of each map and one turn of each loop; each further
          item of map A, line 3, adds 1, $25 per million runs
        Standard: $25 x 4 to 5 transitions = $100 to $125 per million runs
        Express: not possible, "map A many" is a distributed map
        lists too long for an inline map: map A many, line 3, a child execution of 2 transitions, $50 per million
        inline step at line 3, for unusual values only, $50.23 per million visits: A.map(input.xs)"
    `);
  });

  it("Express is refused where a state waits for a token, a job or an activity, or a map is distributed", () => {
    const task = (Resource: string) => ({ Type: "Task", Resource, End: true });
    const flow = (States: object): CompiledFlow =>
      ({
        name: "f",
        definition: { StartAt: "s", States },
        inlineSteps: [],
        graph: { barriers: [] },
        detourStates: [],
        loops: [],
      }) as never;
    const refusals = (state: object): string[] => reportOf(flow({ s: state })).express.refusals;
    expect(refusals(task("arn:aws:states:::lambda:invoke.waitForTaskToken"))).toEqual([
      '"s" waits for a token',
    ]);
    expect(refusals(task("arn:aws:states:::states:startExecution.sync:2"))).toEqual([
      '"s" waits for a job to end',
    ]);
    expect(refusals(task("arn:aws:states:us-east-1:1:activity:a"))).toEqual(['"s" is an activity']);
    expect(refusals(task("arn:aws:lambda:us-east-1:1:function:a"))).toEqual([]);
  });
});
