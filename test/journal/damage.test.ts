import { beforeAll, describe, expect, it } from "vitest";
import { FaultyDisk } from "./faulty-disk.ts";
import { HandClock, open, Processes, rejection, values, written } from "./harness.ts";

const clock = new HandClock();
const processes = new Processes();

/** Five records, each in a batch of its own or all in one, in the last segment; its owner is gone. */
async function fiveRecords(
  oneBatch: boolean,
): Promise<{ disk: FaultyDisk; segment: string; ends: number[] }> {
  const disk = new FaultyDisk();
  const owner = processes.next();
  const { journal } = await open({ files: disk.process(), clock, processes: owner });
  const segment = "segment-00000001-00000001.journal";
  const ends: number[] = [];
  const all: Promise<unknown>[] = [];
  for (let n = 1; n <= 5; n++) {
    all.push(journal.append("run", `record ${n}`));
    if (!oneBatch) await all.at(-1);
    ends.push(64 + n * (24 + 3 + 10));
  }
  await Promise.all(all);
  processes.gone.add(owner.pid);
  const inode = disk.file(segment);
  expect(inode?.cache.length).toBeGreaterThan(ends.at(-1) ?? 0);
  if (inode) inode.cache = written(inode.cache);
  expect(inode?.cache.length).toBe(ends.at(-1));
  return { disk, segment, ends };
}

const flipped =
  (name: string, at: number) =>
  (disk: FaultyDisk): void => {
    const bytes = disk.file(name)?.cache ?? Buffer.alloc(0);
    bytes[at] = (bytes[at] ?? 0) ^ 2;
  };

const wholeUpTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `record ${i + 1}`);

async function openCopy(disk: FaultyDisk): Promise<{ seen: unknown[]; codes: string[]; after: FaultyDisk }> {
  const owner = processes.next();
  const { journal, entries } = await open({ files: disk.process(), clock, processes: owner });
  await journal.append("run", "after");
  await journal.close();
  return { seen: values(entries), codes: journal.warnings.map(({ code }) => code), after: disk };
}

describe.each([
  ["one batch each", false, 0],
  ["one batch for all", true, 0],
  ["one batch each, zeros behind", false, 300],
  ["one batch for all, zeros behind", true, 300],
])("damage in the last three records, %s", (_title, oneBatch, zeros) => {
  let made: Awaited<ReturnType<typeof fiveRecords>>;
  beforeAll(async () => {
    made = await fiveRecords(oneBatch);
  });

  it("a segment that ends at any byte gives its whole records, and keeps the rest aside", async () => {
    const { segment, ends } = made;
    const [, second = 0] = ends;
    for (let length = second; length <= (ends.at(-1) ?? 0); length++) {
      const disk = made.disk.copy();
      const inode = disk.file(segment);
      const kept = inode?.cache.subarray(0, length) ?? Buffer.alloc(0);
      if (inode) inode.cache = Buffer.concat([kept, Buffer.alloc(zeros)]);
      const whole = ends.filter((end) => end <= length).length;
      const { seen, codes } = await openCopy(disk);
      expect(seen).toEqual(wholeUpTo(whole));
      const rest = written(kept.subarray(ends[whole - 1] ?? 0)).length;
      expect(codes).toEqual(rest > 0 ? ["RLT6007"] : []);
      const aside = disk.file(`quarantine-${segment}-from-${ends[whole - 1]}`);
      expect(aside?.cache.length).toBe(rest > 0 ? rest : undefined);
      expect((await openCopy(disk)).seen).toEqual([...wholeUpTo(whole), "after"]);
    }
  });

  it("a flipped bit cuts off an unproven end, and is refused where later batches prove it was on disk", async () => {
    const { segment, ends } = made;
    const [, second = 0, third = 0, fourth = 0, last = 0] = ends;
    for (let bit = second * 8; bit < last * 8; bit++) {
      const disk = made.disk.copy();
      const inode = disk.file(segment);
      const bytes = Buffer.concat([inode?.cache ?? Buffer.alloc(0), Buffer.alloc(zeros)]);
      if (inode) inode.cache = bytes;
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const whole = bit < third * 8 ? 2 : bit < fourth * 8 ? 3 : 4;
      if (!oneBatch && whole < 4) {
        const error = await rejection(open({ files: disk.process(), clock, processes: processes.next() }));
        expect(error.code).toBe("RLT6003");
        expect(error.message).toContain(`${segment} is damaged at byte ${ends[whole - 1]}`);
      } else {
        const { seen, codes } = await openCopy(disk);
        expect(seen).toEqual(wholeUpTo(whole));
        expect(codes).toEqual(["RLT6007"]);
      }
    }
  });
});

