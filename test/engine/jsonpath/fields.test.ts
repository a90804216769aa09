import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../sdk/model/json.ts";
import { bad, chain, FUNCTION, LAMBDA, ok, output, run } from "../run.ts";
import { causeOf, passed, paths, runOne } from "./machine.ts";

describe("a Pass", () => {
  test("InputPath, Parameters, ResultPath and OutputPath, in that order", async () => {
    const fields = {
      InputPath: "$.in",
      Parameters: { "v.$": "$.v", fixed: ["$.v", { "deep.$": "$" }] },
      ResultPath: "$.out.r",
      OutputPath: "$.out",
    };
    expect(await passed(fields, { in: { v: 1 } })).toEqual({
      r: { v: 1, fixed: ["$.v", { deep: { v: 1 } }] },
    });
  });

  // localstack/localstack: v2/test_state/test_test_state_scenarios test_base_inspection_level_info[IO_PASS_STATE]
  test("ResultPath puts into the input as it came", async () => {
    expect(await passed({ InputPath: "$.a", ResultPath: "$.r" }, { a: { b: 1 }, c: 2 })).toEqual({
      a: { b: 1 },
      c: 2,
      r: { b: 1 },
    });
  });

  test("null paths: an empty input, a discarded result, an empty output", async () => {
    expect(await passed({ InputPath: null }, { a: 1 })).toEqual({});
    expect(await passed({ Result: 5, ResultPath: null }, { a: 1 })).toEqual({ a: 1 });
    expect(await passed({ OutputPath: null }, { a: 1 })).toEqual({});
  });

  // localstack/localstack: templates/base/statemachines/pass_result_jsonpaths.json5
  test("Result is taken literally", async () => {
    expect(await passed({ Result: { "k.$": "$.x" } }, {})).toEqual({ "k.$": "$.x" });
  });

  // localstack/localstack: v2/context_object/test_context_object test_input_path, test_output_path
  test("$$ is the context object, without RetryCount in a Pass", async () => {
    const context = {
      Execution: { Input: { n: 0 }, Name: "run", RedriveCount: 0 },
      StateMachine: { Name: "machine" },
      State: { Name: "S" },
    };
    expect(await passed({ InputPath: "$$" }, { n: 0 })).toMatchObject(context);
    expect(await passed({ OutputPath: "$$" }, { n: 0 })).toMatchObject(context);
    expect(await passed({ OutputPath: "$$.Execution.Input" }, { n: 0 })).toEqual({ n: 0 });
    expect(await passed({ Parameters: { "s.$": "$$.State" } }, {})).not.toHaveProperty("s.RetryCount");
  });
});

// localstack/localstack: v2/base/test_base test_state_pass_regex_json_path, templates pass_result_regex_json_path
test("filters, also behind a dot, in templates, functions and OutputPath", async () => {
  const ran = await run(
    paths({
      S0: { Type: "Pass", Parameters: { "r.$": "$.users[?(@.status == 0)]" }, OutputPath: "$.r", Next: "S1" },
      S1: {
        Type: "Pass",
        Parameters: { "in.$": "$", "text.$": "States.JsonToString($.[?(@.year <= 1998)])" },
        Next: "S2",
      },
      S2: {
        Type: "Pass",
        Parameters: { "text.$": "$.text", "names.$": "$.in.[?(@.year < 1999)].name" },
        End: true,
      },
    }),
    {
      input: {
        users: [
          { year: 1997, name: "User1997", status: 0 },
          { year: 1998, name: "User1998", status: 1 },
          { year: 1999, name: "User1999", status: 0 },
        ],
      },
    },
  );
  expect(output(ran)).toEqual({
    text: '[{"year":1997,"name":"User1997","status":0}]',
    names: ["User1997"],
  });
});

