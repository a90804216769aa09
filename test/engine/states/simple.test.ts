import { describe, expect, test } from "vitest";
import { createEngine } from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { chain, echo, machine, output, run } from "../run.ts";

describe("Pass", () => {
  test("puts its input out where it has no Output", async () => {
    expect(output(await run(machine({ P: { Type: "Pass", End: true } }), { input: [1, null] }))).toEqual([
      1,
      null,
    ]);
  });

  test.each<[Json]>([[null], [0], [""], [false], [[]], [{}]])("Output may be %j", async (value) => {
    expect(output(await run(machine({ P: { Type: "Pass", Output: value, End: true } })))).toEqual(value);
  });

  test("only exact delimiters make an expression, and keys are never evaluated", async () => {
    const template = { " {% 1 %}": " {% 1 %} ", "{% 1 %}": ["{% 1 + 1 %}", "a {% 1 %}", "1 %}"] };
    expect(output(await run(machine({ P: { Type: "Pass", Output: template, End: true } })))).toEqual({
      " {% 1 %}": " {% 1 %} ",
      "{% 1 %}": [2, "a {% 1 %}", "1 %}"],
    });
  });

  test("without an input an execution gets {}", async () => {
    expect(output(await run(machine({ P: { Type: "Pass", End: true } })))).toEqual({});
  });
});

describe("Choice", () => {
  const choice = machine({
    C: {
      Type: "Choice",
      Choices: [
        {
          Condition: "{% $states.input.n > 10 %}",
          Next: "Big",
          Assign: { size: "big" },
          Output: { from: "rule" },
        },
        {
          Condition: "{% $states.input.n > 5 %}",
          Next: "Big",
          Assign: { size: "{% $string($states.input.n) %}" },
        },
      ],
      Default: "Small",
      Assign: { size: "small" },
      Output: { from: "state" },
    },
    Big: { Type: "Pass", Output: { size: "{% $size %}", in: "{% $states.input %}" }, End: true },
    Small: { Type: "Pass", Output: { size: "{% $size %}", in: "{% $states.input %}" }, End: true },
  });

  test("the first rule that holds brings its own Assign and Output", async () => {
    expect(output(await run(choice, { input: { n: 11 } }))).toEqual({ size: "big", in: { from: "rule" } });
    expect(output(await run(choice, { input: { n: 6 } }))).toEqual({ size: "6", in: { n: 6 } });
  });

  test("the state's own are for the default", async () => {
    expect(output(await run(choice, { input: { n: 1 } }))).toEqual({ size: "small", in: { from: "state" } });
  });

  test("a Condition may be a literal", async () => {
    const ran = await run(
      machine({
        C: {
          Type: "Choice",
          Choices: [
            { Condition: false, Next: "A" },
            { Condition: true, Next: "B" },
          ],
        },
        A: { Type: "Succeed", Output: "a" },
        B: { Type: "Succeed", Output: "b" },
      }),
    );
    expect(output(ran)).toBe("b");
  });

  test("a Condition that is no boolean fails the execution", async () => {
    const ran = await run(choice, { input: { n: "x" } });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
    const text = machine({
      C: { Type: "Choice", Choices: [{ Condition: "{% $states.input.a %}", Next: "S" }], Default: "S" },
      S: { Type: "Succeed" },
    });
    expect((await run(text, { input: { a: [1] } })).result).toEqual({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause:
        "An error occurred while executing the state 'C' (entered at the event id #2). The JSONata expression " +
        "'$states.input.a' specified for the field 'Choices[0]/Condition' returned an unexpected result type. " +
        "Expected 'boolean', but was 'array' for value: [1]",
    });
  });

  test("no rule and no default: States.Runtime, as AWS was seen to give", async () => {
    const ran = await run(
      machine({
        C: { Type: "Choice", Choices: [{ Condition: false, Next: "S" }] },
        S: { Type: "Succeed" },
      }),
    );
    expect(ran.result).toEqual({
      status: "FAILED",
      error: "States.Runtime",
      cause:
        "An error occurred while executing the state 'C' (entered at the event id #2). " +
        "Failed to transition out of the state. The state does not point to a next state.",
    });
    expect(chain(ran).slice(1)).toEqual(["2 ChoiceStateEntered <- 0", "3 ExecutionFailed <- 2"]);
  });
});

