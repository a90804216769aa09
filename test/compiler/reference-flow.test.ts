import { beforeAll, describe, expect, it } from "vitest";
import { type CompiledFlow, reportOf, toMermaid } from "../../sdk/compiler/index.ts";
import type { CompiledFile } from "../../sdk/testing/index.ts";
import { brokenRules, statesOf } from "./definition-rules.ts";
import { compileText, entered } from "./fixture.ts";

const REFERENCE = `import { flow, task } from "runlet";
export const A = task(async (x: any) => x);
export const B = task(async (x: number) => x * 2);
export const C = task(async (xs: number[]) => xs.length);
export const reference = flow(async (input: any) => {
  const x = await A(input);
  if (x.total > 10) {
    const rs = await B.map(x.items);
    const z = await C(rs);
    return { z };
  }
  return { small: x };
});
`;

describe("the reference flow", () => {
  let compiled: CompiledFile;
  let flow: CompiledFlow;
  beforeAll(async () => {
    compiled = await compileText(REFERENCE);
    flow = compiled.flows[0] as CompiledFlow;
  });

  it("has at most six states on the happy path, in the order of the source", () => {
    const slow = new Set([...flow.inlineSteps.map(({ state }) => state), ...flow.detourStates]);
    const happy = statesOf(flow.definition)
      .map(([name]) => name)
      .filter((name) => !slow.has(name) && !name.endsWith(" (many)"));
    expect(happy).toEqual(["A", "if x.total > 10", "map B", "B", "C", "return 2"]);
  });

  it("puts each inline step right behind its state", () => {
    expect(Object.keys(flow.definition.States)).toEqual([
      "A",
      "if x.total > 10",
      "if x.total > 10 inline",
      "map B",
      "map B inline",
      "map B mode",
      "map B many",
      "map B many gather",
      "C",
      "C inline",
      "return 2",
      "(throws)",
    ]);
  });

  it("enters seven states for three items, and three for a small order", async () => {
    const large = await compiled.run({ input: { total: 20, items: [1, 2, 3] } });
    expect(large.output).toEqual({ z: 3 });
    expect(entered(large.history)).toEqual(["A", "if x.total > 10", "map B", "B", "B", "B", "C"]);
    const small = await compiled.run({ input: { total: 2 } });
    expect(entered(small.history)).toEqual(["A", "if x.total > 10", "return 2"]);
  });

  it("takes an inline step where a value is unusual, and comes back", async () => {
    const { output, history } = await compiled.run({ input: { total: "20", items: [1] } });
    expect(output).toEqual({ z: 1 });
    expect(entered(history)).toEqual([
      "A",
      "if x.total > 10",
      "if x.total > 10 inline",
      "if x.total > 10",
      "map B",
      "B",
      "C",
    ]);
  });

  it("keeps the rules of the house, and names line and file of each state", () => {
    expect(brokenRules(flow)).toEqual([]);
    for (const [name, { Comment }] of statesOf(flow.definition))
      expect(Comment, name).toMatch(/^flow\.ts:\d+( \((inline step|results in order|throws)\))?$/);
  });

  it("is reported with its states, its transitions and its price", () => {
    const { states, happyStates, shortest, longest, dollarsPerMillion, inlineSteps } = reportOf(flow);
    expect({ states, happyStates, shortest, longest, dollarsPerMillion }).toEqual({
      states: 16, // with slow paths, what throws, and the map once more for many items
      happyStates: 6,
      shortest: 4, // the start, A, the branch, the return
      longest: 6, // the start, A, the branch, the map with one item, C
      dollarsPerMillion: { shortest: 100, longest: 150 },
    });
    expect(inlineSteps.map(({ line, when }) => [line, when])).toEqual([
      [7, "guard"],
      [8, "guard"],
    ]);
  });

  it("is drawn with the names of the source", () => {
    expect(toMermaid(flow.document)).toBe(`flowchart TD
  start(["reference"])
  start --> n0
  n0["A"]
  n0 --> n1
  n1{"if x.total &gt; 10"}
  n1 -- yes --> n2
  subgraph n2["map B"]
  n2item(( )):::item
  n2item --> n3
  n3["B"]
  n3 --> n4
  n4(["map B result"])
  end
  n2 --> n5
  n5["C"]
  n5 --> n6
  n6(["return"])
  n1 -- no --> n7
  n7(["return 2"])`);
  });
});

describe("prices", () => {
  it.each([
    ["a task", "await A(1);", 2],
    ["a result that is returned", "return A(1);", 2],
    ["a structure around results", "const a = await A(1); const b = await A(2); return { a, b: [b] };", 3],
    ["a branch without calls in it", "const a = await A(1); if (a) { return 1; } return 2;", 4],
    ["a pure definition", "const a = await A(1); const b = a; return [b];", 2],
    ["a known error", 'throw new Error("no");', 2],
    ["a map of three, its check and the return", "return A.map([1, 2, 3]);", 7],
  ])("%s", async (_, body, transitions) => {
    const compiled = await compileText(
      `import { flow, task } from "runlet";\nexport const A = task(async (x: number) => x);\nexport const f = flow(async () => { ${body} });\n`,
    );
    const run = await compiled.run().catch(() => undefined);
    const states = run
      ? entered(run.history).length
      : statesOf((compiled.flows[0] as CompiledFlow).definition).length;
    expect(states + 1).toBe(transitions);
  });
});
