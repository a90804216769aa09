import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { cli, type JsonDocument, workspace } from "./cli.ts";

const files = workspace({
  "package.json": '{ "name": "rerun-test", "type": "module" }',
  "etl.ts": `import { appendFileSync, existsSync } from "node:fs";
import { flow, task } from "runlet";
export const load = task(async ({ folder, x }: { folder: string; x: number }) => { appendFileSync(folder + "/calls", "load " + x + "\\n"); return x * 2; });
export const store = task(async ({ folder, xs }: { folder: string; xs: number[] }) => {
  appendFileSync(folder + "/calls", "store\\n");
  if (existsSync(folder + "/broken")) throw new RangeError("the disk is full");
  return xs.reduce((a, b) => a + b, 0);
});
export const etl = flow(async ({ folder, n }: { folder: string; n: number }) => {
  const xs = await load.map(Array.from({ length: n }, (_, x) => ({ folder, x })));
  return await store({ folder, xs });
});
`,
});
afterAll(() => files.remove());

const document = (stdout: string): JsonDocument & { runId: string } => JSON.parse(stdout);
const calls = (): string[] =>
  existsSync(files.path("calls")) ? readFileSync(files.path("calls"), "utf8").trim().split("\n") : [];

describe.each([
  ["in the project", []],
  ["in a data folder", ["--data", files.path("data")]],
])("runlet run --rerun, %s", (_, where) => {
  it("does not do again what was done, and begins anew at a step", async () => {
    rmSync(files.path("calls"), { force: true });
    writeFileSync(files.path("broken"), "");
    const input = ["--input", JSON.stringify({ folder: files.folder, n: 45 })];
    const first = document((await cli(["run", files.path("etl.ts"), "--json", ...where, ...input])).stdout);
    expect(first).toMatchObject({ status: "FAILED", error: { message: "the disk is full" } });
    expect(calls()).toHaveLength(46);
    rmSync(files.path("broken"));
    const again = async (...more: string[]) => {
      const before = calls().length;
      const run = await cli([
        "run",
        files.path("etl.ts"),
        "--json",
        ...where,
        "--rerun",
        first.runId,
        ...more,
      ]);
      expect(run.code, run.stderr).toBe(0);
      const { output } = document(run.stdout);
      return [output, calls().slice(before).length];
    };
    expect(await again()).toEqual([1_980, 1]);
    expect(await again("--from", "load")).toEqual([1_980, 46]);
    expect(await again("--from", "store")).toEqual([1_980, 1]);
    const gone = await cli(["run", files.path("etl.ts"), "--json", ...where, "--rerun", "no-such-run"]);
    expect([gone.code === 0, gone.stdout + gone.stderr]).toEqual([false, expect.stringContaining("RLT4025")]);
    const nowhere = await cli([
      "run",
      files.path("etl.ts"),
      "--json",
      ...where,
      "--rerun",
      first.runId,
      "--from",
      "x",
    ]);
    expect(nowhere.stdout + nowhere.stderr).toMatch(
      /RLT4025: The run .* made no call .*x.* it called load, store/,
    );
  }, 120_000);
});
