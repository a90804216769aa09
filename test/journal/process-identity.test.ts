import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machineProcesses as machine } from "../../sdk/journal/process-identity.ts";

const self = machine.self();

describe("proof that a process is gone", () => {
  it("there is none against this process, nor against one on another host", () => {
    expect(machine.isGone(self)).toBe(false);
    expect(machine.isGone({ ...self, host: "elsewhere", pid: 2 ** 22 + 1 })).toBe(false);
  });

  it("no such pid", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.on("close", resolve));
    const { started: _started, ...rest } = self;
    expect(machine.isGone({ ...rest, pid: child.pid ?? 0 })).toBe(true);
  });

  it.runIf(existsSync("/proc/self/stat"))(
    "on Linux also another boot, and a pid that began at another time",
    () => {
      expect(machine.isGone({ ...self, boot: "another" })).toBe(true);
      expect(machine.isGone({ ...self, started: "1" })).toBe(true);
      expect(machine.isGone({ ...self, pidSpace: "pid:[1]", pid: 2 ** 22 + 1 })).toBe(false);
      const { boot: _boot, ...unknownBoot } = self;
      expect(machine.isGone({ ...unknownBoot, pid: 2 ** 22 + 1 })).toBe(false);
    },
  );
});
