import { type Clock, sleepOn } from "../../model/clock.ts";
import { type EndRecord, isKind, type StartRecord } from "./records.ts";
import type { RunLog } from "./run-log.ts";

/** A run began, began again after a redrive, or ended. */
export interface StatusEvent {
  executionArn: string;
  name: string;
  machine: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  /** Counts the events of the run from 1: a listener that has seen one knows it again by run and number. */
  sequence: number;
  /** Milliseconds since the epoch. */
  at: number;
}

const FIRST_RETRY_MILLIS = 1_000;
const LAST_RETRY_MILLIS = 60_000;

/**
 * Hands status events to a listener: those of a run in order, each until the listener has taken it, over crashes too. So
 * one may come twice, and none is left out.
 */
export class Outbox {
  readonly #listener: (event: StatusEvent) => void | Promise<void>;
  readonly #clock: Clock;
  readonly #append: (log: RunLog, text: string) => void;
  readonly #emptied: (log: RunLog) => void;
  readonly #busy = new Set<RunLog>();
  #closed = false;

  constructor(options: {
    listener: (event: StatusEvent) => void | Promise<void>;
    clock: Clock;
    append: (log: RunLog, text: string) => void;
    /** Called when a run's events have all been taken. */
    emptied: (log: RunLog) => void;
  }) {
    this.#listener = options.listener;
    this.#clock = options.clock;
    this.#append = options.append;
    this.#emptied = options.emptied;
  }

  /** There may be something to tell of the run. */
  async deliver(log: RunLog): Promise<void> {
    if (this.#busy.has(log)) return;
    this.#busy.add(log);
    for (let delay = FIRST_RETRY_MILLIS; !this.#closed; ) {
      const event = statusEvents(log)[log.published];
      if (!event) break;
      try {
        await this.#listener(event);
        if (this.#closed) break;
        log.published++;
        delay = FIRST_RETRY_MILLIS;
        // Not waited for: what is lost of these is told again.
        this.#append(log, JSON.stringify({ is: "published", count: log.published }));
      } catch {
        await sleepOn(this.#clock, delay);
        delay = Math.min(2 * delay, LAST_RETRY_MILLIS);
      }
    }
    this.#busy.delete(log);
    if (!this.#closed) this.#emptied(log);
  }

  close(): void {
    this.#closed = true;
  }
}

/** All status events of a run so far; they follow from its records. */
function statusEvents(log: RunLog): StatusEvent[] {
  const { name, machine, at } = log.start;
  const events: StatusEvent[] = [];
  const add = (status: StatusEvent["status"], when: number): void => {
    const sequence = events.length + 1;
    events.push({ executionArn: log.arn, name, machine, status, sequence, at: when });
  };
  add("RUNNING", at);
  for (const text of log.texts) {
    if (isKind(text, "redrive")) add("RUNNING", (JSON.parse(text) as StartRecord).at);
    if (isKind(text, "end")) {
      const end = JSON.parse(text) as EndRecord;
      add(end.result.status, end.at);
    }
  }
  return events;
}
