import { describe, expect, it } from "vitest";
import type { FilePort, FileSystemPort } from "../../sdk/journal/index.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { HandClock, open, rejection } from "./harness.ts";

/** Says of each sync whether the thread stood still for it; a file's first syncs are those of its making. */
function watched(syncs: boolean[], fails: () => boolean = () => false): FileSystemPort {
  const files = new FaultyDisk().process();
  return new Proxy(files, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== "function") return value;
      if (key !== "create") return value.bind(target);
      return (path: string): FilePort => {
        const file = target.create(path);
        const sync = file.sync.bind(file);
        return Object.assign(file, {
          sync: async (atOnce = false) => {
            syncs.push(atOnce);
            if (fails())
              throw Object.assign(new Error("EIO: i/o error, fdatasync"), { syscall: "fdatasync" });
            return sync();
          },
        });
      };
    },
  }) as unknown as FileSystemPort;
}

describe("a record that is appended alone", () => {
  it("is waited for where the last sync was quick, and nobody else appends", async () => {
    const syncs: boolean[] = [];
    const clock = new HandClock();
    let millis = 0;
    const slow = (): boolean => {
      clock.millis += millis;
      return false;
    };
    const { journal } = await open({ files: watched(syncs, slow), clock });
    syncs.length = 0;
    await journal.append("r", 1, true); // nothing is known of the disk yet
    await journal.append("r", 2, true);
    await journal.append("r", 3);
    await Promise.all([journal.append("r", 4, true), journal.append("r", 5, true)]);
    expect(syncs).toEqual([false, true, false, false]);
    millis = 50;
    await journal.append("r", 6, true);
    await journal.append("r", 7, true);
    expect(syncs.slice(4)).toEqual([true, false]);
    await journal.close();
  });

  it("is refused as any other when the sync fails", async () => {
    let broken = false;
    const { journal } = await open({ files: watched([], () => broken) });
    await journal.append("r", 1, true);
    broken = true;
    expect((await rejection(journal.append("r", 2, true))).code).toBe("RLT6005");
    broken = false;
    expect((await journal.append("r", 3, true)).sequence).toBe(2);
    await journal.close();
  });
});
