import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, runJson, workspace } from "./cli.ts";

const flowOf = (task: string, body = "await t()"): string =>
  `import { flow, task } from "runlet";\nexport const t = task(${task});\nexport const main = flow(async () => ${body});\n`;

const files = workspace({
  "package.json": '{ "name": "cli-test", "type": "module" }',
  "hello.ts": flowOf("async () => ({ hello: 'world' })"),
  "two.ts": `${flowOf("async () => 1")}export const other = flow(async () => 2);\n`,
  "input.ts": `import { flow, task } from "runlet";
import * as z from "zod";
export const t = task(async (n: number) => n + 1);
export const main = flow({ input: z.object({ pages: z.number().int(), tag: z.string().default("none") }) }, async ({ pages, tag }) => ({ next: await t(pages), tag }));
`,
  "fails.ts": flowOf("async () => { throw new RangeError('too far'); }"),
  "thrown.ts": `import { flow } from "runlet";\nexport const main = flow(async () => { throw new TypeError("no way"); });\n`,
  "bigint.ts": flowOf("async () => ({ n: 10n })"),
  "date.ts": flowOf("async () => ({ at: new Date(0) })"),
  "function.ts": flowOf("async () => [() => 1]"),
  "nan.ts": flowOf("async () => ({ deep: [0 / 0] })"),
  "exit.ts": flowOf("async () => { process.exit(3); }"),
  "noise.ts": `console.log("at load");\nprocess.stdout.write("more");\n${flowOf('async () => { console.log("in task"); return 1; }')}`,
  "syntax.ts": "import { flow } from 'runlet';\nexport const main = flow(async () => {\n  const = 1;\n});\n",
  "missing.ts": `import { nope } from "./lib.ts";\nimport { flow } from "runlet";\nexport const main = flow(async () => nope());\n`,
  "lib.ts": "export const yes = 1;\n",
  "throws-at-load.ts": `import { flow } from "runlet";\nthrow new Error("loaded badly");\nexport const main = flow(async () => 1);\n`,
  "unresolved.ts": `import x from "./gone.ts";\nimport { flow, task } from "runlet";\nexport const t = task(async () => x);\nexport const main = flow(async () => await t());\n`,
  "nested.ts": `import { flow, task } from "runlet";
export const add = task(async (n: number) => n + 1);
export const fail = task(async () => { throw new RangeError("deep"); });
export const inner = flow(async (n: number) => { if (n > 8) await fail(); return add(n); });
export const later = flow(async (n: number) => add(n * 10));
export const main = flow(async (n: number) => { const a = await inner(n); const { runId } = await later.start(a); return { a, runId }; });
`,
  "none.ts": "export const x = 1;\n",
});
afterAll(() => files.remove());

describe("runlet run --json", () => {
  it("prints one document and exits 0 when the run completed", async () => {
    const { code, document, stderr } = await runJson(files.path("hello.ts"));
    expect(code).toBe(0);
    expect(document).toMatchObject({ status: "COMPLETED", output: { hello: "world" } });
    expect(document.runId).toMatch(/^[0-9A-Z]{26}$/);
    expect(document.states).toEqual([
      {
        name: "t",
        type: "Task",
        status: "COMPLETED",
        startedAt: expect.stringMatching(/Z$/),
        endedAt: expect.stringMatching(/Z$/),
      },
    ]);
    expect(stderr).toBe("");
  });

  it("runs flows that the flow calls, waits for those it starts, and keeps a record of each", async () => {
    const { code, document } = await runJson(files.path("nested.ts"), ["--flow", "main", "--input", "1"]);
    expect([code, document.output]).toEqual([0, { a: 2, runId: expect.stringMatching(/^s[0-9a-f]{31}$/) }]);
    const { runId } = document.output as { runId: string };
    const record = JSON.parse(readFileSync(join(files.folder, ".runlet/runs", `${runId}.json`), "utf8"));
    expect(record).toMatchObject({ flow: "later", status: "COMPLETED", output: 21 });
    const failed = await runJson(files.path("nested.ts"), ["--flow", "main", "--input", "9"]);
    expect(failed.document.error).toEqual({ name: "RangeError", message: "deep" });
  });

  it("keeps what authors' code prints away from stdout", async () => {
    const { code, document } = await runJson(files.path("noise.ts"));
    expect(code).toBe(0);
    expect(document.output).toBe(1);
  });

  it("exits 1 when the run failed, with the error's own name and message", async () => {
    const failed = await runJson(files.path("fails.ts"));
    expect(failed.code).toBe(1);
    expect(failed.document).toMatchObject({
      status: "FAILED",
      error: { name: "RangeError", message: "too far" },
    });
    expect(failed.document.states.at(-1)?.status).toBe("FAILED");
    const thrown = await runJson(files.path("thrown.ts"));
    expect(thrown.document.error).toMatchObject({ name: "TypeError", message: "no way" });
  });

  it.each([
    ["bigint.ts", "a bigint at $.n"],
    ["date.ts", "a Date at $.at"],
    ["function.ts", "a function at $[0]"],
    ["nan.ts", "NaN at $.deep[0]"],
  ])("a task's result that JSON cannot carry is a coded error: %s", async (file, what) => {
    const { code, document } = await runJson(files.path(file));
    expect(code).toBe(1);
    expect(document.error?.name).toBe("RunletError");
    expect(document.error?.message).toContain(`RLT2001: The result of a task holds ${what}`);
    expect(document.error?.message).toContain("Mend:");
  });

  it("a task that ends its process fails the run and nothing else", async () => {
    const { code, document } = await runJson(files.path("exit.ts"));
    expect(code).toBe(1);
    expect(document.error?.name).toBe("TaskCrashed");
    expect(document.error?.message).toMatch(/^RLT3003: /);
  });

  it("refuses wrong input with the name of the field, and fills defaults in", async () => {
    const wrong = await runJson(files.path("input.ts"), ["--input", '{"pages":"three"}']);
    expect(wrong.code).toBe(2);
    expect(wrong.document.error?.message).toMatch(/^RLT2004: .*input\.pages: /);
    const right = await runJson(files.path("input.ts"), ["--input", '{"pages":3}']);
    expect(right.document.output).toEqual({ next: 4, tag: "none" });
  });

  it.each([
    ["syntax.ts", "RLT1001", 3],
    ["missing.ts", "RLT1009", 3],
    ["none.ts", "RLT1002", 1],
  ])("diagnostics exit 2 and stand in error.diagnostics: %s", async (file, expected, line) => {
    const { code, document } = await runJson(files.path(file));
    expect(code).toBe(2);
    expect(document.status).toBe("FAILED");
    expect(document.error?.diagnostics?.[0]).toMatchObject({ code: expected, line });
  });

  it.each([
    [["run", "gone.ts", "--json"], "RLT4003"],
    [["run", "two.ts", "--json"], "RLT4004"],
    [["run", "two.ts", "--flow", "third", "--json"], "RLT4004"],
    [["run", "hello.ts", "--input", "{", "--json"], "RLT4005"],
    [["run", "hello.ts", "--input", "@gone.json", "--json"], "RLT4003"],
    [["run", "hello.ts", "--wrong", "--json"], "RLT4001"],
    [["run", "--json"], "RLT4001"],
    [["dance", "--json"], "RLT4001"],
    [["run", "throws-at-load.ts", "--json"], "RLT5002"],
    [["run", "unresolved.ts", "--json"], "RLT5001"],
  ])("bad usage exits 2 with one document: %s", async (args, expected) => {
    const { code, stdout } = await cli(args, { cwd: files.folder });
    const { error } = JSON.parse(stdout);
    expect(code).toBe(2);
    expect(JSON.stringify(error)).toContain(expected);
  });
});

