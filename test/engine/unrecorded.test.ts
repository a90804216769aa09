import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { State, StateMachine } from "../../sdk/asl/types.ts";
import { validateDefinition } from "../../sdk/engine/index.ts";
import { FUNCTION, LAMBDA, machine, ok, run } from "./run.ts";

/**
 * Rules that no recording covers, V1 and up in docs/verify-on-aws.md, as far as they have no test of their own elsewhere.
 */

const root = join(import.meta.dirname, "../..");
const pass = { Type: "Pass", End: true };
const only = (state: object): StateMachine => ({ StartAt: "A", States: { A: state as State } });
const task = (more: object): StateMachine =>
  only({ Type: "Task", Resource: LAMBDA, Parameters: {}, End: true, ...more });
const retry = (more: object): StateMachine => task({ Retry: [{ ErrorEquals: ["E"], ...more }] });
const distributed = (more: object): StateMachine =>
  only({
    Type: "Map",
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: "B",
      States: { B: pass },
    },
    End: true,
    ...more,
  });
const reader = (config: object): StateMachine =>
  distributed({
    ItemReader: {
      Resource: "arn:aws:states:::s3:getObject",
      ReaderConfig: { InputType: "JSON", ...config },
      Parameters: { Bucket: "b", Key: "k" },
    },
  });
const named = (length: number): StateMachine => {
  const name = "a".repeat(length);
  return { StartAt: name, States: { [name]: pass as State } };
};

describe("V20 quotas of a definition: the most that is taken, and one more", () => {
  test.each<[string, StateMachine, StateMachine]>([
    [
      "bytes",
      only({ ...pass, Comment: "x".repeat(1_048_000) }),
      only({ ...pass, Comment: "x".repeat(1_048_600) }),
    ],
    ["name of a state", named(80), named(81)],
    [
      "name of a variable",
      only({ ...pass, Assign: { ["a".repeat(80)]: 1 } }),
      only({ ...pass, Assign: { ["a".repeat(81)]: 1 } }),
    ],
    ["reserved variable", only({ ...pass, Assign: { state: 1 } }), only({ ...pass, Assign: { states: 1 } })],
    ["path as a variable", only({ ...pass, Assign: { x_y: 1 } }), only({ ...pass, Assign: { "x.y": 1 } })],
    ["IntervalSeconds", retry({ IntervalSeconds: 99_999_999 }), retry({ IntervalSeconds: 100_000_000 })],
    ["MaxDelaySeconds", retry({ MaxDelaySeconds: 31_622_400 }), retry({ MaxDelaySeconds: 31_622_401 })],
    ["MaxAttempts", retry({ MaxAttempts: 99_999_999 }), retry({ MaxAttempts: 100_000_000 })],
    ["BackoffRate", retry({ BackoffRate: 1 }), retry({ BackoffRate: 0.9 })],
    ["TimeoutSeconds", task({ TimeoutSeconds: 99_999_999 }), task({ TimeoutSeconds: 100_000_000 })],
    [
      "HeartbeatSeconds",
      task({ TimeoutSeconds: 10, HeartbeatSeconds: 9 }),
      task({ TimeoutSeconds: 10, HeartbeatSeconds: 10 }),
    ],
    // V38
    ["Label", distributed({ Label: "a".repeat(40) }), distributed({ Label: "a".repeat(41) })],
    ["MaxItems", reader({ MaxItems: 100_000_000 }), reader({ MaxItems: 100_000_001 })],
    [
      "MaxInputBytesPerBatch",
      distributed({ ItemBatcher: { MaxInputBytesPerBatch: 262_144 } }),
      distributed({ ItemBatcher: { MaxInputBytesPerBatch: 262_145 } }),
    ],
  ])("%s", (_what, taken, refused) => {
    expect(validateDefinition(taken)).toEqual([]);
    expect(validateDefinition(refused).map(({ code }) => code)).toEqual(["RLT3001"]);
  });
});

describe("V21 quotas of intrinsic functions", () => {
  const give = async (call: string, length = 0) =>
    (
      await run(only({ Type: "Pass", Parameters: { "v.$": call }, End: true }), {
        input: { s: "a".repeat(length) },
      })
    ).result;
  const failed = { status: "FAILED", error: "States.IntrinsicFailure" };

  test.each(["States.Base64Encode($.s)", "States.Base64Decode($.s)", "States.Hash($.s,'MD5')"])(
    "10,000 characters for %s",
    async (call) => {
      expect(await give(call, 10_000)).toMatchObject({ status: "SUCCEEDED" });
      expect(await give(call, 10_001)).toMatchObject(failed);
    },
  );

  test("1,000 items of ArrayRange", async () => {
    expect(await give("States.ArrayRange(1, 1000, 1)")).toMatchObject({ status: "SUCCEEDED" });
    expect(await give("States.ArrayRange(1, 1001, 1)")).toMatchObject(failed);
  });

  test("ten calls in one another", () => {
    const nested = (depth: number): string => (depth === 0 ? "1" : `States.MathAdd(${nested(depth - 1)}, 1)`);
    const problems = (depth: number) =>
      validateDefinition(only({ Type: "Pass", Parameters: { "v.$": nested(depth) }, End: true }));
    expect(problems(10)).toEqual([]);
    expect(problems(11)).toHaveLength(1);
  });
});

test("V22 a Choice without a match and without Default ends the execution, and nothing catches it", async () => {
  const choice = {
    StartAt: "C",
    States: { C: { Type: "Choice", Choices: [{ Variable: "$.x", NumericEquals: 1, Next: "D" }] }, D: pass },
  };
  const definition = only({
    Type: "Parallel",
    Branches: [choice],
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "Z" }],
    End: true,
  });
  definition.States["Z"] = pass as State;
  for (const input of [{ x: 2 }, {}]) {
    expect((await run(definition, { input })).result).toMatchObject({
      status: "FAILED",
      error: "States.Runtime",
    });
  }
});

test("V23 ten thousand children of a distributed Map at a time", { timeout: 60_000 }, async () => {
  let now = 0;
  let most = 0;
  let second: Promise<void> | undefined;
  const definition = machine({
    M: {
      Type: "Map",
      Items: "{% [1..10001] %}",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "T",
        States: {
          T: { Type: "Task", Resource: LAMBDA, Arguments: { FunctionName: FUNCTION }, Output: 1, End: true },
        },
      },
      End: true,
    },
  });
  const { result } = await run(definition, {
    integration: async (_call, clock) => {
      most = Math.max(most, ++now);
      second ??= new Promise((done) => {
        clock.schedule(1_000, () => {
          second = undefined;
          now = 0;
          done();
        });
      });
      await second;
      return ok(1);
    },
  });
  expect(result.status).toBe("SUCCEEDED");
  expect(most).toBe(10_000);
});

test("every rule of the list is cited by a test", () => {
  const list = readFileSync(join(root, "docs/verify-on-aws.md"), "utf8");
  const rules = [...list.matchAll(/^\| (V\d+) \|/gm)].map(([, id]) => id as string);
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const tests = files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(root, "test", file), "utf8"))
    .join("\n");
  expect(rules.length).toBeGreaterThan(20);
  expect(rules.filter((id) => !new RegExp(`\\b${id}\\b`).test(tests))).toEqual([]);
});
