import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../sdk/model/json.ts";
import { machine, output, type Ran, run } from "./run.ts";

/** Evaluates one expression as the Output of a Pass, with the input and the variable `$v`. */
const evaluated = (text: string, input: Json = {}): Promise<Ran> =>
  run(
    machine({
      Set: { Type: "Pass", Assign: { v: "{% $states.input %}" }, Next: "E" },
      E: { Type: "Pass", Output: { r: `{% ${text} %}` }, End: true },
    }),
    { input },
  );

const value = async (text: string, input: Json = {}): Promise<Json> =>
  (output(await evaluated(text, input)) as { r: Json }).r;

const cause = async (text: string, input: Json = {}): Promise<string> => {
  const { result } = await evaluated(text, input);
  if (result.status === "SUCCEEDED") throw new Error(`no failure but ${JSON.stringify(result.output)}`);
  expect(result.error).toBe("States.QueryEvaluationError");
  const prefix = "An error occurred while executing the state 'E' (entered at the event id #4). ";
  expect(result.cause?.slice(0, prefix.length)).toBe(prefix);
  return result.cause?.slice(prefix.length) ?? "";
};

describe("causes are AWS's to the letter", () => {
  test("nothing", async () => {
    expect(await cause("$states.input.missing")).toBe(
      "The JSONata expression '$states.input.missing' specified for the field 'Output/r' returned nothing (undefined).",
    );
    expect(await cause(" $nothing ")).toContain("expression '$nothing' specified");
  });

  test("a function or a regular expression as the result", async () => {
    const text = "specified for the field 'Output/r' returned an unsupported result type.";
    expect(await cause("$sum")).toBe(`The JSONata expression '$sum' ${text}`);
    expect(await cause("function($x) { $x }")).toContain(text);
    expect(await cause("/a/")).toContain(text);
    expect(await cause("[1, $sum]")).toContain(text);
    expect(await cause("{'f': $sum}")).toContain(text);
  });

  test("an error with JSONata's own code and words", async () => {
    expect(await cause("'a' + 1")).toBe(
      "The JSONata expression ''a' + 1' specified for the field 'Output/r' threw an error during evaluation. " +
        'T2001: The left side of the "+" operator must evaluate to a number',
    );
    expect(await cause("$sum('a')")).toContain(
      'threw an error during evaluation. T0412: Argument 1 of function "sum" must be an array of "numbers"',
    );
    expect(await cause("$error('slow')")).toContain("threw an error during evaluation. D3137: slow");
  });

  // localstack/localstack: tests/aws/services/stepfunctions/v2/intrinsic_functions/test_math_operations_jsonata.snapshot.json
  test("a function that there is not", async () => {
    expect(await cause("$randomSeeded($states.input.fst)")).toBe(
      "The JSONata expression '$randomSeeded($states.input.fst)' specified for the field 'Output/r' threw an error " +
        "during evaluation. T1006: Attempted to invoke a non-function",
    );
    expect(await cause("$eval('1+1')")).toContain("T1006: Attempted to invoke a non-function");
  });
});

describe("results are plain JSON, arrays exactly as they are", () => {
  const input = { one: [1], none: [], nested: [[1]], deep: { a: [null, { b: [] }] } };

  test("references keep arrays", async () => {
    expect(await value("$states.input", input)).toEqual(input);
    expect(await value("$v.one", input)).toEqual([1]);
    expect(await value("$v.none", input)).toEqual([]);
    expect(await value("$v.nested", input)).toEqual([[1]]);
    expect(await value("$v.deep.a", input)).toEqual([null, { b: [] }]);
  });

  test("a sequence of one is bare, a marked one is not", async () => {
    expect(await value("$map($v.one, function($x) { $x + 1 })", input)).toBe(2);
    expect(await value("$append([], $map($v.one, function($x) { $x + 1 })[])", input)).toEqual([2]);
    expect(await value("[$v.one, 2]", input)).toEqual([1, 2]);
    expect(Object.keys((await value("$v.one[]", input)) as object)).toEqual(["0"]);
  });

  test("numbers that JSON has not", async () => {
    expect(await value("1 / 0")).toBe("Infinity");
    expect(await value("{'a': [-1 / 0]}")).toEqual({ a: ["-Infinity"] });
    expect(Object.is(await value("0 * -1"), 0)).toBe(true);
  });
});