describe("Wait", () => {
  const wait = (fields: { Seconds?: number | string; Timestamp?: string }) =>
    machine({ W: { Type: "Wait", ...fields, Output: "{% $states.input.n %}", End: true } });

  test("seconds, literal and computed", async () => {
    expect((await run(wait({ Seconds: 7 }), { input: { n: 1 } })).elapsed).toBe(7_000);
    expect((await run(wait({ Seconds: "{% $states.input.n * 2 %}" }), { input: { n: 3_600 } })).elapsed).toBe(
      7_200_000,
    );
    expect((await run(wait({ Seconds: 0 }), { input: { n: 1 } })).elapsed).toBe(0);
  });

  test("until an instant, and not at all for one that is past", async () => {
    expect((await run(wait({ Timestamp: "2026-01-01T02:00:00.5+01:00" }), { input: { n: 1 } })).elapsed).toBe(
      3_600_500,
    );
    expect((await run(wait({ Timestamp: "2020-01-01T00:00:00Z" }), { input: { n: 1 } })).elapsed).toBe(0);
  });

  test.each(["2026-12-05 21:29:29Z", "2026-12-05T21:29:29", "tomorrow"])(
    "%s is no timestamp",
    async (text) => {
      // localstack/localstack: v2/scenarios/test_base_scenarios test_wait_timestamp_jsonata, recorded 2024-12-27
      const ran = await run(wait({ Timestamp: "{% $states.input.t %}" }), { input: { t: text } });
      expect(ran.result).toEqual({
        status: "FAILED",
        error: "States.QueryEvaluationError",
        cause:
          "An error occurred while executing the state 'W' (entered at the event id #2). The Timestamp field cannot be " +
          `parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      });
      expect(ran.execution.history[2]).toMatchObject({
        previousEventId: 2,
        evaluationFailedEventDetails: { state: "W", location: "Timestamp" },
      });
      expect(() =>
        createEngine({ integration: echo }).start({ definition: wait({ Timestamp: text }) }),
      ).toThrow("String does not match RFC3339 timestamp at /States/W/Timestamp");
    },
  );

  test("a number of seconds that is negative or broken fails", async () => {
    for (const n of [-1, 1.5]) {
      const ran = await run(wait({ Seconds: "{% $states.input.n %}" }), { input: { n } });
      expect(ran.result).toHaveProperty("cause", expect.stringContaining(`for value: ${n}`));
    }
  });

  test("no wait is longer than 2^31-1 seconds", async () => {
    const ran = await run(wait({ Timestamp: "2126-01-01T00:00:00Z" }), { input: { n: 1 } });
    expect(ran.result).toHaveProperty("cause", expect.stringContaining("Wait state delay is too long."));
  });
});

describe("Fail and Succeed", () => {
  test("Error and Cause may be computed, and may be absent", async () => {
    const fail = (fields: { Error?: string; Cause?: string }) => machine({ F: { Type: "Fail", ...fields } });
    const computed = fail({ Error: "{% 'My' & $states.input.e %}", Cause: '{% "a\\n" & $states.input.e %}' });
    expect((await run(computed, { input: { e: "Error" } })).result).toEqual({
      status: "FAILED",
      error: "MyError",
      cause: "a\nError",
    });
    expect((await run(fail({}))).result).toEqual({ status: "FAILED" });
    expect((await run(fail({ Error: "{% 1 %}" }))).result).toHaveProperty(
      "cause",
      expect.stringContaining("Expected 'string', but was 'number' for value: 1"),
    );
  });

  test("a Succeed may have an Output", async () => {
    const ran = await run(machine({ S: { Type: "Succeed", Output: { a: "{% $states.input.b %}" } } }), {
      input: { b: [] },
    });
    expect(output(ran)).toEqual({ a: [] });
    expect(chain(ran)).toEqual([
      "1 ExecutionStarted <- 0",
      "2 SucceedStateEntered <- 0",
      "3 SucceedStateExited <- 2",
      "4 ExecutionSucceeded <- 3",
    ]);
  });
});
