import { createHash } from "node:crypto";
import type { StateMachine } from "../../asl/types.ts";
import type { Journal, JournalEntry, JournalOptions } from "../../journal/index.ts";
import { openJournal, TextBytes } from "../../journal/index.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Json } from "../../model/json.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { MachineState } from "../machines.ts";
import { ENGINE_STREAM, type EngineRecord, isKind, type MachineRecord } from "./records.ts";
import { RunLog } from "./run-log.ts";

/** How much is kept of runs that have ended: the latest ones, within both limits. */
export interface Retention {
  /** Default: 1,000. */
  runs?: number;
  /** Bytes of their records, all together. Default: 16 MiB. */
  bytes?: number;
}

export interface LedgerOptions extends Omit<JournalOptions, "replay"> {
  clock: Clock;
  retention?: Retention;
  /** A snapshot is taken when so much was written since the last one. Default: 8 MiB, or what the last one held. */
  snapshotBytes?: number;
  /** A snapshot could not be taken; the next one is tried later. */
  onTrouble(error: unknown): void;
}

const SNAPSHOT_BYTES = 8_388_608;
const OWED_MILLIS = 20;
const RETRY_MILLIS = 1_000;
const LARGEST_RECORD = 67_108_864;

interface Definition {
  text: string;
  machine: StateMachine;
}

/** What the journal holds, in memory: the records of each run, definitions, machines, activities. It knows nothing of executions. */
export class Ledger {
  readonly runs = new Map<string, RunLog>();
  readonly #definitions = new Map<string, Definition>();
  readonly #activities = new Map<string, { at: number; exists: boolean }[]>();
  /** By name. */
  readonly #machines = new Map<string, MachineRecord>();
  /** In the order in which they ended, with the bytes of their records. */
  readonly #ended = new Map<RunLog, number>();
  readonly #options: LedgerOptions;
  readonly #hashes = new WeakMap<StateMachine, string>();
  #owed: { stream: string; text: string }[] = [];
  #timer: Timer | undefined;
  #closed = false;
  #endedBytes = 0;
  #journal: Journal | undefined;
  #sinceSnapshot = 0;
  #snapshotSize = 0;
  #snapshotting = false;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** @throws RunletError as `openJournal` */
  async open(): Promise<void> {
    const replay = (entry: JournalEntry): void => this.#recall(entry);
    this.#journal = await openJournal({ maxRecordBytes: LARGEST_RECORD, ...this.#options, replay });
  }

