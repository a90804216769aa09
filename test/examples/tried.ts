import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CompiledRun, ManualClock, runCompiled } from "../../sdk/testing/index.ts";
import { root } from "../cli/cli.ts";

/** The table of examples/README.md, a row an example. */
export const rows = readFileSync(join(root, "examples/README.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ["));

/** What it says to try: `| [name](…) | … | \`flow\` \`input\` |`. */
export const tried = rows.flatMap((row) => {
  const [, name = ""] = /^\| \[([\w-]+)\]/.exec(row) ?? [];
  const [, flow, input] = / \| `(\w+)`(?: `([^`]*)`)? \|$/.exec(row) ?? [];
  return flow ? [{ name, flow, input }] : [];
});

export type Tried = (typeof tried)[number];

export const flowFile = ({ name }: Tried): string => join(root, "examples", name, "flow.ts");

/** Runs an example on what its row says. */
export async function tryOut(example: Tried): Promise<CompiledRun> {
  const { name, flow, input } = example;
  const clock = new ManualClock();
  const given = input === undefined ? {} : { input: JSON.parse(input) as unknown };
  return clock.runUntil(runCompiled(flowFile(example), { flow, clock, runId: `tried-${name}`, ...given }));
}
