import { describe, expect, test } from "vitest";
import { createEngine, validateDefinition } from "../../sdk/engine/index.ts";
import { acceptDefinition } from "../../sdk/engine/validate.ts";
import { LAMBDA, machine } from "./run.ts";

const pass = { Type: "Pass", End: true };

/** The problems of a one-state machine, or of a whole one. */
const problems = (definition: unknown): string[] =>
  validateDefinition(definition).map(({ code, location, message }) => `${code} ${location} ${message}`);
const ofState = (state: unknown): string[] =>
  problems({ QueryLanguage: "JSONata", StartAt: "A", States: { A: state } });
const ofStates = (states: unknown, more: object = {}): string[] =>
  problems({ QueryLanguage: "JSONata", StartAt: "A", States: states, ...more });

describe("a definition that AWS refuses is refused with RLT3001", () => {
  const cases: [string, string[], string[]][] = [
    ["not an object", problems("x"), ["RLT3001 / The definition must be an object."]],
    ["nothing in it", problems({}), ["RLT3001 / These fields are required: [States, StartAt]"]],
    ["an unknown field", ofStates({ A: pass }, { Starts: 1 }), ["RLT3001 / Field 'Starts' is not supported"]],
    [
      "an unknown type",
      ofState({ Type: "Pause" }),
      [
        "RLT3001 /States/A/Type The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
      ],
    ],
    [
      "neither Next nor End",
      ofState({ Type: "Pass" }),
      ["RLT3001 /States/A This object should have only one of the following fields: [Next, End]"],
    ],
    [
      "both Next and End",
      ofState({ Type: "Pass", Next: "A", End: true }),
      ["RLT3001 /States/A There should only be one of the following fields: [Next, End]"],
    ],
    [
      "an unknown next state",
      ofStates({ A: { Type: "Pass", Next: "B" }, C: pass }),
      ["RLT3001 /States/A/Next Missing 'Next' target: B", `RLT3001 /States/C State "C" is not reachable.`],
    ],
    [
      "an inherited name as a state",
      ofStates({ A: { Type: "Pass", Next: "constructor" } }),
      [
        "RLT3001 /States/A/Next Missing 'Next' target: constructor",
        "RLT3001 undefined Workflow has no terminal state",
      ],
    ],
    [
      "a JSONPath field",
      ofState({ ...pass, ResultPath: "$.a" }),
      [
        "RLT3001 /States/A The QueryLanguage is set to 'JSONata', but field 'ResultPath' is only supported for the 'JSONPath' QueryLanguage",
      ],
    ],
    [
      "JSONPath below JSONata",
      ofState({ ...pass, QueryLanguage: "JSONPath" }),
      ["RLT3001 /States/A 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"],
    ],
    [
      "a Task field in a Pass",
      ofState({ ...pass, Retry: [] }),
      ["RLT3001 /States/A Field 'Retry' is not supported"],
    ],
    [
      "Assign in a Succeed",
      ofState({ Type: "Succeed", Assign: {} }),
      ["RLT3001 /States/A Field 'Assign' is not supported"],
    ],
    [
      "a Wait with two times",
      ofState({ Type: "Wait", Seconds: 1, Timestamp: "2026-01-01T00:00:00Z", End: true }),
      [
        "RLT3001 /States/A There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]",
      ],
    ],
    [
      "a syntax error",
      ofState({ ...pass, Output: { v: "{% 1 + %}" } }),
      ["RLT3001 /States/A/Output/v Unexpected end of expression"],
    ],
    [
      "half an expression",
      ofState({ ...pass, Output: "{% 1" }),
      [`RLT3001 /States/A/Output The string starts with "{%" and does not end with "%}".`],
    ],
    [
      "a bare name",
      ofState({ ...pass, Output: { v: "{% phone.number %}" } }),
      ["RLT3001 /States/A/Output/v Reference to 'phone' at the top level is not supported."],
    ],
    [
      "a bare $",
      ofState({ ...pass, Output: ["{% $.a %}"] }),
      ["RLT3001 /States/A/Output[0] Reference to '$' at the top level is not supported."],
    ],
    [
      "$$ anywhere",
      ofState({ ...pass, Output: "{% $states.input[$$.x] %}" }),
      ["RLT3001 /States/A/Output Reference to '$$' is not supported."],
    ],
    [
      "a bare wildcard",
      ofState({ ...pass, Output: "{% $sum(*) %}" }),
      ["RLT3001 /States/A/Output Reference to '*' at the top level is not supported."],
    ],
    [
      "errorOutput outside of a Catch",
      ofState({ ...pass, Output: "{% $states.errorOutput.Error %}" }),
      ["RLT3001 /States/A/Output Reference to '$states.errorOutput' is not supported."],
    ],
    [
      "a bad variable name",
      ofState({ ...pass, Assign: { "a.b": 1, states: 2 } }),
      [
        "RLT3001 /States/A/Assign/a.b Invalid variable name 'a.b': the variable name contains invalid characters.",
        "RLT3001 /States/A/Assign/states Cannot assign to reserved variable '$states'.",
      ],
    ],
    [
      "no Resource",
      ofState({ Type: "Task", End: true }),
      ["RLT3001 /States/A These fields are required: [Resource]"],
    ],
    [
      "a heartbeat that is no shorter than the timeout",
      ofState({ Type: "Task", Resource: LAMBDA, End: true, TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      ["RLT3001 /States/A/HeartbeatSeconds HeartbeatSeconds must be smaller than TimeoutSeconds."],
    ],
    [
      "States.ALL in company",
      ofState({ Type: "Task", Resource: LAMBDA, End: true, Retry: [{ ErrorEquals: ["States.ALL", "X"] }] }),
      ["RLT3001 /States/A/Retry[0]/ErrorEquals[0] States.ALL must appear alone and at end of list"],
    ],
    [
      "States.ALL before others",
      ofState({
        Type: "Task",
        Resource: LAMBDA,
        End: true,
        Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["X"] }],
      }),
      ["RLT3001 /States/A/Retry[0]/ErrorEquals[0] States.ALL must appear alone and at end of list"],
    ],
    [
      "a rate below one",
      ofState({
        Type: "Task",
        Resource: LAMBDA,
        End: true,
        Retry: [{ ErrorEquals: ["X"], BackoffRate: 0.5, Interval: 1 }],
      }),
      [
        "RLT3001 /States/A/Retry[0]/BackoffRate Minimum value is 1.0",
        "RLT3001 /States/A/Retry[0] Field 'Interval' is not supported",
      ],
    ],
    [
      "a catcher that leads nowhere",
      ofState({ Type: "Task", Resource: LAMBDA, End: true, Catch: [{ ErrorEquals: ["X"] }] }),
      ["RLT3001 /States/A/Catch[0] These fields are required: [Next]"],
    ],
    [
      "a Choice without rules",
      ofState({ Type: "Choice", Choices: [] }),
      ["RLT3001 /States/A/Choices Value cannot be empty"],
    ],
    [
      "a Condition that is a string",
      ofStates({ A: { Type: "Choice", Choices: [{ Condition: "true", Next: "B" }] }, B: pass }),
      ["RLT3001 /States/A/Choices[0]/Condition The Condition must be a boolean or a JSONata expression."],
    ],
    [
      "a Parallel without branches",
      ofState({ Type: "Parallel", End: true, Branches: [] }),
      ["RLT3001 /States/A/Branches Value cannot be empty"],
    ],
  ];
  test.each(cases)("%s", (_what, found, expected) => expect(found).toEqual(expected));
});

