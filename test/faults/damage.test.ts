import { describe, expect, test } from "vitest";
import type { DurableEngine } from "../../sdk/engine/index.ts";
import type { RunletError } from "../../sdk/model/runlet-error.ts";
import { Desk, engineOf } from "../engine/durable/desk.ts";
import { MACHINES, work } from "../engine/durable/machines.ts";
import type { FaultPlan, FaultyDisk, Luck } from "../journal/faulty-disk.ts";
import { written } from "../journal/harness.ts";
import { simulate } from "./simulator.ts";

const definition = MACHINES["sequence"] as never;

/** A disk on which a run is half done, as a crash left it. */
async function halfDone(calls: number): Promise<{ disk: FaultyDisk; expected: unknown }> {
  const whole = new Desk();
  const engine = engineOf(await whole.open(work));
  const expected = await whole.until((await whole.until(engine.start({ definition, name: "r" }))).done);
  const desk = new Desk();
  const first = engineOf(await desk.open(work));
  await desk.until(first.start({ definition, name: "r" }));
  while (desk.calls.length < calls) {
    desk.clock.step();
    await desk.settle(10);
  }
  desk.crash();
  return { disk: desk.disk, expected };
}

const lastSegment = (disk: FaultyDisk): string =>
  disk.listing().findLast((name) => name.startsWith("segment")) ?? "";

/** Where the last records of a segment begin: a record's length stands in its bytes 4 to 7. */
function lastRecords(bytes: Buffer, count: number): number {
  const starts: number[] = [];
  for (let at = 64; at < bytes.length; at += 24 + bytes.readUInt32LE(at + 4)) starts.push(at);
  return starts.at(-count) ?? 64;
}

/** The process that left the disk is gone. */
const processes = { self: () => ({ pid: 99, host: "desk" }), isGone: () => true };

/** Opens a damaged disk: the run goes on to its right end, or is refused with a code, and never another way. */
async function openDamaged(disk: FaultyDisk, expected: unknown): Promise<string> {
  const desk = new Desk();
  desk.disk = disk;
  let engine: DurableEngine;
  try {
    engine = engineOf(await desk.open(work, { processes }));
  } catch (error) {
    const { code, message } = error as RunletError;
    expect(code).toBe("RLT6003");
    expect(message).toContain("is damaged at byte");
    return code;
  }
  const [run] = engine.list();
  if (!run) return "nothing was accepted";
  expect(await desk.until(engine.find(run.arn)?.done ?? Promise.reject(new Error("lost")))).toEqual(expected);
  return "went on";
}

describe("F4: a damaged end of the journal", () => {
  test("cut at every byte of the last three records", async () => {
    const { disk, expected } = await halfDone(3);
    const name = lastSegment(disk);
    const whole = written(disk.file(name)?.cache ?? Buffer.alloc(0));
    const outcomes = new Set<string>();
    for (let length = lastRecords(whole, 3); length < whole.length; length++) {
      const copy = disk.copy();
      const inode = copy.file(name);
      if (inode) inode.cache = Buffer.from(whole.subarray(0, length));
      outcomes.add(await openDamaged(copy, expected));
    }
    expect([...outcomes]).toContain("went on");
  });

  test("a bit flipped in every byte of the last three records", async () => {
    const { disk, expected } = await halfDone(3);
    const name = lastSegment(disk);
    const whole = written(disk.file(name)?.cache ?? Buffer.alloc(0));
    const outcomes = new Set<string>();
    for (let at = lastRecords(whole, 3); at < whole.length; at++) {
      const copy = disk.copy();
      const inode = copy.file(name);
      if (inode) inode.cache.writeUInt8(whole.readUInt8(at) ^ (1 << (at % 8)), at);
      outcomes.add(await openDamaged(copy, expected));
    }
    expect([...outcomes].sort()).toEqual(["RLT6003", "went on"]);
  });
});

describe("a missing fsync is found", () => {
  const skip =
    (file: string): FaultPlan =>
    (operation, name) =>
      operation === "sync" && name.startsWith(file) ? "skip" : undefined;

  /** Acknowledges a start, crashes, and looks for it. */
  async function survives(plan: FaultPlan, luck: Luck): Promise<boolean> {
    const desk = new Desk();
    const engine = engineOf(await desk.open(work, {}, plan));
    await desk.until(engine.start({ definition, name: "r" }));
    desk.crash(luck);
    try {
      return engineOf(await desk.open(work)).list().length === 1;
    } catch {
      return false;
    }
  }

  test("a start that was acknowledged without a sync is lost, one with a sync is not", async () => {
    expect(await survives(() => undefined, "nothing")).toBe(true);
    expect(await survives(skip("segment"), "nothing")).toBe(false);
  });

  test("the simulator finds it too", async () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    const found = await Promise.allSettled(seeds.map((seed) => simulate(seed, { mutant: skip("segment") })));
    expect(found.some(({ status }) => status === "rejected")).toBe(true);
  });
});
