import { describe, expect, it } from "vitest";
import { FaultyDisk, type Operation } from "./faulty-disk.ts";
import { HandClock, open, Processes, rejection, values } from "./harness.ts";

const clock = new HandClock();
const processes = new Processes();
const enter = (disk: FaultyDisk, machine = disk.process(), segmentBytes = 16_000_000) =>
  open({ files: machine, clock, processes: processes.next(), segmentBytes });

describe("errors of the system", () => {
  it.each([
    ["EIO", "sync", undefined],
    ["ENOSPC", "write", 10],
    ["ENOSPC", "write", undefined],
    ["EIO", "write", 45],
  ] as const)(
    "%s from %s: the append is refused, later ones are accepted, the refused never comes back",
    async (error, operation, after) => {
      const disk = new FaultyDisk();
      const machine = disk.process();
      const { journal } = await enter(disk, machine);
      await journal.append("r", "one");
      machine.plan = (happening) =>
        happening === operation ? { error, ...(after !== undefined && { after }) } : undefined;
      const refused = await Promise.all([
        rejection(journal.append("r", "two")),
        rejection(journal.append("r", "three")),
      ]);
      expect(refused.map(({ code }) => code)).toEqual(["RLT6005", "RLT6005"]);
      expect(refused[0]?.message).toContain(error);
      for (let i = 0; i < 3; i++)
        expect((await rejection(journal.append("r", "again"))).code).toBe("RLT6005");
      expect((await rejection(journal.snapshot(() => {}))).code).toBe("RLT6005");
      machine.plan = () => undefined;
      expect(await journal.append("r", "four")).toEqual({ epoch: 1, sequence: 2 });
      machine.kill();
      for (const later of [disk.powerFailure("everything"), disk.powerFailure("nothing")]) {
        const next = await enterAfterCrash(later);
        expect(values(next.entries)).toEqual(["one", "four"]);
      }
    },
  );

  it("never trusts a sync that follows a failed one: what the page cache still shows may be nowhere else", async () => {
    const disk = new FaultyDisk();
    const machine = disk.process();
    const { journal } = await enter(disk, machine);
    await journal.append("r", "one");
    machine.plan = (operation) => (operation === "sync" ? { error: "EIO" } : undefined);
    await rejection(journal.append("r", "two"));
    machine.kill();
    // Only the process ends. The next one sees "two" in the page cache; if it shows it, it must be there for good.
    const { entries, journal: next } = await enterAfterCrash(disk);
    await next.append("r", "three");
    const seen = [...values(entries), "three"];
    expect(values((await enterAfterCrash(disk.powerFailure("nothing"))).entries)).toEqual(seen);
  });

  it("too many open files: a full segment goes on being used, a broken one waits", async () => {
    const disk = new FaultyDisk();
    const machine = disk.process();
    const { journal } = await enter(disk, machine, 100);
    await journal.append("r", "x".repeat(100));
    machine.plan = (operation) => (operation === "create" ? { error: "EMFILE" } : undefined);
    await journal.append("r", "goes on");
    let fails = true;
    machine.plan = (operation) =>
      operation === "create" || (operation === "sync" && fails) ? { error: "EMFILE" } : undefined;
    expect((await rejection(journal.append("r", "no"))).code).toBe("RLT6005");
    fails = false;
    expect((await rejection(journal.append("r", "no"))).message).toContain("EMFILE");
    machine.plan = () => undefined;
    await journal.append("r", "yes");
    await journal.close();
    expect(values((await enter(disk)).entries)).toEqual(["x".repeat(100), "goes on", "yes"]);
  });

  it("any operation of an opening or a snapshot may fail; the next attempt succeeds and nothing is lost", async () => {
    const operations: Operation[] = [
      "create",
      "write",
      "sync",
      "link",
      "rename",
      "remove",
      "syncDirectory",
      "open",
      "list",
    ];
    for (const operation of operations) {
      for (let nth = 1; nth <= 8; nth++) {
        const disk = new FaultyDisk();
        const first = await enter(disk);
        await first.journal.append("r", "one");
        await first.journal.snapshot((put) => put("r", "one"));
        await first.journal.append("r", "two");
        await first.journal.close();
        const machine = disk.process();
        let left = nth;
        machine.plan = (happening) =>
          happening === operation && --left === 0 ? { error: "EIO" } : undefined;
        await enter(disk, machine).then(
          async ({ journal }) => {
            await journal
              .snapshot((put) => put("r", "one, two"))
              .catch(({ code }) => expect(code).toBe("RLT6005"));
            await journal.close();
          },
          ({ code }) => expect(code).toBe("RLT6005"),
        );
        const { entries, journal } = await enter(disk);
        expect(values(entries).join(", ")).toBe("one, two");
        await journal.close();
      }
    }
  });

  it("a snapshot that fails leaves nothing behind and stops nobody", async () => {
    const disk = new FaultyDisk();
    const { journal } = await enter(disk);
    await journal.append("r", "one");
    const thrown = new TypeError("no state");
    const snapshot = journal.snapshot(() => {
      throw thrown;
    });
    expect(await rejection(snapshot)).toBe(thrown);
    expect((await rejection(journal.snapshot((put) => put("r", undefined)))).code).toBe("RLT2001");
    await journal.append("r", "two");
    expect(disk.listing().filter((name) => /tmp|snap/.test(name))).toEqual([]);
    await journal.close();
  });
});

async function enterAfterCrash(disk: FaultyDisk) {
  const everybodyGone = { self: () => ({ pid: 999, host: "desk" }), isGone: () => true };
  return open({ files: disk.process(), clock, processes: everybodyGone });
}
