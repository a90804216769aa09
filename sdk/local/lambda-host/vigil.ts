import { availableParallelism } from "node:os";

/** What a quick call takes with the way there and back. Whoever is not answered by then goes to sleep. */
export const VIGIL_MILLIS = 0.5;
/** How many calls are waited for asleep after one for which staying awake was in vain; twice as many each time, at most the last. */
export const FIRST_PENALTY = 4;
export const LAST_PENALTY = 4_096;

/**
 * Keeps the event loop turning while nothing is under way but one quick call: to wake a processor that sleeps takes 40 µs of
 * the 450 of such a step. Where processors are short, staying awake takes one from whom it waits for; then it is given up.
 */
export class Vigil {
  /** With one processor there is nobody to wait for while this process runs. */
  readonly #possible: boolean;
  readonly #now: () => number;
  #penalty = FIRST_PENALTY;
  #skipped = 0;
  /** Until when it waits; 0 while it does not. */
  #until = 0;
  #turning = false;

  constructor({ processors = availableParallelism(), now = () => performance.now() } = {}) {
    this.#possible = processors > 1;
    this.#now = now;
  }

  /** The only call that is under way has begun, and such calls are quick. */
  begin(): void {
    if (!this.#possible) return;
    if (this.#skipped > 0) {
      this.#skipped--;
      return;
    }
    this.#until = this.#now() + VIGIL_MILLIS;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(this.#turn);
  }

  /** It was answered. */
  end(): void {
    if (this.#until === 0) return;
    this.#until = 0;
    this.#penalty = FIRST_PENALTY;
  }

  readonly #turn = (): void => {
    if (this.#until !== 0 && this.#now() < this.#until) return void setImmediate(this.#turn);
    this.#turning = false;
    if (this.#until === 0) return;
    this.#until = 0;
    this.#skipped = this.#penalty;
    this.#penalty = Math.min(LAST_PENALTY, 2 * this.#penalty);
  };
}
