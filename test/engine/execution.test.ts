import { describe, expect, test } from "vitest";
import { createEngine } from "../../sdk/engine/index.ts";
import { sleepOn } from "../../sdk/model/clock.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { chain, echo, LAMBDA, machine, ok, output, run } from "./run.ts";

const waiting = machine({ W: { Type: "Wait", Seconds: 60, End: true } });

// Shapes of both endings measured on AWS: floci-io/floci, issue 2965.
describe("stop", () => {
  test("ends at once as ABORTED", async () => {
    const ran = await run(waiting, {
      during: (_engine, execution, clock) =>
        void clock.schedule(5_000, () => execution.stop("Manual", "probe")),
    });
    expect(ran.result).toEqual({ status: "ABORTED", error: "Manual", cause: "probe" });
    expect(ran.elapsed).toBe(5_000);
    expect(chain(ran).slice(1)).toEqual(["2 WaitStateEntered <- 0", "3 ExecutionAborted <- 0"]);
    expect(ran.execution.history[2]?.executionAbortedEventDetails).toEqual({
      error: "Manual",
      cause: "probe",
    });
  });

  test("without a reason the details are empty", async () => {
    const ran = await run(waiting, { during: (_engine, execution) => execution.stop() });
    expect(ran.result).toEqual({ status: "ABORTED" });
    expect(ran.execution.history.at(-1)?.executionAbortedEventDetails).toEqual({});
  });

  // docs/verify-on-aws.md V4
  test("no Catch runs, tasks are told, and a second stop is nothing", async () => {
    let told = false;
    const ran = await run(
      machine({
        T: { Type: "Task", Resource: LAMBDA, Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }], End: true },
        H: { Type: "Pass", End: true },
      }),
      {
        during: (_engine, execution, clock) => void clock.schedule(1_000, () => execution.stop("A")),
        integration: async (call, clock) => {
          call.signal.addEventListener("abort", () => {
            told = true;
          });
          await sleepOn(clock, 9_000);
          return ok(1);
        },
      },
    );
    ran.execution.stop("B");
    expect(told).toBe(true);
    expect(ran.result).toEqual({ status: "ABORTED", error: "A" });
    await ran.clock.runUntil(sleepOn(ran.clock, 60_000));
    expect(ran.execution.history.at(-1)?.type).toBe("ExecutionAborted");
  });

  test("everything in nested scopes ends with it", async () => {
    const inner = { StartAt: "V", States: { V: { Type: "Wait", Seconds: 60, End: true } } } as const;
    const ran = await run(machine({ M: { Type: "Map", Items: [1, 2], ItemProcessor: inner, End: true } }), {
      during: (_engine, execution, clock) => void clock.schedule(1_000, () => execution.stop()),
    });
    await ran.clock.runUntil(sleepOn(ran.clock, 600_000));
    expect(ran.execution.history.at(-1)?.type).toBe("ExecutionAborted");
  });
});

test("the machine's TimeoutSeconds ends it as TIMED_OUT", async () => {
  const ran = await run({ ...waiting, TimeoutSeconds: 3 });
  expect(ran.result).toEqual({ status: "TIMED_OUT" });
  expect(ran.elapsed).toBe(3_000);
  expect(chain(ran).slice(1)).toEqual(["2 WaitStateEntered <- 0", "3 ExecutionTimedOut <- 0"]);
  expect(ran.execution.history[2]?.executionTimedOutEventDetails).toEqual({ error: "States.Timeout" });
});