describe("names in nested machines", () => {
  const map = (states: object, more: object = {}) => ({
    Type: "Map",
    Items: [1],
    ItemProcessor: { StartAt: Object.keys(states)[0], States: states },
    End: true,
    ...more,
  });

  test("a name is unique in the whole machine", () => {
    expect(ofState(map({ A: pass }))).toEqual([
      "RLT3001 /States/A/ItemProcessor/States/A Duplicate State name: A",
    ]);
  });

  test("V40 of states that nothing leads to, only the first is told", () => {
    const dead = { X: { Type: "Pass", Next: "Y" }, Y: { Type: "Pass", Next: "A" } };
    expect(ofStates({ A: { Type: "Pass", End: true }, ...dead })).toEqual([
      'RLT3001 /States/X State "X" is not reachable.',
    ]);
  });

  test("V37 an inner machine needs no end; a machine without one is told that alone", () => {
    const turns = { I: { Type: "Pass", Next: "J" }, J: { Type: "Pass", Next: "I" } };
    expect(ofStates({ A: map(turns) })).toEqual([]);
    expect(ofStates({ A: { Type: "Pass", Next: "I" }, ...turns, K: { Type: "Pass", Next: "I" } })).toEqual([
      "RLT3001 undefined Workflow has no terminal state",
    ]);
  });

  test("a transition does not leave its machine", () => {
    expect(
      ofStates({ A: map({ I: { Type: "Pass", Next: "B" } }, { End: false, Next: "B" }), B: pass }),
    ).toEqual(["RLT3001 /States/A/ItemProcessor/States/I/Next Missing 'Next' target: B"]);
  });

  test("an inner Assign must not use an outer name, however late the outer one comes", () => {
    const inner = { Type: "Pass", Assign: { x: 1 }, End: true };
    const after = { Type: "Pass", Assign: { x: 2 }, End: true };
    expect(ofStates({ A: map({ I: inner }, { End: false, Next: "B" }), B: after })).toEqual([
      `RLT3001 /States/A/ItemProcessor/States/I/Assign/x The variable "x" belongs to an outer scope.`,
    ]);
    expect(ofState(map({ I: inner }, { Assign: { x: 3 } }))).toHaveLength(1);
  });

  test("sibling branches may use the same name, and so may the Catch of the Parallel", () => {
    const branch = (name: string) => ({
      StartAt: name,
      States: { [name]: { Type: "Pass", Assign: { x: 1 }, End: true } },
    });
    const parallel = {
      Type: "Parallel",
      Branches: [branch("B1"), branch("B2")],
      Catch: [{ ErrorEquals: ["States.ALL"], Assign: { x: "{% $states.errorOutput %}" }, Next: "B" }],
      Next: "B",
    };
    expect(ofStates({ A: parallel, B: pass })).toEqual([]);
  });
});

