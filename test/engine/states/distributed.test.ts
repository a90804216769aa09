import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import { sleepOn } from "../../../sdk/model/clock.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { causeOf, paths, runOne } from "../jsonpath/machine.ts";
import { bad, chain, machine, ok, output, run } from "../run.ts";
import { taskInside as call, distributed as map } from "./distributed.ts";

// localstack/localstack: v2/scenarios/test_base_scenarios test_map_state_config_distributed_item_selector
test("the parent's history has the Map Run alone", async () => {
  const ran = await runOne(
    map({ ItemSelector: { "v.$": "$$.Map.Item.Value", "from.$": "$$.Map.Item.Source" } }),
    [1, 2],
  );
  expect(output(ran)).toEqual([
    { v: 1, from: "STATE_DATA" },
    { v: 2, from: "STATE_DATA" },
  ]);
  expect(chain(ran).slice(1)).toEqual([
    "2 MapStateEntered <- 0",
    "3 MapStateStarted <- 2",
    "4 MapRunStarted <- 3",
    "5 MapRunSucceeded <- 4",
    "6 MapStateSucceeded <- 5",
    "7 MapStateExited <- 5",
    "8 ExecutionSucceeded <- 7",
  ]);
  expect(ran.execution.history[3]?.mapRunStartedEventDetails?.mapRunArn).toMatch(
    /^arn:aws:states:us-east-1:000000000000:mapRun:machine\/L:[0-9a-f-]{36}$/,
  );
});

// docs/verify-on-aws.md V16
test("a child is an execution of its own: history, context, and no variables of its parent", async () => {
  const heard = new Map<string, HistoryEvent[]>();
  const states = {
    I: {
      Type: "Pass",
      Output: {
        outer: "{% $exists($outer) %}",
        id: "{% $states.context.Execution.Id %}",
        input: "{% $states.context.Execution.Input %}",
        machine: "{% $states.context.StateMachine %}",
      },
      Assign: { outer: 2 },
      End: true,
    },
  };
  const ran = await run(
    machine({
      A: { Type: "Pass", Assign: { outer: 1 }, Next: "M" },
      M: map({ Items: ["x"] }, states),
    } as never),
    {
      options: {
        onEvent: (arn, event) => void heard.set(arn, [...(heard.get(arn) ?? []), event]),
      },
    },
  );
  const [child] = output(ran) as { [key: string]: Json }[];
  expect(child).toMatchObject({
    outer: false,
    input: "x",
    machine: { Id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine/L", Name: "machine/L" },
  });
  expect(child?.["id"]).toMatch(/:execution:machine\/L:[0-9a-f-]{36}$/);
  expect(heard.get(String(child?.["id"]))?.map((event) => `${event.id} ${event.type}`)).toEqual([
    "1 ExecutionStarted",
    "2 PassStateEntered",
    "3 PassStateExited",
    "4 ExecutionSucceeded",
  ]);
});

describe("failures", () => {
  const failing = async (fields: object, fails: number[], count = 10) =>
    runOne(
      map(fields, call),
      Array.from({ length: count }, (_, index) => index),
      {
        integration: (request) =>
          fails.includes(request.arguments as number) ? bad("E", "why") : ok(request.arguments),
      },
    );

  test.each<[string, object, number[], boolean]>([
    ["none is tolerated by default", {}, [3], false],
    ["as many as the count", { ToleratedFailureCount: 2 }, [1, 3], true],
    ["not one more", { ToleratedFailureCount: 1 }, [1, 3], false],
    ["as much as the percentage", { ToleratedFailurePercentage: 20 }, [1, 3], true],
    ["not more", { ToleratedFailurePercentage: 19.9 }, [1, 3], false],
    [
      "either limit alone brings it down",
      { ToleratedFailureCount: 5, ToleratedFailurePercentage: 10 },
      [1, 3],
      false,
    ],
  ])("%s", async (_what, fields, fails, tolerated) => {
    const ran = await failing(fields, fails);
    if (tolerated) {
      const results = output(ran) as Json[];
      expect(results[0]).toBe(0);
      expect(results[1]).toMatchObject({ Status: "FAILED", Error: "E", Cause: "why", Input: "1" });
    } else {
      expect(ran.result).toEqual({
        status: "FAILED",
        error: "States.ExceedToleratedFailureThreshold",
        cause: "The specified tolerated failure threshold was exceeded",
      });
      expect(chain(ran).slice(-3)).toEqual([
        "5 MapRunFailed <- 4",
        "6 MapStateFailed <- 5",
        "7 ExecutionFailed <- 6",
      ]);
    }
  });

  test("a Catch sees it, a Retry runs a new Map Run, and what still ran is stopped", async () => {
    const stopped: Json[] = [];
    let calls = 0;
    const ran = await run(
      paths({
        S: { ...map({ Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 }] }, call) },
      }),
      {
        input: [1, 60],
        integration: async ({ arguments: args, signal }, clock) => {
          signal.addEventListener("abort", () => stopped.push(args));
          await sleepOn(clock, (args as number) * 1_000);
          return ++calls === 1 ? bad("E") : ok(args);
        },
      },
    );
    expect(output(ran)).toEqual([1, 60]);
    expect(stopped).toEqual([60]);
    expect(ran.execution.history.filter(({ type }) => type === "MapRunStarted")).toHaveLength(2);
  });

  // localstack/localstack: v2/scenarios/test_base_scenarios test_map_state_tolerated_failure_count_path
  test.each<[Json, string]>([
    [{}, `The ToleratedFailureCountPath field refers to value "{}" which is not a valid integer: $.t`],
    [
      "NoNumber",
      `The ToleratedFailureCountPath field refers to value "NoNumber" which is not a valid integer: $.t`,
    ],
    [-1, "ToleratedFailureCount cannot be negative."],
  ])("ToleratedFailureCountPath at %j", async (t, cause) => {
    const ran = await runOne(map({ ItemsPath: "$.v", ToleratedFailureCountPath: "$.t" }), { v: [0], t });
    expect(causeOf(ran)).toBe(`States.Runtime: ${cause}`);
    expect(chain(ran).slice(-2)).toEqual(["3 MapStateStarted <- 2", "4 ExecutionFailed <- 3"]);
  });

  test("ToleratedFailurePercentagePath", async () => {
    const state = map({ ItemsPath: "$.v", ToleratedFailurePercentagePath: "$.t" });
    expect(output(await runOne(state, { v: [0], t: "50" }))).toEqual([0]);
    expect(causeOf(await runOne(state, { v: [0], t: 101 }))).toContain(
      "ToleratedFailurePercentage must be between 0 and 100.",
    );
    expect(causeOf(await runOne(state, { v: [0], t: "x" }))).toContain("which is not a valid float: $.t");
  });
});

