import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Which process an owner is: enough to prove later that it is gone, also when its number is in use again. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes with every start of the machine; absent where the system does not say. */
  readonly boot?: string;
  /** When the process began, in the kernel's ticks since the boot; absent where the system does not say. */
  readonly started?: string;
  /** The space in which the pid counts: two containers on a machine have two. */
  readonly pidSpace?: string;
}

export interface ProcessPort {
  self(): ProcessIdentity;
  /** True only with proof; in doubt the lease decides. */
  isGone(other: ProcessIdentity): boolean;
}

/**
 * Proof from /proc, on Linux: same host name, and another boot; or the same boot and pid space, and no such pid, or a pid
 * that is a corpse, or one that began at another time. Elsewhere: same host name, and no such pid.
 */
export const machineProcesses: ProcessPort = {
  self: () => ({
    pid: process.pid,
    host: hostname(),
    ...present("boot", readText("/proc/sys/kernel/random/boot_id")),
    ...present("started", readStat(process.pid)?.started),
    ...present("pidSpace", readPidSpace()),
  }),
  isGone(other) {
    const self = machineProcesses.self();
    if (other.host !== self.host) return false;
    if (other.boot !== self.boot) return other.boot !== undefined && self.boot !== undefined;
    if (other.pidSpace !== self.pidSpace) return false;
    if (!hasProcess(other.pid)) return true;
    const stat = readStat(other.pid);
    if (stat === undefined || other.started === undefined) return false;
    return stat.state === "Z" || stat.state === "X" || stat.started !== other.started;
  },
};

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function readStat(pid: number): { state: string; started: string } | undefined {
  // The name stands in parentheses and may hold anything; the state is field 3, the start field 22.
  const fields = readText(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");
  const [state, started] = [fields?.[0], fields?.[19]];
  return state !== undefined && started !== undefined ? { state, started } : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function readPidSpace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function present<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
