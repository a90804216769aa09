import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ManualClock, runCompiled } from "../../sdk/testing/index.ts";
import { root } from "../cli/cli.ts";
import { EXAMPLES } from "./folders.ts";

const rows = readFileSync(join(root, "examples/README.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ["));

/** `| [name](…) | … | \`flow\` \`input\` |` */
const tried = rows.flatMap((row) => {
  const [, name = ""] = /^\| \[([\w-]+)\]/.exec(row) ?? [];
  const [, flow, input] = / \| `(\w+)`(?: `([^`]*)`)? \|$/.exec(row) ?? [];
  return flow ? [{ name, flow, input }] : [];
});

describe("examples/README.md", () => {
  it("has a row for each example", () => {
    expect(rows.map((row) => /\[([\w-]+)\]/.exec(row)?.[1]).sort()).toEqual([...EXAMPLES].sort());
    expect(tried.length).toBeGreaterThan(9);
  });

  it.each(tried)("$name: $flow completes with the input to try", async ({ name, flow, input }) => {
    const clock = new ManualClock();
    const given = input === undefined ? {} : { input: JSON.parse(input) as unknown };
    const run = runCompiled(join(root, "examples", name, "flow.ts"), { flow, clock, ...given });
    expect((await clock.runUntil(run)).output).toBeTypeOf("object");
  });
});
