import { describe, expect, test } from "vitest";
import type { StateMachine, SubMachine } from "../../sdk/asl/types.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import { sleepOn } from "../../sdk/model/clock.ts";
import { bad, chain, FUNCTION, LAMBDA, machine, ok, type Ran, run, type Setup } from "./run.ts";

/** The events without their times. */
const events = (ran: Ran): Omit<HistoryEvent, "timestamp">[] =>
  ran.execution.history.map(({ timestamp: _timestamp, ...event }) => event);
const whole = { truncated: false };
const roleArn = "arn:aws:iam::000000000000:role/runlet";

const history = async (definition: StateMachine, setup?: Setup): Promise<string[]> =>
  chain(await run(definition, setup));
const boom: SubMachine = {
  StartAt: "Boom",
  States: { Boom: { Type: "Fail", Error: "MyError", Cause: "my cause" } },
};
const done = { Type: "Pass", End: true } as const;

test("a service call, field by field", async () => {
  const ran = await run(
    machine({
      T: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:s3:getObject",
        Arguments: { Key: "{% $states.input.k %}" },
        TimeoutSeconds: 9,
        HeartbeatSeconds: 4,
        Assign: { a: 1, b: "{% $states.result %}" },
        Output: "done",
        End: true,
      },
    }),
    { input: { k: "x" }, integration: () => ok({ Body: "é" }) },
  );
  const task = { resourceType: "aws-sdk:s3", resource: "getObject" };
  expect(events(ran)).toEqual([
    {
      id: 1,
      previousEventId: 0,
      type: "ExecutionStarted",
      executionStartedEventDetails: { input: '{"k":"x"}', inputDetails: whole, roleArn },
    },
    {
      id: 2,
      previousEventId: 0,
      type: "TaskStateEntered",
      stateEnteredEventDetails: { name: "T", input: '{"k":"x"}', inputDetails: whole },
    },
    {
      id: 3,
      previousEventId: 2,
      type: "TaskScheduled",
      taskScheduledEventDetails: {
        ...task,
        region: "us-east-1",
        parameters: '{"Key":"x"}',
        timeoutInSeconds: 9,
        heartbeatInSeconds: 4,
      },
    },
    { id: 4, previousEventId: 3, type: "TaskStarted", taskStartedEventDetails: task },
    {
      id: 5,
      previousEventId: 4,
      type: "TaskSucceeded",
      taskSucceededEventDetails: { ...task, output: '{"Body":"é"}', outputDetails: whole },
    },
    {
      id: 6,
      previousEventId: 5,
      type: "TaskStateExited",
      stateExitedEventDetails: {
        name: "T",
        output: '"done"',
        outputDetails: whole,
        assignedVariables: { a: "1", b: '{"Body":"é"}' },
        assignedVariablesDetails: whole,
      },
    },
    {
      id: 7,
      previousEventId: 6,
      type: "ExecutionSucceeded",
      executionSucceededEventDetails: { output: '"done"', outputDetails: whole },
    },
  ]);
});

test("a function named directly has events of its own", async () => {
  let calls = 0;
  const ran = await run(
    machine({
      T: { Type: "Task", Resource: FUNCTION, Retry: [{ ErrorEquals: ["E"] }], TimeoutSeconds: 5, End: true },
    }),
    { integration: () => (++calls === 1 ? bad("E", "why") : ok(1)) },
  );
  expect(events(ran).slice(2, 8)).toEqual([
    {
      id: 3,
      previousEventId: 2,
      type: "LambdaFunctionScheduled",
      lambdaFunctionScheduledEventDetails: {
        resource: FUNCTION,
        input: "{}",
        inputDetails: whole,
        timeoutInSeconds: 5,
      },
    },
    { id: 4, previousEventId: 3, type: "LambdaFunctionStarted" },
    {
      id: 5,
      previousEventId: 4,
      type: "LambdaFunctionFailed",
      lambdaFunctionFailedEventDetails: { error: "E", cause: "why" },
    },
    expect.objectContaining({ id: 6, previousEventId: 5, type: "LambdaFunctionScheduled" }),
    { id: 7, previousEventId: 6, type: "LambdaFunctionStarted" },
    expect.objectContaining({ id: 8, previousEventId: 7, type: "LambdaFunctionSucceeded" }),
  ]);
});

