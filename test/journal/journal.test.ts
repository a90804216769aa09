import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HandClock, open, rejection, values } from "./harness.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runlet-journal-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const segments = (): string[] => readdirSync(directory).filter((name) => name.startsWith("segment-"));

describe("journal on a real disk", () => {
  it("keeps records over openings, in order, with positions that count on", async () => {
    const first = await open({ directory: join(directory, "a/b") });
    expect(await first.journal.append("r1", { n: 1 })).toEqual({ epoch: 1, sequence: 1 });
    expect(await first.journal.append("r2", new Uint8Array([0, 255]))).toEqual({ epoch: 1, sequence: 2 });
    await first.journal.close();
    const second = await open({ directory: join(directory, "a/b") });
    expect(second.entries).toEqual([
      { stream: "r1", value: { n: 1 }, from: "segment", sequence: 1 },
      { stream: "r2", value: Buffer.from([0, 255]), from: "segment", sequence: 2 },
    ]);
    expect(await second.journal.append("r1", "ü\ud800")).toEqual({ epoch: 2, sequence: 3 });
    await second.journal.close();
    const third = await open({ directory: join(directory, "a/b") });
    expect(values(third.entries)).toEqual([{ n: 1 }, Buffer.from([0, 255]), "ü\ud800"]);
    expect(third.journal.warnings).toEqual([]);
    await third.journal.close();
  });

  it("shares a sync among all that arrives while one is under way", async () => {
    const { journal } = await open({ directory });
    const first = journal.append("r", 0);
    await Promise.resolve();
    await Promise.resolve();
    const rest = Array.from({ length: 100 }, (_, i) => journal.append("r", i + 1));
    await Promise.all([first, ...rest]);
    expect(journal.stats()).toMatchObject({ records: 101, batches: 2 });
    await journal.close();
  });

  it("appends several in order and resolves with the last position", async () => {
    const { journal } = await open({ directory });
    expect(await journal.appendAll([1, 2, 3].map((value) => ({ stream: "r", value })))).toEqual({
      epoch: 1,
      sequence: 3,
    });
    expect(journal.position.sequence).toBe(3);
    expect(journal.stats().batches).toBe(1);
    await journal.close();
  });

  it("begins new segments and lets a snapshot remove them", async () => {
    const { journal } = await open({ directory, segmentBytes: 300 });
    for (let i = 0; i < 20; i++) await journal.append("r", `record ${i}`);
    expect(segments().length).toBeGreaterThan(2);
    await journal.snapshot((put) => put("r", "all of it"));
    expect(segments()).toHaveLength(1);
    await journal.append("r", "after");
    await journal.close();
    const again = await open({ directory });
    expect(again.entries.map(({ value, from }) => [value, from])).toEqual([
      ["all of it", "snapshot"],
      ["after", "segment"],
    ]);
    expect(again.journal.position.sequence).toBe(21);
    await again.journal.close();
  });

  it("takes appends while a snapshot is written, and snapshots one upon the other", async () => {
    const { journal } = await open({ directory });
    const state: number[] = [];
    const add = (n: number): Promise<unknown> => {
      state.push(n);
      return journal.append("r", n);
    };
    const all: Promise<unknown>[] = [];
    for (let n = 0; n < 30; n++) {
      all.push(add(n));
      if (n % 7 === 3) all.push(journal.snapshot((put) => put("state", [...state])));
      if (n % 5 === 0) await Promise.all(all);
    }
    await Promise.all(all);
    await journal.close();
    const { journal: last, entries } = await open({ directory });
    const recovered = entries.flatMap(({ value }) => value as number | number[]);
    expect(recovered).toEqual(state);
    await last.close();
  });

  it("does not grow in files when it is only opened", async () => {
    for (let i = 0; i < 10; i++) {
      const { journal } = await open({ directory });
      if (i === 0) await journal.append("r", "once");
      await journal.close();
    }
    expect(readdirSync(directory).sort()).toEqual([
      "JOURNAL",
      "owner-00000010.json",
      "segment-00000010-00000001.journal",
    ]);
  });

  it("refuses after close, and what it cannot take", async () => {
    const { journal } = await open({ directory, maxRecordBytes: 100 });
    expect((await rejection(journal.append("r", "x".repeat(100)))).code).toBe("RLT6006");
    expect((await rejection(journal.append("\ud800", 1))).code).toBe("RLT6006");
    expect((await rejection(journal.append("x".repeat(70_000), 1))).code).toBe("RLT6006");
    expect((await rejection(journal.append("r", undefined))).code).toBe("RLT2001");
    expect(
      (
        await rejection(
          journal.appendAll([
            { stream: "r", value: 1 },
            { stream: "r", value: undefined },
          ]),
        )
      ).code,
    ).toBe("RLT2001");
    const last = journal.append("r", "in time");
    await journal.close();
    expect(await last).toEqual({ epoch: 1, sequence: 1 });
    expect((await rejection(journal.append("r", 1))).code).toBe("RLT6008");
    expect((await rejection(journal.snapshot(() => {}))).code).toBe("RLT6008");
    await journal.close();
    expect((await rejection(open({ directory, leaseMillis: 0 }))).code).toBe("RLT4002");
  });

  it("refuses a second opening while the lease lives, in the same process too, and names the owner", async () => {
    const clock = new HandClock();
    const { journal } = await open({ directory, clock, owner: "the first", leaseMillis: 1_000 });
    const error = await rejection(open({ directory, clock, owner: "the second" }));
    expect(error.code).toBe("RLT6001");
    expect(error.message).toContain(`"the first" (process ${process.pid} on `);
    expect(error.message).toContain("until 2026-01-01T00:00:01.000Z");
    clock.millis += 900;
    clock.renew();
    clock.millis += 900;
    expect((await rejection(open({ directory, clock }))).code).toBe("RLT6001");
    await journal.close();
    await (await open({ directory, clock })).journal.close();
  });

  it("passes on what the replay callback throws, and gives the lease back", async () => {
    const { journal } = await open({ directory });
    await journal.append("r", 1);
    await journal.close();
    const thrown = new TypeError("not mine");
    const fails = open({
      directory,
      replay: () => {
        throw thrown;
      },
    });
    expect(await rejection(fails)).toBe(thrown);
    await (await open({ directory })).journal.close();
  });
});
