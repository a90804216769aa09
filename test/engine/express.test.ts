import { describe, expect, test } from "vitest";
import { createEngine, validateDefinition } from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { paths } from "./jsonpath/machine.ts";
import { chain, countingIds, echo, ok, output, run } from "./run.ts";

const SYNC = "arn:aws:states:::states:startExecution.sync:2";
const task = (resource: string) => ({ Type: "Task", Resource: resource, End: true });

// localstack/localstack: v2/test_sfn_api_express test_illegal_callbacks, test_illegal_activity_task
describe("an Express machine is refused", () => {
  const distributed = (type: string, resource: string) => ({
    Type: "Map",
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: type },
      StartAt: "I",
      States: { I: task(resource) },
    },
    End: true,
  });
  const token = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
  test.each<[string, object, string]>([
    [
      "tokens",
      task(token),
      "/Resource Express state machine does not support '.waitForTaskToken' service integration ",
    ],
    ["jobs", task(SYNC), "/Resource Express state machine does not support '.sync' service integration"],
    [
      "activities",
      task("arn:aws:states:us-east-1:000000000000:activity:a"),
      "/Resource Express state machine does not support Activity ARN",
    ],
    [
      "tokens inside of a branch",
      { Type: "Parallel", Branches: [{ StartAt: "I", States: { I: task(token) } }], End: true },
      "/Branches[0]/States/I/Resource Express state machine does not support '.waitForTaskToken'",
    ],
  ])("for %s", (_what, state, expected) => {
    const definition = paths({ S: state });
    expect(validateDefinition(definition)).toEqual([]);
    const [problem] = validateDefinition(definition, "EXPRESS");
    expect(`${problem?.location} ${problem?.message}`).toContain(`/States/S${expected}`);
    expect(() => createEngine({ integration: echo }).start({ definition, type: "EXPRESS" })).toThrow(
      /^RLT3001/,
    );
  });

  test("the children of a distributed Map may be Express, then the same holds for them", () => {
    expect(validateDefinition(paths({ S: distributed("STANDARD", SYNC) }))).toEqual([]);
    expect(validateDefinition(paths({ S: distributed("EXPRESS", SYNC) }))).toHaveLength(1);
    expect(
      validateDefinition(paths({ S: distributed("STANDARD", "arn:aws:states:::lambda:invoke") }), "EXPRESS"),
    ).toHaveLength(1);
  });
});

test("an Express execution has an ARN of its own kind and ends after five minutes", async () => {
  const clock = new ManualClock();
  const engine = createEngine({ clock, ids: countingIds(), integration: echo });
  const execution = engine.start({
    definition: paths({ W: { Type: "Wait", Seconds: 1_000, End: true } }),
    type: "EXPRESS",
    name: "n",
  });
  expect(execution.arn).toMatch(/^arn:aws:states:us-east-1:000000000000:express:machine:n:[0-9a-f-]{36}$/);
  const begun = clock.now();
  expect(await clock.runUntil(execution.done)).toEqual({ status: "TIMED_OUT" });
  expect(clock.now() - begun).toBe(300_000);
});

// localstack/localstack: v2/services/test_sfn_task_service test_start_execution_sync2
test("a job is submitted, and answers when it has ended", async () => {
  const ran = await run(paths({ S: task(SYNC) }), {
    integration: async (call, clock) => {
      call.submitted?.({ ExecutionArn: "child" });
      call.submitted?.("a second time counts for nothing");
      await new Promise<void>((resolve) => clock.schedule(1_000, resolve));
      return ok({ Status: "SUCCEEDED" });
    },
  });
  expect(output(ran)).toEqual({ Status: "SUCCEEDED" });
  expect(chain(ran).slice(2, -1)).toEqual([
    "3 TaskScheduled <- 2",
    "4 TaskStarted <- 3",
    "5 TaskSubmitted <- 4",
    "6 TaskSucceeded <- 5",
    "7 TaskStateExited <- 6",
  ]);
  expect(ran.execution.history[4]?.taskSubmittedEventDetails).toMatchObject({
    resourceType: "states",
    resource: "startExecution.sync:2",
    output: '{"ExecutionArn":"child"}',
  });
});
