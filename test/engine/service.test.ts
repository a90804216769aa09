import { describe, expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import {
  createEngine,
  type Engine,
  type EngineOptions,
  LARGE_REGION_THROTTLES,
} from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { bad, countingIds, echo, FUNCTION, LAMBDA, machine, ok, run, TOKEN } from "./run.ts";

/** Rules of the service's API calls; each is a row of docs/verify-on-aws.md unless it names a recording. */

const DAY = 24 * 3_600_000;
const SERVICE = "arn:aws:states:us-east-1:000000000000";
const wait = machine({ W: { Type: "Wait", Seconds: 10, End: true } });
const context = machine({ A: { Type: "Pass", Output: "{% $states.context.Execution %}", End: true } });

function open(options: Partial<EngineOptions> = {}): { engine: Engine; clock: ManualClock } {
  const clock = new ManualClock();
  return { clock, engine: createEngine({ clock, ids: countingIds(), integration: echo, ...options }) };
}

/** Lets time go by. */
const pass = (clock: ManualClock, millis: number): Promise<void> =>
  clock.runUntil(new Promise((done) => void clock.schedule(millis, done)));

const refusal = (name: string, message: string) => expect.objectContaining({ name, message });
const thrown = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("names of executions", () => {
  const taken = refusal(
    "ExecutionAlreadyExists",
    `Execution Already Exists: '${SERVICE}:execution:machine:one'`,
  );

  test("the same name and input is the execution that runs; another input is refused", async () => {
    const { engine, clock } = open();
    const start = (input: { a: number; b: number }) => engine.start({ definition: wait, input, name: "one" });
    const execution = start({ a: 1, b: 2 });
    expect(start({ a: 1, b: 2 })).toBe(execution);
    expect(thrown(() => start({ a: 1, b: 3 }))).toEqual(taken);
    await clock.runUntil(execution.done);
    expect(thrown(() => start({ a: 1, b: 2 }))).toEqual(taken);
  });

  // docs/verify-on-aws.md V6
  test("stay taken for 90 days after the end", async () => {
    const { engine, clock } = open();
    const start = () => engine.start({ definition: wait, name: "one" });
    await clock.runUntil(start().done);
    await pass(clock, 90 * DAY - 1);
    expect(thrown(start)).toEqual(taken);
    await pass(clock, 1);
    expect(thrown(start)).toBeUndefined();
  });

  test("of Express executions are free", async () => {
    const { engine } = open();
    const start = () => engine.start({ definition: wait, name: "one", type: "EXPRESS" });
    expect(start().arn).not.toBe(start().arn);
  });
});

// docs/verify-on-aws.md V10, V25
describe("StartSyncExecution", () => {
  const ask = async (definition: StateMachine, type: "EXPRESS" | "STANDARD" = "EXPRESS") => {
    const { engine, clock } = open({ integration: async () => bad("Mine", "No.") });
    const { stateMachineArn } = engine.machines.create({ name: "m", definition, type });
    return clock.runUntil(engine.startSync({ stateMachineArn, input: { a: 1 }, name: "x" }));
  };

  // localstack/localstack: v2/test_sfn_api_express test_start_sync_execution
  test("answers as recorded", async () => {
    const pass = machine({ A: { Type: "Pass", Output: { Arg1: "argument1" }, End: true } });
    expect(await ask(pass)).toEqual({
      billingDetails: { billedDurationInMilliseconds: 100, billedMemoryUsedInMB: 64 },
      executionArn: expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:express:m:x:/),
      input: '{"a":1}',
      inputDetails: { included: true },
      name: "x",
      output: '{"Arg1":"argument1"}',
      outputDetails: { included: true },
      startDate: expect.any(String),
      stateMachineArn: `${SERVICE}:stateMachine:m`,
      status: "SUCCEEDED",
      stopDate: expect.any(String),
    });
  });

  test("answers with the output, as text; the context object has no redrive count", async () => {
    const answer = await ask(context);
    expect(answer).toMatchObject({ name: "x", status: "SUCCEEDED", input: '{"a":1}' });
    expect(answer.executionArn).toMatch(/^arn:aws:states:us-east-1:000000000000:express:m:x:/);
    expect(JSON.parse(answer.output as string)).not.toHaveProperty("RedriveCount");
  });

  test("tells error and cause, and is billed in steps of 100 ms and 64 MB", async () => {
    const failing = machine({
      W: { Type: "Wait", Seconds: 1, Next: "T" },
      T: { Type: "Task", Resource: LAMBDA, Arguments: { FunctionName: FUNCTION }, End: true },
    });
    expect(await ask(failing)).toMatchObject({
      status: "FAILED",
      error: "Mine",
      cause: "No.",
      billingDetails: { billedDurationInMilliseconds: 1_000, billedMemoryUsedInMB: 64 },
    });
  });

  test("times out after five minutes", async () => {
    const long = machine({ W: { Type: "Wait", Seconds: 301, End: true } });
    const { startDate, stopDate, ...answer } = await ask(long);
    expect(answer).toMatchObject({ status: "TIMED_OUT" });
    expect(answer).not.toHaveProperty("error");
    expect(Date.parse(stopDate) - Date.parse(startDate)).toBe(300_000);
  });

  // The text is recorded for ListExecutions of an Express machine (v2/test_sfn_api_express); here it is assumed.
  test("takes no Standard machine", async () => {
    await expect(ask(context, "STANDARD")).rejects.toEqual(
      refusal(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
      ),
    );
  });
});

