import type { LambdaProcess } from "./lambda-process.ts";
import { lowerPriority, restorePriority } from "./priority.ts";

/** A call that has run for so long is passed by others, whether it computes, collects garbage or only waits. */
const LONG_MILLIS = 100;

/**
 * Lowers the priority of processes whose call runs for long: where cores are short, one that spins then costs the calls of
 * other runs little. Alone on the machine, it is as fast as before.
 */
export class LongCalls {
  readonly #busy: () => Iterable<LambdaProcess>;
  readonly #lowered = new Set<LambdaProcess>();
  #timer: NodeJS.Timeout | undefined;

  /** @param busy the processes that have a call */
  constructor(busy: () => Iterable<LambdaProcess>) {
    this.#busy = busy;
  }

  /** A call began. One timer serves all, and none is set while nothing runs. */
  watch(): void {
    this.#timer ??= setTimeout(() => this.#look(), LONG_MILLIS).unref();
  }

  /** Its call is over. @returns whether it may take the next one as any other may */
  over(process: LambdaProcess): boolean {
    if (!this.#lowered.has(process)) return true;
    const restored = process.pid !== undefined && restorePriority(process.pid);
    if (restored) this.#lowered.delete(process);
    return restored;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const process of this.#lowered) if (!process.alive) this.#lowered.delete(process);
    for (const process of this.#busy()) {
      if (!process.alive || this.#lowered.has(process)) continue; // its number may be another's by now
      if (now - process.line.begunAt < LONG_MILLIS) this.watch();
      else if (process.pid !== undefined && lowerPriority(process.pid)) this.#lowered.add(process);
    }
  }
}
