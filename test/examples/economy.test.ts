import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FlowReport, reportOf } from "../../sdk/compiler/index.ts";
import { compileFlows } from "../../sdk/testing/index.ts";
import { root } from "../cli/cli.ts";
import { EXAMPLES } from "./folders.ts";

/** What each example costs. A change here is a change of price: make it on purpose. */
const EXPECTED: Record<string, Economy> = {
  "api-etl": { states: 29, happy: 8, transitions: [5, 8], each: ["item +1"] },
  "booking-saga": { states: 30, happy: 7, transitions: [3, 8], each: ["turn +4"] },
  "csv-import": { states: 7, happy: 5, transitions: [5, 7], each: ["item +2"] },
  "dynamic-flow": { states: 12, happy: 6, transitions: [4, 6], each: [] },
  "incremental-sync": { states: 10, happy: 6, transitions: [4, 7], each: ["turn +3"] },
  "model-grid": { states: 36, happy: 8, transitions: [4, 9], each: ["item +1", "item +5"] },
  "parallel-processing": { states: 12, happy: 4, transitions: [4, 5], each: ["item +1"] },
  "partial-batch": { states: 18, happy: 7, transitions: [4, 7], each: ["item +1"] },
  "text-analysis": { states: 72, happy: 13, transitions: [4, 14], each: ["item +6", "item +10"] },
  "ml-pipeline": { states: 12, happy: 6, transitions: [6, 6], each: [] },
  "order-pipeline": { states: 41, happy: 12, transitions: [4, 11], each: ["item +3"] },
  "order-routing": { states: 32, happy: 13, transitions: [3, 11], each: ["turn +4", "turn +7", "turn +8"] },
  "process-pipeline": { states: 2, happy: 2, transitions: [3, 3], each: [] },
  "rate-sheet": { states: 11, happy: 6, transitions: [7, 7], each: [] },
  "release-approval": { states: 20, happy: 7, transitions: [6, 7], each: [] },
};

interface Economy {
  /** Slow paths and handlers included. */
  states: number;
  happy: number;
  transitions: [shortest: number, longest: number];
  each: string[];
}

const economyOf = ({ states, happyStates, shortest, longest, repetitions }: FlowReport): Economy => ({
  states,
  happy: happyStates,
  transitions: [shortest, longest],
  each: repetitions.map((one) => `${one.kind} +${one.longest}`),
});

describe("states and transitions of the examples", () => {
  it("are told for every example", () => {
    expect(EXAMPLES.filter((name) => !Object.hasOwn(EXPECTED, name))).toEqual([]);
  });

  it.each(Object.entries(EXPECTED))("%s", async (name, expected) => {
    const compiled = await compileFlows(join(root, "examples", name, "flow.ts"));
    const [flow] = compiled.flows;
    expect(flow && economyOf(reportOf(flow))).toEqual(expected);
    compiled.close();
  });
});
