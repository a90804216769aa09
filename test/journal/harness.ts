import {
  type FileSystemPort,
  type Journal,
  type JournalEntry,
  type JournalOptions,
  openJournal,
  type ProcessIdentity,
  type ProcessPort,
} from "../../sdk/journal/index.ts";
import type { Clock } from "../../sdk/model/clock.ts";
import type { RunletError } from "../../sdk/model/runlet-error.ts";

export const DIRECTORY = "/journal";

/** Time that moves by hand; timers fire only by `renew`, so an owner that never renews is a stopped one. */
export class HandClock implements Clock {
  millis = Date.UTC(2026, 0, 1);
  readonly timers = new Set<() => void>();
  now = (): number => this.millis;
  schedule(_delay: number, callback: () => void): { cancel(): void } {
    this.timers.add(callback);
    return { cancel: () => void this.timers.delete(callback) };
  }
  renew(): void {
    const due = [...this.timers];
    this.timers.clear();
    for (const callback of due) callback();
  }
}

/** Processes that live until they are said to be gone. */
export class Processes {
  readonly gone = new Set<number>();
  #next = 1;
  next(): ProcessPort & { readonly pid: number } {
    const pid = this.#next++;
    const identity: ProcessIdentity = { pid, host: "desk" };
    return { pid, self: () => identity, isGone: (other) => this.gone.has(other.pid) };
  }
}

export interface Opened {
  journal: Journal;
  entries: JournalEntry[];
}

/** Opens with defaults for tests and collects what is replayed. */
export async function open(options: Partial<JournalOptions> & { files?: FileSystemPort }): Promise<Opened> {
  const entries: JournalEntry[] = [];
  const journal = await openJournal({
    directory: DIRECTORY,
    owner: "test",
    clock: new HandClock(),
    replay: (entry) => entries.push(entry),
    ...options,
  });
  return { journal, entries };
}

export const values = (entries: readonly JournalEntry[]): unknown[] => entries.map(({ value }) => value);

/** The error that a promise rejects with, a turn of the event loop later, when everybody has heard; fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<RunletError> {
  try {
    await promise;
  } catch (error) {
    await new Promise((resolve) => setImmediate(resolve));
    return error as RunletError;
  }
  throw new Error("expected a rejection");
}

/** Without the zeros by which a segment is longer than what was written to it. */
export const written = (bytes: Buffer): Buffer =>
  bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
