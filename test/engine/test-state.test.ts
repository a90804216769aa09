import { describe, expect, test } from "vitest";
import {
  type TestStateError,
  type TestStateRequest,
  testState,
  validateStateMachineDefinition,
} from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { LAMBDA, TOKEN } from "./run.ts";

/** What no recording covers; what one does is in test/conformance/cases. */

const role = "arn:aws:iam::000000000000:role/r";
const ask = (definition: object, more: Partial<TestStateRequest> = {}) => {
  const clock = new ManualClock();
  return clock.runUntil(
    testState(
      { definition: JSON.stringify(definition), ...more },
      { clock, integration: async () => ({ ok: true, output: 1 }) },
    ),
  );
};
const refusalOf = (definition: object, more: Partial<TestStateRequest>): Promise<string> =>
  ask(definition, more).then(
    ({ status }) => status,
    ({ name, message }: TestStateError) => `${name}: ${message}`,
  );

const task = { Type: "Task", Resource: LAMBDA, Parameters: { FunctionName: "f" }, End: true };
const jsonata = {
  QueryLanguage: "JSONata",
  Type: "Task",
  Resource: "arn:aws:lambda:us-east-1:000000000000:function:f",
  End: true,
};
const branch = { StartAt: "P", States: { P: { Type: "Pass", End: true } } };
const parallel = {
  Type: "Parallel",
  Branches: [branch, { StartAt: "Q", States: { Q: { Type: "Pass", End: true } } }],
  End: true,
};

describe("V26 refusals of TestState", () => {
  test.each<[string, object, Partial<TestStateRequest>, string]>([
    [
      "secrets of a mock",
      task,
      { mock: { result: "{}" }, revealSecrets: true },
      "ValidationException: TestState does not support RevealSecrets when a mock is specified.",
    ],
    [
      "a context without a mock",
      { Type: "Pass", End: true },
      { context: "{}" },
      "ValidationException: Context object is only supported when a mock is specified",
    ],
    [
      "a token without a mock",
      { ...task, Resource: TOKEN, Parameters: { QueueUrl: "q", MessageBody: "m" } },
      { roleArn: role },
      "InvalidDefinition: TestState API supports activities and the '.sync' and '.waitForTaskToken' service integration patterns only when a mock is specified",
    ],
    [
      "a count below none",
      task,
      { mock: { result: "{}" }, stateConfiguration: { retrierRetryCount: -1 } },
      "ValidationException: retrierRetryCount and mapIterationFailureCount must be whole numbers of at least 0",
    ],
    [
      "a mock that is no JSON",
      task,
      { mock: { result: "{" } },
      "ValidationException: Mocked result must be valid JSON",
    ],
    [
      "variables that are no object",
      { Type: "Pass", End: true },
      { variables: "[1]" },
      "ValidationException: Variables must be a JSON object",
    ],
  ])("%s", async (_what, definition, more, expected) => {
    expect(await refusalOf(definition, more)).toBe(expected);
  });
});

describe("V27 inspection data of TestState", () => {
  test("a JSONata task without Arguments got the input", async () => {
    const answer = await ask(jsonata, { input: '{"a":1}', mock: { result: "2" }, inspectionLevel: "DEBUG" });
    expect(answer).toMatchObject({ status: "SUCCEEDED", output: "2" });
    expect(answer.inspectionData).toMatchObject({ input: '{"a":1}', result: "2" });
  });

  test("a Parallel has its result as a Task has", async () => {
    const answer = await ask(parallel, { mock: { result: "[1,2]" }, inspectionLevel: "DEBUG" });
    expect(answer).toMatchObject({ status: "SUCCEEDED", output: "[1, 2]" });
    expect(answer.inspectionData).toMatchObject({ afterResultSelector: "[1, 2]", afterResultPath: "[1, 2]" });
  });
});

describe("V28 warnings of ValidateStateMachineDefinition", () => {
  test("they do not fail it, and come only when asked for", () => {
    const definition = JSON.stringify({
      StartAt: "A",
      States: {
        A: { Type: "Pass", Parameters: { x: "$.a" }, Next: "B" },
        B: { Type: "Pass", Result: { y: "$.b" }, End: true },
      },
    });
    expect(validateStateMachineDefinition({ definition })).toMatchObject({ result: "OK", diagnostics: [] });
    const { result, diagnostics } = validateStateMachineDefinition({ definition, severity: "WARNING" });
    expect(result).toBe("OK");
    expect(diagnostics.map(({ code, location }) => `${code} ${location}`)).toEqual([
      "NO_DOLLAR /States/A/Parameters/x",
      "PASS_RESULT_IS_STATIC /States/B/Result/y",
    ]);
  });
});

test("V29 Credentials is an object with a role", () => {
  const problems = (Credentials: unknown) =>
    validateStateMachineDefinition({
      definition: JSON.stringify({ StartAt: "A", States: { A: { ...task, Credentials } } }),
    }).diagnostics.map(({ message, location }) => `${message} at ${location}`);
  expect(problems({ RoleArn: role })).toEqual([]);
  expect(problems({ "RoleArn.$": "$.role" })).toEqual([]);
  expect(problems(role)).toEqual(["Expected value of type [Object] at /States/A/Credentials"]);
  expect(problems({})).toEqual(["The field 'RoleArn' is required but was missing at /States/A/Credentials"]);
});

test("V48 failures of a Map's iterations need a mock, and iterations that fail", async () => {
  const map = { Type: "Map", ItemProcessor: branch, End: true };
  const stateConfiguration = { mapIterationFailureCount: 2 };
  expect(await refusalOf(map, { roleArn: role, stateConfiguration })).toBe(
    "ValidationException: TestState does not support MapIterationFailureCount when a mock is not specified.",
  );
  expect(await refusalOf(map, { stateConfiguration, mock: { result: "[1]" } })).toBe(
    "ValidationException: Map iteration failure count must be less than or equal to the number of Map iterations",
  );
});

test("V51 a catcher whose own Output cannot be evaluated has caught the error all the same, without an output", async () => {
  const state = {
    ...jsonata,
    Arguments: { a: "{% $states.input.none %}" },
    Catch: [
      { ErrorEquals: ["States.Timeout"], Next: "T" },
      { ErrorEquals: ["States.QueryEvaluationError"], Output: { v: "{% $states.input.none %}" }, Next: "C" },
    ],
  };
  expect(await ask(state, { roleArn: role })).toEqual({
    status: "CAUGHT_ERROR",
    nextState: "C",
    error: "States.QueryEvaluationError",
    cause:
      "The JSONata expression '$states.input.none' specified for the field 'Arguments/a' returned nothing (undefined).",
  });
});
