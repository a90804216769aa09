import type { StateType } from "../../sdk/model/run-state.ts";
import type { Rerun } from "../../sdk/runtime/control/rerun.ts";

/** Who asked for a run. `direct` is a run that did not come through the start door, such as one from the AWS console. */
export type RunSource = "cli" | "api" | "schedule" | "event" | "sdk" | "direct";

/**
 * What the start door keeps so that anybody can finish a start that was interrupted: the text of the execution's
 * input, or the key of an object that holds the flow's input where that is long.
 */
export type StoredInput = { text: string } | { key: string };

/** One run, as the table holds it. All instants are milliseconds since the epoch. */
export interface RunRecord {
  runId: string;
  flow: string;
  status: StateType;
  /** A finer word than `status`, such as `TimedOut`. */
  stateName?: string;
  source: RunSource;
  idempotencyKey?: string;
  /** SHA-256 (hex) of the input as it was asked for; tells a repeated start from another one with the same key. */
  requestSha256?: string;
  input?: StoredInput;
  /** What it repeats. */
  rerun?: Rerun;
  createdAt: number;
  updatedAt: number;
  endedAt?: number;
  error?: { name: string; cause: string };
  /** Where the run stands in the order of its messages; see {@link positionOf}. */
  position: number;
}

/** A change of a run's status, as an event or a look at the execution tells it. */
export interface Transition {
  status: StateType;
  stateName?: string;
  /** How often the run had been redriven, from 0. */
  redriveCount: number;
  /** The place of the message within that redrive; {@link FIRST_EVENT} to {@link LAST_EVENT}. */
  event: number;
  at: number;
  endedAt?: number;
  error?: { name: string; cause: string };
}

/** The port to run records. Every write is one conditional write of one item. */
export interface RunStore {
  /** Writes a new record; where one with this run id exists already, writes nothing and gives that one. */
  create(record: RunRecord): Promise<RunRecord | undefined>;
  get(runId: string): Promise<RunRecord | undefined>;
  /** The run that a start of this flow with this key made. */
  getByIdempotencyKey(flow: string, key: string): Promise<RunRecord | undefined>;
  /**
   * Moves a run on, unless what is recorded is as new or newer. A run that has no record yet gets one.
   *
   * @returns whether the record changed
   */
  mark(runId: string, transition: Transition, seen: { flow: string; createdAt: number }): Promise<boolean>;
  /** Unfinished runs whose next check is due, oldest first within a shard; at most `limit`. */
  due(now: number, limit: number): Promise<RunRecord[]>;
  /** Puts off the next check of an unfinished run. A finished run stays as it is. */
  defer(runId: string, checkAt: number): Promise<void>;
  /** Runs of one flow, newest first. `cursor` goes on where a page ended. */
  listByFlow(flow: string, page?: { limit?: number; cursor?: string }): Promise<RunPage>;
}

export interface RunPage {
  runs: RunSummary[];
  cursor?: string;
}

/** What the index of runs by flow carries. */
export type RunSummary = Pick<RunRecord, "runId" | "flow" | "status" | "source" | "createdAt" | "updatedAt"> &
  Partial<Pick<RunRecord, "stateName" | "endedAt">>;

export const FIRST_EVENT = 1;
/** A history has at most 25,000 events, so the end of a run is above every one of them. */
export const LAST_EVENT = 99_999;

/** The order of messages about one run, as one number: (redrive count, event). 0 is the record of the start door. */
export function positionOf(transition: Pick<Transition, "redriveCount" | "event">): number {
  return transition.redriveCount * (LAST_EVENT + 1) + transition.event;
}
