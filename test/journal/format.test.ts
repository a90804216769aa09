import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeHeader, encodeHeader, FORMAT_VERSION } from "../../sdk/journal/header.ts";
import { decodeRecord, draft, draftBytes, encodeRecord } from "../../sdk/journal/record.ts";
import { systemClock } from "../../sdk/model/clock.ts";
import { HandClock, open, rejection } from "./harness.ts";

const fixtures = new URL("fixtures/", import.meta.url).pathname;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "runlet-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `fixtures/v1` holds; written once, by this function, with RUNLET_WRITE_FIXTURE=1. */
async function writeFixture(directory: string): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  const processes = { self: () => ({ pid: 7, host: "fixture" }), isGone: () => true };
  const options = { directory, clock: new HandClock(), processes, owner: "fixture", segmentBytes: 200 };
  const first = (await open(options)).journal;
  for (let n = 1; n <= 4; n++) await first.append("run-1", { type: "StateEntered", n });
  await first.snapshot((put) => {
    put("run-1", { entered: [1, 2, 3, 4] });
    put("run-2", new Uint8Array([1, 2, 3]));
  });
  for (let n = 5; n <= 8; n++) await first.append("run-1", { type: "StateEntered", n, text: "grüße 🚀" });
  await first.close();
  const second = (await open(options)).journal;
  await Promise.all([second.append("run-2", new Uint8Array([0, 128, 255])), second.append("", null)]);
  await second.append("run-1", "the end");
  await second.close();
}

describe("format", () => {
  it("opens what this version wrote when its format was settled", async () => {
    if (process.env.RUNLET_WRITE_FIXTURE) await writeFixture(join(fixtures, "v1"));
    cpSync(join(fixtures, "v1"), folder, { recursive: true });
    const { journal, entries } = await open({ directory: folder, clock: systemClock });
    const entered = (n: number) => ({
      stream: "run-1",
      value: { type: "StateEntered", n, text: "grüße 🚀" },
      from: "segment",
      sequence: n,
    });
    expect(entries).toEqual([
      { stream: "run-1", value: { entered: [1, 2, 3, 4] }, from: "snapshot", sequence: 1 },
      { stream: "run-2", value: Buffer.from([1, 2, 3]), from: "snapshot", sequence: 2 },
      ...[5, 6, 7, 8].map(entered),
      { stream: "run-2", value: Buffer.from([0, 128, 255]), from: "segment", sequence: 9 },
      { stream: "", value: null, from: "segment", sequence: 10 },
      { stream: "run-1", value: "the end", from: "segment", sequence: 11 },
    ]);
    expect(journal.epoch).toBe(3);
    expect(journal.warnings).toEqual([]);
    await journal.close();
  });

  it("still writes the same bytes", async () => {
    await writeFixture(folder);
    const files = readdirSync(join(fixtures, "v1"));
    expect(readdirSync(folder)).toEqual(files);
    for (const name of files) {
      expect(readFileSync(join(folder, name)).equals(readFileSync(join(fixtures, "v1", name))), name).toBe(
        true,
      );
    }
  });

  it("has a fixture for every version of the format", () => {
    const versions = readdirSync(fixtures).map((name) => Number(name.slice(1)));
    for (let version = 1; version <= FORMAT_VERSION; version++) expect(versions).toContain(version);
  });

  it("refuses a newer format with instructions, and leaves the directory as it is", async () => {
    for (const without of [undefined, "JOURNAL"]) {
      const directory = join(folder, String(without));
      cpSync(join(fixtures, "v999"), directory, { recursive: true });
      if (without) cpSync(join(fixtures, "v1", without), join(directory, without));
      const before = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mtimeMs]);
      const error = await rejection(open({ directory }));
      expect(error.code).toBe("RLT6002");
      expect(error.message).toContain("has the journal format 999; this version of Runlet knows format 1.");
      expect(error.mend).toContain("the version of Runlet that wrote it, or a newer one");
      expect(readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mtimeMs])).toEqual(
        before,
      );
    }
  });

  it("reads back a head and a record, and nothing of them once a bit is flipped", () => {
    const header = {
      kind: "segment",
      epoch: 3,
      index: 9,
      salt: 77,
      after: 2 ** 40,
      previous: { epoch: 2, index: 4, sealed: 2 ** 33 },
    } as const;
    const head = encodeHeader(header);
    expect(decodeHeader("segment", head)).toEqual(header);
    expect(decodeHeader("snapshot", head)).toEqual({ problem: "damaged" });
    const record = draft("run", { a: "ö" }, 100);
    const bytes = Buffer.alloc(draftBytes(record));
    expect(encodeRecord(bytes, 0, header, { sequence: 2 ** 40, index: 5 }, record)).toBe(bytes.length);
    expect(decodeRecord(bytes, 0, bytes.length, header)).toMatchObject({
      sequence: 2 ** 40,
      index: 5,
      kind: 1,
    });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeRecord(bytes, 0, bytes.length, header)).toBeUndefined();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    }
    for (let bit = 0; bit < head.length * 8; bit++) {
      const copy = Buffer.from(head);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeHeader("segment", copy)).toEqual({ problem: "damaged" });
    }
  });
});
