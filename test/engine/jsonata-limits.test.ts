import { describe, expect, test } from "vitest";
import { machine, output, run } from "./run.ts";

/**
 * Boundaries measured on AWS: floci-io/floci#2737 and #2783 (100 nested evaluations, 6,990,256 bytes of one value, 360,145
 * elements of $range), asl.md §5. How long an evaluation may go on is not known.
 */

const evaluated = async (expression: string, input: object = {}) =>
  run(machine({ P: { Type: "Pass", Output: `{% ${expression} %}`, End: true } }), { input: input as never });

const cause = async (expression: string): Promise<string> => {
  const { result } = await evaluated(expression);
  expect(result).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
  return (result as { cause: string }).cause;
};

const chain = (terms: number): string => Array.from({ length: terms }, () => "1").join("+");
const nested = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;
const recursive = (n: number): string => `($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(${n}))`;

const OVERFLOW =
  "threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function.  Consider " +
  "rewriting as tail-recursive. Depth=101 max=100";
const MEMORY = "threw an error during evaluation: Expression evaluation memory limit exceeded";

// docs/verify-on-aws.md V14
describe("100 nested evaluations", () => {
  test.each([
    ["a chain of 100 terms", chain(100), chain(101)],
    ["99 parentheses", nested("(", ")", 99), nested("(", ")", 100)],
    ["99 brackets", nested("[", "]", 99), nested("[", "]", 100)],
    ["31 recursive calls", recursive(31), recursive(32)],
  ])("%s are the most", async (_what, most, more) => {
    expect((await evaluated(most)).result.status).toBe("SUCCEEDED");
    expect(await cause(more)).toContain(OVERFLOW);
  });

  test("a tail call does not nest", async () => {
    const down = "($f := function($n) { $n = 0 ? 'end' : $f($n - 1) }; $f(2000))";
    expect(output(await evaluated(down))).toBe("end");
  });

  test("the parts of an array or an object do not add up, whatever they call", async () => {
    const parts = Array.from({ length: 150 }, (_, index) => `$f(${index % 10})`).join(", ");
    const array = await evaluated(`($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; [${parts}])`);
    expect(output(array)).toHaveLength(150);
    const keys = Array.from({ length: 150 }, (_, index) => `"k${index}": [$f(${index % 10}), $f(3)]`).join(
      ", ",
    );
    const object = await evaluated(`($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; {${keys}})`);
    expect(Object.keys(output(object) as object)).toHaveLength(150);
    const grouped =
      "($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $states.input.a{$string($): $f($)})";
    expect(output(await evaluated(grouped, { a: [1, 2, 3] }))).toEqual({ 1: 1, 2: 2, 3: 3 });
  });

  test("recursion inside an array is found", async () => {
    expect(await cause("($f := function($n) { [$f($n + 1)] }; $f(0))")).toContain("Stack overflow error");
  });

  test("it can be caught, by the Parallel around", async () => {
    const inner = { StartAt: "I", States: { I: { Type: "Pass", Output: `{% ${chain(101)} %}`, End: true } } };
    const caught = await run(
      machine({
        P: {
          Type: "Parallel",
          Branches: [inner],
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "C" }],
          End: true,
        },
        C: { Type: "Pass", Output: "{% $states.input.Error %}", End: true },
      } as never),
    );
    expect(output(caught)).toBe("States.QueryEvaluationError");
  });
});

describe("6,990,256 bytes of one value", () => {
  test.each([
    ["a range of 873,782 numbers", "$count([1..873782])", "$count([1..873783])"],
    ["$range of 360,145", "$count($range(1, 360145, 1))", "$count($range(1, 360146, 1))"],
    [
      "a text of 2^22",
      "$length($reduce([1..22], function($a, $v) { $a & $a }, 'x'))",
      "$length($reduce([1..23], function($a, $v) { $a & $a }, 'x'))",
    ],
  ])("%s is the most", async (_what, most, more) => {
    expect((await evaluated(most)).result.status).toBe("SUCCEEDED");
    expect(await cause(more)).toContain(MEMORY);
  });

  test("$sum of a long range", async () => {
    expect(await cause("$sum([1..900000])")).toContain(MEMORY);
  });
});

test("an evaluation that does not end is ended", { timeout: 120_000 }, async () => {
  expect(await cause("($f := function($n) { $f($n + 1) }; $f(0))")).toContain(
    "threw an error during evaluation: Expression evaluation timeout: Check for infinite loop",
  );
});

test.each([
  ["$partition([1, 2], 0)"],
  ["$partition([], 2)"],
  ["$range(1, 5)"],
  ["$range(5, 1, 1)"],
  ["$hash('a')"],
])("%s gives nothing, as measured on AWS", async (expression) => {
  expect(await cause(expression)).toContain("returned nothing (undefined).");
});
