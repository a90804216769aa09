import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { suiteOf } from "./folders.ts";
import { sum, textReport } from "./runner/report.ts";

/** Forms in which recordings may come. Each holds with the right answer, and fails with a wrong one. */

const machine = {
  StartAt: "T",
  States: {
    T: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Parameters: { FunctionName: "f", Payload: 1 },
      End: true,
    },
  },
};
const mocks = { T: [{ result: 7 }] };
const text = JSON.stringify(machine);
const line = (output: unknown, id = "x") => ({
  id,
  definition: machine,
  input: {},
  mocks,
  expected: { status: "SUCCEEDED", output },
});
const event = (id: number, previousEventId: number, type: string, key: string, details: object) => ({
  id,
  previousEventId,
  timestamp: "timestamp",
  type,
  [key]: details,
});
const full = { truncated: false };
const call = { resourceType: "lambda", resource: "invoke" };
const history = (output: unknown) => [
  event(1, 0, "ExecutionStarted", "executionStartedEventDetails", {
    input: {},
    inputDetails: full,
    roleArn: "sfn_role_arn",
  }),
  event(2, 0, "TaskStateEntered", "stateEnteredEventDetails", { name: "T", input: {}, inputDetails: full }),
  event(3, 2, "TaskScheduled", "taskScheduledEventDetails", {
    ...call,
    region: "<region>",
    parameters: { FunctionName: "f", Payload: 1 },
  }),
  event(4, 3, "TaskStarted", "taskStartedEventDetails", call),
  event(5, 4, "TaskSucceeded", "taskSucceededEventDetails", { ...call, output: "7", outputDetails: full }),
  event(6, 5, "TaskStateExited", "stateExitedEventDetails", {
    name: "T",
    output: String(output),
    outputDetails: full,
  }),
  event(7, 6, "ExecutionSucceeded", "executionSucceededEventDetails", {
    output: String(output),
    outputDetails: full,
  }),
];

