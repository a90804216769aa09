import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, root, workspace } from "./cli.ts";

const files = workspace({
  "package.json": '{ "name": "waits-test", "type": "module" }',
  "flow.ts": `import { approval, flow, task, waitForEvent, waitForInput } from "runlet";
import * as z from "zod";
export const add = task(async (a: number, b: number) => a + b);
export const inner = flow(async () => (await approval("Go on?", { show: { count: 2 } })).by ?? "nobody");
export const main = flow(async () => {
  const { pages } = await waitForInput(z.object({ pages: z.number().max(9) }), "How many?");
  const paid = await waitForEvent("paid");
  const by = await inner();
  return { pages: await add(pages, 1), paid, by };
});
`,
});
afterAll(() => files.remove());

/** A run in the background; \`line\` waits until its stderr says something. */
function background(): {
  line(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<{ code: number | null; stdout: string }>;
} {
  const child = spawn(
    process.execPath,
    [join(root, "dist/cli.js"), "run", files.path("flow.ts"), "--flow", "main"],
    {
      env: { ...process.env, NO_COLOR: "1" },
    },
  );
  let [stdout, stderr] = ["", ""];
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    for (const listener of listeners) listener();
  });
  return {
    line: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = pattern.exec(stderr);
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout }))),
  };
}

describe("runlet answer, send, waits, cancel", () => {
  const there = { cwd: files.folder };

  it("reach a run that waits, refuse what its schema refuses, and runs within it", async () => {
    const run = background();
    const [, runId = ""] = await run.line(/runlet answer (\w+) JSON/);
    expect((await cli(["waits", runId], there)).stdout).toBe("input: input How many?\n");
    const refused = await cli(["answer", runId, '{"pages":99}'], there);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("RLT2004: The answer is refused. input.pages"),
    ]);
    expect((await cli(["send", runId, "paid", '{"euros":5}'], there)).code).toBe(0); // before it is waited for
    expect((await cli(["answer", runId, '{"pages":3}'], there)).code).toBe(0);
    const [, child = ""] = await run.line(/Go on\?.*runlet answer (\w+) '/);
    expect(child).not.toBe(runId);
    expect((await cli(["answer", child, '{"approved":true,"by":"ann"}'], there)).code).toBe(0);
    const { code, stdout } = await run.ended;
    expect([code, JSON.parse(stdout)]).toEqual([0, { pages: 4, paid: { euros: 5 }, by: "ann" }]);
    const late = await cli(["answer", runId, "1"], there);
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining("RLT4023")]);
  }, 60_000);
});
