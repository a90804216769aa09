import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FaultLab, mixedMachine, type Server, stepsOf } from "./processes.ts";

/** A real file system that is full; to mount one takes a privilege, and without it only the faulty disks are there. */
const small = mkdtempSync(join(tmpdir(), "runlet-small-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1500k", "tmpfs", small]).status === 0;
const PAGE = Buffer.alloc(4_096);
const filler = join(small, "filler");
const lab = new FaultLab({ data: join(small, "data") });

beforeAll(() => lab.prepare());
afterAll(() => {
  lab.remove();
  if (mounted) spawnSync("umount", ["-l", small]);
  rmdirSync(small);
});

/** To the last page. */
function fillUp(): void {
  const file = openSync(filler, "w");
  try {
    for (;;) writeSync(file, PAGE);
  } catch {
    closeSync(file);
  }
}

const ended = (server: Server, run: string): Promise<unknown> =>
  server.until(({ say, name }) => say === "ended" && name === run);

test.skipIf(!mounted)(
  "F5: a full disk refuses runs, loses none, and takes them again when there is space",
  { timeout: 30_000 },
  async () => {
    const first = lab.server();
    await first.until(({ say }) => say === "open");
    first.start("before", mixedMachine(50), { path: "before" });
    await first.until(({ say }) => say === "accepted");
    fillUp();
    const ballast = "x".repeat(60_000);
    for (let n = 0; n < 5; n++) first.start(`full${n}`, mixedMachine(), { path: `full${n}`, ballast });
    const refused = await first.until(({ say }) => say === "refused");
    expect(refused.code).toBe("RLT6005");
    rmSync(filler);
    await ended(first, "before");
    first.start(refused.name ?? "", mixedMachine(), { path: refused.name ?? "" });
    await ended(first, refused.name ?? "");

    first.start("killed", mixedMachine(50), { path: "killed" });
    await first.until(({ say, name }) => say === "accepted" && name === "killed");
    fillUp();
    first.kill();
    await first.ended;
    const second = lab.server();
    await second.ended;
    expect(second.said.at(-1)).toMatchObject({ say: "failed", code: "RLT6005" });
    rmSync(filler);
    const third = lab.server();
    await ended(third, "killed");
    for (const { name, status } of await third.list()) expect(status, name).toBe("SUCCEEDED");
    for (const run of ["before", "killed"]) {
      const steps = new Set(lab.steps().flatMap(([of, step]) => (of === run ? [step] : [])));
      expect([...steps].sort()).toEqual(stepsOf(run).sort());
    }
  },
);
