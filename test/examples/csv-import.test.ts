import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { csvImport } from "../../examples/csv-import/flow.ts";
import { withEnvironment } from "../../sdk/flow/environment.ts";
import { compileFlows, ManualClock } from "../../sdk/testing/index.ts";
import { cli, root, workspace } from "../cli/cli.ts";

const example = join(root, "examples/csv-import");
const objects = mkdtempSync(join(tmpdir(), "runlet-csv-"));
const files = workspace({ "package.json": '{ "name": "csv-import", "type": "module" }' });
const day = "2026-03-01";
const put = (directory: string): void => {
  const file = join(directory, "shop-exports", day, "orders.csv");
  mkdirSync(dirname(file), { recursive: true });
  cpSync(join(example, "orders.csv"), file);
};
const ANSWER = { imported: 5, lost: 1, cents: { DE: 14_089, FR: 1_225 } };
const MISSING =
  /^RLT3008: The items of s3:\/\/shop-exports\/2026-03-02\/orders\.csv could not be read as CSV\./;

process.env["RUNLET_OBJECTS"] = objects; // before anything asks for it: one a process
put(objects);
afterAll(() => {
  rmSync(objects, { recursive: true, force: true });
  files.remove();
});

describe("fan-out from a CSV in the object store", () => {
  it("in Node", async () => {
    const clock = new ManualClock();
    const run = withEnvironment({ clock }, () => csvImport({ day }));
    expect(await clock.runUntil(run)).toEqual(ANSWER);
    await expect(csvImport({ day: "2026-03-02" })).rejects.toThrow(MISSING);
  });

  it.each(["fast", "slow"] as const)("compiled, %s", async (paths) => {
    const compiled = await compileFlows(join(example, "flow.ts"), { paths, single: true });
    const clock = new ManualClock();
    const { output, calls } = await clock.runUntil(compiled.run({ input: { day }, clock }));
    expect(output).toEqual(ANSWER);
    expect(calls.filter(({ attempt }) => attempt === 0).map(({ frames }) => frames[0])).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    await expect(compiled.run({ input: { day: "2026-03-02" } })).rejects.toThrow(MISSING);
    compiled.close();
  });

  it("by the command, from .runlet/objects", async () => {
    cpSync(join(example, "flow.ts"), files.path("flow.ts"));
    put(files.path(".runlet/objects"));
    const run = (input: object) =>
      cli(["run", files.path("flow.ts"), "--json", "--input", JSON.stringify(input)], {
        env: { RUNLET_OBJECTS: "" },
      });
    const good = await run({ day });
    expect(JSON.parse(good.stdout), good.stderr).toMatchObject({ status: "COMPLETED", output: ANSWER });
    const bad = await run({ day: "2026-03-02" });
    expect(JSON.parse(bad.stdout)).toMatchObject({
      status: "FAILED",
      error: { message: expect.stringMatching(MISSING) },
    });
  }, 60_000);
});
