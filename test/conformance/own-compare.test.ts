import { describe, expect, test } from "vitest";
import { suiteOf } from "./folders.ts";
import { sum } from "./runner/report.ts";

/** A folder's compare.mjs is used where it tells a recording from something else, whatever it is named and takes. */

const machine = {
  StartAt: "A",
  States: { A: { Type: "Pass", Assign: { x: 1 }, Output: "{% 7 %}", QueryLanguage: "JSONata", End: true } },
};
const cases = (output: unknown) =>
  JSON.stringify([
    { id: "a", definition: machine, input: {}, expected: { status: "SUCCEEDED", output } },
    { id: "b", definition: machine, input: { n: 1 }, expected: { status: "SUCCEEDED", output } },
  ]);

const suite = (text: string, output: unknown = 7) =>
  suiteOf({ "executions.json": cases(output), "compare.mjs": text });

const FORMS: [string, string][] = [
  [
    "compare(expected, actual), a boolean",
    "export const compare = (e, a) => e.status === a.status && e.output === a.output;",
  ],
  [
    "compare(actual, expected)",
    "export function compare(actual, expected) { return !('id' in actual) && actual.output === expected.output && !('history' in expected); }",
  ],
  [
    "compareCase(case, actual), a list of differences",
    "export const compareCase = (c, a) => (c.expected.output === a.output ? [] : ['output']);",
  ],
  [
    "a default export of measures",
    "export default (c, a) => ({ outcome: c.expected.output === a.output, history: true });",
  ],
  ["an object of functions", "export default { compareOutcome: (e, a) => ({ ok: e.output === a.output }) };"],
  ["the output as text", "export const compare = (e, a) => JSON.stringify(e.output) === a.output;"],
  ["a promise", "export const compare = async (e, a) => e.output === a.output;"],
  [
    "a text that says what differs",
    "export const compare = (e, a) => (e.output === a.output ? null : 'no');",
  ],
];

describe("it is used, and judges", () => {
  test.each(FORMS)("%s", async (_what, text) => {
    const right = await suite(text);
    expect(right.compared).toMatch(/^Compared by \w+ of compare\.mjs/);
    expect(sum(right)).toBe("2 passed, 0 failed");
    expect(sum(await suite(text, 8))).toBe("0 passed, 2 failed");
  });
  test("its word goes before ours", async () => {
    // Every output of one digit is as good as another to this comparison.
    const text = "export const compare = (e, a) => String(e.output).length === String(a.output).length;";
    expect(sum(await suite(text, 8))).toBe("2 passed, 0 failed");
  });
});

describe("it is not used", () => {
  test.each([
    ["what takes everything for equal", "export const compare = () => true;"],
    ["what takes everything for different", "export const compare = () => ['x'];"],
    ["nothing of use", "export const words = 1;"],
    ["a throw", "export const compare = () => { throw new Error(); };"],
    ["a command", "console.log('compared'); process.exit(3);"],
    [
      "a command that exports too",
      "export const compare = (e, a) => e.output === a.output; process.exit(3);",
    ],
    ["no JavaScript", "export const ="],
  ])("%s: ours", async (_what, text) => {
    const right = await suite(text);
    expect(right.compared).not.toMatch(/^Compared by \w+ of compare\.mjs/);
    expect(sum(right)).toBe("2 passed, 0 failed");
    expect(sum(await suite(text, 8))).toBe("0 passed, 2 failed");
  });
});