test("every event is handed on as it happens, with the time of the clock", async () => {
  const seen: [string, number, number][] = [];
  const ran = await run(machine({ W: { Type: "Wait", Seconds: 3, End: true } }), {
    options: { onEvent: (arn, event) => void seen.push([arn, event.id, event.timestamp]) },
  });
  const start = Date.UTC(2026, 0, 1);
  expect(seen.map(([, id, at]) => [id, at - start])).toEqual([
    [1, 0],
    [2, 0],
    [3, 3_000],
    [4, 3_000],
  ]);
  expect(new Set(seen.map(([arn]) => arn))).toEqual(new Set([ran.execution.arn]));
});

// Shapes read off AWS in us-east-1: floci-io/floci,
// src/test/java/io/github/hectorvent/floci/services/stepfunctions/AslExecutorBranchHistoryEventsTest.java
describe("Parallel", () => {
  const branch = (...names: string[]): SubMachine => ({
    StartAt: names[0] ?? "",
    States: Object.fromEntries(
      names.map((name, index) => {
        const next = names[index + 1];
        return [name, next === undefined ? done : ({ Type: "Pass", Next: next } as const)];
      }),
    ),
  });

  test("branches have chains of their own; Succeeded and Exited name the last event of the last branch", async () => {
    const ran = await run(
      machine({
        P: { Type: "Parallel", Branches: [branch("A1", "A2"), branch("B1", "B2")], Next: "After" },
        After: done,
      }),
    );
    const found = ran.execution.history;
    const of = (type: string, name: string) =>
      found.find(
        (e) => e.type === type && (e.stateEnteredEventDetails ?? e.stateExitedEventDetails)?.name === name,
      );
    expect(found).toHaveLength(16);
    for (const name of ["A", "B"]) {
      expect(of("PassStateEntered", `${name}1`)?.previousEventId).toBe(3);
      expect(of("PassStateExited", `${name}1`)?.previousEventId).toBe(of("PassStateEntered", `${name}1`)?.id);
      expect(of("PassStateEntered", `${name}2`)?.previousEventId).toBe(of("PassStateExited", `${name}1`)?.id);
    }
    expect(chain(ran).slice(11)).toEqual([
      "12 ParallelStateSucceeded <- 11",
      "13 ParallelStateExited <- 11",
      "14 PassStateEntered <- 13",
      "15 PassStateExited <- 14",
      "16 ExecutionSucceeded <- 15",
    ]);
  });

  test("a Fail in a branch", async () => {
    expect(await history(machine({ P: { Type: "Parallel", Branches: [boom], End: true } }))).toEqual([
      "1 ExecutionStarted <- 0",
      "2 ParallelStateEntered <- 0",
      "3 ParallelStateStarted <- 2",
      "4 FailStateEntered <- 3",
      "5 ParallelStateFailed <- 4",
      "6 ExecutionFailed <- 5",
    ]);
  });

  test("ParallelStateFailed comes once, when no retry is left", async () => {
    const retry = [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 }];
    const definition = machine({ P: { Type: "Parallel", Branches: [boom], Retry: retry, End: true } });
    expect((await history(definition)).slice(2)).toEqual([
      "3 ParallelStateStarted <- 2",
      "4 FailStateEntered <- 3",
      "5 ParallelStateStarted <- 4",
      "6 FailStateEntered <- 5",
      "7 ParallelStateFailed <- 6",
      "8 ExecutionFailed <- 7",
    ]);
  });

  test("a Task that fails is aborted too; the caught Parallel exits", async () => {
    const definition = machine({
      P: {
        Type: "Parallel",
        Branches: [{ StartAt: "T", States: { T: { Type: "Task", Resource: LAMBDA, End: true } } }],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }],
        End: true,
      },
      H: done,
    });
    expect((await history(definition, { integration: () => bad("E") })).slice(6)).toEqual([
      "7 TaskFailed <- 6",
      "8 TaskStateAborted <- 7",
      "9 ParallelStateFailed <- 7",
      "10 ParallelStateExited <- 9",
      "11 PassStateEntered <- 10",
      "12 PassStateExited <- 11",
      "13 ExecutionSucceeded <- 12",
    ]);
  });

  test("a Catch that fails itself fails the Parallel a second time", async () => {
    const ran = await run(
      machine({
        P: {
          Type: "Parallel",
          Branches: [boom],
          Catch: [
            { ErrorEquals: ["Other"], Next: "D" },
            { ErrorEquals: ["States.ALL"], Output: { v: "{% $states.input.missing %}" }, Next: "D" },
          ],
          End: true,
        },
        D: done,
      }),
    );
    expect(chain(ran).slice(3)).toEqual([
      "4 FailStateEntered <- 3",
      "5 ParallelStateFailed <- 4",
      "6 EvaluationFailed <- 4",
      "7 ParallelStateFailed <- 6",
      "8 ExecutionFailed <- 7",
    ]);
    expect(ran.execution.history[5]?.evaluationFailedEventDetails?.location).toBe("Catch[1]/Output/v");
  });

  test("States.Runtime leaves nothing but ExecutionFailed", async () => {
    const definition = machine({
      P: {
        Type: "Parallel",
        Branches: [{ StartAt: "T", States: { T: { Type: "Task", Resource: LAMBDA, End: true } } }],
        End: true,
      },
    });
    expect((await history(definition, { integration: () => bad("States.Runtime") })).slice(5)).toEqual([
      "6 TaskStarted <- 5",
      "7 TaskFailed <- 6",
      "8 ExecutionFailed <- 7",
    ]);
  });
});

