import { describe, expect, test } from "vitest";
import type { Json } from "../../../sdk/model/json.ts";
import { chain, ok, output, run } from "../run.ts";
import { causeOf, paths, runOne } from "./machine.ts";

const processor = { StartAt: "I", States: { I: { Type: "Pass", End: true } } };
const map = (fields: object) => ({ Type: "Map", ItemProcessor: processor, End: true, ...fields });

describe("a Map in the JSONPath form", () => {
  // localstack/localstack: v2/scenarios/test_base_scenarios test_map_state_config_inline_item_selector and its kin
  const selector = {
    constantValue: "constant",
    "mapValue.$": "$$.Map.Item.Value",
    "index.$": "$$.Map.Item.Index",
    "fromInput.$": "$",
  };
  const expected = ["Hello", "World"].map((mapValue, index) => ({
    constantValue: "constant",
    mapValue,
    index,
    fromInput: ["Hello", "World"],
  }));
  test.each([
    ["ItemSelector", { ItemSelector: selector }],
    ["Parameters, its older name", { Parameters: selector }],
    [
      "Iterator, the older name of ItemProcessor",
      { Parameters: selector, ItemProcessor: undefined, Iterator: processor },
    ],
  ])("%s", async (_what, fields) => {
    expect(output(await runOne(map(fields), ["Hello", "World"]))).toEqual(expected);
  });

  test("InputPath, ItemsPath, ResultSelector, ResultPath", async () => {
    const fields = {
      InputPath: "$.detail",
      ItemsPath: "$.shipped",
      ItemSelector: { "v.$": "$$.Map.Item.Value", "by.$": "$.partner" },
      ResultSelector: { "first.$": "$[0].v", "all.$": "$[*].by" },
      ResultPath: "$.detail.done",
    };
    const detail = { partner: "UQS", shipped: [1, 2] };
    expect(output(await runOne(map(fields), { detail }))).toEqual({
      detail: { ...detail, done: { first: 1, all: ["UQS", "UQS"] } },
    });
  });

  test("an object's values and keys, in a pair or for those who ask", async () => {
    const fields = {
      ItemsPath: "$.o",
      ItemSelector: { "k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value" },
    };
    expect(output(await runOne(map(fields), { o: { a: 1 } }))).toEqual([{ k: "a", v: 1 }]);
    expect(output(await runOne(map({ ItemsPath: "$.o" }), { o: { a: 1 } }))).toEqual([
      { Key: "a", Value: 1 },
    ]);
    expect(causeOf(await runOne(map({ ItemsPath: "$.o" }), { o: 1 }))).toBe(
      `States.Runtime: Reference path "$.o" must point to array.`,
    );
  });

  // localstack/localstack: v2/scenarios/test_base_scenarios test_max_concurrency_path
  test("MaxConcurrencyPath: a number or its text; anything else fails before the Map starts", async () => {
    const fields = { ItemsPath: "$.v", MaxConcurrencyPath: "$.m" };
    expect(output(await runOne(map(fields), { v: [1], m: "1" }))).toEqual([1]);
    for (const [m, shown] of [
      [{}, "{}"],
      ["NoNumber", "NoNumber"],
    ] as [Json, string][]) {
      const ran = await runOne(map(fields), { v: [1], m });
      expect(causeOf(ran)).toBe(
        `States.Runtime: The MaxConcurrencyPath field refers to value "${shown}" which is not a valid integer: $.m`,
      );
      expect(chain(ran).slice(1)).toEqual(["2 MapStateEntered <- 0", "3 ExecutionFailed <- 2"]);
    }
  });

  test("inner states have the language of the machine, whatever the Map's is", async () => {
    const ran = await run(
      paths({
        M: {
          Type: "Map",
          QueryLanguage: "JSONata",
          Items: "{% $states.input.v %}",
          ItemProcessor: {
            StartAt: "I",
            States: { I: { Type: "Pass", Parameters: { "x.$": "$" }, End: true } },
          },
          Output: "{% $states.result %}",
          End: true,
        },
      }),
      { input: { v: [1] } },
    );
    expect(output(ran)).toEqual([{ x: 1 }]);
  });
});

test("a Parallel: Parameters for all branches, ResultSelector over their outputs, variables from outside", async () => {
  const branch = (name: string, resource = "arn:aws:states:::lambda:invoke") => ({
    StartAt: name,
    States: {
      [name]: { Type: "Task", Resource: resource, Parameters: { "p.$": "$.p", "v.$": "$v" }, End: true },
    },
  });
  const ran = await run(
    paths({
      A: { Type: "Pass", Assign: { v: 1 }, Next: "P" },
      P: {
        Type: "Parallel",
        Parameters: { "p.$": "$.n" },
        Branches: [branch("X"), branch("Y")],
        ResultSelector: { "ps.$": "$[*].p", "v.$": "$[1].v" },
        ResultPath: "$.both",
        End: true,
      },
    }),
    { input: { n: 7 }, integration: (call) => ok(call.arguments) },
  );
  expect(output(ran)).toEqual({ n: 7, both: { ps: [7, 7], v: 1 } });
});