describe("paths that lead nowhere end the execution with States.Runtime", () => {
  const pass = { Type: "Pass", End: true };
  const cases: [string, object, string][] = [
    ["InputPath", { ...pass, InputPath: "$.x" }, "Invalid path '$.x' : No results for path: $['x']"],
    [
      "OutputPath",
      { ...pass, OutputPath: "$.x.y" },
      "Invalid path '$.x.y' : Missing property in path $['x']",
    ],
    [
      "a template",
      { ...pass, Parameters: { a: { "v.$": "$.x" } } },
      `The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{"n":1}'`,
    ],
    [
      "Assign",
      { ...pass, Assign: { "v.$": "$.x" } },
      `The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{"n":1}'`,
    ],
    [
      "an argument of a function",
      { ...pass, Parameters: { "v.$": "States.Format('{}', $.x)" } },
      "The function 'States.Format('{}', $.x)' had the following error: The JsonPath argument for the field '$.x' " +
        `could not be found in the input '{"n":1}'`,
    ],
    [
      "ErrorPath",
      { Type: "Fail", ErrorPath: "$.x" },
      `The JSONPath '$.x' specified for the field 'ErrorPath' could not be found in the input '{"n":1}'`,
    ],
    [
      "SecondsPath",
      { Type: "Wait", SecondsPath: "$.x", End: true },
      "The SecondsPath parameter does not reference an input value: $.x",
    ],
    [
      "TimeoutSecondsPath",
      { Type: "Task", Resource: LAMBDA, TimeoutSecondsPath: "$.x", End: true },
      "Invalid path '$.x' : No results for path: $['x']",
    ],
    [
      "an unassigned variable",
      { ...pass, Parameters: { "v.$": "$nothing.a" } },
      `The JSONPath '$nothing.a' specified for the field 'v.$' could not be found in the input '{"n":1}'`,
    ],
  ];
  test.each(cases)("%s", async (_what, state, cause) => {
    expect(causeOf(await runOne(state, { n: 1 }))).toBe(`States.Runtime: ${cause}`);
  });

  test("no Catch sees them", async () => {
    const ran = await run(
      paths({
        S: {
          Type: "Task",
          Resource: LAMBDA,
          Parameters: { "v.$": "$.x" },
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }],
          End: true,
        },
        H: { Type: "Succeed" },
      }),
    );
    expect(causeOf(ran)).toContain("States.Runtime: The JSONPath '$.x'");
    expect(chain(ran).slice(1)).toEqual(["2 TaskStateEntered <- 0", "3 ExecutionFailed <- 2"]);
  });
});

describe("a ResultPath that does not fit", () => {
  test("is States.ResultPathMatchFailure, which a Catch sees", async () => {
    const task = { Type: "Task", Resource: LAMBDA, ResultPath: "$.r", End: true };
    const ran = await runOne(task, "text");
    expect(causeOf(ran)).toBe(
      `States.ResultPathMatchFailure: Unable to apply ReferencePath $.r to input "text"`,
    );
    const caught = await run(
      paths({
        S: { ...task, Catch: [{ ErrorEquals: ["States.ResultPathMatchFailure"], Next: "H" }] },
        H: { Type: "Pass", OutputPath: "$.Error", End: true },
      }),
      { input: "text" },
    );
    expect(output(caught)).toBe("States.ResultPathMatchFailure");
  });
});