  get journal(): Journal {
    if (!this.#journal) throw new Error("The ledger is not open.");
    return this.#journal;
  }

  async close(): Promise<void> {
    this.#pay();
    this.#closed = true;
    this.#timer?.cancel();
    await this.#journal?.close();
  }

  /** Adds a record of a run; resolves when it is on disk. `alone` and @throws RunletError as `Journal.append` */
  async append(log: RunLog, text: string, alone = false): Promise<void> {
    // At once, since a snapshot holds all that was appended before it.
    log.add(text);
    try {
      await this.#write(log.arn, text, alone);
    } catch (error) {
      log.remove(text);
      throw error;
    }
  }

  /**
   * Adds a record that follows from others, so that nobody waits for it: it is written with the next one that somebody
   * waits for, or a little later.
   */
  appendLater(log: RunLog, text: string): void {
    log.add(text);
    this.#owed.push({ stream: log.arn, text });
    this.#payLater(OWED_MILLIS);
  }

  #payLater(millis: number): void {
    this.#timer ??= this.#options.clock.schedule(millis, () => {
      this.#timer = undefined;
      this.#pay();
    });
  }

  #pay(): void {
    for (const owed of this.#owed.splice(0)) {
      this.#append(owed.stream, owed.text).catch(() => {
        if (this.#closed) return;
        this.#owed.push(owed);
        this.#payLater(RETRY_MILLIS);
      });
    }
  }

  /** The hash under which the definition is kept. It is written before whatever is appended next. */
  keepDefinition(machine: StateMachine): string {
    const known = this.#hashes.get(machine);
    if (known !== undefined && this.#definitions.has(known)) return known;
    const text = JSON.stringify(machine);
    const sha256 = createHash("sha256").update(text).digest("hex");
    this.#hashes.set(machine, sha256);
    if (!this.#definitions.has(sha256)) {
      this.#definitions.set(sha256, { text, machine });
      // Who starts a run waits for a later record, which fails with this one.
      this.#write(ENGINE_STREAM, definitionText(sha256, text)).catch(() => this.#definitions.delete(sha256));
    }
    return sha256;
  }

  definition(sha256: string): StateMachine | undefined {
    return this.#definitions.get(sha256)?.machine;
  }

  /** Keeps a machine as it is now; resolves when that is on disk. @throws RunletError as `Journal.append` */
  async keepMachine(state: MachineState): Promise<void> {
    const { name, type, lastVersion, aliases } = state;
    const versions = state.versions.map(([version, machine]): [number, string] => [
      version,
      this.keepDefinition(machine),
    ]);
    const definition = this.keepDefinition(state.definition);
    const record: MachineRecord = {
      ...{ is: "machine", name, type, definition },
      ...{ versions, lastVersion, aliases },
    };
    const before = this.#machines.get(name);
    this.#machines.set(name, record);
    try {
      await this.#write(ENGINE_STREAM, JSON.stringify(record));
    } catch (error) {
      if (before) this.#machines.set(name, before);
      else this.#machines.delete(name);
      throw error;
    }
  }

  /** The machines by name, as they were kept. */
  machines(): MachineState[] {
    const found = (sha256: string): StateMachine => {
      const machine = this.definition(sha256);
      if (!machine) throw new RunletError("RLT6010", `The definition ${sha256} is not in the journal.`);
      return machine;
    };
    return [...this.#machines.values()].map(({ is: _, definition, versions, ...rest }) => ({
      ...rest,
      definition: found(definition),
      versions: versions.map(([version, sha256]) => [version, found(sha256)]),
    }));
  }

  /** @param at later than every input so far, and not later than any after */
  async setActivity(arn: string, exists: boolean, at: number): Promise<void> {
    const change = { at, exists };
    const changes = this.#activities.get(arn) ?? [];
    this.#activities.set(arn, changes);
    changes.push(change);
    try {
      await this.#write(ENGINE_STREAM, JSON.stringify({ is: "activity", arn, exists, at }));
    } catch (error) {
      changes.splice(changes.indexOf(change), 1);
      throw error;
    }
  }

  activityExists(arn: string, at: number): boolean {
    return this.#activities.get(arn)?.findLast((change) => change.at <= at)?.exists ?? false;
  }

  activities(): string[] {
    return [...this.#activities.keys()].filter((arn) => this.activityExists(arn, Number.POSITIVE_INFINITY));
  }

  /** The latest instant that anything that still goes on has seen. */
  latest(): number {
    const instants = [...this.#activities.values()].flatMap((changes) => changes.map(({ at }) => at));
    for (const log of this.runs.values()) if (!log.ended) instants.push(log.latest);
    return instants.reduce((latest, at) => Math.max(latest, at), 0);
  }

  /** The run has ended and its status events were taken: from here on retention decides. */
  retire(log: RunLog): void {
    if (this.#ended.has(log)) return;
    this.#ended.set(log, log.bytes);
    this.#endedBytes += log.bytes;
    const { runs = 1_000, bytes = 16_777_216 } = this.#options.retention ?? {};
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= runs && this.#endedBytes <= bytes) break;
      this.unretire(oldest);
      this.runs.delete(oldest.arn);
    }
  }

  /** The run goes on again. */
  unretire(log: RunLog): void {
    this.#endedBytes -= this.#ended.get(log) ?? 0;
    this.#ended.delete(log);
  }

  #recall({ stream, value }: JournalEntry): void {
    const text = (value as Buffer).toString("utf8");
    if (stream !== ENGINE_STREAM) {
      const log = this.runs.get(stream) ?? new RunLog(stream);
      // A run whose start is not there was dropped by retention when this was written.
      if (log.texts.length === 0 && !isKind(text, "start")) return;
      // A name may be used again when its first bearer was dropped.
      const fresh = log.texts.length > 0 && isKind(text, "start") ? new RunLog(stream) : log;
      this.runs.set(stream, fresh);
      fresh.add(text);
      return;
    }
    const record = JSON.parse(text) as EngineRecord;
    if (record.is === "definition") {
      const { sha256, definition } = record;
      this.#definitions.set(sha256, {
        text: JSON.stringify(definition),
        machine: definition as Json as unknown as StateMachine,
      });
    } else if (record.is === "machine") this.#machines.set(record.name, record);
    else {
      const { arn, at, exists } = record;
      this.#activities.set(arn, [...(this.#activities.get(arn) ?? []), { at, exists }]);
    }
  }

  #write(stream: string, text: string, alone = false): Promise<void> {
    this.#pay();
    return this.#append(stream, text, alone);
  }

  async #append(stream: string, text: string, alone = false): Promise<void> {
    this.#sinceSnapshot += text.length;
    await this.journal.append(stream, new TextBytes(text), alone);
    const most = Math.max(this.#options.snapshotBytes ?? SNAPSHOT_BYTES, this.#snapshotSize);
    if (this.#sinceSnapshot > most && !this.#snapshotting) void this.snapshot();
  }

  /** Writes all that is kept, so that the segments before can go. A failure is told and changes nothing. */
  async snapshot(): Promise<void> {
    this.#snapshotting = true;
    this.#sinceSnapshot = 0;
    let size = 0;
    try {
      await this.journal.snapshot((put) => {
        const add = (stream: string, text: string): void => {
          size += text.length;
          put(stream, new TextBytes(text));
        };
        this.#dropUnusedDefinitions();
        for (const [sha256, { text }] of this.#definitions) add(ENGINE_STREAM, definitionText(sha256, text));
        for (const machine of this.#machines.values()) add(ENGINE_STREAM, JSON.stringify(machine));
        for (const [arn, changes] of this.#activities) {
          for (const change of changes)
            add(ENGINE_STREAM, JSON.stringify({ is: "activity", arn, ...change }));
        }
        for (const { arn, texts } of this.runs.values()) for (const text of texts) add(arn, text);
      });
      this.#snapshotSize = size;
    } catch (error) {
      this.#options.onTrouble(error as RunletError);
    } finally {
      this.#snapshotting = false;
    }
  }

  #dropUnusedDefinitions(): void {
    const used = new Set([...this.runs.values()].map((log) => log.definition));
    for (const { definition, versions } of this.#machines.values()) {
      for (const sha256 of [definition, ...versions.map(([, version]) => version)]) used.add(sha256);
    }
    for (const sha256 of this.#definitions.keys()) if (!used.has(sha256)) this.#definitions.delete(sha256);
  }
}

const definitionText = (sha256: string, text: string): string =>
  `{"is":"definition","sha256":"${sha256}","definition":${text}}`;
