import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type HistoryEvent, openEngine } from "../../sdk/engine/index.ts";
import { idempotencyKey, type TaskEvent } from "../../sdk/model/protocol.ts";
import { cli, root } from "../cli/cli.ts";
import { flowFile, type Tried, tried, tryOut } from "./tried.ts";

/** `RUNLET_KEYS=2000 npx vitest run test/examples/keys.test.ts` kills the run of each example; a plain run of one. */
const KILLED = process.env["RUNLET_KEYS"] === undefined ? ["model-grid"] : tried.map(({ name }) => name);

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The keys of a run without its id, each once for all attempts. */
const withoutRun = (keys: Iterable<string>): string[] =>
  [...new Set([...keys].map((key) => key.slice(key.indexOf("/"))))].sort();

async function keysOf(example: Tried): Promise<string[]> {
  const { calls } = await tryOut(example);
  return withoutRun(calls.map(idempotencyKey));
}

/** Kills the command as soon as it tells of a state, and goes on with its run. */
async function keysOverKill(example: Tried): Promise<string[]> {
  const { flow, input } = example;
  const data = mkdtempSync(join(tmpdir(), "runlet-example-"));
  made.push(data);
  const given = input === undefined ? [] : ["--input", input];
  const args = [
    join(root, "dist/cli.js"),
    "run",
    flowFile(example),
    "--flow",
    flow,
    "--data",
    data,
    ...given,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.on("data", (chunk: Buffer) => {
    if (chunk.includes("✓")) child.kill("SIGKILL");
  });
  await new Promise((done) => child.on("close", done));
  expect((await cli(["resume", data])).code).toBe(0);
  const engine = await openEngine({
    directory: join(data, "journal"),
    integration: () => new Promise(() => undefined),
  });
  const histories = await Promise.all(engine.list().map(({ arn }) => engine.history(arn)));
  await engine.close();
  return withoutRun(histories.flat().flatMap(taskOf).map(idempotencyKey));
}

function taskOf(event: HistoryEvent): TaskEvent[] {
  const { lambdaFunctionScheduledEventDetails: given } = event as unknown as {
    lambdaFunctionScheduledEventDetails?: { input?: string };
  };
  const called = JSON.parse(given?.input ?? "null") as TaskEvent | null;
  return called?.kind === "task" ? [called] : [];
}

describe.each(tried.filter(({ name }) => KILLED.includes(name)))("keys of $name: $flow", (example) => {
  it("are the same in each run", async () => {
    expect(await keysOf(example)).toEqual(await keysOf(example));
  });

  // Some wait a while, and a command has no other clock than the machine's.
  it("are the same after a crash", { timeout: 240_000 }, async () => {
    expect(await keysOverKill(example)).toEqual(await keysOf(example));
  });
});
