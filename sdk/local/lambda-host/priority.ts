import { readdirSync, writeFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

/** Enough to be passed by whatever runs for an instant; a quarter of a core still beside what does not stop. */
const STEP = 5;
const LOWEST = 19;

/** Lets others pass a process that runs for long. */
export const lowerPriority = (pid: number): boolean => prioritise(pid, STEP);

/** @returns whether it is as any other again; to raise a process takes a privilege, on most systems */
export const restorePriority = (pid: number): boolean => prioritise(pid, 0);

/** @param step from where this process itself stands, which its processes have from it */
function prioritise(pid: number, step: number): boolean {
  try {
    const nice = Math.min(LOWEST, getPriority() + step);
    for (const thread of threadsOf(pid)) setPriority(thread, nice);
  } catch {
    return false; // gone, or not allowed
  }
  // Where Linux shares out time by session, and a function's process leads one, the numbers above count inside it only.
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(step));
  } catch {
    // A system without it.
  }
  return true;
}

/** On Linux a priority is a thread's: garbage is collected by others than the one that the process is named by. */
function threadsOf(pid: number): number[] {
  if (process.platform !== "linux") return [pid];
  return readdirSync(`/proc/${pid}/task`).map(Number);
}
