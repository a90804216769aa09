import { describe, expect, test } from "vitest";
import { ActivityDoesNotExist, ActivityWorkerLimitExceeded, createEngine } from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { causeOf, paths } from "./jsonpath/machine.ts";
import { chain, countingIds, echo, output, run, type Setup } from "./run.ts";

const ARN = "arn:aws:states:us-east-1:000000000000:activity:a";
const task = (fields: object = {}) => paths({ S: { Type: "Task", Resource: ARN, End: true, ...fields } });

/** A worker that takes one task and does something with it. */
const withWorker =
  (work: (engine: ReturnType<typeof createEngine>, token: string, input: string) => void, name?: string) =>
  (engine: ReturnType<typeof createEngine>): void => {
    engine.createActivity("a");
    void engine
      .getActivityTask(ARN, name)
      .then((found) => found && work(engine, found.taskToken, found.input));
  };

const runTask = (fields: object, during: Setup["during"], input = { a: 1 }) =>
  run(task(fields), { input, ...(during ? { during } : {}) });

// localstack/localstack: v2/activities/test_activities
describe("a task of an activity", () => {
  test("is scheduled, started by a worker, and answered with its token", async () => {
    const ran = await runTask(
      { TimeoutSeconds: 60, HeartbeatSeconds: 10 },
      withWorker((engine, token, input) => engine.sendTaskSuccess(token, { got: JSON.parse(input) }), "W"),
    );
    expect(output(ran)).toEqual({ got: { a: 1 } });
    expect(chain(ran).slice(1)).toEqual([
      "2 TaskStateEntered <- 0",
      "3 ActivityScheduled <- 2",
      "4 ActivityStarted <- 3",
      "5 ActivitySucceeded <- 4",
      "6 TaskStateExited <- 5",
      "7 ExecutionSucceeded <- 6",
    ]);
    expect(ran.execution.history[2]?.activityScheduledEventDetails).toEqual({
      resource: ARN,
      input: '{"a":1}',
      inputDetails: { truncated: false },
      timeoutInSeconds: 60,
      heartbeatInSeconds: 10,
    });
    expect(ran.execution.history[3]?.activityStartedEventDetails).toEqual({ workerName: "W" });
    expect(ran.calls).toEqual([]);
  });

  test("a worker without a name leaves none", async () => {
    const ran = await runTask(
      {},
      withWorker((engine, token) => engine.sendTaskSuccess(token, 1)),
    );
    expect(ran.execution.history[3]?.activityStartedEventDetails).toEqual({});
  });

  test("fails as its worker says", async () => {
    const ran = await runTask(
      {},
      withWorker((engine, token) => engine.sendTaskFailure(token, { error: "E", cause: "why" })),
    );
    expect(ran.result).toEqual({ status: "FAILED", error: "E", cause: "why" });
    expect(chain(ran).slice(-2)).toEqual(["5 ActivityFailed <- 4", "6 ExecutionFailed <- 5"]);
  });

  test("times out where no worker comes", async () => {
    const ran = await runTask({ TimeoutSeconds: 90 }, (engine) => void engine.createActivity("a"));
    expect(ran.elapsed).toBe(90_000);
    expect(chain(ran).slice(-2)).toEqual(["4 ActivityTimedOut <- 3", "5 ExecutionFailed <- 4"]);
  });

  test("misses its heartbeat, counted from when a worker took it", async () => {
    const ran = await runTask({ TimeoutSeconds: 90, HeartbeatSeconds: 5 }, (engine, _execution, clock) => {
      engine.createActivity("a");
      clock.schedule(20_000, () => void engine.getActivityTask(ARN));
    });
    expect(ran.elapsed).toBe(25_000);
    expect(ran.result).toMatchObject({ error: "States.Timeout" });
  });

  test("of an activity that does not exist ends the execution", async () => {
    const ran = await runTask({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "S" }] }, undefined);
    expect(causeOf(ran)).toBe(`States.Runtime: The activity ${ARN} does not exist.`);
    expect(chain(ran).slice(1)).toEqual(["2 TaskStateEntered <- 0", "3 ExecutionFailed <- 2"]);
  });
});

describe("workers", () => {
  test("get tasks in their order, one each", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, ids: countingIds(), integration: echo });
    engine.createActivity("a");
    const inputs: string[] = [];
    const runs = [1, 2, 3].map((n) => engine.start({ definition: task(), input: { n } }));
    await clock.runUntil(Promise.resolve());
    for (let turn = 0; turn < 3; turn++) {
      const found = await engine.getActivityTask(ARN);
      inputs.push(found?.input ?? "");
      engine.sendTaskSuccess(found?.taskToken ?? "", turn);
    }
    expect(inputs).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(await Promise.all(runs.map(({ done }) => done))).toHaveLength(3);
  });

  // docs/verify-on-aws.md V44; the text is that of the service's SDK
  test("are 1,000 at most; one that has waited its minute makes room", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: echo });
    engine.createActivity("a");
    const other = engine.createActivity("b");
    const polls = Array.from({ length: 1_000 }, () => engine.getActivityTask(ARN));
    await expect(engine.getActivityTask(ARN)).rejects.toThrow(ActivityWorkerLimitExceeded);
    void engine.getActivityTask(other);
    await clock.runUntil(Promise.all(polls));
    expect(await clock.runUntil(engine.getActivityTask(ARN))).toBeUndefined();
  });

  // docs/verify-on-aws.md V24
  test("wait a minute for work, and hear of activities that are not there", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: echo });
    await expect(engine.getActivityTask(ARN)).rejects.toThrow(ActivityDoesNotExist);
    engine.createActivity("a");
    const begun = clock.now();
    expect(await clock.runUntil(engine.getActivityTask(ARN))).toBeUndefined();
    expect(clock.now() - begun).toBe(60_000);
    const poll = engine.getActivityTask(ARN);
    engine.deleteActivity(ARN);
    expect(await poll).toBeUndefined();
  });

  test("do not get what was stopped meanwhile", async () => {
    const clock = new ManualClock();
    const engine = createEngine({ clock, integration: echo });
    engine.createActivity("a");
    const execution = engine.start({ definition: task() });
    await clock.runUntil(Promise.resolve());
    execution.stop();
    await execution.done;
    expect(await clock.runUntil(engine.getActivityTask(ARN))).toBeUndefined();
  });
});
