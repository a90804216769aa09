import { afterAll, beforeAll, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { writeFiles } from "../compiler/fixture.ts";
import { same } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { PRELUDE } from "./prelude.ts";
import { SHARED } from "./shared-objects.ts";

const INPUT = {
  a: 1,
  k: "x",
  list: [3, 1, 2],
  items: [
    { id: 1, tags: ["x"], kind: "a" },
    { id: 2, tags: [], kind: "a" },
  ],
  o: { x: { y: 1 }, x2: { y: 2 } },
  rows: [[1], [2]],
};

const programs = SHARED.map((one, i) => {
  const [flow, module = ""] = typeof one === "string" ? [one] : one;
  return { name: flow, flow: `p${i}`, module, text: `export const p${i} = flow(${flow});` };
});

/** Codes of a program by itself. */
const codesOf = ({ module, text }: (typeof programs)[number]): string[] =>
  check(writeFiles({ "f.ts": [PRELUDE, module, text].join("\n") })("f.ts")).map(({ code }) => code);

const accepted = programs.filter((program) => codesOf(program).length === 0);

it("refuses by RLT1105 alone, but for what a flow body may not have anyway", () => {
  const expected = ["RLT1105", "RLT1101", "RLT1304", "RLT1203"];
  expect(programs.flatMap(codesOf).filter((code) => !expected.includes(code))).toEqual([]);
});

it("refuses little more than it must", () => {
  expect(accepted.length).toBeGreaterThanOrEqual(13);
});

let opened: Programs;
beforeAll(async () => {
  const main = [...new Set(accepted.map(({ module }) => module)), ...accepted.map(({ text }) => text)];
  opened = await openPrograms({ "main.ts": main.join("\n") });
}, 240_000);
afterAll(() => opened?.close());

it.each(accepted)("$name", async ({ flow }) => {
  await same(opened, flow, [INPUT], { paths: ["fast", "slow", "raise"] });
});
