import type { Journal } from "../../sdk/journal/index.ts";
import type { RunletError } from "../../sdk/model/runlet-error.ts";
import type { FaultyDisk, Machine } from "./faulty-disk.ts";
import { type HandClock, open, type Processes } from "./harness.ts";

interface Sent {
  id: string;
  state: "open" | "acknowledged" | "rejected";
  /** Rejected, and something appended later was acknowledged: it must never be seen again. */
  dropped: boolean;
}

/** An owner of the journal in a story: what it sent, and the state that it would put into a snapshot. */
export interface Actor {
  readonly machine: Machine;
  readonly journal: Journal;
  readonly pid: number;
  readonly sent: Sent[];
  readonly before: readonly string[];
}

/**
 * What happened to one journal over many owners and crashes, and what must hold of it: no acknowledged record lost; what
 * one recovery has shown, every later one shows first; nothing dropped comes back; order kept; epochs rise.
 */
export class Story {
  readonly clock: HandClock;
  readonly processes: Processes;
  disk: FaultyDisk;
  certain: string[] = [];
  epoch = 0;
  actors: Actor[] = [];
  ids = 0;

  constructor(disk: FaultyDisk, clock: HandClock, processes: Processes) {
    this.disk = disk;
    this.clock = clock;
    this.processes = processes;
  }

  /** A new owner opens and recovers; throws where a promise was broken. */
  async enter(machine: Machine, options: { segmentBytes?: number } = {}): Promise<Actor> {
    const processes = this.processes.next();
    const { journal, entries } = await open({
      files: machine,
      clock: this.clock,
      processes,
      owner: `process ${processes.pid}`,
      leaseMillis: 1_000,
      segmentBytes: 400,
      ...options,
    });
    const seen = entries.flatMap(({ value }) => value as string | string[]);
    this.#judge(seen, journal.epoch);
    const actor = { machine, journal, pid: processes.pid, sent: [], before: seen };
    this.actors.push(actor);
    return actor;
  }

  append(actor: Actor, padding = 0): Promise<void> {
    const sent: Sent = { id: `${this.ids++}${"x".repeat(padding)}`, state: "open", dropped: false };
    actor.sent.push(sent);
    return actor.journal.append(`stream ${this.ids % 3}`, sent.id).then(
      () => {
        sent.state = "acknowledged";
        for (const other of actor.sent) {
          if (other === sent) break;
          if (other.state === "rejected") other.dropped = true;
        }
      },
      (error: RunletError) => {
        sent.state = "rejected";
        if (!/^RLT600[458]$/.test(error.code)) throw error;
      },
    );
  }

  snapshot(actor: Actor): Promise<void> {
    const state = [
      ...actor.before,
      ...actor.sent.filter(({ state }) => state !== "rejected").map(({ id }) => id),
    ];
    return actor.journal
      .snapshot((put) => {
        put("state", state.slice(0, 2));
        put("state", state.slice(2));
      })
      .catch((error: RunletError) => {
        if (!/^RLT600[458]$/.test(error.code)) throw error;
      });
  }

  #judge(seen: readonly string[], epoch: number): void {
    const fail = (what: string): never => {
      throw new Error(
        `${what}: ${JSON.stringify({ seen, certain: this.certain, sent: this.actors.map(({ sent }) => sent) })}`,
      );
    };
    if (epoch <= this.epoch) fail(`epoch ${epoch} after ${this.epoch}`);
    this.epoch = epoch;
    this.certain.forEach((id, index) => {
      if (seen[index] !== id) fail(`${id} was recovered once and is not there any more`);
    });
    const rest = seen.slice(this.certain.length);
    const sent = this.actors.flatMap((actor) => actor.sent);
    let at = 0;
    for (const { id, state, dropped } of sent) {
      if (this.certain.includes(id)) continue;
      if (rest[at] === id) {
        at++;
        if (dropped) fail(`${id} was dropped and came back`);
      } else if (state === "acknowledged") fail(`${id} was acknowledged and is lost`);
    }
    if (at < rest.length) fail(`${rest[at]} is out of order or came from nowhere`);
    this.certain = [...seen];
  }
}
