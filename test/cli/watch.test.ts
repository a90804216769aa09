import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { root, workspace } from "./cli.ts";

const flowNamed = (name: string, more = ""): string =>
  `import { flow } from "runlet";\n${more}export const ${name} = flow(async () => 1);\n`;

interface Checked {
  flows: string[];
  diagnostics: { code: string }[];
  error?: { message: string };
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** `runlet check --watch --json`: gives each check as it is printed; a change that is lost is a test that never ends. */
function watching(
  file: string,
  args = ["--json"],
): { until(found: (one: Checked) => boolean): Promise<Checked>; child: ChildProcess; text(): string } {
  const child = spawn(process.execPath, [join(root, "dist/cli.js"), "check", file, "--watch", ...args], {
    env: { ...process.env, NO_COLOR: "1" },
  });
  running.push(child);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    text: () => text,
    async until(found) {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error("The watch ended.");
        const one = JSON.parse(value as string) as Checked;
        if (found(one)) return one;
      }
    },
  };
}

const named = (name: string) => (one: Checked) => one.flows.includes(name);

describe("runlet check --watch", () => {
  it("checks again when the file changes, and when an editor puts a new file in its place", async () => {
    const files = workspace({ "flow.ts": flowNamed("first") });
    const watch = watching(files.path("flow.ts"));
    await watch.until(named("first"));
    writeFileSync(files.path("flow.ts"), "export const x = ;");
    expect((await watch.until(({ diagnostics }) => diagnostics.length > 0)).diagnostics[0]?.code).toBe(
      "RLT1001",
    );
    writeFileSync(files.path("new.ts"), flowNamed("second"));
    renameSync(files.path("new.ts"), files.path("flow.ts"));
    await watch.until(named("second"));
    files.remove();
  });

  it("loses no change of a hundred in a row", async () => {
    const files = workspace({ "flow.ts": flowNamed("p0") });
    const watch = watching(files.path("flow.ts"));
    await watch.until(named("p0"));
    for (let i = 1; i <= 100; i++) {
      writeFileSync(files.path("flow.ts"), flowNamed(`p${i}`));
      await new Promise((done) => setImmediate(done));
    }
    await watch.until(named("p100"));
    files.remove();
  });

  it("hears of modules that are imported, of ones that did not exist, and of folders made anew", async () => {
    const imports = 'import { LIMIT } from "./lib/limits.ts";\nimport "./lib/deep/effect.ts";\n';
    const files = workspace({
      "flow.ts": `import { flow } from "runlet";\n${imports}export const f = flow(async () => LIMIT);\n`,
    });
    const watch = watching(files.path("flow.ts"));
    await watch.until(({ diagnostics }) => diagnostics.some(({ code }) => code === "RLT1009"));
    for (let round = 0; round < 2; round++) {
      mkdirSync(files.path("lib/deep"), { recursive: true });
      writeFileSync(files.path("lib/limits.ts"), "export const LIMIT = 1;\n");
      writeFileSync(files.path("lib/deep/effect.ts"), "export {};\n");
      await watch.until(named("f"));
      writeFileSync(files.path("lib/limits.ts"), "export const OTHER = 1;\n");
      await watch.until(({ diagnostics }) => diagnostics.some(({ code }) => code === "RLT1009"));
      rmSync(files.path("lib"), { recursive: true });
      await watch.until(
        ({ flows, error, diagnostics }) =>
          flows.length === 0 && (error !== undefined || diagnostics.length > 0),
      );
    }
    files.remove();
  });

  it("goes on where the module fails while it is loaded, and where the file is gone", async () => {
    const files = workspace({ "flow.ts": flowNamed("f", 'throw new Error("at the top");\n') });
    const watch = watching(files.path("flow.ts"));
    expect((await watch.until(({ error }) => error !== undefined)).error?.message).toContain("at the top");
    rmSync(files.path("flow.ts"));
    await watch.until(({ error }) => error !== undefined && !error.message.includes("at the top"));
    writeFileSync(files.path("flow.ts"), flowNamed("back"));
    await watch.until(named("back"));
    files.remove();
  });

  it("ends at Ctrl-C with 130; a screen that is no terminal is not cleared", async () => {
    const files = workspace({ "flow.ts": flowNamed("f") });
    const watch = watching(files.path("flow.ts"), []);
    await new Promise<void>((done) =>
      watch.child.stdout?.on("data", () => watch.text().includes("Watching") && done()),
    );
    expect(watch.text()).toBe("No mistakes. Flows: f.\nWatching for changes; Ctrl-C ends.\n");
    const ended = new Promise((done) => watch.child.on("exit", (code) => done(code)));
    watch.child.kill("SIGINT");
    expect(await ended).toBe(130);
    files.remove();
  });
});
