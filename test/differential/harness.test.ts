import { describe, expect, it } from "vitest";
import { assertSame } from "./compare.ts";
import type { Call, Outcome } from "./harness.ts";

const call = (task: string, args: string, attempt = 0): Call => ({
  task,
  args,
  attempt,
  at: 0,
  began: 0,
  ended: 1,
});
const outcome = (end: Outcome["end"], ...calls: Call[]): Outcome => ({ end, calls, lines: [] });
const differs = (plain: Outcome, compiled: Outcome): string | undefined => {
  try {
    assertSame(plain, compiled, "a program");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("the differential harness notices", () => {
  const one = outcome({ value: "1" }, call("load", "[1]"));

  it.each<[string, Outcome, RegExp]>([
    ["another value", outcome({ value: "2" }, call("load", "[1]")), /plain: .*"1".*\n.*compiled: .*"2"/],
    ["another order of keys", outcome({ value: '{"b":1,"a":1}' }), /compiled/],
    [
      "an error in the place of a value",
      outcome({ name: "Error", message: "no" }, call("load", "[1]")),
      /"no"/,
    ],
    ["a call that is missing", outcome({ value: "1" }), /in plain Node alone: load\(\[1\]\)/],
    [
      "a call too many",
      outcome({ value: "1" }, call("load", "[1]"), call("load", "[1]")),
      /compiled flow alone: load\(\[1\]\)/,
    ],
    [
      "other arguments",
      outcome({ value: "1" }, call("load", '["1"]')),
      /alone: load\(\["1"\]\)[\s\S]*alone: load\(\[1\]\)/,
    ],
    ["another attempt", outcome({ value: "1" }, call("load", "[1]", 1)), /load#1\(\[1\]\)/],
  ])("%s", (_, compiled, told) => {
    expect(differs(one, compiled)).toMatch(told);
  });

  it("other names and messages of errors, but not numbers that a bundler gives to quoted names", () => {
    const thrown = (name: string, message: string): Outcome => outcome({ name, message });
    expect(
      differs(
        thrown("TypeError", "rows.map is not a function"),
        thrown("TypeError", "rows2.map is not a function"),
      ),
    ).toBeUndefined();
    expect(differs(thrown("Error", "rows"), thrown("Error", "rows2"))).toBeDefined();
    expect(differs(thrown("TypeError", "a"), thrown("Error", "a"))).toBeDefined();
    expect(
      differs(
        thrown("TypeError", "number 5 is not iterable"),
        thrown("TypeError", "number 6 is not iterable"),
      ),
    ).toBeDefined();
  });
});