describe("runlet run", () => {
  it("prints the result on stdout, progress and timeline on stderr, and no stack", async () => {
    const { code, stdout, stderr } = await cli(["run", files.path("hello.ts")]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ hello: "world" });
    expect(stderr).toContain("✓ t");
    expect(stderr).toContain("per million runs like this on AWS");
    const failed = await cli(["run", files.path("syntax.ts")]);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain("syntax.ts:3:9 RLT1001");
    expect(failed.stderr).not.toMatch(/\n\s+at /);
  });

  it("keeps the record and the page of a run under --data", async () => {
    const data = join(files.folder, "data");
    const { code } = await cli(["run", files.path("hello.ts"), "--data", data, "--open"]);
    expect(code).toBe(0);
    const { document } = await runJson(files.path("hello.ts"), ["--data", data]);
    const record = JSON.parse(readFileSync(join(data, "runs", `${document.runId}.json`), "utf8"));
    expect(record).toMatchObject({ flow: "main", status: "COMPLETED", output: { hello: "world" } });
    expect(record.history[0].type).toBe("ExecutionStarted");
    expect(existsSync(join(data, "runs"))).toBe(true);
  });

  it("reads input from a file", async () => {
    const inputs = workspace({ "in.json": '{"pages":7}' });
    const { document } = await runJson(files.path("input.ts"), ["--input", `@${inputs.path("in.json")}`]);
    inputs.remove();
    expect(document.output).toEqual({ next: 8, tag: "none" });
  });
});

describe("runlet compile, check, graph", () => {
  it("compile writes definitions, bundles and the manifest", async () => {
    const out = join(files.folder, "build");
    const { code, stdout } = await cli(["compile", files.path("input.ts"), "--out", out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Standard: \$25 x .* per million runs/);
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
    expect(Object.keys(manifest.functions).sort()).toEqual(["inline-main", "start", "task-t"]);
    expect(manifest.flows.main.inputSchema).toMatchObject({
      type: "object",
      properties: { pages: { type: "integer" } },
    });
    expect(existsSync(join(out, manifest.flows.main.definition))).toBe(true);
    for (const name of Object.keys(manifest.functions))
      expect(existsSync(join(out, "functions", name, "index.mjs"))).toBe(true);
  });

  it("check reports diagnostics with exit code 2, and says when there are none", async () => {
    expect((await cli(["check", files.path("hello.ts")])).stdout).toContain("No mistakes.");
    const { code, stderr } = await cli(["check", files.path("missing.ts")]);
    expect(code).toBe(2);
    expect(stderr).toContain("RLT1009");
  });

  it("graph prints Mermaid", async () => {
    const { stdout } = await cli(["graph", files.path("hello.ts")]);
    expect(stdout).toMatch(/^flowchart TD/);
  });
});
