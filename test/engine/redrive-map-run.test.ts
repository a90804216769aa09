import { describe, expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import {
  createEngine,
  type Engine,
  type Execution,
  type IntegrationCall,
  type Outcome,
} from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { paths } from "./jsonpath/machine.ts";
import { bad, countingIds, LAMBDA, ok } from "./run.ts";
import { distributed } from "./states/distributed.ts";

// The page "Redriving Map Runs" of the developer guide; docs/verify-on-aws.md V43.

type Answers = (call: IntegrationCall, clock: ManualClock) => Outcome | Promise<Outcome>;

interface Told {
  engine: Engine;
  clock: ManualClock;
  /** Types of events by execution, in order of their first event. */
  histories: Map<string, string[]>;
  calls: Json[];
}

function engineOf(answers: Answers): Told {
  const clock = new ManualClock();
  const histories = new Map<string, string[]>();
  const calls: Json[] = [];
  const engine = createEngine({
    clock,
    ids: countingIds(),
    integration: async (call) => {
      calls.push(call.arguments);
      return answers(call, clock);
    },
    onEvent: (arn, { type }) => void histories.set(arn, [...(histories.get(arn) ?? []), type]),
  });
  return { engine, clock, histories, calls };
}

/** Two tasks a child: `{ step, item }`. */
const child = {
  I: { Type: "Task", Resource: LAMBDA, Parameters: { step: 1, "item.$": "$" }, Next: "J" },
  J: {
    Type: "Task",
    Resource: LAMBDA,
    Parameters: { step: 2, "item.$": "$.item" },
    OutputPath: "$.item",
    End: true,
  },
};
const mapOf = (more: object = {}): StateMachine =>
  paths({ S: distributed({ MaxConcurrency: 1, ...more }, child) });

/** Fails at the second step of one item, so often. */
const failing = (item: Json, times: number): Answers => {
  let left = times;
  return ({ arguments: args }) => {
    const { step, item: given } = args as { step: number; item: Json };
    return step === 2 && given === item && left-- > 0 ? bad("E", "why") : ok(args);
  };
};

const run = (told: Told, definition: StateMachine, input: Json): Promise<Execution> => {
  const execution = told.engine.start({ definition, input, name: "run" });
  return told.clock.runUntil(execution.done).then(() => execution);
};
const redrive = async (told: Told, execution: Execution) => {
  const again = told.engine.redrive(execution);
  return { execution: again, result: await told.clock.runUntil(again.done) };
};
const types = (execution: Execution, from = 0): string[] =>
  execution.history.slice(from).map(({ type }) => type);
const called = (told: Told, from: number): string[] =>
  told.calls.slice(from).map((call) => `${(call as { item: Json }).item}.${(call as { step: number }).step}`);

describe("V43 a redrive of a distributed Map", () => {
  test("redrives the child that failed where it stood, and starts those that had not begun", async () => {
    const told = engineOf(failing("b", 1));
    const first = await run(told, mapOf(), ["a", "b", "c"]);
    expect(called(told, 0)).toEqual(["a.1", "a.2", "b.1", "b.2"]);
    const before = first.history.length;
    const { execution, result } = await redrive(told, first);
    expect(result).toEqual({ status: "SUCCEEDED", output: ["a", "b", "c"] });
    expect(called(told, 4)).toEqual(["b.2", "c.1", "c.2"]);
    expect(types(execution, before)).toEqual([
      "ExecutionRedriven",
      "MapRunRedriven",
      "MapRunSucceeded",
      "MapStateSucceeded",
      "MapStateExited",
      "ExecutionSucceeded",
    ]);
    const started = execution.history.find(({ type }) => type === "MapRunStarted");
    expect(execution.history[before + 1]?.mapRunRedrivenEventDetails).toEqual({
      mapRunArn: started?.mapRunStartedEventDetails?.mapRunArn,
      redriveCount: 1,
    });
    const children = [...told.histories.values()].slice(1);
    expect(children).toHaveLength(3);
    expect(children[1]?.slice(-6)).toEqual([
      "ExecutionRedriven",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
  });

  test("counts failures anew, and may fail again, as often as it takes", async () => {
    const told = engineOf(failing("b", 3));
    let execution = await run(told, mapOf(), ["a", "b"]);
    for (const status of ["FAILED", "FAILED", "SUCCEEDED"]) {
      const again = await redrive(told, execution);
      expect(again.result).toMatchObject({ status });
      execution = again.execution;
    }
    const counts = execution.history.flatMap(
      ({ mapRunRedrivenEventDetails: details }) => details?.redriveCount ?? [],
    );
    expect(counts).toEqual([1, 2, 3]);
    expect(execution.history.filter(({ type }) => type === "MapStateStarted")).toHaveLength(1);
  });

  test("runs what was stopped with the execution; a tolerated failure is redriven too", async () => {
    const told = engineOf((call, clock) => {
      const { item } = call.arguments as { item: Json };
      if (item === "b" && told.calls.length < 6) return bad("E");
      if (item === "c" && told.calls.length < 6)
        return new Promise((done) => clock.schedule(1e6, () => done(ok(0))));
      return ok(call.arguments);
    });
    const execution = told.engine.start({
      definition: mapOf({ MaxConcurrency: 3, ToleratedFailureCount: 1 }),
      input: ["a", "b", "c"],
      name: "run",
    });
    await told.clock.runUntil(new Promise<void>((done) => void told.clock.schedule(1_000, done)));
    execution.stop("Stopped", "by hand");
    expect(await execution.done).toMatchObject({ status: "ABORTED" });
    const made = told.calls.length;
    told.calls.push({}, {}, {}); // from now on all goes well
    const { result } = await redrive(told, execution);
    expect(result).toEqual({ status: "SUCCEEDED", output: ["a", "b", "c"] });
    expect(called(told, made + 3)).toEqual(["b.1", "c.1", "b.2", "c.2"]);
  });

  test("starts Express children again", async () => {
    const told = engineOf(failing("b", 1));
    const ItemProcessor = {
      ...(distributed({}, child) as { ItemProcessor: object }).ItemProcessor,
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
    };
    const first = await run(told, mapOf({ ItemProcessor }), ["a", "b"]);
    const { result } = await redrive(told, first);
    expect(result).toEqual({ status: "SUCCEEDED", output: ["a", "b"] });
    expect(called(told, 4)).toEqual(["b.1", "b.2"]);
    expect(told.histories.size).toBe(4);
  });

  test("reads items again in a new Map Run where they could not be read; writes again what could not be written", async () => {
    let broken = true;
    const told = engineOf(({ resource, arguments: args }) => {
      if (resource.includes("s3:") && broken) return bad("S3.AccessDenied", "no");
      if (resource.endsWith("getObject")) return ok({ Body: '["a"]' });
      return ok(resource.includes("s3:") ? {} : args);
    });
    const reader = {
      ItemReader: { Resource: "arn:aws:states:::s3:getObject", Parameters: { Bucket: "b", Key: "k" } },
    };
    const unread = await run(told, mapOf(reader), {});
    const before = unread.history.length;
    broken = false;
    const read = await redrive(told, unread);
    expect(read.result).toEqual({ status: "SUCCEEDED", output: ["a"] });
    expect(types(read.execution, before).slice(0, 3)).toEqual([
      "ExecutionRedriven",
      "MapRunStarted",
      "MapRunSucceeded",
    ]);

    broken = true;
    const writer = {
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "b" } },
    };
    const other = engineOf(({ resource, arguments: args }) =>
      resource.includes("s3:") && broken ? bad("S3.AccessDenied", "no") : ok(args),
    );
    const unwritten = await run(other, mapOf(writer), ["a"]);
    expect(types(unwritten).slice(-3)).toEqual(["MapRunFailed", "MapStateFailed", "ExecutionFailed"]);
    const made = other.calls.length;
    broken = false;
    expect((await redrive(other, unwritten)).result).toMatchObject({ status: "SUCCEEDED" });
    expect(other.calls.slice(made).every((call) => "Bucket" in (call as object))).toBe(true);
  });

  test("in a branch; the execution's redrive is none of its new children", async () => {
    const told = engineOf(failing("b", 1));
    const inner = {
      ...child,
      I: { ...child.I, Parameters: { step: 1, "item.$": "$", "count.$": "$$.Execution.RedriveCount" } },
    };
    const branch = { StartAt: "S", States: { S: distributed({ MaxConcurrency: 1 }, inner) } };
    const first = await run(told, paths({ P: { Type: "Parallel", Branches: [branch], End: true } }), [
      "a",
      "b",
      "c",
    ]);
    const { result } = await redrive(told, first);
    expect(result).toEqual({ status: "SUCCEEDED", output: [["a", "b", "c"]] });
    expect(told.calls.at(-2)).toEqual({ step: 1, item: "c", count: 0 });
  });

  test("a Map Run that a Retry had begun anew is the one that goes on", async () => {
    const told = engineOf(failing("b", 2));
    const retried = mapOf({ Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 }] });
    const first = await run(told, retried, ["a", "b"]);
    const made = told.calls.length;
    const { execution, result } = await redrive(told, first);
    expect(result).toEqual({ status: "SUCCEEDED", output: ["a", "b"] });
    expect(called(told, made)).toEqual(["b.2"]);
    const arns = execution.history.flatMap(
      ({ mapRunStartedEventDetails: details }) => details?.mapRunArn ?? [],
    );
    expect(
      execution.history.find(({ type }) => type === "MapRunRedriven")?.mapRunRedrivenEventDetails?.mapRunArn,
    ).toBe(arns[1]);
  });
});