type Files = Record<string, unknown>;
const CASES: [string, (output: unknown) => Files, number?][] = [
  [
    "a file a case, folder by category",
    (o) => ({ "executions/task/one.json": line(o), "executions/two.json": line(o, "y") }),
    2,
  ],
  [
    "a file named like a refusal in the folder of executions",
    (o) => ({ "executions/invalid_jsonpath.json": line(o) }),
  ],
  [
    "a definition as text, an outcome",
    (o) => ({
      "a.json": { definition: text, input: "{}", mocks, outcome: { status: "SUCCEEDED", output: String(o) } },
    }),
  ],
  [
    "a result, mockConfig",
    (o) => ({
      "a.json": {
        stateMachine: machine,
        input: {},
        mockConfig: mocks,
        result: { status: "SUCCEEDED", output: o },
      },
    }),
  ],
  [
    "Step Functions Local's responses",
    (o) => ({
      "a.json": {
        definition: machine,
        MockedResponses: { T: { "0": { Return: 7 } } },
        expected: { status: "SUCCEEDED", output: o },
      },
    }),
  ],
  [
    "what each call said, in kebab case",
    (o) => ({
      "a.json": {
        definition: machine,
        mocks,
        "recorded-content": { "describe-execution": { status: "SUCCEEDED", output: String(o) } },
      },
    }),
  ],
  [
    "what each call said, in snake case, with a history and no mocks",
    (o) => ({
      "a.json": {
        definition: machine,
        "recorded-content": {
          start_execution: { executionArn: "a" },
          get_execution_history: { events: history(o), ResponseMetadata: {} },
        },
      },
    }),
  ],
  [
    "cases by test name",
    (o) => ({
      "snapshot.json": {
        "test_a.py::T::test_one[x]": {
          definition: machine,
          input: {},
          "recorded-content": { get_execution_history: { events: history(o) } },
        },
        "test_a.py::T::test_two": {
          definition: machine,
          "recorded-content": { get_execution_history: { events: history(o) } },
        },
      },
    }),
    2,
  ],
  ["a history beside the outcome", (o) => ({ "a.json": { ...line(o), exact: true, history: history(o) } })],
  [
    "a history with its own mark",
    (o) => ({
      "a.json": {
        ...line(o),
        expected: { status: "SUCCEEDED", output: o, history: { exact: true, events: history(o) } },
      },
    }),
  ],
  [
    "lines, gzipped",
    (o) => ({
      "executions.jsonl.gz": gzipSync(`${JSON.stringify(line(o))}\n${JSON.stringify(line(o, "y"))}\n`),
    }),
    2,
  ],
  ["ndjson with a byte order mark", (o) => ({ "executions.ndjson": `\uFEFF${JSON.stringify(line(o))}\n` })],
  [
    "one machine, several runs",
    (o) => ({
      "a.json": {
        definition: machine,
        mocks,
        runs: [
          { id: "one", input: 1, expected: { status: "SUCCEEDED", output: o } },
          { id: "two", input: 2, status: "SUCCEEDED", output: o },
        ],
      },
    }),
    2,
  ],
  [
    "groups of cases",
    (o) => ({ "a.json": { families: { retry: [line(o), line(o, "y")], catch: { z: line(o, "z") } } } }),
    3,
  ],
  [
    "a folder a case",
    (o) => ({
      "executions/task/definition.asl.json": machine,
      "executions/task/input.json": "{}",
      "executions/task/mocks.json": mocks,
      "executions/task/expected.json": { status: "SUCCEEDED", output: o },
      "executions/task/history.json": history(o),
    }),
  ],
  [
    "a folder a case, beside an index",
    (o) => ({
      "index.json": {
        cases: [{ id: "one", path: "cases/one", category: "executions", exact: true, family: "f" }],
      },
      "cases/one/definition.json": machine,
      "cases/one/mocks.json": mocks,
      "cases/one/expected.json": { status: "SUCCEEDED", output: o },
    }),
  ],
  [
    "one name, a suffix a part",
    (o) => ({
      "executions/one.definition.json": machine,
      "executions/one.mocks.json": mocks,
      "executions/one.expected.json": { status: "SUCCEEDED", output: o },
    }),
  ],
  [
    "histories in a folder of their own",
    (o) => ({ "executions/one.json": line(o), "histories/one.json": { events: history(o) } }),
  ],
  [
    "definitions in a folder of their own, by path",
    (o) => ({
      "cases/one.json": { ...line(o), definition: "../machines/task.asl.json" },
      "machines/task.asl.json": machine,
    }),
  ],
  [
    "definitions in a table, by name",
    (o) => ({
      "executions.json": [{ ...line(o), definition: "task" }],
      "definitions.json": { task: machine },
    }),
  ],
  [
    "histories in a table, by id",
    (o) => ({ "executions.json": [line(o)], "histories.json": { x: history(o) } }),
  ],
  [
    "a file that is named by a field",
    (o) => ({
      "one.json": {
        id: "x",
        definitionFile: "machine.asl.json",
        mocks,
        expected: { status: "SUCCEEDED", output: o },
      },
      "machine.asl.json": machine,
    }),
  ],
  [
    "mocks that name the function",
    (o) => ({ "a.json": { ...line(o), mocks: { "lambda:invoke": [{ result: 7 }] } } }),
  ],
  [
    "mocks with the parameters that were recorded",
    (o) => ({
      "a.json": {
        ...line(o),
        mocks: [{ state: "T", parameters: { FunctionName: "<fn>", Payload: 2 }, response: { result: 7 } }],
      },
    }),
  ],
  ["mocks by state under a name", (o) => ({ "a.json": { ...line(o), mocks: { byState: mocks } } })],
  [
    "mocks by service and function",
    (o) => ({ "a.json": { ...line(o), mocks: { lambda: { f: [{ result: 7 }] } } } }),
  ],
  ["mocks by the name of the function", (o) => ({ "a.json": { ...line(o), mocks: { f: { result: 7 } } } })],
  [
    "a list of places with their answers",
    (o) => ({ "a.json": { ...line(o), mocks: [{ state: "T", responses: [{ Return: 7 }] }] } }),
  ],
  [
    "mocks that leave out what the history says",
    (o) => ({ "a.json": { ...line(o), mocks: { Other: [{ result: 1 }] }, history: history(o) } }),
  ],
];

