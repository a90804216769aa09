import type { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Reference } from "../model/protocol.ts";
import type { Asked } from "./control/waits.ts";

/**
 * What a task needs of the world around it, as narrow as it can be: a bucket, a table and a secret store on AWS; a
 * directory and the environment on one machine.
 */
export interface Ports {
  readonly objects: ObjectStore;
  /** Absent where somebody else keeps the state of tasks, such as the engine's journal. */
  readonly states?: StateStore;
  readonly secrets: SecretStore;
  /** Absent where somebody else lets calls in, such as the host on one machine. */
  readonly controls?: { asked(runId: string): Promise<Asked> };
}

/** Large values, by key such as `results/<runId>/<step>/0.3-0-1f2e3d4c.json`. */
export interface ObjectStore {
  /** The bucket, as a Map's reader and writer must name it. */
  readonly bucket: string;
  /** @throws RunletError RLT3007 where nothing lies under the key */
  get(key: string): Promise<Uint8Array>;
  /** Durable once it resolves; writing the same key again replaces the bytes. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** What is known of one call of a task: its last attempt, or the one that completed. */
export interface TaskRecord {
  runId: string;
  step: string;
  frames: number[];
  attempt: number;
  status: "COMPLETED" | "FAILED";
  /** Prefect's name of the state. */
  stateName: "Completed" | "Failed" | "TimedOut";
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds since the epoch. */
  endedAt: number;
  /** Of a small result; one of `result`, `reference` and `error` is there. */
  result?: Json;
  /** Of a result that is too large for a record. */
  reference?: Reference;
  error?: Failure;
  /** Where the log of the attempt is. */
  requestId?: string;
  logStream?: string;
  /** Seconds since the epoch; the store may forget the record from then on. */
  expiresAt: number;
}

export interface StateStore {
  /** One write. A COMPLETED record stays: a late attempt never replaces it. */
  record(record: TaskRecord): Promise<void>;
  find(call: { runId: string; step: string; frames: readonly number[] }): Promise<TaskRecord | undefined>;
}

export interface SecretStore {
  /** @throws RunletError RLT3006 where no such secret is set */
  get(name: string): Promise<string>;
}
