import { join } from "node:path";
import type { Clock } from "../model/clock.ts";
import { RunletError } from "../model/runlet-error.ts";
import { type Place, removeQuietly } from "./durable-file.ts";
import { systemError, takenOver } from "./errors.ts";
import type { Lease } from "./lease.ts";
import { segmentName, snapshotsIn } from "./names.ts";
import { isSystemError } from "./node-files.ts";
import { type Draft, draft, draftBytes, MAX_BATCH_RECORDS } from "./record.ts";
import { type CoveredSegment, seal } from "./recovery.ts";
import { beginSegment, encodeBatch, isEmpty, type OpenSegment, reserve, saltFor, trim } from "./segment.ts";
import { SnapshotWriter } from "./snapshot.ts";

/** Where an appended record stands. Sequences count from 1 without gaps, over all epochs. */
export interface Position {
  readonly epoch: number;
  readonly sequence: number;
}

/** Counters since the journal was opened. */
export interface JournalStats {
  /** Appended records that were acknowledged. */
  readonly records: number;
  /** Their bytes on disk, with what the format adds. */
  readonly bytes: number;
  /** How many times a batch was written and synced. */
  readonly batches: number;
  /** Syncs of a segment's data, those of new segments included. */
  readonly fsyncs: number;
  /** How long batches waited for their sync, all together, in milliseconds. */
  readonly syncMillis: number;
  /** Segments that the history is made of now. */
  readonly segments: number;
}

/** Writes a state as records; the callback of {@link Journal.snapshot} gets it. */
export type Put = (stream: string, value: unknown) => void;

export interface JournalLimits {
  readonly maxRecordBytes: number;
  readonly maxBatchBytes: number;
  readonly segmentBytes: number;
}

/** A disk that took less the last time may be waited for. */
const QUICK_SYNC_MILLIS = 2;

interface Waiting {
  readonly record?: Draft;
  /** Nobody has anything to do until it is on disk. */
  readonly alone?: boolean;
  /** In place of a record: work between two batches. */
  readonly work?: () => Promise<void>;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: RunletError) => void;
}

export interface JournalParts {
  readonly place: Place;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly owner: string;
  readonly limits: JournalLimits;
  readonly segment: OpenSegment;
  readonly older: readonly CoveredSegment[];
  readonly warnings: readonly RunletError[];
  readonly onLost?: (error: RunletError) => void;
}

/**
 * An open journal; made by `openJournal`. It keeps the process alive (it renews its lease) until `close`.
 *
 * What fails rejects everything that was waiting, too, and what is appended before the rejections are heard, so that no
 * record gets in whose predecessor did not.
 */