describe("executions", () => {
  test.each(CASES)("%s", async (_what, files, count = 1) => {
    const right = await suiteOf(files(7));
    expect(right.unreadable).toEqual([]);
    expect(sum(right)).toBe(`${count} passed, 0 failed`);
    expect(right.judged.every(({ case: one }) => one.category === "executions")).toBe(true);
    for (const { verdict } of right.judged)
      for (const measure of Object.values(verdict)) expect(measure).toBe(true);
    expect(sum(await suiteOf(files(8)))).toBe(`0 passed, ${count} failed`);
  });
});

describe("what is missing is told", () => {
  test.each([
    [
      "a machine without an answer",
      { "one/definition.json": machine, "one/about.json": { id: "x" } },
      /no expected status/,
    ],
    ["an answer without a machine", { "one/expected.json": { status: "SUCCEEDED" } }, /no definition/],
    ["a history without a machine", { "histories/one.json": history(7) }, /no definition/],
  ] as [string, Files, RegExp][])("%s", async (_what, files, problem) => {
    const result = await suiteOf(files);
    expect(sum(result)).toBe("0 passed, 1 failed");
    expect(textReport(result, false)).toMatch(problem);
  });
  test("files that hold nothing of a case are passed over", async () => {
    const result = await suiteOf({
      "executions.json": [line(7)],
      "stats.json": { cases: 1, families: { f: 1 } },
      "schema.json": { $id: "x" },
      "notes.txt": "words",
    });
    expect(sum(result)).toBe("1 passed, 0 failed");
  });
});

test("the order of a recording that is marked as not exact does not matter", async () => {
  const shuffled = history(7).toReversed();
  const one = { ...line(7), exact: false, history: shuffled };
  const { judged } = await suiteOf({ "a.json": one, "b.json": { ...one, exact: true } });
  expect(judged.map(({ verdict }) => [verdict.c === true, verdict.d === true])).toEqual([
    [true, true],
    [false, false],
  ]);
});

test("numbers as their text in a history", async () => {
  const pass = { StartAt: "A", States: { A: { Type: "Succeed" } } };
  const said = (input: string) => [
    event(1, 0, "ExecutionStarted", "executionStartedEventDetails", { input }),
    event(2, 0, "SucceedStateEntered", "stateEnteredEventDetails", { name: "A", input }),
    event(3, 2, "SucceedStateExited", "stateExitedEventDetails", { name: "A", output: input }),
    event(4, 3, "ExecutionSucceeded", "executionSucceededEventDetails", { output: input }),
  ];
  const files = Object.fromEntries(
    ["0.0", "null", "true", '"text"'].map((input) => [
      `${input.length}.json`,
      { definition: pass, input, history: said(input) },
    ]),
  );
  const { judged } = await suiteOf(files);
  for (const { verdict } of judged) expect(verdict).toEqual({ a: true, b: true, c: true, d: true });
});

test("mocks in words that nobody knows are taken from the recorded history", async () => {
  const odd = { ...line(7), mocks: { T: [{ gives: 9 }] } };
  const { judged } = await suiteOf({
    "a.json": { ...odd, history: history(7) },
    "b.json": { ...odd, id: "y", expected: { status: "SUCCEEDED", output: 8 }, history: history(8) },
    "c.json": { ...odd, id: "z" },
  });
  expect(judged.map(({ verdict, byHistory }) => [verdict.a === true, byHistory])).toEqual([
    [true, true],
    [false, undefined],
    [false, undefined],
  ]);
});

test("an Express machine that was started synchronously knows of no redrives", async () => {
  const definition = {
    StartAt: "A",
    States: { A: { Type: "Pass", InputPath: "$$.Execution.RedriveCount", End: true } },
  };
  const missing = { status: "FAILED", error: "States.Runtime" };
  const { judged } = await suiteOf({
    "a.json": { id: "a", definition, type: "EXPRESS", expected: { status: "SUCCEEDED", output: 0 } },
    "b.json": { id: "b", definition, type: "EXPRESS", sync: true, expected: missing },
    "c.json": { id: "test_express_sync.py::c", definition, type: "EXPRESS", expected: missing },
    "d.json": { id: "test_express_async.py::d", definition, type: "EXPRESS", expected: missing },
  });
  expect(judged.map(({ verdict }) => verdict.a === true)).toEqual([true, true, true, false]);
});
