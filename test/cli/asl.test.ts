import { afterAll, describe, expect, it } from "vitest";
import { cli, workspace } from "./cli.ts";

const LAMBDA = "arn:aws:states:::lambda:invoke";
const task = (more: object) => ({
  Type: "Task",
  Resource: LAMBDA,
  Parameters: { FunctionName: "f", "Payload.$": "$" },
  ...more,
});
const machine = {
  StartAt: "T",
  States: {
    T: task({ Retry: [{ ErrorEquals: ["E"], IntervalSeconds: 100 }], Next: "W" }),
    W: {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Parameters: { QueueUrl: "https://sqs.test/q", MessageBody: { "token.$": "$$.Task.Token" } },
      Next: "A",
    },
    A: { Type: "Task", Resource: "arn:aws:states:eu-west-1:123456789012:activity:act", End: true },
  },
};
const local = {
  StateMachines: {
    Machine: {
      TestCases: {
        Good: { T: "Late", W: "Told", A: "Told" },
        Bad: { T: "Never" },
        Short: { T: "Once" },
        Lost: { T: "Gone" },
      },
    },
  },
  MockedResponses: {
    Late: { "0-1": { Throw: { Error: "E", Cause: "c" } }, "2": { Return: 1 } },
    Never: { "0": { Throw: { Error: "Fatal", Cause: "no" } } },
    Once: { "0": { Throw: { Error: "E", Cause: "c" } } },
    Told: { "0": { Return: { told: true } } },
  },
};
const files = workspace({
  "machine.json": JSON.stringify(machine),
  "mocks.json": JSON.stringify({
    T: [{ error: "E", cause: "c" }, { result: 1 }],
    W: { result: 2 },
    A: { result: { done: true } },
  }),
  "local.json": JSON.stringify(local),
  "both.json": JSON.stringify({ ...local, MockedResponses: { Late: { "0": { Return: 1, Throw: {} } } } }),
  "wrong.json": '{ "T": { "Return": 1 } }',
  "bad.json": JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", Next: "B", Foo: 1 } } }),
  "warn.json": JSON.stringify({
    StartAt: "A",
    States: { A: { Type: "Pass", Parameters: { v: "$.x" }, End: true } },
  }),
  "lines.json": JSON.stringify({
    StartAt: "M",
    States: {
      M: {
        Type: "Map",
        ResultWriter: { WriterConfig: { Transformation: "FLATTEN", OutputType: "JSONL" } },
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "P",
          States: { P: { Type: "Pass", End: true } },
        },
        End: true,
      },
    },
  }),
  "state.json": JSON.stringify({ ...task({ Parameters: { FunctionName: "f" } }), End: true }),
  "text.json": "{ not json",
});
afterAll(() => files.remove());

const asl = (command: string, file: string, ...options: string[]) =>
  cli(["asl", command, files.path(file), ...options]);

