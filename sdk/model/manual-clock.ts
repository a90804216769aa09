import type { Clock, Timer } from "./clock.ts";

interface PendingTimer {
  at: number;
  order: number;
  callback: () => void;
}

const PATIENCE_MILLIS = 5_000;

/**
 * A clock that moves only when it is told to: virtual time for tests and simulations. Timers fire in the order of
 * their instants, and in the order of their making where instants are equal.
 *
 * @example
 * const clock = new ManualClock();
 * const run = engine.start(…, { clock });
 * await clock.runUntil(run.done); // a week of waits passes at once
 */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: PendingTimer[] = [];
  readonly #working = new Set<{ since: number }>();

  constructor(startMillis = Date.UTC(2026, 0, 1)) {
    this.#now = startMillis;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMillis: number, callback: () => void): Timer {
    const timer = { at: this.#now + Math.max(0, delayMillis), order: this.#order++, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /**
   * Holds time while real work is under way, so that reading a file, say, is never late on this clock. Work that takes
   * longer than some seconds of the machine's own time is let down: a task that never answers must run out of time.
   */
  async during<T>(work: Promise<T>): Promise<T> {
    const mine = { since: performance.now() };
    this.#working.add(mine);
    try {
      return await work;
    } finally {
      this.#working.delete(mine);
    }
  }

  /** Fires the next timer, if there is one, and moves to its instant. */
  step(): boolean {
    const next = this.#timers.reduce<PendingTimer | undefined>(
      (best, timer) =>
        !best || timer.at < best.at || (timer.at === best.at && timer.order < best.order) ? timer : best,
      undefined,
    );
    if (!next) return false;
    this.#timers = this.#timers.filter((other) => other !== next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }

  /** Moves time on, timer by timer, letting everything else settle in between, until the promise settles. */
  async runUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    for (;;) {
      // A turn of the event loop lets real work (microtasks, immediates, I/O of task processes) finish first.
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      if (![...this.#working].some(({ since }) => performance.now() - since < PATIENCE_MILLIS)) this.step();
    }
  }
}