describe("a Task", () => {
  test("Parameters, ResultSelector, ResultPath and OutputPath around the call", async () => {
    const ran = await runOne(
      {
        Type: "Task",
        Resource: LAMBDA,
        InputPath: "$.order",
        Parameters: { FunctionName: "f", Payload: { "id.$": "$.id", "try.$": "$$.State.RetryCount" } },
        ResultSelector: { "code.$": "$.StatusCode", "same.$": "$$.Execution.Input.order.id" },
        ResultPath: "$.answer",
        OutputPath: "$.answer",
        End: true,
      },
      { order: { id: 7 } },
      { integration: () => ok({ StatusCode: 200, Payload: 1 }) },
    );
    expect(output(ran)).toEqual({ code: 200, same: 7 });
    expect(ran.calls[0]?.arguments).toEqual({ FunctionName: "f", Payload: { id: 7, try: 0 } });
  });

  test("TimeoutSecondsPath and HeartbeatSecondsPath", async () => {
    const ran = await runOne(
      { Type: "Task", Resource: FUNCTION, TimeoutSecondsPath: "$.t", HeartbeatSecondsPath: "$.h", End: true },
      { t: 7, h: 3 },
      { integration: () => new Promise(() => undefined) },
    );
    expect(ran.elapsed).toBe(3_000);
    expect(ran.result).toMatchObject({ error: "States.Timeout" });
    const broken = await runOne(
      { Type: "Task", Resource: FUNCTION, TimeoutSecondsPath: "$.t", End: true },
      { t: "soon" },
    );
    expect(causeOf(broken)).toContain(`refers to value "soon" which is not a valid integer: $.t`);
  });

  test("a Catch puts the error into the input by its own ResultPath, and OutputPath has no part in it", async () => {
    const ran = await run(
      paths({
        S: {
          Type: "Task",
          Resource: LAMBDA,
          InputPath: "$.a",
          OutputPath: "$.nothing",
          Catch: [{ ErrorEquals: ["E"], ResultPath: "$.err", Assign: { "name.$": "$.Error" }, Next: "H" }],
          End: true,
        },
        H: { Type: "Pass", Parameters: { "all.$": "$", "name.$": "$name" }, End: true },
      }),
      { input: { a: 1 }, integration: () => bad("E", "why") },
    );
    expect(output(ran)).toEqual({ all: { a: 1, err: { Error: "E", Cause: "why" } }, name: "E" });
  });
});

describe("variables", () => {
  // localstack/localstack: v2/assign/test_assign_base, test_state_assign_evaluation_order
  test("are seen as on entry, in paths, in functions and below their top", async () => {
    const ran = await run(
      paths({
        A: { Type: "Pass", Assign: { x: { a: [1, 2] }, y: 2, "z.$": "$.n" }, Next: "B" },
        B: {
          Type: "Pass",
          Parameters: { "a0.$": "$x.a[0]", "all.$": "$x", "f.$": "States.Format('{}-{}', $y, $z)" },
          Assign: { "y.$": "$x.a[1]", x: 9 },
          Next: "C",
        },
        C: { Type: "Pass", Parameters: { "b.$": "$", "x.$": "$x", "y.$": "$y" }, InputPath: "$", End: true },
      }),
      { input: { n: 3 } },
    );
    expect(output(ran)).toEqual({ b: { a0: 1, all: { a: [1, 2] }, f: "2-3" }, x: 9, y: 2 });
  });

  test("$ in Assign is the result of the work, or the effective input where there is none", async () => {
    const ran = await run(
      paths({
        T: {
          Type: "Task",
          Resource: LAMBDA,
          ResultSelector: { "s.$": "$.r" },
          Assign: { "raw.$": "$" },
          Next: "W",
        },
        W: { Type: "Wait", Seconds: 1, InputPath: "$.s", Assign: { "wait.$": "$" }, Next: "C" },
        C: {
          Type: "Choice",
          Choices: [{ Variable: "$", NumericEquals: 5, Assign: { "choice.$": "$" }, Next: "P" }],
        },
        P: {
          Type: "Pass",
          Parameters: { "raw.$": "$raw", "wait.$": "$wait", "choice.$": "$choice" },
          End: true,
        },
      }),
      { integration: () => ok({ r: 5 }) },
    );
    expect(output(ran)).toEqual({ raw: { r: 5 }, wait: 5, choice: 5 });
  });

  // localstack/localstack: v2/query_language/test_mixed_query_language test_variable_sampling
  test("are shared by states of both languages", async () => {
    const ran = await run(
      paths({
        A: { QueryLanguage: "JSONata", Type: "Pass", Assign: { v: "{% 40 + 2 %}" }, Next: "B" },
        B: { Type: "Pass", Assign: { "old.$": "$v", v: 18 }, ResultPath: null, Next: "C" },
        C: { QueryLanguage: "JSONata", Type: "Pass", Output: ["{% $old %}", "{% $v %}"], End: true },
      }),
    );
    expect(output(ran)).toEqual([42, 18]);
  });
});

