import type { FunctionSpec } from "./function-spec.ts";
import type { ProcessSupply } from "./process-supply.ts";

/** When a host has lived for so long, a blank process stands by. */
const STAND_BY_MILLIS = 1_000;
/** So many do once calls held up others, or ended their process: such calls rarely come alone. */
const SPARES = 2;
/** To make a process holds the host up for some milliseconds: what calls wait for comes first, and spares one at a time. */
const SPARE_MILLIS = 50;

/** Blank processes ahead of use: the next call that needs one waits for a short time. */
export class Spares {
  readonly #supply: ProcessSupply;
  #first: NodeJS.Timeout | undefined;
  #next: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(supply: ProcessSupply) {
    this.#supply = supply;
  }

  /** A process serves; nobody is in a hurry for another one. */
  standBy(spec: FunctionSpec): void {
    this.#first ??= setTimeout(() => this.#make(spec, 1), STAND_BY_MILLIS).unref();
  }

  /** One was needed. */
  keep(spec: FunctionSpec): void {
    this.#next ??= setTimeout(() => {
      this.#next = undefined;
      const before = this.#supply.blanks;
      if (before >= SPARES) return;
      this.#make(spec, before + 1);
      if (this.#supply.blanks > before) this.keep(spec);
    }, SPARE_MILLIS).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#first);
    clearTimeout(this.#next);
  }

  #make(spec: FunctionSpec, count: number): void {
    if (!this.#closed) void this.#supply.warm(count, [spec]);
  }
}
