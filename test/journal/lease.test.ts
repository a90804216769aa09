import { describe, expect, it } from "vitest";
import { openJournal } from "../../sdk/journal/index.ts";
import { FaultyDisk, type Machine } from "./faulty-disk.ts";
import { DIRECTORY, HandClock, type Opened, open, Processes, rejection, values } from "./harness.ts";

function setting(): {
  disk: FaultyDisk;
  clock: HandClock;
  processes: Processes;
  enter: (machine: Machine) => Promise<Opened>;
} {
  const disk = new FaultyDisk();
  const clock = new HandClock();
  const processes = new Processes();
  const enter = (machine: Machine): Promise<Opened> =>
    open({ files: machine, clock, processes: processes.next(), leaseMillis: 1_000 });
  return { disk, clock, processes, enter };
}

describe("lease", () => {
  it("passes to another when it has ended; the former owner finds out before it acknowledges", async () => {
    const { disk, clock, enter } = setting();
    const [stopped, healthy] = [disk.process(), disk.process()];
    const zombie = await enter(stopped);
    await zombie.journal.append("r", "acknowledged");
    let wake = (): void => {};
    stopped.gate = new Promise((resolve) => {
      wake = resolve;
    });
    const late = rejection(zombie.journal.append("r", "written, never acknowledged"));
    await new Promise((resolve) => setImmediate(resolve));
    clock.millis += 1_001;
    const next = await enter(healthy);
    expect(next.journal.epoch).toBe(2);
    expect(values(next.entries)).toEqual(["acknowledged", "written, never acknowledged"]);
    await next.journal.append("r", "by the new owner");
    stopped.gate = undefined;
    wake();
    expect((await late).code).toBe("RLT6004");
    expect((await rejection(zombie.journal.append("r", "refused"))).code).toBe("RLT6004");
    expect((await rejection(zombie.journal.snapshot(() => {}))).code).toBe("RLT6004");
    await zombie.journal.close();
    await next.journal.append("r", "still the owner");
    await next.journal.close();
    expect(values((await enter(disk.process())).entries)).toEqual([
      "acknowledged",
      "written, never acknowledged",
      "by the new owner",
      "still the owner",
    ]);
  });

  it("what a former owner writes later is ignored, in its old segment and in new ones", async () => {
    const { disk, clock, enter } = setting();
    const options = { clock, processes: new Processes().next(), leaseMillis: 1_000, segmentBytes: 150 };
    const { journal: zombie } = await open({ files: disk.process(), ...options });
    await zombie.append("r", "one");
    clock.millis += 1_001;
    const { journal: next } = await enter(disk.process());
    await next.append("r", "two");
    const late = [1, 2, 3, 4, 5].map((n) => rejection(zombie.append("r", `late ${n} ${"x".repeat(150)}`)));
    for (const error of await Promise.all(late)) expect(error.code).toBe("RLT6004");
    await next.append("r", "three");
    await next.close();
    const { entries, journal } = await enter(disk.process());
    expect(values(entries)).toEqual(["one", "two", "three"]);
    await journal.close();
  });

  it("sets aside a segment that a former owner began later, with a warning", async () => {
    const { disk, clock, enter } = setting();
    const stopped = disk.process();
    const { journal: zombie } = await enter(stopped);
    await zombie.append("r", "one");
    stopped.plan = (operation) => (operation === "sync" ? { error: "EIO" } : undefined);
    await rejection(zombie.append("r", "two"));
    stopped.plan = () => undefined;
    clock.millis += 1_001;
    const next = await enter(disk.process());
    expect(values(next.entries)).toEqual(["one", "two"]); // in doubt, and now decided
    // The failed segment is left for a new one, which the new owner has not seen.
    expect((await rejection(zombie.append("r", "three"))).code).toBe("RLT6004");
    expect(disk.listing()).toContain("segment-00000001-00000002.journal");
    await next.journal.append("r", "four");
    await next.journal.close();
    const last = await enter(disk.process());
    expect(values(last.entries)).toEqual(["one", "two", "four"]);
    expect(last.journal.warnings.map(({ code }) => code)).toEqual(["RLT6009"]);
    expect(disk.listing()).toContain("quarantine-segment-00000001-00000002.journal-from-0");
  });

  it("an idle owner hears of it at its next renewal", async () => {
    const { disk, clock, processes, enter } = setting();
    const heard: string[] = [];
    const journal = await openJournal({
      directory: DIRECTORY,
      owner: "idle",
      files: disk.process(),
      clock,
      processes: processes.next(),
      leaseMillis: 1_000,
      replay: () => {},
      onLost: ({ code }) => heard.push(code),
    });
    const timers = [...clock.timers];
    clock.timers.clear();
    clock.millis += 1_001;
    await enter(disk.process());
    for (const timer of timers) timer();
    expect(heard).toEqual(["RLT6004"]);
    expect((await rejection(journal.append("r", 1))).code).toBe("RLT6004");
    await journal.close();
    expect(heard).toHaveLength(1);
  });

  it("a process that is proven gone is followed at once; one in doubt keeps its lease", async () => {
    const { disk, processes, enter } = setting();
    await enter(disk.process());
    expect((await rejection(enter(disk.process()))).code).toBe("RLT6001");
    processes.gone.add(1);
    expect((await enter(disk.process())).journal.epoch).toBe(2);
  });

  it("of many that open at once exactly one becomes the owner, and epochs never repeat", async () => {
    const { disk, clock, enter } = setting();
    const epochs: number[] = [];
    for (let round = 0; round < 10; round++) {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => enter(disk.process())));
      const winners = tries.flatMap((result) =>
        result.status === "fulfilled" ? [result.value.journal] : [],
      );
      const losers = tries.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
      expect([winners.length, new Set(losers)]).toEqual([1, new Set(["RLT6001"])]);
      epochs.push(winners[0]?.epoch ?? 0);
      if (round % 2) await winners[0]?.close();
      clock.millis += 1_001;
    }
    expect(epochs.every((epoch, i) => i === 0 || epoch > (epochs[i - 1] ?? 0))).toBe(true);
  });

  it("a claimant that slept between its look and its claim gives an epoch back that is long gone", async () => {
    const { disk, clock, enter } = setting();
    const first = await enter(disk.process());
    await first.journal.close();
    const slow = disk.process();
    const looked = slow.list(DIRECTORY);
    let looks = 0;
    const second = await enter(disk.process());
    await second.journal.append("r", 1);
    await second.journal.close();
    const third = await enter(disk.process());
    const look = slow.list.bind(slow);
    slow.list = (directory) => {
      // Its second look is the one for the claim; the first checks the format.
      return looks++ === 1 ? looked : look(directory);
    };
    expect((await rejection(enter(slow))).message).toContain("epoch 3");
    await third.journal.append("r", 2);
    expect(disk.listing().filter((name) => name.startsWith("owner"))).toEqual(["owner-00000003.json"]);
    clock.millis += 1_001;
    expect(values((await enter(disk.process())).entries)).toEqual([1, 2]);
  });

  it.each(["before", "after"])(
    "an opening that sleeps beyond its lease %s its segment has its name is refused",
    async (when) => {
      const { disk, clock, enter } = setting();
      await (await enter(disk.process())).journal.close();
      const slow = disk.process();
      let wake = (): void => {};
      let named = "";
      slow.plan = (operation, name) => {
        if (operation === "rename") named = name;
        const before = operation === "sync" && name.startsWith("segment");
        const after = operation === "syncDirectory" && named.startsWith("segment");
        if (when === "before" ? before : after) {
          slow.gate = new Promise((resolve) => {
            wake = resolve;
          });
        }
        return undefined;
      };
      const late = rejection(enter(slow));
      while (slow.gate === undefined) await new Promise((resolve) => setImmediate(resolve));
      clock.millis += 1_001;
      const next = await enter(disk.process());
      await next.journal.append("r", 1);
      wake();
      expect((await late).code).toBe("RLT6004");
      await next.journal.append("r", 2);
      await next.journal.close();
      expect(values((await enter(disk.process())).entries)).toEqual([1, 2]);
    },
  );

  it("a clock that jumps costs the former owner its lease, never a record", async () => {
    const { disk, clock, enter } = setting();
    const first = await enter(disk.process());
    await first.journal.append("r", 1);
    clock.millis += 3_600_000;
    const second = await enter(disk.process());
    clock.millis -= 7_200_000;
    expect((await rejection(first.journal.append("r", 2))).code).toBe("RLT6004");
    await second.journal.append("r", 3);
    await second.journal.close();
    const third = await enter(disk.process());
    expect(values(third.entries).filter((value) => value !== 2)).toEqual([1, 3]);
  });

  it("an owner file that cannot be read keeps others out for its time, and no longer", async () => {
    const { disk, clock, enter } = setting();
    await enter(disk.process());
    disk.file("owner-00000001.json")?.cache.fill(0);
    const error = await rejection(enter(disk.process()));
    expect([error.code, error.message.includes("owner-00000001.json cannot be read")]).toEqual([
      "RLT6001",
      true,
    ]);
    clock.millis += 1_001;
    expect((await enter(disk.process())).journal.epoch).toBe(2);
  });
});
