import { describe, expect, test } from "vitest";
import type { TaskState } from "../../sdk/asl/types.ts";
import { type Engine, TaskTokenError } from "../../sdk/engine/index.ts";
import { sleepOn } from "../../sdk/model/clock.ts";
import type { ManualClock } from "../../sdk/model/manual-clock.ts";
import { bad, chain, machine, ok, output, run, TOKEN } from "./run.ts";

const wait = (fields: Partial<TaskState> = {}): TaskState =>
  ({
    Type: "Task",
    Resource: TOKEN,
    Arguments: { MessageBody: { token: "{% $states.context.Task.Token %}" } },
    End: true,
    ...fields,
  }) as TaskState;
const handled = { Type: "Pass", Output: "{% $states.input %}", End: true } as const;

/** Runs a machine whose token goes to `then` once it is out. */
async function withToken(
  definition: ReturnType<typeof machine>,
  then: (token: string, engine: Engine, clock: ManualClock) => void,
) {
  let engine: Engine | undefined;
  return run(definition, {
    during: (made) => {
      engine = made;
    },
    integration: (call, clock) => {
      expect(call.arguments).toEqual({ MessageBody: { token: call.taskToken } });
      const { taskToken } = call;
      if (taskToken !== undefined) clock.schedule(60_000, () => engine && then(taskToken, engine, clock));
      return ok({ MessageId: "m" });
    },
  });
}

// localstack/localstack: tests/aws/services/stepfunctions/v2/callback/test_callback.snapshot.json, test_sns_publish_wait_for_task_token
test("submitted, then ended by whoever holds the token", async () => {
  const ran = await withToken(machine({ T: wait() }), (token, engine) =>
    engine.sendTaskSuccess(token, { yes: [1] }),
  );
  expect(output(ran)).toEqual({ yes: [1] });
  expect(ran.elapsed).toBe(60_000);
  expect(chain(ran)).toEqual([
    "1 ExecutionStarted <- 0",
    "2 TaskStateEntered <- 0",
    "3 TaskScheduled <- 2",
    "4 TaskStarted <- 3",
    "5 TaskSubmitted <- 4",
    "6 TaskSucceeded <- 5",
    "7 TaskStateExited <- 6",
    "8 ExecutionSucceeded <- 7",
  ]);
  expect(ran.execution.history[4]?.taskSubmittedEventDetails).toEqual({
    resourceType: "sqs",
    resource: "sendMessage.waitForTaskToken",
    output: '{"MessageId":"m"}',
    outputDetails: { truncated: false },
  });
});

describe("failures", () => {
  const catching = machine({ T: wait({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }] }), H: handled });

  test("with a name and a cause, and with neither", async () => {
    const named = await withToken(catching, (token, engine) =>
      engine.sendTaskFailure(token, { error: "No", cause: "why" }),
    );
    expect(output(named)).toEqual({ Error: "No", Cause: "why" });
    const bare = await withToken(catching, (token, engine) => engine.sendTaskFailure(token, {}));
    expect(output(bare)).toEqual({ Error: null, Cause: null });
  });

  test("a submission that fails is the task's failure", async () => {
    const ran = await run(catching, { integration: () => bad("Sqs.Error", "gone") });
    expect(output(ran)).toEqual({ Error: "Sqs.Error", Cause: "gone" });
  });

  test("each attempt has a token of its own, and the old one is void", async () => {
    const tokens: string[] = [];
    let engine: Engine | undefined;
    const ran = await run(
      machine({ T: wait({ TimeoutSeconds: 10, Retry: [{ ErrorEquals: ["States.Timeout"] }] }) }),
      {
        during: (made) => {
          engine = made;
        },
        integration: (call) => {
          tokens.push(call.taskToken ?? "");
          if (tokens.length === 2) {
            expect(() => engine?.sendTaskSuccess(tokens[0] ?? "", 1)).toThrow("Task Timed Out");
            engine?.sendTaskSuccess(tokens[1] ?? "", 2);
          }
          return ok(null);
        },
      },
    );
    expect(new Set(tokens).size).toBe(2);
    expect(output(ran)).toBe(2);
    expect(ran.elapsed).toBe(11_000);
  });
});

describe("limits", () => {
  test("a timeout, reported as States.Timeout", async () => {
    const ran = await withToken(machine({ T: wait({ TimeoutSeconds: 30 }) }), (token, engine) => {
      expect(() => engine.sendTaskSuccess(token, 1)).toThrow(TaskTokenError);
    });
    expect(ran.result).toEqual({ status: "FAILED", error: "States.Timeout" });
  });

  test("heartbeats keep it alive; a missed one shows as States.Timeout and answers to States.HeartbeatTimeout", async () => {
    const definition = machine({
      T: wait({ HeartbeatSeconds: 70, Catch: [{ ErrorEquals: ["States.HeartbeatTimeout"], Next: "H" }] }),
      H: handled,
    });
    const ran = await withToken(definition, (token, engine, clock) => {
      for (const at of [0, 50_000, 100_000]) clock.schedule(at, () => engine.sendTaskHeartbeat(token));
    });
    expect(output(ran)).toEqual({ Error: "States.Timeout", Cause: "" });
    expect(ran.elapsed).toBe(60_000 + 100_000 + 70_000);
    expect(
      ran.execution.history.find((event) => event.type === "TaskTimedOut")?.taskTimedOutEventDetails,
    ).toEqual({
      resourceType: "sqs",
      resource: "sendMessage.waitForTaskToken",
      error: "States.Timeout",
    });
  });
});

test("what comes before the submission is answered waits for it", async () => {
  let engine: Engine | undefined;
  const ran = await run(machine({ T: wait() }), {
    during: (made) => {
      engine = made;
    },
    integration: async (call, clock) => {
      engine?.sendTaskSuccess(call.taskToken ?? "", "early");
      await sleepOn(clock, 5_000);
      return ok(null);
    },
  });
  expect(output(ran)).toBe("early");
  expect(ran.elapsed).toBe(5_000);
  expect(chain(ran)).toContain("5 TaskSubmitted <- 4");
});

test("a token is good for once, and only a token is", async () => {
  await withToken(machine({ T: wait() }), (token, engine) => {
    engine.sendTaskSuccess(token, 1);
    for (const again of [
      () => engine.sendTaskSuccess(token, 1),
      () => engine.sendTaskFailure(token, {}),
      () => engine.sendTaskHeartbeat(token),
    ]) {
      expect(again).toThrow("Task Timed Out: 'Provided task does not exist anymore'");
    }
    expect(() => engine.sendTaskSuccess("nonsense", 1)).toThrow("Invalid Token: 'Invalid token'");
  });
});
