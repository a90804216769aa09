import {
  type DurableEngine,
  type DurableEngineOptions,
  type IntegrationCall,
  type Outcome,
  openEngine,
} from "../../../sdk/engine/index.ts";
import type { ProcessIdentity } from "../../../sdk/journal/index.ts";
import type { Clock, Timer } from "../../../sdk/model/clock.ts";
import type { Ids } from "../../../sdk/model/ids.ts";
import { ManualClock } from "../../../sdk/model/manual-clock.ts";
import { type FaultPlan, FaultyDisk, type Luck, type Machine } from "../../journal/faulty-disk.ts";

/** Enough for a sync, what follows from it, and the next one. */
const TURNS = 8;

/** Answers a call; `process` tells who asked. */
export type Work = (call: IntegrationCall, clock: Clock) => Promise<Outcome> | Outcome;

/** A process with an engine on a disk that loses what was not synced. Killed, it does nothing any more. */
export class Process {
  readonly machine: Machine;
  engine: DurableEngine | undefined;
  alive = true;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  kill(): void {
    this.alive = false;
    this.machine.kill();
  }
}

/** A machine whose processes come and go: one disk, one clock, no real time. */
export class Desk {
  readonly clock = new ManualClock();
  disk = new FaultyDisk();
  readonly calls: IntegrationCall[] = [];
  processes: Process[] = [];
  /** By how much the time of day is wrong, in milliseconds. */
  skew = 0;
  readonly #ids: Ids;
  #pid = 0;

  constructor(ids?: Ids) {
    this.#ids = ids ?? counting();
  }

  /** Starts a process on the disk; rejects as `openEngine`. */
  async open(work: Work, options: Partial<DurableEngineOptions> = {}, plan?: FaultPlan): Promise<Process> {
    const process = new Process(this.disk.process(plan));
    this.processes.push(process);
    void process.machine.died.then(() => {
      process.alive = false;
    });
    const pid = ++this.#pid;
    const identity: ProcessIdentity = { pid, host: "desk" };
    const clock = this.#clockOf(process);
    const opening = openEngine({
      directory: "/data",
      clock,
      ids: this.#ids,
      files: process.machine,
      processes: { self: () => identity, isGone: (other) => !this.processes[other.pid - 1]?.alive },
      integration: async (call) => {
        if (!process.alive) return new Promise(() => undefined);
        this.calls.push(call);
        const outcome = await work(call, clock);
        return process.alive ? outcome : new Promise(() => undefined);
      },
      ...options,
    });
    process.engine = await this.until(Promise.race([opening, process.machine.died.then(() => undefined)]));
    return process;
  }

  #clockOf(process: Process): Clock {
    return {
      now: () => this.clock.now() + this.skew,
      schedule: (delay, callback): Timer =>
        this.clock.schedule(delay, () => {
          if (process.alive) callback();
        }),
    };
  }

  /** Kills what lives, and takes away what was not synced. */
  crash(luck: Luck = "nothing"): void {
    for (const process of this.processes) process.kill();
    this.disk = this.disk.powerFailure(luck);
  }

  /** Moves time on, a timer at a time, until the promise settles. Syncs take no time, but for turns of the event loop. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    for (;;) {
      for (let turn = 0; turn < TURNS && !settled; turn++) await new Promise((next) => setImmediate(next));
      if (settled) return promise;
      this.clock.step();
    }
  }

  /** Lets everything happen that needs no time; a sync takes a turn or two. */
  async settle(turns = 40): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

export function counting(): Ids {
  let count = 0;
  return {
    runId: () => `run-${++count}`,
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
  };
}

export const engineOf = ({ engine }: Process): DurableEngine => {
  if (!engine) throw new Error("The process died while it opened the engine.");
  return engine;
};
