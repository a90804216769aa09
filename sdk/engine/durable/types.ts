import type { StateMachine } from "../../asl/types.ts";
import type { Clock } from "../../model/clock.ts";
import type { Ids } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { RunletError } from "../../model/runlet-error.ts";
import type { ExecutionResult, Standing } from "../execution.ts";
import type { HistoryEvent } from "../history.ts";
import type { Integration } from "../integration.ts";
import type { LedgerOptions } from "./ledger.ts";
import type { StatusEvent } from "./outbox.ts";

/** What a durable engine needs of the world. */
export interface DurableEngineOptions
  extends Omit<LedgerOptions, "owner" | "clock" | "onLost" | "onTrouble"> {
  /** Answers the calls of Task states. A call that was under way at a crash is made again. */
  integration: Integration;
  /** Who opens it; named to others who are refused. Default: "runlet". */
  owner?: string;
  /** Default: the machine's, counted on by its steady clock. */
  clock?: Clock;
  /** Default: names on the clock, and ids that nobody can guess. */
  ids?: Ids;
  /** Called with every event as it happens; not again when it is replayed. It must not throw. */
  onEvent?: (executionArn: string, event: HistoryEvent) => void;
  /** Gets the status events of all runs, those of one in order, each until the promise resolves; over crashes too. */
  onStatus?: (event: StatusEvent) => void | Promise<void>;
  /** Which of the runs that had not ended to go on with at once. Default: all. */
  resume?: (run: InFlight) => boolean;
  /** Called when the journal could not be written; the engine goes on when it can. */
  onTrouble?: (error: unknown) => void;
  /** Called once when another process has taken the journal over: from then on this engine does nothing. */
  onLost?: (error: RunletError) => void;
  /** Default: "us-east-1". */
  region?: string;
  /** Default: "000000000000". */
  accountId?: string;
}

/** What every execution is started with. */
export interface StartDetails {
  /** Default `{}`. */
  input?: Json;
  /** Default: a run id. */
  name?: string;
  /** Kept with the run and given back; the engine does not look at it. */
  note?: Json;
}

/** As `Engine.start` takes it. */
export interface StartRequest extends StartDetails {
  definition: StateMachine;
  /** Default "machine". */
  stateMachineName?: string;
  /** Default "STANDARD". */
  type?: "STANDARD" | "EXPRESS";
}

/** As `Engine.startMachine` takes it. */
export interface StartMachineRequest extends StartDetails {
  /** The machine's, a version's or an alias's. */
  stateMachineArn: string;
}

/** One execution of a durable engine. */
export interface DurableExecution {
  readonly arn: string;
  readonly name: string;
  /**
   * How it ended. Rejects when this process stops working on it before: RLT6008 after `close`, RLT6004 when another owner
   * has come, RLT6010 where this version cannot go on.
   */
  readonly done: Promise<ExecutionResult>;
  /** All events so far, oldest first; of one that had ended when it was looked up, none: see `history`. */
  readonly history: readonly HistoryEvent[];
  /** Ends it as ABORTED; resolves when that is on disk. Without effect once it has ended. */
  stop(error?: string, cause?: string): Promise<void>;
}

/** An execution in words. */
export type Description = {
  arn: string;
  name: string;
  machine: string;
  input: Json;
  note?: Json;
  /** Milliseconds since the epoch. */
  startedAt: number;
} & ({ status: "RUNNING" } | (ExecutionResult & { stoppedAt: number }));

/** A run that had not ended when the engine was opened. */
export interface InFlight {
  arn: string;
  name: string;
  machine: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  note?: Json;
  /** The states that it is in. */
  states: Standing[];
  /** Calls without an answer: going on makes them again. */
  calls: { state: string; resource: string; attempt: number }[];
  /** Why it cannot go on (RLT6010). */
  error?: RunletError;
}
