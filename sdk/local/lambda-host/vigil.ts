import { availableParallelism } from "node:os";

/** What a quick call takes with the way there and back. Whoever is not answered by then goes to sleep. */
export const VIGIL_MILLIS = 0.5;
/** How many calls are waited for asleep after one for which staying awake was in vain; twice as many each time, at most the last. */
export const FIRST_PENALTY = 1;
export const LAST_PENALTY = 4_096;

/** A task's process waits so long for the next call of a chain: as long as the host needs to write an answer and go on. */
export const CHAIN_MILLIS = 1;

/** A task may put a clock of its own in the place of the global ones. */
export const soon = setImmediate;

/**
 * Keeps the event loop turning while nothing is under way but one quick call, in the host until it is answered, and in the
 * task's process until the next one comes: to wake a processor that sleeps takes 40 µs of the 450 of such a step, on either
 * side. Where processors are short, staying awake takes one from whom it waits for; then it is given up.
 */
export class Vigil {
  /** With one processor there is nobody to wait for while this process runs. */
  readonly #possible: boolean;
  readonly #now: () => number;
  readonly #millis: number;
  #penalty = FIRST_PENALTY;
  #skipped = 0;
  /** Until when it waits; 0 while it does not. */
  #until = 0;
  #turning = false;

  constructor({
    processors = availableParallelism(),
    now = () => performance.now(),
    millis = VIGIL_MILLIS,
  } = {}) {
    this.#possible = processors > 1;
    this.#now = now;
    this.#millis = millis;
  }

  /** What is waited for comes soon: calls are quick, and only one is under way. */
  begin(): void {
    if (!this.#possible) return;
    if (this.#skipped > 0) {
      this.#skipped--;
      return;
    }
    this.#until = this.#now() + this.#millis;
    if (this.#turning) return;
    this.#turning = true;
    soon(this.#turn);
  }

  /** It came. */
  end(): void {
    if (this.#until === 0) return;
    this.#until = 0;
    this.#penalty = FIRST_PENALTY;
  }

  readonly #turn = (): void => {
    if (this.#until !== 0 && this.#now() < this.#until) return void soon(this.#turn);
    this.#turning = false;
    if (this.#until === 0) return;
    this.#until = 0;
    this.#skipped = this.#penalty;
    this.#penalty = Math.min(LAST_PENALTY, 2 * this.#penalty);
  };
}