describe("runlet asl run", () => {
  it("answers calls, tokens and activities from mocks, in the machine's own time", async () => {
    const { code, stdout } = await asl("run", "machine.json", "--mocks", files.path("mocks.json"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ status: "SUCCEEDED", output: { done: true }, seconds: 100 });
  });

  it("prints the history", async () => {
    const { stdout } = await asl("run", "machine.json", "--mocks", files.path("mocks.json"), "--history");
    expect(stdout).toContain("   5 <-   4 TaskFailed E");
    expect(stdout).toContain("✓ SUCCEEDED after 100 s of its own time, 21 events");
  });

  it("takes the mock configuration of Step Functions Local", async () => {
    const run = (name: string) =>
      asl("run", "machine.json", "--mocks", files.path("local.json"), "--case", name, "--json");
    const good = await run("Good");
    expect(JSON.parse(good.stdout)).toEqual({ status: "SUCCEEDED", output: { told: true }, seconds: 300 });
    const bad = await run("Bad");
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ status: "FAILED", error: "Fatal", cause: "no" });
    const short = await run("Short");
    expect(JSON.parse(short.stdout)).toMatchObject({
      error: "States.Runtime",
      cause: expect.stringContaining('the state "T" has no mocked response for attempt 1'),
    });
  });

  it.each([
    ["a call without a mock", [], 1, 'the state "T" (arn:aws:states:::lambda:invoke) has no mock'],
    [
      "no test case",
      ["--mocks", "local.json", "--case", "Nope"],
      2,
      'There is no test case "Nope"; the file has Good, Bad',
    ],
    ["several test cases", ["--mocks", "local.json"], 2, "choose one with --case"],
    [
      "a response that is not there",
      ["--mocks", "local.json", "--case", "Lost"],
      2,
      '"Gone", which is not there',
    ],
    ["Return and Throw", ["--mocks", "both.json", "--case", "Good"], 2, "either Return, or Throw"],
    ["another form", ["--mocks", "wrong.json"], 2, "The mock T[0] is neither"],
    ["a case of no configuration", ["--mocks", "mocks.json", "--case", "x"], 2, "--case needs"],
    ["an input that is no JSON", ["--input", "{"], 2, "RLT4005"],
    ["another type", ["--type", "FAST"], 2, "--type is STANDARD or EXPRESS"],
    ["an Express machine with a token", ["--type", "express"], 2, "'.waitForTaskToken'"],
  ] as [string, string[], number, string][])("%s", async (_what, options, code, said) => {
    const given = options.map((option) => (option.endsWith(".json") ? files.path(option) : option));
    const result = await asl("run", "machine.json", ...given);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toContain(said);
  });

  it("tells all mistakes of a definition, and files that are not there", async () => {
    const bad = await asl("run", "bad.json");
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining("Field 'Foo' is not supported")]);
    const gone = await asl("run", "gone.json");
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining("RLT4003")]);
  });
});

describe("runlet asl validate", () => {
  it("says what Step Functions would say", async () => {
    const bad = await asl("validate", "bad.json", "--json");
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      result: "FAIL",
      diagnostics: [{ severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", location: "/States/A" }],
    });
    const text = await asl("validate", "text.json");
    expect([text.code, text.stdout]).toEqual([1, expect.stringContaining("INVALID_JSON_DESCRIPTION")]);
    const good = await asl("validate", "machine.json");
    expect([good.code, good.stdout]).toEqual([0, "✓ The definition is valid.\n"]);
  });

  it("tells warnings where asked, and what only the local engine does not run", async () => {
    expect((await asl("validate", "warn.json")).stdout).not.toContain("NO_DOLLAR");
    expect((await asl("validate", "warn.json", "--warnings")).stdout).toContain(
      "NO_DOLLAR /States/A/Parameters/v",
    );
    const lines = await asl("validate", "lines.json");
    expect([lines.code, lines.stdout]).toEqual([0, expect.stringContaining("RLT3002")]);
  });
});

describe("runlet asl test-state", () => {
  it("answers as TestState does", async () => {
    const mock = '{"result":{"StatusCode":200}}';
    const result = await asl(
      "test-state",
      "machine.json",
      "--state",
      "T",
      "--input",
      '{"a":1}',
      "--mock",
      mock,
      "--level",
      "debug",
    );
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({
      status: "SUCCEEDED",
      nextState: "W",
      inspectionData: { input: '{"a":1}', result: '{"StatusCode": 200}' },
    });
    const error = '{"errorOutput":{"error":"E","cause":"c"}}';
    const failed = await asl("test-state", "state.json", "--mock", error);
    expect([failed.code, JSON.parse(failed.stdout)]).toEqual([
      1,
      { status: "FAILED", error: "E", cause: "c" },
    ]);
  });

  it.each([
    [["--state", "Nope"], "State not found in definition"],
    [["--state", "T"], "RoleArn must be specified when testing a Task state"],
    [["--state", "T", "--mock", '{"result":{"StatusCode":"200"}}'], "Field 'StatusCode' must be a number"],
    [["--state", "T", "--level", "LOUD"], "--level is INFO, DEBUG or TRACE"],
    [["--state", "T", "--mock", "1"], "--mock is a JSON object"],
  ] as [string[], string][])("refuses %j", async (options, said) => {
    const { code, stderr } = await asl("test-state", "machine.json", ...options);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});
