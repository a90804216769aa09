import { describe, expect, test } from "vitest";
import type { Json } from "../../../sdk/model/json.ts";
import { output, run } from "../run.ts";
import { causeOf, paths } from "./machine.ts";

/** Whether the rule holds for the input. */
async function holds(rule: object, input: Json): Promise<boolean> {
  const ran = await run(choice(rule), { input });
  return output(ran) === "yes";
}

const choice = (rule: object) =>
  paths({
    S: { Type: "Choice", Choices: [{ ...rule, Next: "Y" }], Default: "N" },
    Y: { Type: "Pass", Result: "yes", End: true },
    N: { Type: "Pass", Result: "no", End: true },
  });

describe("comparisons", () => {
  // localstack/localstack: v2/choice_operators/*; a value of another type is no match and no error
  const values: Json[] = ["", "2", "b", 1, 2, 3.5, true, false, null, [], {}, "2016-03-14T01:59:00Z"];
  const truths: [string, Json, Json[]][] = [
    ["StringEquals", "2", ["2"]],
    ["StringLessThan", "2", [""]],
    ["StringGreaterThanEquals", "2", ["2", "b", "2016-03-14T01:59:00Z"]],
    ["NumericEquals", 2, [2]],
    ["NumericLessThan", 2, [1]],
    ["NumericGreaterThan", 2, [3.5]],
    ["NumericLessThanEquals", 2, [1, 2]],
    ["NumericGreaterThanEquals", 2, [2, 3.5]],
    ["BooleanEquals", true, [true]],
    ["BooleanEquals", false, [false]],
    ["TimestampEquals", "2016-03-14T02:59:00+01:00", ["2016-03-14T01:59:00Z"]],
    ["TimestampLessThan", "2016-03-14T01:59:00.001Z", ["2016-03-14T01:59:00Z"]],
    ["TimestampGreaterThan", "2016-03-14T01:59:00Z", []],
    ["IsNull", true, [null]],
    ["IsString", true, ["", "2", "b", "2016-03-14T01:59:00Z"]],
    ["IsNumeric", false, ["", "2", "b", true, false, null, [], {}, "2016-03-14T01:59:00Z"]],
    ["IsBoolean", true, [true, false]],
    ["IsTimestamp", true, ["2016-03-14T01:59:00Z"]],
    ["IsPresent", true, values],
    ["IsPresent", false, []],
  ];
  test.each(truths)("%s %j", async (operator, operand, expected) => {
    const held: Json[] = [];
    for (const value of values) {
      if (await holds({ Variable: "$.v", [operator]: operand }, { v: value })) held.push(value);
      if (operator.startsWith("Is")) continue;
      const byPath = { Variable: "$.v", [`${operator}Path`]: "$.other" };
      expect(await holds(byPath, { v: value, other: operand })).toBe(
        held.at(-1) === value && held.length > 0,
      );
    }
    expect(held).toEqual(expected);
  });

  test.each([
    ["a*c", "abbc", true],
    ["a*c", "abcd", false],
    ["*", "", true],
    ["*.log", "x.log", true],
    ["*b*b*", "abab", true],
    ["ab*ab", "ab", false],
    ["a\\*c", "a*c", true],
    ["a\\*c", "abc", false],
    ["a\\\\*", "a\\x", true],
  ])("StringMatches %s on %s", async (pattern, text, expected) => {
    expect(await holds({ Variable: "$.v", StringMatches: pattern }, { v: text })).toBe(expected);
  });

  test("timestamps differ in their last digit", async () => {
    const at = (fraction: string) => `2023-02-24T12:15:56.${fraction}Z`;
    const rule = { Variable: "$.v", TimestampLessThan: at("8329571") };
    expect(await holds(rule, { v: at("832957") })).toBe(true);
    expect(await holds(rule, { v: at("8329571000") })).toBe(false);
    expect(await holds({ Variable: "$.v", TimestampEquals: at("100") }, { v: at("1") })).toBe(true);
  });

  test("And, Or, Not, nested; variables and the context object", async () => {
    const rule = {
      And: [
        { Variable: "$.n", NumericGreaterThan: 1 },
        {
          Or: [
            { Variable: "$$.State.Name", StringEquals: "S" },
            { Variable: "$.n", IsNull: true },
          ],
        },
        { Not: { Variable: "$.missing", IsPresent: true } },
      ],
    };
    expect(await holds(rule, { n: 2 })).toBe(true);
    expect(await holds(rule, { n: 1 })).toBe(false);
  });

  test("IsPresent sees null and what matches nothing", async () => {
    expect(await holds({ Variable: "$.a", IsPresent: true }, { a: null })).toBe(true);
    expect(await holds({ Variable: "$.a.b", IsPresent: false }, {})).toBe(true);
    expect(await holds({ Variable: "$x", IsPresent: true }, {})).toBe(false);
  });
});

test.each([
  [{ Variable: "$.v", NumericEquals: 1 }, "$.v"],
  [{ Variable: "$.v", IsNull: true }, "$.v"],
  [{ Variable: "$.n", NumericEqualsPath: "$.other" }, "$.other"],
])("a missing value ends the execution: %j", async (rule, path) => {
  expect(causeOf(await run(choice(rule), { input: { n: 1 } }))).toBe(
    `States.Runtime: Invalid path '${path}': The choice state's condition path references an invalid value.`,
  );
});

test("InputPath decides what Variable sees, OutputPath what goes on", async () => {
  const ran = await run(
    paths({
      S: {
        Type: "Choice",
        InputPath: "$.attributes",
        OutputPath: "$.tutor",
        Choices: [{ Variable: "$.tutor", IsPresent: true, Next: "Y" }],
      },
      Y: { Type: "Succeed" },
    }),
    { input: { attributes: { tutor: { id: 2 } } } },
  );
  expect(output(ran)).toEqual({ id: 2 });
});