describe("waiting and failing", () => {
  test.each([
    [1.5, "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"],
    ["3", "The SecondsPath parameter cannot be parsed as a long value: $.s == 3"],
    [-1, "The SecondsPath parameter references a negative value: $.s == -1"],
  ])("SecondsPath at %s", async (s, cause) => {
    const ran = await runOne({ Type: "Wait", SecondsPath: "$.s", End: true }, { s });
    expect(causeOf(ran)).toBe(`States.Runtime: ${cause}`);
  });

  // localstack/localstack: v2/scenarios/test_base_scenarios test_wait_timestamp_path
  test("SecondsPath and TimestampPath", async () => {
    expect((await runOne({ Type: "Wait", SecondsPath: "$.s", End: true }, { s: 3 })).elapsed).toBe(3_000);
    const past = { Type: "Wait", TimestampPath: "$.t", End: true };
    expect((await runOne(past, { t: "2016-12-05T21:29:29.123456789Z" })).elapsed).toBe(0);
    for (const t of [
      "2016-12-05 21:29:29Z",
      "2016-13-05T21:29:29Z",
      "2016-12-05T25:29:29Z",
      "05-12-2016T21:29:29Z",
    ]) {
      expect(causeOf(await runOne(past, { t }))).toBe(
        "States.Runtime: The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time " +
          `format string: $.t == ${t}`,
      );
    }
  });

  test("ErrorPath and CausePath, the latter by a function", async () => {
    const fail = { Type: "Fail", ErrorPath: "$.e", CausePath: "States.Format('because of {}', $.e)" };
    expect((await runOne(fail, { e: "E" })).result).toEqual({
      status: "FAILED",
      error: "E",
      cause: "because of E",
    });
    expect(causeOf(await runOne(fail, { e: 1 }))).toContain("States.Runtime: The ErrorPath field");
  });
});

// a public question on Step Functions quotes this of `"Input.$": "$"` after a task that gave null
test("a path of the document, where there is none, fails in words of its own", async () => {
  await expect(passed({ Parameters: { "whole.$": "$" } }, null)).rejects.toThrow(
    "Unable to apply Path transformation to null or empty input.",
  );
  expect(await passed({ Parameters: { "name.$": "$$.State.Name" } }, null)).toEqual({ name: "S" });
});

test("a template keeps what has no path, whatever it is", async () => {
  const plain = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('.$"'));
  await fc.assert(
    fc.asyncProperty(plain, fc.jsonValue(), async (literal, data) => {
      const input = JSON.parse(JSON.stringify(data ?? {})) as Json;
      const fields = { Parameters: { literal, "whole.$": "$" }, ResultPath: "$" };
      expect(JSON.stringify(await passed(fields, input))).toBe(JSON.stringify({ literal, whole: input }));
    }),
    { numRuns: 50 },
  );
});

test("V33 a template takes null for what is beyond a list; nothing else does", async () => {
  const input = { items: [1, 2] };
  expect(await passed({ Parameters: { "v.$": "$.items[5]", "w.$": "$.items[5].x" } }, input)).toEqual({
    v: null,
    w: null,
  });
  const missing = (fields: object) => runOne({ Type: "Pass", End: true, ...fields }, input).then(causeOf);
  expect(await missing({ Parameters: { "v.$": "$.items[5]", "w.$": "$.no" } })).toContain("'$.no'");
  expect(await missing({ Parameters: { "v.$": "States.Array($.items[5])" } })).toContain("'$.items[5]'");
  expect(await missing({ InputPath: "$.items[5]" })).toContain("States.Runtime");
});

test("V34 a cause names all of a call that was written", async () => {
  const text = "States.Array(States.ArrayLength($.x))";
  const ran = await runOne({ Type: "Pass", End: true, Parameters: { "v.$": text } }, { x: "text" });
  expect(causeOf(ran)).toContain(`States.IntrinsicFailure: The function '${text}' had the following error: `);
});