describe("an object has its own fields and no others", () => {
  test.each([
    "$v.constructor",
    "$v.toString",
    "$v.`__proto__`",
    "$v.a.constructor.name",
    "$v.list.constructor",
    "$states.hasOwnProperty",
    "$constructor",
    "$lookup($v, 'constructor')",
    "$lookup($v, '__proto__')",
    "{'x': 1}.valueOf",
  ])("%s is missing", async (text) => {
    expect(await cause(text, { a: {}, list: [{}, {}] })).toContain("returned nothing (undefined).");
  });

  test("such a name is found where the data has it", async () => {
    const input = JSON.parse(
      '{"constructor": {"name": 1}, "__proto__": [2], "list": [{"valueOf": 3}, {}, {"valueOf": [4]}]}',
    );
    expect(await value("$v.constructor.name", input)).toBe(1);
    expect(await value("$v.`__proto__`", input)).toEqual([2]);
    expect(await value("$v.list.valueOf", input)).toEqual([3, 4]);
    expect(await value("$v.list[valueOf = 3].valueOf", input)).toBe(3);
    expect(JSON.stringify(await value("$states.input", input))).toBe(JSON.stringify(input));
  });

  test("the library's prototype is out of reach, and a lost key is no silent loss", async () => {
    await evaluated("$v ~> |$|{'polluted': true}|", JSON.parse('{"__proto__": {"a": 1}}'));
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    const ran = await evaluated("{$v.k: 1}", { k: "__proto__" });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ran.result).toHaveProperty("cause", expect.stringContaining("RLT3002"));
  });
});

describe("time and chance come from outside", () => {
  test("the clock", async () => {
    expect(await value("$millis()")).toBe(Date.UTC(2026, 0, 1));
    expect(await value("$now()")).toBe("2026-01-01T00:00:00.000Z");
    expect(await value("$now('[Y0001]/[M01]')")).toBe("2026/01");
    expect(await value("$now() = $fromMillis($millis())")).toBe(true);
  });

  test("what a picture leaves out is taken from that clock, and no zone is UTC", async () => {
    expect(await value("$toMillis('13:45', '[H01]:[m01]')")).toBe(Date.UTC(2026, 0, 1, 13, 45));
    expect(await value("$toMillis('2020-02-01T10:00:00')")).toBe(Date.UTC(2020, 1, 1, 10));
    expect(await value("$toMillis('2020-02-01T10:00:00+01:00')")).toBe(Date.UTC(2020, 1, 1, 9));
    expect(await cause("$toMillis('soon')")).toContain(
      "D3110: The argument of the toMillis function must be",
    );
  });

  test("randomness and ids", async () => {
    expect(await value("$random()")).toBe(0.5);
    expect(await value("$uuid()")).toBe("00000000-0000-4000-8000-000000000001");
    expect(await value("$shuffle([1, 2, 3])")).toEqual(await value("$shuffle([1, 2, 3])"));
  });
});

