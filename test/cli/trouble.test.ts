import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, type JsonDocument, root, runJson, workspace } from "./cli.ts";

const flowOf = (task: string): string =>
  `import { flow, task } from "runlet";\nexport const t = task(${task});\nexport const main = flow(async () => await t());\n`;

const files = workspace({
  "package.json": '{ "name": "trouble-test", "type": "module" }',
  "hello.ts": flowOf("async () => 1"),
  "large.ts": flowOf('async () => "x".repeat(300_000)'),
  "never.ts": flowOf('async () => { console.log("begun"); await new Promise(() => {}); }'),
  "flaky.ts": `import { flow, task, taskContext } from "runlet";
export const t = task({ retries: 1 }, async () => { if (taskContext().attempt === 0) throw new Error("once\\u001b[2J"); return 1; });
export const main = flow(async () => await t());
`,
  "echo.ts": `import { flow, task } from "runlet";
export const t = task(async (x: unknown) => JSON.stringify(x).length);
export const main = flow(async (x: unknown) => await t(x));
`,
  "exits-at-load.ts": `process.exit(3);\n${flowOf("async () => 1")}`,
  "needs-package.ts": `import x from "@aws-sdk/client-nothing";\n${flowOf("async () => x")}`,
  "a-file": "",
});
afterAll(() => files.remove());

const builds = (): string[] => readdirSync(files.path(".runlet/build"));

/** Sends a signal once the task runs, and waits for the end. */
function interrupted(signal: NodeJS.Signals): Promise<{ code: number | null; stdout: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [
      join(root, "dist/cli.js"),
      "run",
      files.path("never.ts"),
      "--json",
    ]);
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    const look = setInterval(() => {
      if (!child.pid || !existsSync(files.path(".runlet/build"))) return;
      const own = builds().find((name) => name.startsWith(`run-${child.pid}-`));
      if (own && existsSync(files.path(`.runlet/build/${own}/manifest.json`))) {
        clearInterval(look);
        child.kill(signal);
      }
    }, 10);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(look);
      done({ code, stdout });
    });
  });
}

describe("interruptions", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends a run in good order: one document, no folder left", async (signal, expected) => {
    const { code, stdout } = await interrupted(signal);
    const document = JSON.parse(stdout) as JsonDocument;
    expect(code).toBe(expected);
    expect(document).toMatchObject({ status: "CANCELLED", error: { name: "Interrupted" } });
    expect(document.error?.message).toContain(signal);
    expect(document.states.every(({ status }) => status === "CANCELLED")).toBe(true);
    expect(builds()).toEqual([]);
  });
});

describe("readers that go away", () => {
  it("a closed stdout does not fail the run, which keeps its record", async () => {
    const code = await new Promise((done, reject) => {
      const child = spawn(
        process.execPath,
        [join(root, "dist/cli.js"), "run", files.path("large.ts"), "--json"],
        {
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      child.stdout.destroy();
      child.stderr.destroy();
      child.on("error", reject);
      child.on("close", done);
    });
    expect(code).toBe(0);
  });
});

describe("files and folders", () => {
  it("follows links, as Node does", async () => {
    symlinkSync(files.path("hello.ts"), files.path("link.ts"));
    const { code, document } = await runJson(files.path("link.ts"));
    expect(code).toBe(0);
    expect(document.output).toBe(1);
  });

  it.each(["a-file", "a-file/below", ""])("refuses --data %j before the run", async (data) => {
    const folder = data === "" ? "" : files.path(data);
    const { code, document } = await runJson(files.path("hello.ts"), ["--data", folder]);
    expect(code).toBe(2);
    expect(document.error?.message).toMatch(/^RLT4(009|001): /);
    expect(document.runId).toBeNull();
  });

  it("keeps records private, and out of repositories", async () => {
    const { document } = await runJson(files.path("hello.ts"));
    const record = files.path(`.runlet/runs/${document.runId}.json`);
    expect(statSync(record).mode & 0o777).toBe(0o600);
    expect(statSync(files.path(".runlet/runs")).mode & 0o777).toBe(0o700);
    expect(readFileSync(files.path(".runlet/.gitignore"), "utf8")).toBe("*\n");
  });

  it("compile deletes nothing that it did not build", async () => {
    const out = files.path("mine");
    mkdirSync(join(out, "flows"), { recursive: true });
    writeFileSync(join(out, "flows", "precious.ts"), "kept");
    const refused = await cli(["compile", files.path("hello.ts"), "--out", out, "--json"]);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain("RLT4006");
    expect(readFileSync(join(out, "flows", "precious.ts"), "utf8")).toBe("kept");
    const build = files.path("new/build");
    // A build that failed left a folder, which the next one refused.
    const wrong = files.path("mistake.ts");
    writeFileSync(wrong, flowOf("async () => 1").replace("await t()", "{ t(); return 1; }"));
    expect((await cli(["compile", wrong, "--out", build])).code).toBe(2);
    expect(readdirSync(build)).toEqual([]);
    expect((await cli(["compile", files.path("hello.ts"), "--out", build])).code).toBe(0);
    expect((await cli(["compile", files.path("hello.ts"), "--out", build])).code).toBe(0);
  });

  it("init refuses what it would overwrite, and takes a new repository", async () => {
    mkdirSync(files.path("repo/.git"), { recursive: true });
    expect((await cli(["init", files.path("repo")])).code).toBe(0);
    const again = await cli(["init", files.path("repo")]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("RLT4006")]);
    const inTheWay = await cli(["init", files.path("a-file")]);
    expect([inTheWay.code, inTheWay.stderr]).toEqual([2, expect.stringContaining("RLT4009")]);
  });
});

describe("what a run shows", () => {
  it("says which state failed, why, and how often it was tried", async () => {
    const { stderr } = await cli(["run", files.path("flaky.ts")]);
    expect(stderr).toContain("! t: Error: once\\u001b[2J");
    expect(stderr).toContain("2 attempts");
    expect(stderr).not.toContain("\u001b[2J");
    const { document } = await runJson(files.path("flaky.ts"));
    expect(Object.keys(document.states[0] ?? {})).toEqual(["name", "type", "status", "startedAt", "endedAt"]);
  });

  it("takes input above what a function may answer, with or without a byte order mark", async () => {
    writeFileSync(files.path("large.json"), `\uFEFF${JSON.stringify("y".repeat(7_000_000))}`);
    const { document } = await runJson(files.path("echo.ts"), ["--input", `@${files.path("large.json")}`]);
    expect(document.output).toBe(7_000_002);
  });

  it.each([
    ["exits-at-load.ts", /^RLT5002: The module ended its process while it was loaded/],
    ["needs-package.ts", /^RLT5002: .*"@aws-sdk\/client-nothing" was not found\. Mend: Install it/],
  ])("says in the author's words why a module was not loaded: %s", async (file, message) => {
    const { code, document } = await runJson(files.path(file));
    expect(code).toBe(2);
    expect(document.error?.message).toMatch(message);
    expect(document.error?.message.match(/Mend:/g)).toHaveLength(1);
  });

  it("graph names the flows that there are", async () => {
    const { code, stderr } = await cli(["graph", files.path("hello.ts"), "--flow", "nope"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("RLT4004")]);
  });
});
