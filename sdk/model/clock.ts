/**
 * Time as a thing that is passed in, so that tests skip it and a simulation owns it.
 * All instants are milliseconds since the epoch, all delays milliseconds.
 */
export interface Clock {
  /** The present instant. */
  now(): number;
  /** Calls `callback` once after `delayMillis`; the handle cancels it. */
  schedule(delayMillis: number, callback: () => void): Timer;
  /** Virtual clocks: time stands still while real work is under way. */
  during?<T>(work: Promise<T>): Promise<T>;
}

export interface Timer {
  cancel(): void;
}

const MAX_TIMEOUT_MILLIS = 2_147_483_647; // setTimeout fires at once above 2^31-1, so longer waits go in legs

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMillis, callback) {
    let handle: NodeJS.Timeout;
    const arm = (left: number): void => {
      const leg = Math.min(left, MAX_TIMEOUT_MILLIS);
      handle = setTimeout(() => (left > leg ? arm(left - leg) : callback()), leg);
    };
    arm(Math.max(0, delayMillis));
    return { cancel: () => clearTimeout(handle) };
  },
};

/**
 * The machine's own clock, but for its jumps: the time of day is read once, and counted on from there by the machine's
 * steady clock, so that nobody who sets the time shortens or lengthens a wait.
 */
export function steadyClock(): Clock {
  const began = Date.now() - performance.now();
  return { now: () => Math.floor(began + performance.now()), schedule: systemClock.schedule };
}

/** A promise that settles after `delayMillis` on the given clock. */
export function sleepOn(clock: Clock, delayMillis: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(delayMillis, resolve));
}