describe("limits", () => {
  const loop = machine({
    Init: { Type: "Pass", Assign: { i: 0 }, Output: {}, Next: "More" },
    More: {
      Type: "Choice",
      Choices: [{ Condition: "{% $i < $states.context.Execution.Input.turns %}", Next: "Step" }],
      Default: "Done",
    },
    Step: { Type: "Pass", Assign: { i: "{% $i + 1 %}" }, Next: "More" },
    Done: { Type: "Succeed", Output: "{% $i %}" },
  });

  test("thousands of transitions do not grow the stack", async () => {
    const ran = await run(loop, { input: { turns: 6_000 } });
    expect(output(ran)).toBe(6_000);
    expect(ran.execution.history).toHaveLength(24_008);
  });

  // docs/verify-on-aws.md V12
  test("event 25,000 is the failure", async () => {
    const ran = await run(loop, { input: { turns: 7_000 } });
    expect(ran.result).toEqual({
      status: "FAILED",
      error: "States.Runtime",
      cause: "The execution reached the maximum number of history events (25000).",
    });
    expect(chain(ran).at(-1)).toBe("25000 ExecutionFailed <- 24999");
  });

  test("inside a Map too", async () => {
    const states = Object.fromEntries(Object.entries(loop.States).map(([name, state]) => [name, state]));
    const ran = await run(
      machine({
        M: { Type: "Map", Items: [1, 2, 3], ItemProcessor: { StartAt: "Init", States: states }, End: true },
      }),
      { input: { turns: 1_000_000 } },
    );
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ran.execution.history).toHaveLength(25_000);
  });

  test("an input above 262,144 bytes is refused", () => {
    const engine = createEngine({ integration: echo });
    expect(() => engine.start({ definition: waiting, input: "x".repeat(262_143) })).toThrow(/^RLT2009/);
  });

  // docs/verify-on-aws.md V13
  test("one Assign holds 262,144 bytes, all variables 10 MiB", async () => {
    const text = "x".repeat(200_000);
    const twice = machine({ P: { Type: "Pass", Assign: { a: text, b: text }, End: true } });
    expect((await run(twice)).result).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
    const names = Array.from({ length: 60 }, (_, index) => `v${index}`);
    const states = Object.fromEntries(
      names.map((name, index) => {
        const next = names[index + 1];
        const lead = next === undefined ? { End: true as const } : { Next: next };
        return [name, { Type: "Pass" as const, Assign: { [name]: "{% $states.input %}" }, ...lead }];
      }),
    );
    const ran = await run(machine(states), { input: text });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
    expect(ran.execution.history.filter((event) => event.type === "PassStateExited")).toHaveLength(52);
  });

  test("an output that is too large ends the execution", async () => {
    const definition = machine({
      P: { Type: "Pass", Assign: { a: "{% $states.input %}" }, Next: "Q" },
      Q: { Type: "Pass", Output: ["{% $a %}", "{% $a %}"], End: true },
    });
    const ran = await run(definition, { input: "x".repeat(200_000) });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
  });
});

test("a listener that fails ends the execution, and says so", async () => {
  for (const type of ["PassStateExited", "ExecutionSucceeded"]) {
    const ran = await run(machine({ P: { Type: "Pass", End: true } }), {
      options: {
        onEvent: (_arn, event) => {
          if (event.type === type) throw new Error("disk full");
        },
      },
    });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ran.result).toHaveProperty("cause", expect.stringContaining("disk full"));
  }
});

test("executions of one engine do not touch each other", async () => {
  const clock = new ManualClock();
  const engine = createEngine({ clock, integration: echo });
  const definition = machine({
    A: { Type: "Pass", Assign: { x: "{% $states.input %}" }, Next: "W" },
    W: { Type: "Wait", Seconds: "{% $x %}", Next: "B" },
    B: { Type: "Pass", Output: "{% $x %}", End: true },
  });
  const runs = [3, 1, 2].map((input) => engine.start({ definition, input, stateMachineName: "m" }));
  expect(new Set(runs.map((each) => each.arn)).size).toBe(3);
  const results = await clock.runUntil(Promise.all(runs.map((each) => each.done)));
  expect(results).toEqual([3, 1, 2].map((value) => ({ status: "SUCCEEDED", output: value })));
});

test("without a clock the engine runs in real time", async () => {
  const engine = createEngine({ integration: echo });
  const { done } = engine.start({
    definition: machine({ T: { Type: "Task", Resource: LAMBDA, End: true } }),
    input: 1,
  });
  expect(await done).toEqual({ status: "SUCCEEDED", output: 1 });
});