describe("damage", () => {
  it("in an older segment is refused again and again, until it is cut with consent; the rest is kept", async () => {
    const disk = new FaultyDisk();
    const { journal } = await open({
      files: disk.process(),
      clock,
      processes: processes.next(),
      segmentBytes: 150,
    });
    for (let n = 0; n < 12; n++) await journal.append("run", `record ${n}`);
    await journal.close();
    const names = disk.listing().filter((name) => name.startsWith("segment"));
    expect(names.length).toBeGreaterThan(3);
    const file = names[1] ?? "";
    const inode = disk.file(file);
    if (inode) inode.cache[64 + 37 + 30] = 0;
    const again = (cutAt?: { file: string; offset: number }) =>
      open({ files: disk.process(), clock, processes: processes.next(), ...(cutAt && { cutAt }) });
    for (let i = 0; i < 3; i++) {
      const error = await rejection(again());
      expect(error.code).toBe("RLT6003");
      expect(error.message).toContain(`${file} is damaged at byte 101`);
      expect(error.mend).toContain(`cutAt: { file: "${file}", offset: 101 }`);
    }
    expect((await rejection(again({ file, offset: 64 }))).code).toBe("RLT4002");
    expect((await rejection(again({ file: "x", offset: 64 }))).code).toBe("RLT4002");
    const cut = await again({ file, offset: 101 });
    expect(values(cut.entries)).toEqual(
      ["record 0", "record 1", "record 2", "record 3"].slice(0, cut.entries.length),
    );
    expect(cut.entries.length).toBeGreaterThan(2);
    expect(cut.journal.warnings.map(({ code }) => code)).toEqual([
      "RLT6007",
      ...names.slice(2).map(() => "RLT6009"),
    ]);
    for (const name of names.slice(2)) expect(disk.listing()).toContain(`quarantine-${name}-from-0`);
    await cut.journal.append("run", "on");
    await cut.journal.close();
    const last = await again();
    expect(values(last.entries).at(-1)).toBe("on");
    expect(last.journal.warnings).toEqual([]);
  });

  it.each([
    [
      "a missing segment",
      (disk: FaultyDisk) => disk.names.delete("/journal/segment-00000001-00000002.journal"),
      "segment-00000001-00000002.journal",
    ],
    [
      "a missing first segment",
      (disk: FaultyDisk) => disk.names.delete("/journal/segment-00000001-00000001.journal"),
      "segment-00000001-00000001.journal",
    ],
    ["a missing marker", (disk: FaultyDisk) => disk.names.delete("/journal/JOURNAL"), "JOURNAL"],
    ["a marker that says nothing", (disk: FaultyDisk) => disk.file("JOURNAL")?.cache.fill(0), "JOURNAL"],
    [
      "the head of a segment",
      flipped("segment-00000001-00000001.journal", 30),
      "segment-00000001-00000001.journal",
    ],
    [
      "the version in a head",
      flipped("segment-00000001-00000002.journal", 8),
      "segment-00000001-00000002.journal",
    ],
    [
      "the seal in a head",
      flipped("segment-00000001-00000002.journal", 40),
      "segment-00000001-00000002.journal",
    ],
  ])("%s is refused by name", async (_title, harm, name) => {
    const disk = new FaultyDisk();
    const { journal } = await open({
      files: disk.process(),
      clock,
      processes: processes.next(),
      segmentBytes: 150,
    });
    for (let n = 0; n < 12; n++) await journal.append("run", `record ${n}`);
    await journal.close();
    harm(disk);
    const error = await rejection(open({ files: disk.process(), clock, processes: processes.next() }));
    expect(error.code).toBe("RLT6003");
    expect(error.message).toContain(name);
  });

  it("in a snapshot is refused at any byte", async () => {
    const disk = new FaultyDisk();
    const { journal } = await open({ files: disk.process(), clock, processes: processes.next() });
    await journal.append("run", 1);
    await journal.snapshot((put) => put("run", [1]));
    await journal.close();
    const name = disk.listing().find((other) => other.startsWith("snapshot")) ?? "";
    const length = disk.file(name)?.cache.length ?? 0;
    for (let at = 0; at < length; at++) {
      const copy = disk.copy();
      const bytes = copy.file(name)?.cache ?? Buffer.alloc(0);
      bytes[at] = (bytes[at] ?? 0) ^ 4;
      const error = await rejection(open({ files: copy.process(), clock, processes: processes.next() }));
      expect([error.code, error.message.includes(name)]).toEqual(["RLT6003", true]);
    }
    for (let end = 0; end < length; end++) {
      const copy = disk.copy();
      const inode = copy.file(name);
      if (inode) inode.cache = inode.cache.subarray(0, end);
      expect(
        (await rejection(open({ files: copy.process(), clock, processes: processes.next() }))).code,
      ).toBe("RLT6003");
    }
  });

  it("a missing snapshot is refused: the segments that it stood for are gone", async () => {
    const disk = new FaultyDisk();
    const enter = () => open({ files: disk.process(), clock, processes: processes.next() });
    const { journal } = await enter();
    await journal.append("run", 1);
    await journal.snapshot((put) => put("run", [1]));
    await journal.close();
    await (await enter()).journal.close();
    disk.names.delete("/journal/snapshot-000000000000001-00000001.snap");
    expect((await rejection(enter())).code).toBe("RLT6003");
  });

  it("a later batch proves what was on disk also where its value ends with zeros", async () => {
    const disk = new FaultyDisk();
    const owner = processes.next();
    const { journal } = await open({ files: disk.process(), clock, processes: owner });
    for (const last of [1, 0]) await journal.append("run", Buffer.from([7, last, 0, 0, 0]));
    processes.gone.add(owner.pid);
    const inode = disk.file("segment-00000001-00000001.journal");
    if (inode) inode.cache[64 + 24 + 3] = 9;
    const error = await rejection(open({ files: disk.process(), clock, processes: processes.next() }));
    expect(error.code).toBe("RLT6003");
  });

  it("a segment is cut to what stands in it when its owner is done with it", async () => {
    const disk = new FaultyDisk();
    const { journal } = await open({
      files: disk.process(),
      clock,
      processes: processes.next(),
      segmentBytes: 150,
    });
    for (let n = 1; n <= 12; n++) await journal.append("run", `record ${n}`);
    await journal.close();
    for (const name of disk.listing().filter((one) => one.startsWith("segment"))) {
      expect([name, disk.file(name)?.cache.length]).toEqual([
        name,
        written(disk.file(name)?.cache ?? Buffer.alloc(0)).length,
      ]);
    }
  });

  it("zeros behind the last record are no damage: a file system may lengthen a file before its data arrives", async () => {
    const { disk, segment } = await fiveRecords(false);
    const inode = disk.file(segment);
    if (inode) inode.cache = Buffer.concat([inode.cache, Buffer.alloc(4_096)]);
    expect(await openCopy(disk)).toMatchObject({ seen: wholeUpTo(5), codes: [] });
  });

  it("a value that contains another journal's records does not pass for records", async () => {
    const { disk, segment } = await fiveRecords(false);
    const stolen = disk.file(segment)?.cache.subarray(64 + 37) ?? Buffer.alloc(0);
    const other = new FaultyDisk();
    const { journal } = await open({
      files: other.process(),
      clock,
      processes: processes.next(),
      owner: "other",
    });
    await journal.append("run", stolen);
    await journal.close();
    const inode = other.file(segment);
    if (inode) inode.cache[70] = 99; // the record's length: what follows is its value
    const opened = await open({ files: other.process(), clock, processes: processes.next() });
    expect(opened.entries).toEqual([]);
    expect(opened.journal.warnings.map(({ code }) => code)).toEqual(["RLT6007"]);
  });
});
