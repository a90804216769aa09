import { describe, expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import {
  createEngine,
  type Execution,
  ExecutionNotRedrivable,
  type ExecutionResult,
  type IntegrationCall,
  type Outcome,
} from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { paths } from "./jsonpath/machine.ts";
import { bad, countingIds, LAMBDA, machine, ok } from "./run.ts";

/** Runs a machine to its end, and again for each redrive. */
async function redriven(
  definition: StateMachine,
  input: Json,
  integration: (call: IntegrationCall, clock: ManualClock) => Outcome | Promise<Outcome>,
  redrives = 1,
): Promise<{ results: ExecutionResult[]; execution: Execution; calls: Json[] }> {
  const clock = new ManualClock();
  const calls: Json[] = [];
  const engine = createEngine({
    clock,
    ids: countingIds(),
    integration: async (call) => {
      calls.push(call.arguments);
      return integration(call, clock);
    },
  });
  let execution = engine.start({ definition, input, name: "run" });
  const results = [await clock.runUntil(execution.done)];
  for (let count = 0; count < redrives; count++) {
    execution = engine.redrive(execution);
    results.push(await clock.runUntil(execution.done));
  }
  return { results, execution, calls };
}

describe("a redrive goes on in the state that failed", () => {
  // docs/verify-on-aws.md V2
  test("with the variables, the input and the history as they were, and retries counted anew", async () => {
    let attempts = 0;
    const { results, execution } = await redriven(
      machine({
        A: { Type: "Pass", Assign: { v: 1 }, Output: { from: "A" }, Next: "T" },
        T: {
          Type: "Task",
          Resource: LAMBDA,
          Arguments: ["{% $v %}", "{% $states.input.from %}", "{% $states.context.Execution.RedriveCount %}"],
          Retry: [{ ErrorEquals: ["E"], MaxAttempts: 1 }],
          Next: "B",
        },
        B: { Type: "Pass", Output: ["{% $states.input %}", "{% $v %}"], End: true },
      }),
      {},
      (call) => (++attempts < 4 ? bad("E", "why") : ok(call.arguments)),
    );
    expect(results).toEqual([
      { status: "FAILED", error: "E", cause: "why" },
      { status: "SUCCEEDED", output: [[1, "A", 1], 1] },
    ]);
    expect(execution.history.map(({ type }) => type).slice(10)).toEqual([
      "ExecutionFailed",
      "ExecutionRedriven",
      "TaskScheduled",
      "TaskStarted",
      "TaskFailed",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "PassStateEntered",
      "PassStateExited",
      "ExecutionSucceeded",
    ]);
    expect(execution.history[11]?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
  });

  // docs/verify-on-aws.md V3, and the next one
  test("of a Map only the iterations that had not ended well run again, each where it stood", async () => {
    const done = new Set<string>();
    const inner = {
      StartAt: "I",
      States: {
        I: {
          Type: "Task",
          Resource: LAMBDA,
          Parameters: { "i.$": "$" },
          Assign: { "own.$": "$.i" },
          Next: "J",
        },
        J: { Type: "Task", Resource: LAMBDA, Parameters: { "own.$": "$own" }, End: true },
      },
    };
    const { results, calls } = await redriven(
      paths({ M: { Type: "Map", ItemProcessor: inner, MaxConcurrency: 1, ResultPath: "$", End: true } }),
      [1, 2, 3],
      ({ arguments: args }) => {
        const key = JSON.stringify(args);
        if (key === '{"own":2}' && !done.has(key)) {
          done.add(key);
          return bad("E");
        }
        return ok(args);
      },
    );
    expect(results[1]).toEqual({ status: "SUCCEEDED", output: [{ own: 1 }, { own: 2 }, { own: 3 }] });
    expect(calls).toEqual([{ i: 1 }, { own: 1 }, { i: 2 }, { own: 2 }, { own: 2 }, { i: 3 }, { own: 3 }]);
  });

  test("of a Parallel only the branches that failed or were aborted", async () => {
    const branch = (name: string) => ({
      StartAt: name,
      States: { [name]: { Type: "Task" as const, Resource: LAMBDA, Arguments: name, End: true as const } },
    });
    let failed = false;
    const { results, calls } = await redriven(
      machine({ P: { Type: "Parallel", Branches: ["X", "Y", "Z"].map(branch), End: true } }),
      {},
      async ({ arguments: args }, clock) => {
        const seconds = { X: 1, Y: 2, Z: 3 }[args as string] ?? 0;
        await new Promise<void>((resolve) => clock.schedule(seconds * 1_000, resolve));
        if (args === "Y" && !failed) {
          failed = true;
          return bad("E");
        }
        return ok(args);
      },
    );
    expect(results[1]).toEqual({ status: "SUCCEEDED", output: ["X", "Y", "Z"] });
    expect(calls).toEqual(["X", "Y", "Z", "Y", "Z"]);
  });

  test("as often as it takes, and after a timeout with a new deadline", async () => {
    let calls = 0;
    const { results, execution } = await redriven(
      machine({ T: { Type: "Task", Resource: LAMBDA, End: true } }, { TimeoutSeconds: 10 }),
      {},
      () => (++calls < 3 ? new Promise<Outcome>(() => undefined) : ok(calls)),
      2,
    );
    expect(results.map(({ status }) => status)).toEqual(["TIMED_OUT", "TIMED_OUT", "SUCCEEDED"]);
    expect(execution.history.filter(({ type }) => type === "ExecutionRedriven")).toHaveLength(2);
    expect(execution.history.filter(({ type }) => type === "TaskStateEntered")).toHaveLength(1);
  });
});

// docs/verify-on-aws.md V1
describe("no redrive", () => {
  const pass = machine({ A: { Type: "Pass", End: true } });

  test("of what runs, or has succeeded", async () => {
    const engine = createEngine({ integration: async () => ok(null) });
    const execution = engine.start({ definition: pass });
    expect(() => engine.redrive(execution)).toThrow("Execution is RUNNING and cannot be redriven");
    await execution.done;
    // localstack/localstack: v2/test_sfn_api test_describe_execution, redriveStatusReason
    expect(() => engine.redrive(execution)).toThrow("Execution is SUCCEEDED and cannot be redriven");
  });

  test("more than 14 days after the end, or a year after the start", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: async () => ok(null) });
    const day = 24 * 3_600_000;
    const pass = (days: number) =>
      clock.runUntil(new Promise<void>((done) => void clock.schedule(days * day, done)));
    const fails = engine.start({ definition: machine({ F: { Type: "Fail" } }) });
    const old = engine.start({
      definition: machine({ W: { Type: "Wait", Seconds: 360 * 86_400, Next: "F" }, F: { Type: "Fail" } }),
    });
    await clock.runUntil(fails.done);
    await pass(14);
    const again = engine.redrive(fails);
    await clock.runUntil(again.done);
    await pass(14.1);
    expect(() => engine.redrive(again)).toThrow("more than 14 days ago");
    await clock.runUntil(old.done);
    await pass(6);
    expect(() => engine.redrive(old)).toThrow("more than a year ago");
  });

  test("without room in the history", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: async () => ok(null) });
    const definition = machine({
      A: { Type: "Choice", Choices: [{ Condition: "{% false %}", Next: "C" }], Default: "A" },
      C: { Type: "Succeed" },
    });
    const execution = engine.start({ definition });
    await clock.runUntil(execution.done);
    expect(() => engine.redrive(execution)).toThrow("no room");
  });

  test("twice of the same end", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: async () => ok(null) });
    const execution = engine.start({ definition: machine({ F: { Type: "Fail" } }) });
    await clock.runUntil(execution.done);
    const again = engine.redrive(execution);
    expect(() => engine.redrive(execution)).toThrow(ExecutionNotRedrivable);
    expect(await clock.runUntil(again.done)).toEqual({ status: "FAILED" });
  });

  test("of an Express execution", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: async () => bad("E") });
    const express = engine.start({ definition: machine({ F: { Type: "Fail" } }), type: "EXPRESS" });
    await clock.runUntil(express.done);
    expect(() => engine.redrive(express)).toThrow("Express");
  });
});