describe("Map", () => {
  const map = (states: SubMachine["States"], more: object = {}): StateMachine =>
    machine({
      M: {
        Type: "Map",
        ItemProcessor: { StartAt: Object.keys(states)[0] ?? "", States: states },
        End: true,
        ...more,
      },
    });

  // localstack/localstack: tests/aws/services/stepfunctions/v2/evaluate_jsonata/test_base_evaluate_expressions.snapshot.json
  test("one at a time: the next iteration names the last state event of the one before", async () => {
    const ran = await run(map({ Process: done }, { MaxConcurrency: 1, Items: "{% $states.input.xs %}" }), {
      input: { xs: [1, 2] },
    });
    expect(chain(ran)).toEqual([
      "1 ExecutionStarted <- 0",
      "2 MapStateEntered <- 0",
      "3 MapStateStarted <- 2",
      "4 MapIterationStarted <- 3",
      "5 PassStateEntered <- 4",
      "6 PassStateExited <- 5",
      "7 MapIterationSucceeded <- 6",
      "8 MapIterationStarted <- 6",
      "9 PassStateEntered <- 8",
      "10 PassStateExited <- 9",
      "11 MapIterationSucceeded <- 10",
      "12 MapStateSucceeded <- 11",
      "13 MapStateExited <- 11",
      "14 ExecutionSucceeded <- 13",
    ]);
    expect(ran.execution.history[2]?.mapStateStartedEventDetails).toEqual({ length: 2 });
    expect(ran.execution.history[7]?.mapIterationStartedEventDetails).toEqual({ name: "M", index: 1 });
    expect(ran.execution.history[10]?.mapIterationSucceededEventDetails).toEqual({ name: "M", index: 1 });
  });

  test("over no items", async () => {
    expect((await history(map({ I: done }), { input: [] })).slice(2)).toEqual([
      "3 MapStateStarted <- 2",
      "4 MapStateSucceeded <- 3",
      "5 MapStateExited <- 3",
      "6 ExecutionSucceeded <- 5",
    ]);
  });

  test("all that may run begin before any enters a state", async () => {
    const ran = await run(map({ I: done }), { input: [1, 2, 3] });
    expect(chain(ran).slice(3, 7)).toEqual([
      "4 MapIterationStarted <- 3",
      "5 MapIterationStarted <- 3",
      "6 MapIterationStarted <- 3",
      "7 PassStateEntered <- 4",
    ]);
  });

  // floci-io/floci: src/test/java/io/github/hectorvent/floci/services/stepfunctions/StepFunctionsMapIterationFailureIntegrationTest.java
  test("a failure cuts the others in order of index, all naming the last event of the one that failed", async () => {
    const states: SubMachine["States"] = {
      Route: {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input.kind = 'fail' %}", Next: "Pause" }],
        Default: "Long",
      },
      Long: { Type: "Wait", Seconds: 15, End: true },
      Pause: { Type: "Wait", Seconds: 1, Next: "Boom" },
      Boom: { Type: "Fail", Error: "Boom" },
    };
    const ran = await run(map(states), { input: [{ kind: "long" }, { kind: "fail" }] });
    const failure = ran.execution.history.find((event) => event.type === "FailStateEntered")?.id ?? 0;
    expect(chain(ran).slice(failure)).toEqual([
      `${failure + 1} MapIterationAborted <- ${failure}`,
      `${failure + 2} WaitStateAborted <- ${failure}`,
      `${failure + 3} MapIterationFailed <- ${failure}`,
      `${failure + 4} MapStateFailed <- ${failure}`,
      `${failure + 5} ExecutionFailed <- ${failure + 4}`,
    ]);
    expect(ran.execution.history[failure]?.mapIterationAbortedEventDetails).toEqual({ name: "M", index: 0 });
    expect(ran.execution.history[failure + 2]?.mapIterationFailedEventDetails).toEqual({
      name: "M",
      index: 1,
    });
  });

  // localstack/localstack: tests/aws/services/stepfunctions/v2/timeouts/test_timeouts.snapshot.json, test_service_lambda_map_timeout
  test("tasks that time out together: all time out, the first one fails, all are aborted", async () => {
    const states: SubMachine["States"] = {
      T: { Type: "Task", Resource: LAMBDA, TimeoutSeconds: 5, End: true },
    };
    const ran = await run(map(states), {
      input: [1, 2],
      integration: (_call, clock) => sleepOn(clock, 9_000).then(() => ok(1)),
    });
    const end = chain(ran).slice(11);
    expect(end).toEqual([
      "12 TaskTimedOut <- 9",
      "13 TaskTimedOut <- 11",
      "14 MapIterationFailed <- 12",
      "15 TaskStateAborted <- 12",
      "16 MapIterationAborted <- 12",
      "17 TaskStateAborted <- 12",
      "18 MapStateFailed <- 12",
      "19 ExecutionFailed <- 18",
    ]);
  });

  // localstack/localstack: tests/aws/services/stepfunctions/v2/states_variables/test_error_output.snapshot.json, test_map_catch_error
  test("an expression that fails in an iteration keeps its own words all the way up", async () => {
    const states: SubMachine["States"] = {
      P: {
        Type: "Task",
        Resource: LAMBDA,
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "Fallback" }],
        End: true,
      },
      Fallback: { Type: "Pass", Output: { error: "{% $stateError %}" }, End: true },
    };
    const ran = await run(map(states, { MaxConcurrency: 1 }), {
      input: [1],
      integration: () => bad("Exception"),
    });
    expect(chain(ran).slice(8)).toEqual([
      "9 TaskStateExited <- 8",
      "10 PassStateEntered <- 9",
      "11 EvaluationFailed <- 9",
      "12 MapIterationFailed <- 11",
      "13 MapStateFailed <- 11",
      "14 ExecutionFailed <- 13",
    ]);
    const cause =
      "An error occurred while executing the state 'Fallback' (entered at the event id #10). The JSONata expression " +
      "'$stateError' specified for the field 'Output/error' returned nothing (undefined).";
    const error = "States.QueryEvaluationError";
    expect(ran.execution.history[10]?.evaluationFailedEventDetails).toEqual({
      state: "Fallback",
      location: "Output/error",
      error,
      cause,
    });
    expect(ran.result).toEqual({ status: "FAILED", error, cause });
  });

  test("Items that cannot be evaluated fail the Map before it starts", async () => {
    expect((await history(map({ I: done }, { Items: "{% $states.input.missing %}" }))).slice(1)).toEqual([
      "2 MapStateEntered <- 0",
      "3 EvaluationFailed <- 0",
      "4 MapStateFailed <- 3",
      "5 ExecutionFailed <- 4",
    ]);
  });

  test("a retry starts the Map again, without MapStateFailed", async () => {
    let calls = 0;
    const states: SubMachine["States"] = { T: { Type: "Task", Resource: LAMBDA, End: true } };
    const ran = await run(map(states, { Retry: [{ ErrorEquals: ["E"] }] }), {
      input: [1],
      integration: () => (++calls === 1 ? bad("E") : ok(1)),
    });
    expect(chain(ran).slice(7, 12)).toEqual([
      "8 TaskFailed <- 7",
      "9 MapIterationFailed <- 8",
      "10 TaskStateAborted <- 8",
      "11 MapStateStarted <- 8",
      "12 MapIterationStarted <- 11",
    ]);
  });
});