describe("the functions that AWS adds", () => {
  // localstack/localstack: tests/aws/services/stepfunctions/v2/intrinsic_functions/test_array_jsonata.snapshot.json
  test("V39 $partition keeps a single part in its array, $range is a sequence", async () => {
    expect(await value("$partition([0], 1)")).toEqual([[0]]);
    expect(await value("$partition([0, 1], 3)")).toEqual([[0, 1]]);
    expect(await value("$partition([1, 2, 3], 2)")).toEqual([[1, 2], [3]]);
    expect(await value("$range(0, 9, 3)")).toEqual([0, 3, 6, 9]);
    expect(await value("$range(0, 10, 3)")).toEqual([0, 3, 6, 9]);
    expect(await value("$range(1, 9, 9)")).toBe(1);
    expect(await value("$range(3, 1, -1)")).toEqual([3, 2, 1]);
    expect(await cause("$range(1, 2, 0)")).toContain("returned nothing");
    expect(await cause("$range(1, 'b', 1)")).toContain(
      'T0410: Argument 2 of function "range" does not match function signature',
    );
  });

  // floci-io/floci, issue 2662: measured on AWS
  test("$hash, $random(seed), $parse", async () => {
    expect(await value("$hash('input', 'SHA-1')")).toBe("140f86aae51ab9e1cda9b4254fe98a74eb54c1a1");
    expect(await value("$random(42)")).toBe(0.7275636800328681);
    expect(await value("$parse('{\"a\": [1]}').a")).toEqual([1]);
    expect(await cause("$parse('{')")).toContain("threw an error during evaluation.");
    expect(await cause("$hash('a', 'sha1')")).toContain(
      "D3137: Hash algorithm 'sha1' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5",
    );
  });
});

/** JSON with the shapes that paths treat in special ways. */
const json: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: "json" },
    fc.constantFrom<Json>(null, 0, "", "x", true, [], {}),
    fc.array(tie("node"), { maxLength: 3, depthIdentifier: "json" }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "length", "constructor"), tie("node"), {
      maxKeys: 3,
      depthIdentifier: "json",
    }),
  ),
})).node;

test("a pure reference gives what JSONata gives for the same path", async () => {
  const steps = fc.array(fc.constantFrom("a", "b", "c", "length", "constructor"), { maxLength: 4 });
  const check = fc.asyncProperty(json, steps, async (input, path) => {
    const reference = ["$v", ...path].join(".");
    // The block forces the general path; nothing else about the expression differs.
    const [quick, general] = await Promise.all([
      evaluated(reference, input),
      evaluated(`(${reference})`, input),
    ]);
    const strip = ({ result }: Ran) => ({ ...result, cause: undefined });
    expect(strip(quick)).toEqual(strip(general));
  });
  await fc.assert(check, { numRuns: 300 });
});

describe("V49 what is no Base64, and pictures without a digit, are refused as AWS refuses them", () => {
  const INTERNAL = / threw an internal error during evaluation\. [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  test.each(["!!!", "YQ=", "Y", "Y-_Q", "YQ==\\n", "YWJj="])("$base64decode of %s", async (text) => {
    expect(await cause(`$base64decode("${text}")`)).toMatch(INTERNAL);
  });
  test("with and without padding, of the context, in a pipe", async () => {
    const input = { s: "YQ==" };
    expect(
      await value(
        '[$base64decode("YQ"), $base64decode("YWI="), $base64decode(""), $states.input.s.$base64decode(), ["YQ==","Yg=="].$base64decode($)]',
        input,
      ),
    ).toEqual(["a", "ab", "", "a", "a", "b"]);
    expect(await value("$exists($base64decode($states.input.none))", input)).toBe(false);
  });
  test.each(["x", "", "0;x", "E"])("$formatNumber with %s", async (picture) => {
    expect(await cause(`$formatNumber(1, "${picture}")`)).toMatch(
      /evaluation\. D3086: The sub-picture must not/,
    );
  });
  test("other pictures, and options", async () => {
    expect(
      await value(
        '[$formatNumber(1234.5, "#,##0.00"), $formatNumber(-1, "0;(0)"), $states.input.n.$formatNumber("000"), $formatNumber(1.5, "0!0", {"decimal-separator": "!"})]',
        { n: 12 },
      ),
    ).toEqual(["1,234.50", "(1)", "012", "1!5"]);
  });
});