describe("what the engine does not implement is refused with RLT3002", () => {
  const map = (more: object) => ({
    Type: "Map",
    ItemProcessor: { StartAt: "I", States: { I: pass } },
    End: true,
    ...more,
  });
  const distributed = {
    StartAt: "I",
    States: { I: pass },
    ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
  };
  const cases: [string, string[], string][] = [
    ["a label of an inline map", ofState(map({ Label: "x" })), "/States/A/Label"],
    [
      "lines as a state's output",
      ofState(map({ ItemProcessor: distributed, ResultWriter: { WriterConfig: { OutputType: "JSONL" } } })),
      "/States/A/ResultWriter/WriterConfig/OutputType",
    ],
    [
      "a variable that the library cannot hold",
      ofState({ ...pass, Assign: { hasOwnProperty: 1 } }),
      "/States/A/Assign/hasOwnProperty",
    ],
    [
      "a key that the library loses",
      ofState({ ...pass, Output: `{% {"__proto__": 1} %}` }),
      '/States/A/Output The engine cannot bind or build the name "__proto__".',
    ],
  ];
  test.each(cases)("%s", (_what, found, expected) => {
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`RLT3002 ${expected}`);
  });
});

// badmintoncryer/cdk-preflight:rules/stepfunctions quotes these
test("labels are unique, and an activity takes no role", () => {
  const item = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Pass", End: true } } });
  const labelled = (inner: string, next: object) => ({
    Type: "Map",
    Label: "same",
    ItemProcessor: { ...item(inner), ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } },
    ...next,
  });
  const maps = { A: labelled("I", { Next: "B" }), B: labelled("J", { End: true }) };
  expect(validateDefinition(machine(maps as never))).toMatchObject([
    {
      message: "Duplicate Label name: same",
      location: "/States/B/Label",
      diagnostic: "DUPLICATE_LABEL_NAME",
    },
  ]);
  const activity = "arn:aws:states:us-east-1:000000000000:activity:a";
  const task = { Type: "Task", Resource: activity, Credentials: { RoleArn: "r" }, End: true };
  expect(validateDefinition(machine({ A: task } as never))).toMatchObject([
    { message: "The field 'Credentials' is not supported for activities", location: "/States/A/Credentials" },
  ]);
});

