import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { suiteOf as suite } from "./folders.ts";
import { difference } from "./runner/match.ts";
import { jsonReport, sum, textReport } from "./runner/report.ts";

/** The runner takes corpora in many forms, and never counts as passed what it does not understand. */

const pass = { Type: "Pass", End: true };
const machine = { StartAt: "A", States: { A: pass } };
const task = {
  StartAt: "T",
  States: {
    T: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Retry: [{ ErrorEquals: ["E"] }],
      End: true,
    },
  },
};
const good = { definition: machine, input: { x: 1 }, expected: { status: "SUCCEEDED", output: '{"x":1}' } };

describe("files", () => {
  const line = JSON.stringify(good);
  test.each([
    ["one case", { "a.json": line }, 1],
    ["a list", { "a.json": `[${line},${line}]` }, 2],
    ["cases in a field", { "a.json": `{"family":"f","cases":[${line}]}` }, 1],
    ["cases by id", { "a.json": `{"one":${line},"two":${line}}` }, 2],
    ["lines", { "a.jsonl": `${line}\n${line}\n` }, 2],
    ["gzip", { "a.json.gz": gzipSync(line) }, 1],
  ] as [string, Record<string, string>, number][])("%s", async (_what, files, count) => {
    const result = await suite(files);
    expect(sum(result)).toBe(`${count} passed, 0 failed`);
  });
});

describe("names of fields", () => {
  test.each([
    [
      "template and text of input",
      { template: machine, input: '{"x":1}', expected: { status: "SUCCEEDED", output: { x: 1 } } },
    ],
    ["definition as text", { ...good, definition: JSON.stringify(machine) }],
    ["flat expectations", { stateMachine: machine, input: 1, status: "SUCCEEDED", output: 1 }],
    [
      "snake case",
      { state_machine: machine, input: 1, expect: { execution_status: "SUCCEEDED", output: "1" } },
    ],
  ])("%s", async (_what, one) => {
    expect(sum(await suite({ "a.json": JSON.stringify(one) }))).toBe("1 passed, 0 failed");
  });
});

describe("mocks", () => {
  const expected = { status: "SUCCEEDED", output: 7 };
  test.each([
    ["by state, in order", { T: [{ error: "E", cause: "c" }, { result: 7 }] }],
    ["by range", { T: { "0-1": { Throw: { Error: "E", Cause: "c" } }, 2: { Return: 7 } } }],
    [
      "a list that names states",
      [
        { state: "T", error: "E" },
        { state: "T", output: 7 },
      ],
    ],
    ["a list in order", [{ error: "E" }, { result: 7 }]],
    ["by resource", { "arn:aws:states:::lambda:invoke": { result: 7 } }],
  ])("%s", async (_what, mocks) => {
    expect(sum(await suite({ "a.json": JSON.stringify({ definition: task, mocks, expected }) }))).toBe(
      "1 passed, 0 failed",
    );
  });
  test("from the history, where there are none", async () => {
    const details = { resourceType: "lambda", resource: "invoke" };
    const history = [
      { id: 1, previousEventId: 0, type: "ExecutionStarted", executionStartedEventDetails: { input: "{}" } },
      {
        id: 2,
        previousEventId: 0,
        type: "TaskStateEntered",
        stateEnteredEventDetails: { name: "T", input: "{}" },
      },
      {
        id: 3,
        previousEventId: 2,
        type: "TaskScheduled",
        taskScheduledEventDetails: { ...details, region: "<region>", parameters: {} },
      },
      { id: 4, previousEventId: 3, type: "TaskStarted", taskStartedEventDetails: details },
      {
        id: 5,
        previousEventId: 4,
        type: "TaskFailed",
        taskFailedEventDetails: { ...details, error: "X", cause: "why" },
      },
      {
        id: 6,
        previousEventId: 5,
        type: "ExecutionFailed",
        executionFailedEventDetails: { error: "X", cause: "why" },
      },
    ];
    const { judged } = await suite({ "executions.json": JSON.stringify({ definition: task, history }) });
    // The details that a recording always has are not in this one, so the whole history differs.
    expect(judged[0]?.verdict).toMatchObject({ a: true, b: true, c: true });
  });
});

describe("what is not understood fails", () => {
  test.each([
    ["no JSON", "{", /JSON/],
    ["no definition", JSON.stringify({ expected: { status: "FAILED" } }), /no definition/],
    ["nothing expected", JSON.stringify({ definition: machine, input: 1 }), /no expected status/],
  ])("%s", async (_what, text, problem) => {
    const result = await suite({ "executions.json": text });
    expect(sum(result)).toBe("0 passed, 1 failed");
    expect(textReport(result, false)).toMatch(problem);
  });
  test("a wrong answer, a wrong cause and a wrong order fail where they stand", async () => {
    const expected = {
      status: "SUCCEEDED",
      output: { x: 2 },
      events: ["ExecutionStarted", "PassStateExited"],
    };
    const { judged } = await suite({
      "a.json": JSON.stringify({ definition: machine, input: { x: 1 }, expected }),
    });
    expect(judged[0]?.verdict.a).toMatch(/output\/x: expected 2, was 1/);
    expect(judged[0]?.verdict.c).toMatch(/event 2: expected PassStateExited, was PassStateEntered/);
  });
  test("a refused definition fails an execution", async () => {
    const bad = { ...good, definition: { StartAt: "A", States: { A: { Type: "Nope" } } } };
    expect(sum(await suite({ "a.json": JSON.stringify(bad) }))).toBe("0 passed, 1 failed");
  });
});

test("the report for programs", async () => {
  const report = jsonReport(
    await suite({ "executions.json": JSON.stringify({ ...good, id: "one", family: "f", exact: true }) }),
  );
  expect(report).toMatchObject({
    passed: 1,
    failed: 0,
    categories: { executions: { cases: 1, a: "1/1", b: "1/1", c: "-", d: "-" } },
    families: { f: { cases: 1 } },
    cases: [{ id: "one", category: "executions", exact: true, a: true, b: true }],
    unreadable: [],
  });
});

describe("values", () => {
  test.each([
    ["JSON as text", '{"a":1}', { a: 1 }, true],
    ["blanks in JSON text", "[1, 2]", "[1,2]", true],
    ["ids", "run 00000000-0000-4000-8000-000000000001", "run 11111111-1111-4111-8111-111111111111", true],
    ["placeholders", "arn:<x>:machine", "arn:aws:states:machine", true],
    ["a placeholder does not hide the rest", "arn:<x>:machine", "arn:aws:other", false],
    ["instants", "2024-01-01T00:00:00.000Z", "2026-05-05T05:05:05.555Z", true],
    ["a missing field", { a: 1, b: null }, { a: 1 }, false],
    ["a number is no text", 1, "1", false],
    ["another order", [1, 2], [2, 1], false],
  ])("%s", (_what, expected, actual, same) => {
    expect(difference(expected, actual) === undefined).toBe(same);
  });
});

test.each([
  ["<map_run_arn>", "arn:aws:states:us-east-1:1:mapRun:m/l:x"],
  ["<<task_token>:1>", "AQC"],
  ["arn:aws:lambda:us-east-1:1:function:<fn:1>", "arn:aws:lambda:us-east-1:1:function:f"],
  ["activity_arn", "arn:aws:states:us-east-1:1:activity:a"],
])("the placeholder %s stands for anything", (expected, actual) => {
  expect(difference(expected, actual)).toBeUndefined();
  expect(difference(`x${expected}`, `y${actual}`)).toBeDefined();
});
