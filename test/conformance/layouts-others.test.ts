import { describe, expect, test } from "vitest";
import { suiteOf } from "./folders.ts";
import { sum } from "./runner/report.ts";

/** Forms in which recordings of TestState, of refusals and of validations may come. */

type Files = Record<string, unknown>;

const state = { Type: "Pass", Result: 7, End: true };
const refusedText =
  "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'";
const OTHERS: [string, string, (right: boolean) => Files][] = [
  [
    "test-state",
    "a request and a response",
    (r) => ({
      "test-state/a.json": {
        request: { definition: state, input: "{}", inspectionLevel: "INFO" },
        response: { output: r ? "7" : "8", status: "SUCCEEDED" },
      },
    }),
  ],
  [
    "test-state",
    "a definition as text in the request, what the call said",
    (r) => ({
      "a.json": {
        category: "test-state",
        params: { definition: JSON.stringify(state), input: "{}" },
        "recorded-content": {
          test_case_response: { output: r ? "7" : "8", status: "SUCCEEDED", ResponseMetadata: {} },
        },
      },
    }),
  ],
  [
    "test-state",
    "a folder a case",
    (r) => ({
      "test-state/one/request.json": { definition: state, input: "{}" },
      "test-state/one/expected.json": { output: r ? "7" : "8", status: "SUCCEEDED" },
    }),
  ],
  [
    "test-state-error",
    "a refusal in a folder of its own",
    (r) => ({
      "test-state-error/a.json": {
        request: { definition: { Type: "Pass", End: true }, input: r ? "{" : "{}" },
        expected: { code: "InvalidExecutionInput" },
      },
    }),
  ],
  [
    "invalid",
    "code and message",
    (r) => ({
      "invalid/a.json": {
        definition: { StartAt: "A", ...(r ? {} : { States: { A: state } }) },
        expected: { code: "InvalidDefinition", message: refusedText },
      },
    }),
  ],
  [
    "invalid",
    "as botocore says it",
    (r) => ({
      "invalid/a.json": {
        definition: { StartAt: "A", ...(r ? {} : { States: { A: state } }) },
        "recorded-content": {
          exception: {
            exception_typename: "InvalidDefinition",
            exception_value: `An error occurred (InvalidDefinition) when calling the CreateStateMachine operation: ${refusedText}`,
          },
        },
      },
    }),
  ],
  [
    "invalid",
    "an error with both",
    (r) => ({
      "refusals/a.json": {
        definition: JSON.stringify({ StartAt: "A", ...(r ? {} : { States: { A: state } }) }),
        error: { code: "InvalidDefinition", message: refusedText },
      },
    }),
  ],
  [
    "validate",
    "the whole answer",
    (r) => ({
      "validate/a.json": {
        definition: JSON.stringify({ StartAt: "A", States: { A: state } }),
        type: "EXPRESS",
        expected: { result: r ? "OK" : "FAIL", diagnostics: [], truncated: false },
      },
    }),
  ],
  [
    "validate",
    "what the call said",
    (r) => ({
      "a.json": {
        definition: { StartAt: "A", States: { A: state } },
        "recorded-content": {
          validation_response: {
            result: r ? "OK" : "FAIL",
            diagnostics: [],
            truncated: false,
            ResponseMetadata: {},
          },
        },
      },
    }),
  ],
];

describe("the other categories", () => {
  test.each(OTHERS)("%s: %s", async (category, _what, files) => {
    const right = await suiteOf(files(true));
    expect(right.unreadable).toEqual([]);
    expect(right.judged.map(({ case: one }) => one.category)).toEqual([category]);
    expect(sum(right)).toBe("1 passed, 0 failed");
    expect(sum(await suiteOf(files(false)))).toBe("0 passed, 1 failed");
  });
});
