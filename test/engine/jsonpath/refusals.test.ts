import { expect, test } from "vitest";
import { validateDefinition } from "../../../sdk/engine/index.ts";
import { LAMBDA } from "../run.ts";

const pass = { Type: "Pass", End: true };
const problems = (state: object, more: object = {}): string[] =>
  validateDefinition({ StartAt: "A", States: { A: state, ...more } }).map(
    ({ code, location, message }) => `${code} ${location} ${message}`,
  );

const cases: [string, object, string[]][] = [
  [
    "a path that is none",
    { ...pass, OutputPath: "Test" }, // aws-cloudformation/cfn-lint#4078 quotes AWS
    ["RLT3001 /States/A/OutputPath Value must be a valid JSONPath."],
  ],
  [
    "a template whose path is none",
    { ...pass, Parameters: { "v.$": "x" } },
    [
      "RLT3001 /States/A/Parameters The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic " +
        "function call",
    ],
  ],
  [
    "a function that does not exist, nested",
    { ...pass, Parameters: { "v.$": "States.Array(States.Nothing())" } },
    [
      "RLT3001 /States/A/Parameters The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic " +
        "function call",
    ],
  ],
  [
    "a result path that may match often",
    { ...pass, ResultPath: "$.a[*]" },
    ["RLT3001 /States/A/ResultPath Value is not a Reference Path"],
  ],
  [
    "a result path into the context",
    { ...pass, ResultPath: "$$.a" },
    ["RLT3001 /States/A/ResultPath Value is not a Reference Path"],
  ],
  [
    "a field of JSONata",
    { ...pass, Output: 1 },
    [
      "RLT3001 /States/A The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' " +
        "QueryLanguage",
    ],
  ],
  [
    "a path function",
    { ...pass, InputPath: "$.a.keys()" },
    [
      "RLT3002 /States/A/InputPath The engine does not implement the function 'keys' in paths ('$.a.keys()').",
    ],
  ],
  [
    "two ways to say one thing",
    { Type: "Fail", Error: "E", ErrorPath: "$.e" },
    ["RLT3001 /States/A There should only be one of the following fields: [Error, ErrorPath]"],
  ],
  [
    "no time to wait",
    { Type: "Wait", End: true },
    [
      "RLT3001 /States/A This object should have only one of the following fields: [SecondsPath, Seconds, " +
        "TimestampPath, Timestamp]",
    ],
  ],
  [
    "a catcher with Output",
    { Type: "Task", Resource: LAMBDA, Catch: [{ ErrorEquals: ["X"], Output: 1, Next: "A" }], End: true },
    [
      "RLT3001 /States/A/Catch[0] The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the " +
        "'JSONata' QueryLanguage",
    ],
  ],
  [
    "a bad variable name",
    { ...pass, Assign: { "a.b.$": "$" } },
    [
      "RLT3001 /States/A/Assign/a.b Invalid variable name 'a.b': the variable name contains invalid characters.",
    ],
  ],
];
test.each(cases)("%s", (_what, state, expected) => expect(problems(state)).toEqual(expected));

const rules: [string, object, string][] = [
  [
    "no operator",
    { Variable: "$" },
    " This object should have only one of the following fields: [StringEquals, ",
  ],
  [
    "two operators",
    { Variable: "$", IsNull: true, IsString: true },
    " There should only be one of the following fields: [StringEquals, ",
  ],
  [
    "an unknown operator",
    { Variable: "$", NumericNotEquals: 1 },
    " Field 'NumericNotEquals' is not supported",
  ],
  [
    "no variable",
    { IsNull: true },
    " The object must have only one of the following fields, [And, Or, Not, Variable, Condition]",
  ],
  [
    "an operand of another type",
    { Variable: "$", NumericEquals: "1" },
    "/NumericEquals The value does not suit",
  ],
  [
    "an operand that is no timestamp",
    { Variable: "$", TimestampEquals: "today" },
    "/TimestampEquals The value",
  ],
  ["Next inside of And", { And: [{ Variable: "$", IsNull: true, Next: "B" }] }, "/And[0] Field 'Next'"],
];
test.each(rules)("a Choice rule with %s", (_what, rule, expected) => {
  const found = problems({ Type: "Choice", Choices: [{ ...rule, Next: "B" }] }, { B: pass });
  expect(found.join("\n")).toContain(`RLT3001 /States/A/Choices[0]${expected}`);
});

test("an inner scope must not set an outer name, in whatever form", () => {
  const inner = { StartAt: "I", States: { I: { ...pass, Assign: { "x.$": "$" } } } };
  const map = { Type: "Map", Iterator: inner, Assign: { x: 1 }, End: true };
  expect(problems(map)).toEqual([
    `RLT3001 /States/A/Iterator/States/I/Assign/x.$ The variable "x" belongs to an outer scope.`,
  ]);
});
