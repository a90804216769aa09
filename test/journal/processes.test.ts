import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../sdk/model/clock.ts";
import { open, rejection } from "./harness.ts";

let folder: string;
let writer: string;
let directory: string;
let rounds = 0;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "runlet-journal-"));
  writer = join(folder, "writer.mjs");
  const entry = new URL("writer.ts", import.meta.url).pathname;
  await build({
    entryPoints: [entry],
    outfile: writer,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
});
afterAll(() => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  directory = join(folder, `journal-${rounds++}`);
});

interface Writer {
  child: ChildProcess;
  lines: string[];
  ended: Promise<void>;
  until(line: RegExp): Promise<void>;
}

function start(name: string, mode: string, lease: number): Writer {
  const child = spawn(process.execPath, [writer, directory, name, mode, String(lease)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  let rest = "";
  let look = (): void => {};
  child.stdout?.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    look();
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const until = (line: RegExp): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (lines.some((said) => line.test(said))) resolve();
      };
      look();
    });
  return { child, lines, ended, until };
}

const acknowledged = ({ lines }: Writer): string[] =>
  lines.flatMap((line) => (line.startsWith("ack ") ? [line.slice(4)] : []));

async function read(lease = 60_000): Promise<{
  seen: string[];
  epoch: number;
  close(): Promise<void>;
  append(value: string): Promise<unknown>;
}> {
  const { journal, entries } = await open({
    directory,
    clock: systemClock,
    leaseMillis: lease,
    owner: "reader",
  });
  const seen = entries.flatMap(({ value }) => value as string | string[]);
  return {
    seen,
    epoch: journal.epoch,
    close: () => journal.close(),
    append: (value) => journal.append("reader", value),
  };
}

const missing = (seen: string[], wanted: string[]): string[] => {
  const there = new Set(seen);
  return wanted.filter((value) => !there.has(value));
};

describe("real processes", () => {
  it("kill -9 of the owner, twenty times: the next one opens at once, whatever the lease, and has every acknowledged record", async () => {
    const all: string[] = [];
    let before: string[] = [];
    for (let round = 0; round < 20; round++) {
      const owner = start(`w${round}`, "forever", 60_000);
      await owner.until(/^ack/);
      await new Promise((resolve) => setTimeout(resolve, (round * 13) % 60));
      owner.child.kill("SIGKILL");
      await owner.ended;
      all.push(...acknowledged(owner));
      const reader = await read();
      expect(missing(reader.seen, all)).toEqual([]);
      expect(reader.seen.slice(0, before.length)).toEqual(before);
      expect(new Set(reader.seen).size).toBe(reader.seen.length);
      expect(reader.epoch).toBe(2 * round + 2);
      before = reader.seen;
      await reader.close();
    }
  });

  it("an owner that is stopped beyond its lease is followed, and acknowledges nothing when it wakes", async () => {
    const owner = start("sleeper", "forever", 400);
    await owner.until(/^ack/);
    const refused = await rejection(read());
    expect(refused.code).toBe("RLT6001");
    expect(refused.message).toContain(`"sleeper" (process ${owner.child.pid} on `);
    owner.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 600));
    const next = await read();
    expect(next.epoch).toBe(2);
    await next.append("by the new owner");
    owner.child.kill("SIGCONT");
    await owner.ended;
    expect(owner.lines.at(-1)).toBe("failed RLT6004");
    await next.append("still the owner");
    await next.close();
    expect(missing(next.seen, acknowledged(owner))).toEqual([]);
    const last = await read();
    expect(last.seen).toEqual([...next.seen, "by the new owner", "still the owner"]);
    await last.close();
  });

  it("four processes that contend each have their turns, one at a time, and every acknowledged record lasts", async () => {
    const writers = ["a", "b", "c", "d"].map((name) => start(name, "turns", 60_000));
    await Promise.all(writers.map(({ ended }) => ended));
    const epochs = writers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("epoch")));
    expect(new Set(epochs).size).toBe(16);
    const failures = new Set(
      writers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("failed"))),
    );
    expect([...failures].filter((line) => line !== "failed RLT6001")).toEqual([]);
    const { seen, close } = await read();
    expect(seen).toHaveLength(160);
    expect(missing(seen, writers.flatMap(acknowledged))).toEqual([]);
    await close();
  });
});
