import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, root, workspace } from "./cli.ts";

const STEPS = 6;
/** Each step says outside, in a file, that it ran: the oracle. */
const files = workspace({
  "package.json": '{ "name": "resume-test", "type": "module" }',
  "steps.ts": `import { appendFileSync } from "node:fs";
import { approval, flow, task } from "runlet";
export const step = task(async ({ file, n, wait }: { file: string; n: number; wait: number }) => {
  appendFileSync(file, \`\${n}\\n\`);
  await new Promise((done) => setTimeout(done, wait));
  return n + 1;
});
export const outer = flow(async ({ file }: { file: string }) => {
  const { n } = await steps({ file });
  const { approved } = await approval("Go on?");
  return { n, approved };
});
export const steps = flow(async ({ file, wait = 150 }: { file: string; wait?: number }) => {
  let n = 0;
  while (n < ${STEPS}) n = await step({ file, n, wait });
  return { n };
});
`,
});
afterAll(() => files.remove());

/** Runs the flow and kills the command, with SIGKILL or another signal, when the oracle has so many lines. */
async function killedAt(lines: number, name: string, signal: NodeJS.Signals = "SIGKILL", flow = "steps") {
  const data = join(files.folder, `data-${name}`);
  const oracle = join(files.folder, `oracle-${name}`);
  const input = JSON.stringify({ file: oracle });
  const args = [
    join(root, "dist/cli.js"),
    "run",
    files.path("steps.ts"),
    "--data",
    data,
    "--input",
    input,
    "--flow",
    flow,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const ran = (): string[] => (existsSync(oracle) ? readFileSync(oracle, "utf8").trim().split("\n") : []);
  while (ran().length < lines) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill(signal);
  const code = await closed;
  return { data, oracle, input, ran, code, stderr };
}

describe("runlet run --data and runlet resume", () => {
  it("goes on after kill -9, three times, and repeats only the step that was under way", async () => {
    const { data, ran } = await killedAt(2, "thrice");
    for (const until of [3, 5]) {
      const child = spawn(process.execPath, [join(root, "dist/cli.js"), "resume", data], { stdio: "ignore" });
      const closed = new Promise((resolve) => child.on("close", resolve));
      while (new Set(ran()).size < until) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill("SIGKILL");
      await closed;
    }
    const { code, stdout } = await cli(["resume", data, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [{ flow: "steps", status: "COMPLETED", output: { n: STEPS } }],
    });
    expect([...new Set(ran())]).toEqual(Array.from({ length: STEPS }, (_, n) => String(n)));
    expect(ran().length).toBeLessThanOrEqual(STEPS + 3);
    const again = await cli(["resume", data]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("Nothing is in flight");
    expect(
      readdirSync(join(files.folder, ".runlet/build")).filter((name) => name.startsWith("kept-")),
    ).toEqual([]);
  });

  it("says what is in flight when another run starts there, and leaves it alone", async () => {
    const { data, ran } = await killedAt(1, "other");
    const before = ran().length;
    const input = JSON.stringify({ file: join(files.folder, "oracle-of-the-other") });
    const second = await cli([
      "run",
      files.path("steps.ts"),
      "--data",
      data,
      "--input",
      input,
      "--flow",
      "steps",
    ]);
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/In flight in .*, where runlet resume .* goes on with it:/);
    expect(second.stderr).toMatch(/steps run \w{26}, started .* in step \(under way, is done again\)/);
    expect(ran().length).toBe(before);
    expect((await cli(["resume", data])).code).toBe(0);
    expect(new Set(ran()).size).toBe(STEPS);
  });

  it("refuses a folder that another process has, and names it", async () => {
    const data = join(files.folder, "data-busy");
    // Long enough that the other command starts meanwhile, on a busy machine too.
    const input = JSON.stringify({ file: join(files.folder, "oracle-busy"), wait: 1_000 });
    const args = ["run", files.path("steps.ts"), "--data", data, "--input", input, "--flow", "steps"];
    const first = cli(args);
    while (!existsSync(join(files.folder, "oracle-busy")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    const refused = await cli(["resume", data]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /RLT6001: The journal belongs to "runlet run .*steps.ts" \(process \d+ on/,
    );
    expect((await first).code).toBe(0);
  });

  it("a signal leaves the run in flight and says so", async () => {
    const { data, ran, code, stderr } = await killedAt(2, "signal", "SIGTERM");
    expect(code).toBe(143);
    expect(stderr).toContain("the run is in flight: runlet resume");
    expect((await cli(["resume", data])).code).toBe(0);
    expect(new Set(ran()).size).toBe(STEPS);
  });

  it("a run within the run and an approval go on too: the child is not doubled, the answer reaches it", async () => {
    const { data, ran } = await killedAt(3, "outer", "SIGKILL", "outer");
    const child = spawn(process.execPath, [join(root, "dist/cli.js"), "resume", data, "--json"]);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const closed = new Promise((resolve) => child.on("close", resolve));
    while (!existsSync(join(data, "control")) || new Set(ran()).size < STEPS)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const runId = readdirSync(join(data, "runs")).length;
    expect(runId).toBeLessThanOrEqual(1);
    // The run may end before the command has read its reply: then its exit says the same.
    while (child.exitCode === null) {
      for (const name of readdirSync(join(data, "control")))
        await cli(["answer", name, '{"approved":true}', "--data", data]);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await closed, stderr).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: { flow: string; runId: string; output: object }[] };
    expect(runs.map(({ flow }) => flow).sort()).toEqual(["outer", "steps"]);
    expect(runs.find(({ flow }) => flow === "outer")).toMatchObject({
      output: { n: STEPS, approved: true },
    });
    expect([...new Set(ran())]).toEqual(Array.from({ length: STEPS }, (_, n) => String(n)));
    expect(ran().length).toBeLessThanOrEqual(STEPS + 1);
  });

  it("a folder without runs, and a run whose build is gone, are told with a code", async () => {
    expect((await cli(["resume", files.folder])).stderr).toContain("RLT4003");
    const { data } = await killedAt(1, "lost");
    const builds = join(files.folder, ".runlet/build");
    for (const name of readdirSync(builds)) rmSync(join(builds, name), { recursive: true });
    const { code, stderr } = await cli(["resume", data]);
    expect(code).toBe(1);
    expect(stderr).toContain("RLT5004");
  });
});
