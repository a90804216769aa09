import type { ExecutionResult } from "../execution.ts";
import type { LiveRun } from "./live-run.ts";
import { type EndRecord, isKind, type PublishedRecord, type StartRecord } from "./records.ts";

/** What is known of a run without driving it: its records, as text, and how it ended. */
export class RunLog {
  readonly arn: string;
  /** JSON, in the order of the journal; the first one is the start. */
  texts: string[] = [];
  bytes = 0;
  /** How many status events have been taken. */
  published = 0;
  /** There while the run goes on. */
  live: LiveRun | undefined;
  /** SHA-256 of the definition. */
  definition = "";
  /** How it ended, as text. */
  #end: string | undefined;
  #done = deferred();

  constructor(arn: string) {
    this.arn = arn;
  }

  get start(): StartRecord {
    return JSON.parse(this.texts[0] as string) as StartRecord;
  }

  /** The latest instant that it has seen. */
  get latest(): number {
    const last = this.texts.findLast((text) => !isKind(text, "published"));
    return last === undefined ? 0 : (JSON.parse(last) as { at: number }).at;
  }

  get end(): EndRecord | undefined {
    return this.#end === undefined ? undefined : (JSON.parse(this.#end) as EndRecord);
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Settles with the present end; rejects when the engine is closed, or loses its journal, before. */
  get done(): Promise<ExecutionResult> {
    const { end } = this;
    return end ? Promise.resolve(end.result) : this.#done.promise;
  }

  /** Takes a record in; one that could not be written is taken back by {@link RunLog.remove}. */
  add(text: string): void {
    if (isKind(text, "start")) this.definition = (JSON.parse(text) as StartRecord).definition;
    else if (isKind(text, "end")) {
      if (this.#end !== undefined) return; // it was owed, and a snapshot had it already
      this.#end = text;
    } else if (isKind(text, "redrive")) this.#reopen();
    else if (isKind(text, "published")) {
      this.published = (JSON.parse(text) as PublishedRecord).count;
      // Only the last count says anything.
      const before = this.texts.findLastIndex((other) => isKind(other, "published"));
      if (before >= 0) this.#drop(before);
    }
    this.texts.push(text);
    this.bytes += text.length;
  }

  remove(text: string): void {
    const index = this.texts.lastIndexOf(text);
    if (index >= 0) this.#drop(index);
    // An end follows from what was written before, so it stands without its record.
    if (isKind(text, "redrive")) this.#end = this.texts.findLast((other) => isKind(other, "end"));
  }

  #drop(index: number): void {
    const [text = ""] = this.texts.splice(index, 1);
    this.bytes -= text.length;
  }

  finish(result: ExecutionResult): void {
    this.#done.resolve(result);
  }

  abandon(error: unknown): void {
    this.#done.reject(error);
  }

  /** After a redrive there is another end to wait for. */
  #reopen(): void {
    if (this.#end === undefined) return;
    this.#end = undefined;
    this.#done = deferred();
  }
}

interface Deferred {
  promise: Promise<ExecutionResult>;
  resolve: (result: ExecutionResult) => void;
  reject: (error: unknown) => void;
}

function deferred(): Deferred {
  const made: Partial<Deferred> = {};
  made.promise = new Promise<ExecutionResult>((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => undefined); // nobody need wait for it
  return made as Deferred;
}
