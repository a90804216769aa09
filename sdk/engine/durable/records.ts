import type { Json } from "../../model/json.ts";
import type { ExecutionResult } from "../execution.ts";
import type { Outcome } from "../integration.ts";
import type { Route } from "../routing.ts";
import type { TokenOutcome } from "../tokens.ts";

/**
 * What the journal holds of a run: how it began, and everything that came in from outside, in the order in which the
 * run saw it. The rest follows from these, so it is not written.
 */

/** The first record of a run. */
export interface StartRecord {
  is: "start";
  /** Milliseconds since the epoch, as in every record. */
  at: number;
  name: string;
  machine: string;
  type: "STANDARD" | "EXPRESS";
  /** SHA-256 of the definition's text; the definition has a record of its own. */
  definition: string;
  input: Json;
  /** Of a machine that was started by name: the version and the alias that stood for it. */
  published?: { stateMachineVersionArn?: string; stateMachineAliasArn?: string };
  /** Where the run's ids, tokens and random numbers come from. */
  seed: string;
  /** Since format 3: plain expressions are evaluated at once. In a run without it, a promise later, as it was begun. */
  atOnce?: true;
  /** The caller's own; the engine only keeps it. */
  note?: Json;
}

/** One thing that came in from outside. */
export type Input = { at: number } & (
  | {
      is: "answer";
      /** Calls and timers of a run are counted together, in the order in which it asks for them. */
      call: number;
      /** Of state and arguments: a replay that has another call under this number has diverged. */
      check: number;
      outcome: Answer;
    }
  | { is: "submitted"; call: number; output: Json }
  | { is: "timer"; timer: number }
  | { is: "token"; token: string; outcome: TokenOutcome }
  | { is: "beat"; token: string }
  | { is: "taken"; token: string; worker?: string }
  | { is: "stop"; error?: string; cause?: string }
  | { is: "redrive" }
);

/** How a call was answered; `oversized` stands for a result that the service's limit refuses whatever it holds. */
export type Answer = Outcome | { defect: string } | { oversized: true };

/** How the run ended. It follows from the inputs, and spares a recovery the way there. */
export interface EndRecord {
  is: "end";
  at: number;
  result: ExecutionResult;
}

/** So many status events of the run have been taken by whoever listens. */
export interface PublishedRecord {
  is: "published";
  count: number;
}

export type RunRecord = StartRecord | Input | EndRecord | PublishedRecord;

/** What belongs to no run. */
export type EngineRecord =
  | { is: "definition"; sha256: string; definition: Json }
  | { is: "activity"; arn: string; exists: boolean; at: number }
  | MachineRecord;

/** A machine by name as it is from here on; definitions by their SHA-256. Since format 2. */
export interface MachineRecord {
  is: "machine";
  name: string;
  type: "STANDARD" | "EXPRESS";
  definition: string;
  versions: [number, string][];
  lastVersion: number;
  aliases: [string, Route[]][];
}

/** The stream of engine records; runs have their ARN. */
export const ENGINE_STREAM = "engine";

/** Without parsing: the kind is the first thing in the text. */
export const isKind = (text: string, kind: RunRecord["is"]): boolean => text.startsWith(`{"is":"${kind}"`);

export const isInput = (record: RunRecord): record is Input =>
  record.is !== "start" && record.is !== "end" && record.is !== "published";