// docs/verify-on-aws.md V11
describe("UpdateMapRun", () => {
  const items = machine({
    M: {
      Type: "Map",
      Items: [1, 2, 3, 4, 5, 6],
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "T",
        States: {
          T: { Type: "Task", Resource: LAMBDA, Arguments: { FunctionName: FUNCTION }, End: true },
        },
      },
      End: true,
    },
  });

  test("more children run from then on", async () => {
    let most = 0;
    let now = 0;
    const { result } = await run(items, {
      integration: async (call, clock) => {
        most = Math.max(most, ++now);
        await new Promise<void>((done) => clock.schedule(1_000, done));
        now--;
        return ok(call.arguments);
      },
      during: (engine, execution, clock) => {
        clock.schedule(1_500, () => {
          expect(most).toBe(1);
          engine.updateMapRun(mapRunOf(execution), { maxConcurrency: 3 });
        });
      },
    });
    expect(result.status).toBe("SUCCEEDED");
    expect(most).toBe(3);
  });

  test("a lower tolerance ends the run; a higher one lets it go on", async () => {
    const failing = (change: number | undefined) =>
      run(items, {
        integration: async (_, clock) => {
          await new Promise<void>((done) => clock.schedule(1_000, done));
          return bad("Mine");
        },
        during: (engine, execution, clock) => {
          if (change === undefined) return;
          clock.schedule(500, () =>
            engine.updateMapRun(mapRunOf(execution), { toleratedFailureCount: change }),
          );
        },
      });
    expect((await failing(undefined)).result).toMatchObject({
      status: "FAILED",
      error: "States.ExceedToleratedFailureThreshold",
    });
    expect((await failing(6)).result.status).toBe("SUCCEEDED");
    const { result, elapsed } = await failing(2);
    expect(result).toMatchObject({ error: "States.ExceedToleratedFailureThreshold" });
    expect(elapsed).toBe(3_000);
  });

  test("takes only Map Runs under way, and limits in range", async () => {
    const { execution } = await run(items, {
      during: (engine, execution, clock) => {
        clock.schedule(0, () => {
          const arn = mapRunOf(execution);
          for (const change of [
            { maxConcurrency: -1 },
            { toleratedFailureCount: 0.5 },
            { toleratedFailurePercentage: 101 },
          ]) {
            expect(thrown(() => engine.updateMapRun(arn, change))).toMatchObject({
              name: "ValidationException",
            });
          }
        });
      },
    });
    const arn = mapRunOf(execution);
    expect(thrown(() => open().engine.updateMapRun(arn, {}))).toEqual(
      refusal("ResourceNotFound", `Resource not found: '${arn}'`),
    );
  });
});

const mapRunOf = ({ history }: { history: readonly { mapRunStartedEventDetails?: unknown }[] }): string => {
  const { mapRunStartedEventDetails: details } =
    history.find((event) => event.mapRunStartedEventDetails) ?? {};
  return (details as { mapRunArn: string }).mapRunArn;
};

describe("throttles", () => {
  const throttled = refusal("ThrottlingException", "Rate exceeded");

  test("nothing is throttled unless asked for; the rates of the large regions are at hand", () => {
    const { engine } = open();
    for (let count = 0; count < 2_000; count++) engine.start({ definition: wait });
    expect(LARGE_REGION_THROTTLES.startExecution).toEqual({ bucket: 1_300, refillPerSecond: 300 });
  });

  // docs/verify-on-aws.md V7
  test("starts above the bucket are refused until it fills again", async () => {
    const { engine, clock } = open({ throttles: { startExecution: { bucket: 2, refillPerSecond: 1 } } });
    const start = () => engine.start({ definition: wait });
    start();
    start();
    expect(thrown(start)).toEqual(throttled);
    await pass(clock, 1_000);
    expect(thrown(start)).toBeUndefined();
    expect(thrown(start)).toEqual(throttled);
  });

  // docs/verify-on-aws.md V9
  test("answers to tokens and polls of activities have buckets of their own", async () => {
    const rate = { bucket: 1, refillPerSecond: 1 };
    let token = "";
    const { engine, clock } = open({
      throttles: { sendTask: rate, getActivityTask: rate },
      integration: async (call) => {
        token = call.taskToken ?? "";
        return ok({});
      },
    });
    const definition = machine({ T: { Type: "Task", Resource: TOKEN, Arguments: {}, End: true } });
    engine.start({ definition });
    await pass(clock, 0);
    engine.sendTaskHeartbeat(token);
    expect(thrown(() => engine.sendTaskHeartbeat(token))).toEqual(throttled);
    engine.sendTaskSuccess(token, 1);
    expect(thrown(() => engine.sendTaskSuccess(token, 1))).toEqual(throttled);
    const arn = engine.createActivity("a");
    void engine.getActivityTask(arn);
    await expect(engine.getActivityTask(arn)).rejects.toEqual(throttled);
  });

  // docs/verify-on-aws.md V8
  test("transitions above it are late, those of Express executions are not", async () => {
    const definition = machine({
      A: { Type: "Pass", Next: "B" },
      B: { Type: "Pass", Next: "C" },
      C: { Type: "Pass", End: true },
    });
    const options = { throttles: { stateTransition: { bucket: 1, refillPerSecond: 2 } } };
    expect((await run(definition, { options })).elapsed).toBe(1_000);
    const { engine, clock } = open(options);
    const began = clock.now();
    await clock.runUntil(engine.start({ definition, type: "EXPRESS" }).done);
    expect(clock.now()).toBe(began);
  });
});
