import { describe, expect, it } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { createEngine, type Execution, nestedExecutions, type Outcome } from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";

const SYNC = "arn:aws:states:::states:startExecution.sync:2";
const CHILDREN: Record<string, StateMachine> = {
  answers: {
    QueryLanguage: "JSONata",
    StartAt: "A",
    States: { A: { Type: "Succeed", Output: { got: "{% $states.input %}" } } },
  },
  fails: {
    QueryLanguage: "JSONata",
    StartAt: "A",
    States: { A: { Type: "Fail", Error: "Busy", Cause: "why" } },
  },
  waits: { QueryLanguage: "JSONata", StartAt: "A", States: { A: { Type: "Wait", Seconds: 60, End: true } } },
};
const caller = (args: Json, resource = SYNC, more: object = {}): StateMachine =>
  ({
    QueryLanguage: "JSONata",
    StartAt: "Call",
    States: { Call: { Type: "Task", Resource: resource, Arguments: args, ...more, End: true } },
  }) as StateMachine;

function setUp() {
  const clock = new ManualClock(0);
  const nested = nestedExecutions(
    ({ stateMachineArn, name, input }): Execution =>
      engine.start({
        definition: CHILDREN[stateMachineArn] as StateMachine,
        input,
        stateMachineName: stateMachineArn,
        ...(name && { name }),
      }),
    () => clock.now(),
  );
  const engine = createEngine({
    clock,
    integration: async (call): Promise<Outcome> =>
      nested.answers(call.resource) ? nested.integration(call) : { ok: false, error: "Unknown", cause: "" },
  });
  const run = (definition: StateMachine): Execution => engine.start({ definition });
  return { clock, nested, run };
}

describe("executions that executions start", () => {
  it("answers the output, parsed by sync:2 and as text by sync", async () => {
    const { clock, run } = setUp();
    const args = { StateMachineArn: "answers", Name: "c", Input: { a: [1] } };
    const parsed = await clock.runUntil(run(caller(args)).done);
    expect(parsed).toMatchObject({
      output: { Output: { got: { a: [1] } }, Status: "SUCCEEDED", Name: "c", Input: { a: [1] } },
    });
    const text = await clock.runUntil(run(caller({ ...args, Name: "d" }, SYNC.replace(":2", ""))).done);
    expect(text).toMatchObject({ output: { Output: '{"got":{"a":[1]}}', Input: '{"a":[1]}' } });
  });

  // docs/verify-on-aws.md V54; floci-io/floci: AslExecutorNestedStartExecutionTest and AslExecutorNestedSyncFailureTest (measured on AWS, 2026)
  it("describes the child as DescribeExecution does, field by field", async () => {
    const { clock, run } = setUp();
    const good = await clock.runUntil(run(caller({ StateMachineArn: "answers", Name: "c", Input: 1 })).done);
    const described = (good as { output: Record<string, Json> }).output;
    expect(JSON.stringify(described)).toBe(
      `{"ExecutionArn":${JSON.stringify(described["ExecutionArn"])},"Input":1,"InputDetails":{"Included":true},` +
        `"Name":"c","Output":{"got":1},"OutputDetails":{"Included":true},"RedriveCount":0,` +
        `"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven",` +
        `"StartDate":0,"StateMachineArn":"answers","Status":"SUCCEEDED","StopDate":0}`,
    );
    const args = { StateMachineArn: "fails", Name: "d", Input: { k: 1 } };
    const { cause } = (await clock.runUntil(run(caller(args)).done)) as { cause: string };
    expect(cause).toBe(
      `{"Cause":"why","Error":"Busy","ExecutionArn":${JSON.stringify(JSON.parse(cause).ExecutionArn)},` +
        `"Input":"{\\"k\\":1}","InputDetails":{"Included":true},"Name":"d","RedriveCount":0,` +
        `"RedriveStatus":"REDRIVABLE","StartDate":0,"StateMachineArn":"fails","Status":"FAILED","StopDate":0}`,
    );
  });

  it("tells a failure as States.TaskFailed with the child's description", async () => {
    const { clock, run } = setUp();
    const result = await clock.runUntil(run(caller({ StateMachineArn: "fails", Name: "c" })).done);
    expect(result).toMatchObject({ status: "FAILED", error: "States.TaskFailed" });
    expect(JSON.parse((result as { cause: string }).cause)).toMatchObject({
      Status: "FAILED",
      Error: "Busy",
      Cause: "why",
    });
  });

  // docs/verify-on-aws.md V45
  it("a job that is refused was never submitted", async () => {
    const { clock, run } = setUp();
    const args = { StateMachineArn: "answers", Name: "taken" };
    await clock.runUntil(run(caller(args)).done);
    const second = run(caller(args));
    const error = "StepFunctions.ExecutionAlreadyExistsException";
    expect(await clock.runUntil(second.done)).toMatchObject({ status: "FAILED", error });
    expect(second.history.map(({ type }) => type).slice(2)).toEqual([
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitFailed",
      "ExecutionFailed",
    ]);
    const details = { resource: "startExecution.sync:2", resourceType: "states", error };
    expect(second.history[4]?.taskSubmitFailedEventDetails).toMatchObject(details);
  });

  it("does not wait where it only starts", async () => {
    const { clock, nested, run } = setUp();
    const result = await clock.runUntil(
      run(caller({ StateMachineArn: "waits" }, "arn:aws:states:::states:startExecution")).done,
    );
    expect(result).toMatchObject({
      status: "SUCCEEDED",
      output: { ExecutionArn: expect.stringContaining(":waits:") },
    });
    expect(clock.now()).toBe(0);
    await clock.runUntil((nested.executions[0] as Execution).done);
    expect(clock.now()).toBe(60_000);
  });

  it("a taken name joins the running execution for the same input, and is refused for another or an ended one", async () => {
    const { clock, nested, run } = setUp();
    const both = caller({ StateMachineArn: "waits", Name: "c", Input: 1 });
    const ends = await clock.runUntil(Promise.all([run(both).done, run(both).done]));
    expect(ends.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(nested.executions).toHaveLength(1);
    expect(await clock.runUntil(run(both).done)).toMatchObject({
      error: "StepFunctions.ExecutionAlreadyExistsException",
    });
  });

  it("cancel goes down: who stops the caller stops the child, a timeout does too", async () => {
    const { clock, nested, run } = setUp();
    const stopped = run(caller({ StateMachineArn: "waits", Name: "a" }));
    clock.schedule(5_000, () => stopped.stop("Enough"));
    await clock.runUntil(stopped.done);
    expect(await clock.runUntil((nested.executions[0] as Execution).done)).toMatchObject({
      status: "ABORTED",
      cause: `The Task state in AWS Step Functions execution [${stopped.arn}] which was managing this resource was aborted`,
    });
    expect(clock.now()).toBe(5_000);
    const late = run(caller({ StateMachineArn: "waits", Name: "b" }, SYNC, { TimeoutSeconds: 10 }));
    expect(await clock.runUntil(late.done)).toMatchObject({ error: "States.Timeout" });
    expect(await clock.runUntil((nested.executions[1] as Execution).done)).toMatchObject({
      status: "ABORTED",
    });
    expect(clock.now()).toBe(15_000);
  });
});