test("starting refuses with the code, the state and the field", () => {
  const engine = createEngine({ integration: async () => ({ ok: true, output: null }) });
  const definition = machine({ Load: { Type: "Pass", Output: "{% x %}", End: true } });
  expect(() => engine.start({ definition })).toThrow(
    /^RLT3001: Reference to 'x' at the top level is not supported at \/States\/Load\/Output\./,
  );
});

test("what gives a context to $ and to bare names is accepted", () => {
  const expressions = [
    "$states.input.orders[total > 1].name",
    "$map($states.input, function($v) { $v.a })",
    "$states.input.{ 'k': a }",
    "$states.input^(>a)",
    "$states.input{ k: $sum(v) }",
    "($f := function($x) { $x }; $f(1))",
    "$states.input ~> |a|{'b': c}|",
  ];
  for (const text of expressions) expect(ofState({ ...pass, Output: `{% ${text} %}` })).toEqual([]);
});

test("a definition changed after the start does not change the run", async () => {
  const engine = createEngine({ integration: async () => ({ ok: true, output: null }) });
  const definition = machine({ A: { Type: "Pass", Output: "old", End: true } });
  const execution = engine.start({ definition });
  (definition.States["A"] as { Output: string }).Output = "new";
  expect(await execution.done).toEqual({ status: "SUCCEEDED", output: "old" });
});

describe("a definition that is started again", () => {
  const freeze = <T>(value: T): T => JSON.parse(JSON.stringify(value), (_, part) => Object.freeze(part)) as T;
  const one = { QueryLanguage: "JSONata", StartAt: "A", States: { A: { Type: "Succeed" } } };

  test("is looked at once where it is frozen, and is another one where it was changed", () => {
    const frozen = freeze(one) as never;
    expect(acceptDefinition(frozen, "STANDARD")).toBe(acceptDefinition(frozen, "STANDARD"));
    const half = Object.freeze({ ...one, States: { A: { Type: "Succeed", Comment: "" } } });
    const before = acceptDefinition(half as never, "STANDARD");
    half.States.A.Comment = "changed";
    expect(acceptDefinition(half as never, "STANDARD")).not.toEqual(before);
    let comment = "first";
    const getter = Object.freeze(
      Object.defineProperty({ ...freeze(one) }, "Comment", { get: () => comment, enumerable: true }),
    );
    expect(acceptDefinition(getter as never, "STANDARD")).toMatchObject({ Comment: "first" });
    comment = "second";
    expect(acceptDefinition(getter as never, "STANDARD")).toMatchObject({ Comment: "second" });
  });

  test("is refused each time where it is wrong, frozen or not", () => {
    const wrong = freeze({ ...one, StartAt: "B" }) as never;
    for (let time = 0; time < 2; time++) expect(() => acceptDefinition(wrong, "STANDARD")).toThrow(/RLT/);
  });
});