describe("concurrency and batches", () => {
  test("as many at a time as MaxConcurrency says, more than an inline Map may have", async () => {
    let open = 0;
    let peak = 0;
    const count = async (fields: object): Promise<number> => {
      peak = 0;
      const ran = await runOne(
        map(fields, call),
        Array.from({ length: 120 }, () => 1),
        {
          integration: async (request, clock) => {
            peak = Math.max(peak, ++open);
            await sleepOn(clock, 1_000);
            open--;
            return ok(request.arguments);
          },
        },
      );
      expect(output(ran)).toHaveLength(120);
      return peak;
    };
    expect(await count({})).toBe(120);
    expect(await count({ MaxConcurrency: 7 })).toBe(7);
  });

  test("batches by number, by size, and with an input of their own", async () => {
    const batcher = { MaxItemsPerBatch: 2, BatchInput: { "n.$": "$.n" } };
    expect(
      output(await runOne(map({ ItemsPath: "$.v", ItemBatcher: batcher }), { v: [1, 2, 3], n: 9 })),
    ).toEqual([
      { BatchInput: { n: 9 }, Items: [1, 2] },
      { BatchInput: { n: 9 }, Items: [3] },
    ]);
    const bySize = { MaxInputBytesPerBatchPath: "$.size" };
    const sized = await runOne(map({ ItemsPath: "$.v", ItemBatcher: bySize }), {
      v: ["aaaa", "bbbb", "c"],
      size: 26,
    });
    expect(output(sized)).toEqual([{ Items: ["aaaa", "bbbb"] }, { Items: ["c"] }]);
  });

  test("computed in JSONata", async () => {
    const ran = await run(
      machine({
        M: map({
          Items: "{% $states.input.v %}",
          ItemBatcher: { MaxItemsPerBatch: "{% $states.input.n %}", BatchInput: "{% $states.input.n %}" },
          MaxConcurrency: "{% $states.input.n %}",
          ToleratedFailurePercentage: "{% $states.input.n %}",
        }),
      } as never),
      { input: { v: [1, 2, 3], n: 2 } },
    );
    expect(output(ran)).toEqual([
      { BatchInput: 2, Items: [1, 2] },
      { BatchInput: 2, Items: [3] },
    ]);
  });
});

// docs/verify-on-aws.md V46
test("V46 a Map Run that is cut off is recorded as aborted; one that waits for its retry has failed already", async () => {
  const wait = { I: { Type: "Wait", Seconds: 60, End: true } };
  const branches = (inner: object) =>
    paths({
      P: {
        Type: "Parallel",
        Branches: [
          { StartAt: "M", States: { M: inner } },
          {
            StartAt: "W",
            States: { W: { Type: "Wait", Seconds: 5, Next: "F" }, F: { Type: "Fail", Error: "E" } },
          },
        ],
        End: true,
      },
    });
  const cut = await run(branches(map({}, wait)), { input: [1] });
  expect(chain(cut).slice(-5)).toEqual([
    "9 FailStateEntered <- 8",
    "10 MapRunAborted <- 9",
    "11 MapStateAborted <- 9",
    "12 ParallelStateFailed <- 9",
    "13 ExecutionFailed <- 12",
  ]);
  const retry = { Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 60 }] };
  const waiting = await run(branches(map(retry, { I: { Type: "Fail", Error: "Inner" } })), { input: [1] });
  const types = waiting.execution.history.map(({ type }) => type);
  expect(types).toContain("MapRunFailed");
  expect(types).not.toContain("MapRunAborted");
  expect(types).toContain("MapStateAborted");
});
