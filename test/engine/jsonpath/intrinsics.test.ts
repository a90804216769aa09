import { describe, expect, test } from "vitest";
import type { Json } from "../../../sdk/model/json.ts";
import { output, run } from "../run.ts";
import { causeOf, passed, paths, runOne } from "./machine.ts";

const call = (text: string, input: Json = {}): Promise<Json> =>
  passed({ Parameters: { "r.$": text }, OutputPath: "$.r" }, input);

describe("values", () => {
  // localstack/localstack: v2/intrinsic_functions/*; the traps are those of the recordings
  const cases: [string, Json, Json?][] = [
    ["States.Array()", []],
    ["States.Array('a', 1, true, null, $.x, States.Array(2))", ["a", 1, true, null, [0], [2]], { x: [0] }],
    ["States.ArrayPartition($, 2)", [[0, 1], [2]], [0, 1, 2]],
    ["States.ArrayPartition($, 5)", [], []],
    ["States.ArrayContains($.a, $.v)", true, { a: [{ x: 1, y: 2 }], v: { y: 2, x: 1 } }],
    ["States.ArrayContains($.a, $.v)", false, { a: [], v: null }],
    ["States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]],
    ["States.ArrayRange(1, 9, 9)", [1]],
    ["States.ArrayRange(3, 1, -1)", [3, 2, 1]],
    ["States.ArrayGetItem($, 5)", 6, [1, 2, 3, 4, 5, 6]],
    ["States.ArrayLength($)", 2, [1, 2]],
    ["States.ArrayUnique($)", [null, 1, "1", []], [null, null, 1, 1, "1", [], []]],
    ["States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="],
    ["States.Base64Decode('RGVjb2RlZCBkYXRh')", "Decoded data"],
    ["States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"],
    [
      "States.JsonMerge($.a, $.b, false)",
      { x: { b: 1 }, y: 1 },
      { a: { x: { a: 1 }, y: 1 }, b: { x: { b: 1 } } },
    ],
    ["States.StringToJson('[1, {\"a\": null}]')", [1, { a: null }]],
    ["States.StringToJson('')", null],
    ["States.StringToJson(' ')", null],
    ["States.JsonToString($)", '{"a":[1,null]}', { a: [1, null] }],
    ["States.MathAdd(1.49, 1.5)", 3],
    ["States.MathAdd(-1.51, 0)", -2],
    ["States.MathAdd(-0.5, 0.5)", 1],
    ["States.StringSplit(',,,,', ',')", []],
    ["States.StringSplit('a+b-c', '+-')", ["a", "b", "c"]],
    [
      "States.Format('Formatting argument {}.', $.v)",
      "Formatting argument {Arg1=1, Arg2=[]}.",
      { v: { Arg1: 1, Arg2: [] } },
    ],
    ["States.Format('{}{}{}', null, 1.1, true)", "null1.1true"],
    ["States.Format('it\\'s \\{{}\\}', 1)", "it's {1}"],
    ["States.Format($.t, 'x')", "<x>", { t: "<{}>" }],
    ["States.Format($.t, 'x')", "a\\b{}x", { t: "a\\b\\{\\}{}" }],
    ["States.Format('{}', $.a[?(@.n == 'x,y')].v)", "[1]", { a: [{ n: "x,y", v: 1 }] }],
    ["States.MathAdd(States.ArrayLength(States.StringSplit($.t, ' ')), 1)", 3, { t: "a b" }],
  ];
  test.each(cases)("%s = %j", async (text, expected, input) => {
    expect(await call(text, input ?? {})).toEqual(expected);
  });

  test("randomness is passed in; a seed repeats itself", async () => {
    expect(await call("States.MathRandom(10, 20)")).toBe(15);
    expect(await call("States.MathRandom(10, 1000, 7)")).toBe(await call("States.MathRandom(10, 1000, 7)"));
    expect(await call("States.UUID()")).toMatch(/^00000000-0000-4000-8000-/);
  });
});

describe("failures", () => {
  const failing = [
    "States.ArrayPartition($, 0)",
    "States.ArrayPartition('a', 1)",
    "States.ArrayRange(1, 2000, 1)",
    "States.ArrayGetItem($, 9)",
    "States.Base64Decode('%')",
    "States.Hash('a', 'CRC')",
    "States.JsonMerge($, $, true)",
    "States.StringToJson('{')",
    "States.Format('{}')",
    "States.Format('x', 1)",
    "States.MathAdd('1', 2)",
    "States.MathRandom(2, 1)",
    "States.UUID(1)",
  ];
  test.each(failing)("%s", async (text) => {
    const cause = causeOf(await runOne({ Type: "Pass", Parameters: { "r.$": text }, End: true }, []));
    expect(cause).toMatch(/^States.IntrinsicFailure: The function 'States\..*' had the following error: \S/);
    expect(cause).toContain(text);
  });

  test("a Catch sees them", async () => {
    const ran = await run(
      paths({
        T: {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Parameters: { "r.$": "States.StringToJson('{')" },
          Catch: [{ ErrorEquals: ["States.IntrinsicFailure"], Next: "H" }],
          End: true,
        },
        H: { Type: "Pass", OutputPath: "$.Error", End: true },
      }),
    );
    expect(output(ran)).toBe("States.IntrinsicFailure");
  });
});