export class Journal {
  /** Rises with every owner; may serve as a fencing token elsewhere. */
  readonly epoch: number;
  /** What recovery met and went on from: RLT6007, RLT6009. */
  readonly warnings: readonly RunletError[];
  readonly #parts: JournalParts;
  #segment: OpenSegment;
  /** After a failed write or sync nothing is written to the segment any more: see {@link Journal.#writable}. */
  #broken = false;
  #older: CoveredSegment[];
  #index = 1;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #ended: RunletError | undefined;
  #failed: RunletError | undefined;
  /** Records in the batch under way. */
  #writing = 0;
  /** What the last sync took. */
  #syncMillis = Number.POSITIVE_INFINITY;
  /** When it was known last that no other owner had come. */
  #heldAt: number | undefined;
  readonly #snapshots = new Set<Promise<void>>();
  #fileClosed = false;
  #counts = { records: 0, bytes: 0, batches: 0, fsyncs: 1, syncMillis: 0 };

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.epoch = parts.lease.epoch;
    this.warnings = parts.warnings;
    this.#segment = parts.segment;
    this.#older = [...parts.older];
  }

  /** The last acknowledged position; sequence 0 for an empty journal. */
  get position(): Position {
    return { epoch: this.epoch, sequence: this.#segment.sequence };
  }

  /**
   * Appends a record; resolves when it is on disk and this process was still the owner then. Records that are appended
   * while a sync is under way share the next one. Order is the order of the calls.
   *
   * @param stream what the record belongs to, such as a run id; at most 65,535 bytes
   * @param value JSON, or bytes (a Uint8Array, read at once, or {@link TextBytes})
   * @param alone nothing else is under way in this process: it may stand still until the record is on disk, where the disk
   * is quick
   * @throws RunletError RLT6005 when the system fails (the record is not acknowledged; it may still be found by a recovery
   * that comes before the next successful append), RLT6004 after a take-over, RLT6006 and RLT2001 for the record itself,
   * RLT6008 after `close`
   * @example await journal.append(runId, { type: "TaskSucceeded", output: 42 });
   */
  append(stream: string, value: unknown, alone = false): Promise<Position> {
    return new Promise((resolve, reject) => {
      this.#refuseWhenDown();
      const record = draft(stream, value, this.#parts.limits.maxRecordBytes);
      const done = (sequence: number): void => resolve({ epoch: this.epoch, sequence });
      this.#enqueue({ record, alone, resolve: done, reject });
    });
  }

  /**
   * Appends several records in order; resolves with the position of the last when all are on disk. A crash may keep the
   * first few of them only: what must stand or fall together belongs in one record.
   *
   * @throws as `append`; when one record is refused for itself, none is appended
   */
  async appendAll(entries: readonly { stream: string; value: unknown }[]): Promise<Position> {
    this.#refuseWhenDown();
    const drafts = entries.map(({ stream, value }) =>
      draft(stream, value, this.#parts.limits.maxRecordBytes),
    );
    const sequences = await Promise.all(
      drafts.map(
        (record) =>
          new Promise<number>((resolve, reject) => {
            this.#enqueue({ record, resolve, reject });
          }),
      ),
    );
    return { epoch: this.epoch, sequence: sequences.at(-1) ?? this.#segment.sequence };
  }

  /**
   * Writes the state as a snapshot that stands for every record appended before this call, and removes the segments that
   * it makes superfluous. A crash at any point leaves the old files or the new ones.
   *
   * @param write called at once, before the first await: it puts the state as it is after all appends made so far,
   * acknowledged or not. State that is brought up to date only after an acknowledgement may be put only while no append waits.
   * @throws as `append`; the journal then goes on without this snapshot
   * @example await journal.snapshot((put) => { for (const [id, run] of runs) put(id, run.state()); });
   */
  snapshot(write: (put: Put) => void): Promise<void> {
    const writing = this.#snapshot(write).finally(() => this.#snapshots.delete(writing));
    this.#snapshots.add(writing);
    return writing;
  }

  async #snapshot(write: (put: Put) => void): Promise<void> {
    this.#refuseWhenDown();
    const { place, limits, owner, clock } = this.#parts;
    const waiting = this.#waiting.filter(({ record }) => record !== undefined).length;
    const through = this.#segment.sequence + this.#writing + waiting;
    const salt = saltFor(owner, this.epoch, 0, clock.now() + through);
    let writer: SnapshotWriter | undefined;
    try {
      writer = new SnapshotWriter(place, { epoch: this.epoch, salt, through }, limits.maxRecordBytes);
      write((stream, value) => writer?.put(stream, value));
      // A segment of its own for what comes after, so that all before it can go.
      await new Promise<number>((resolve, reject) => {
        this.#enqueue({ work: () => this.#rotate(), resolve, reject });
      });
      const name = await writer.finish();
      this.#compact(name, through);
    } catch (error) {
      writer?.discard();
      throw isSystemError(error) ? this.#told("Writing a snapshot in", place.directory, error) : error;
    }
  }

  /** Whether this process is the owner still; asks the file system, where the last answer is not of this millisecond. */
  owned(): boolean {
    const { clock, lease } = this.#parts;
    return this.#ended === undefined && (clock.now() === this.#heldAt || lease.holds());
  }

  stats(): JournalStats {
    return { ...this.#counts, segments: this.#older.length + 1 };
  }

  /** Ends the ownership after what waits is on disk. Resolves also when that failed: each append has said so itself. */
  async close(): Promise<void> {
    this.#ended ??= new RunletError("RLT6008", "The journal was closed.");
    await Promise.allSettled(this.#snapshots);
    await this.#idle();
    if (this.#ended.code === "RLT6008" && !this.#broken && !this.#fileClosed) trim(this.#segment); // else not ours to judge
    this.#parts.lease.release();
    this.#closeFile();
  }

  /** Another owner has come; the lease finds it out by its timer, or a batch before it is acknowledged. */
  lost(): void {
    if (this.#ended?.code === "RLT6004") return;
    this.#ended = takenOver();
    this.#parts.lease.release();
    void this.#idle().then(() => this.#closeFile());
    this.#parts.onLost?.(this.#ended);
  }

  #refuseWhenDown(): void {
    const error = this.#ended ?? this.#failed;
    if (error) throw error;
  }

  #enqueue(entry: Waiting): void {
    this.#waiting.push(entry);
    // A microtask later, so that what is appended in one go makes one batch.
    this.#draining ??= Promise.resolve().then(() => this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      this.#writing = batch.filter(({ record }) => record !== undefined).length;
      try {
        await this.#write(batch);
      } catch (error) {
        this.#fail(batch, this.#told("Writing to", this.#segment.name, error));
      }
      this.#writing = 0;
    }
    this.#draining = undefined;
  }

  /** The next batch: as much as waits, up to the limits, or one piece of work. */
  #take(): Waiting[] {
    const { maxBatchBytes } = this.#parts.limits;
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#waiting) {
      if (record === undefined || count === MAX_BATCH_RECORDS) break;
      bytes += draftBytes(record);
      if (count > 0 && bytes > maxBatchBytes) break;
      count++;
    }
    return this.#waiting.splice(0, Math.max(1, count));
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (first?.work) {
      // Its failure concerns nobody else: no record is missing because of it.
      const done = (): void => first.resolve(this.#segment.sequence);
      return first
        .work()
        .then(done, (error) =>
          first.reject(this.#told("Beginning a segment in", this.#parts.place.directory, error)),
        );
    }
    const records = batch.flatMap(({ record }) => record ?? []);
    const segment = await this.#writable();
    const bytes = encodeBatch(segment.header, segment.sequence, records);
    try {
      reserve(segment, bytes.length);
      segment.file.write(bytes, segment.length);
      await this.#sync(segment, batch.length === 1 && first?.alone === true);
      if (!this.#parts.lease.holds()) throw takenOver();
      this.#heldAt = this.#parts.clock.now();
    } catch (error) {
      this.#broken = true;
      throw error;
    }
    const before = segment.sequence;
    segment.length += bytes.length;
    segment.sequence += records.length;
    this.#writing = 0;
    this.#counts.records += records.length;
    this.#counts.bytes += bytes.length;
    this.#counts.batches++;
    this.#counts.fsyncs++;
    batch.forEach((entry, index) => {
      entry.resolve(before + 1 + index);
    });
  }

  async #sync({ file }: OpenSegment, alone: boolean): Promise<void> {
    const began = this.#parts.clock.now();
    const exactly = performance.now();
    await file.sync(alone && this.#syncMillis < QUICK_SYNC_MILLIS);
    this.#syncMillis = this.#parts.clock.now() - began;
    this.#counts.syncMillis += performance.now() - exactly;
  }

  #fail(batch: readonly Waiting[], error: RunletError): void {
    const all = [...batch, ...this.#waiting];
    this.#waiting = [];
    if (error.code === "RLT6004") this.lost();
    // Until everybody has heard of it: nobody may build on a record, or put it into a snapshot, that is refused already.
    this.#failed = error;
    setImmediate(() => {
      this.#failed = undefined;
    });
    for (const { reject } of all) reject(error);
  }

  /**
   * The segment to write to. After a failed sync the kernel may have dropped the data and yet call the next sync a
   * success, so a segment is never used again after a failure: the next one says where the old one ends, and what
   * was rejected stands behind that place.
   */
  async #writable(): Promise<OpenSegment> {
    if (this.#broken) await this.#rotate();
    else if (this.#segment.length >= this.#parts.limits.segmentBytes) {
      // A full segment still takes records, when there is no way to begin another (too many open files, say).
      await this.#rotate().catch((error) => {
        if (this.#broken) throw error;
      });
    }
    return this.#segment;
  }

  async #rotate(): Promise<void> {
    const { place, owner, clock } = this.#parts;
    const old = this.#segment;
    if (isEmpty(old) && !this.#broken) return;
    // A failed attempt may have left its name behind, so every attempt has a number of its own.
    const index = ++this.#index;
    const salt = saltFor(owner, this.epoch, index, clock.now());
    const previous = seal(old, old.length);
    const head = { epoch: this.epoch, index, salt, after: old.sequence, previous };
    try {
      this.#segment = await beginSegment(place, head, []);
    } catch (error) {
      // With its name, it seals the old segment: what is written there from now on would not count.
      this.#broken ||= this.#mayExist(segmentName(this.epoch, index));
      throw error;
    }
    if (!this.#broken) trim(old);
    this.#broken = false;
    this.#counts.fsyncs++;
    old.file.close();
    if (isEmpty(old)) removeQuietly(place, join(place.directory, old.name));
    else this.#older.push({ name: old.name, last: old.sequence });
  }

  /** What to tell of a failure: a later owner tidies up what we were writing, and is then the cause. */
  #told(doing: string, what: string, error: unknown): RunletError {
    try {
      if (!this.#parts.lease.holds()) return takenOver();
    } catch {
      // Then what failed first is told.
    }
    return systemError(doing, what, error);
  }

  #mayExist(name: string): boolean {
    try {
      return this.#parts.place.files.exists(join(this.#parts.place.directory, name));
    } catch {
      return true;
    }
  }

  #compact(snapshot: string, through: number): void {
    const { place, lease } = this.#parts;
    if (!lease.holds()) throw takenOver();
    const { files, directory } = place;
    const covered = this.#older.filter(({ last }) => last <= through);
    this.#older = this.#older.filter(({ last }) => last > through);
    const older = snapshotsIn(files.list(directory)).filter(
      ({ name, through: other }) => name !== snapshot && other <= through,
    );
    for (const { name } of [...covered, ...older]) removeQuietly(place, join(directory, name));
  }

  /** No batch is under way and none waits. */
  async #idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  #closeFile(): void {
    if (!this.#fileClosed) this.#segment.file.close();
    this.#fileClosed = true;
  }
}
