import type { Json } from "./json.ts";
import type { S3Format, S3Location } from "./s3-source.ts";

/**
 * The task protocol: what an emitted machine sends to a Lambda function of Runlet, and what comes back.
 * The story is in `docs/protocol.md`; this file is its shape.
 */

/** What a machine sends to run one attempt of a task. */
export interface TaskEvent {
  runlet: 1;
  kind: "task";
  /** The run: the name of the execution. */
  runId: string;
  /** The call site, such as `fetchPage` or `fetchPage-2`; stable under edits elsewhere. */
  step: string;
  /** Map indexes and loop turns that lead to this call, outermost first. */
  frames: number[];
  /** 0 for the first attempt; attempts before the state was left, and the retry count of the state. */
  attempt: number;
  /** How many retries the machine grants; absent for none. The wrapper decides which errors use them. */
  retries?: number;
  /** The machine knows how to hold the call while the run is paused. */
  pausable?: true;
  /** Of a flow that others call: the calls that led to this run, the nearest first, as `run/step/frames`. */
  callers?: string[];
  /** It undoes what a cancelled run has done, so the cancellation does not stop it. */
  undo?: true;
  /** The arguments; any value in them may be a reference. */
  args: Json[];
  /** The largest result that travels inside the state, in bytes. @default INLINE_RESULT_BYTES */
  room?: number;
  /** Failures of what must have ended well before, or nulls: with a failure among them no call is made. */
  after?: Json[];
  /** The arguments as an inline step computed them; they win over `args`. */
  slow?: Json[] | Reference | null;
  /** What the flow wrote since the state before; where `slow` is there, the inline step has written it. */
  lines?: FlowLine[];
}

/** `console.log(…)` in a flow body: the wrapper of the next task writes it, before the first attempt. */
export interface FlowLine {
  level: "debug" | "error" | "info" | "log" | "warn";
  args: Json[];
}

/** What a machine sends to evaluate one region of a flow body by the author's own JavaScript. */
export interface InlineEvent {
  runlet: 1;
  kind: "inline";
  runId: string;
  /** The region, such as `total-if`; the key into the flow's dispatcher. */
  region: string;
  frames: number[];
  /** The variables that the region reads; values may be references or hold them. */
  values: { [name: string]: Json };
  /**
   * How the answer leaves: as the `arguments` of a task or the `result` of the flow, as JSON.stringify would carry it;
   * `exact` stays in the flow, so what JSON would change is refused; `items` is `exact` and never a reference, since a
   * Map reads it; `parts` is one value for each element of a `Promise.all([…])`; `input` is the {@link ExecutionInput} of
   * a flow, whose value may be a reference.
   */
  crossing: "arguments" | "result" | "exact" | "items" | "parts" | "input";
  /** Variables that may hold the failure of a future, which the region does not await. */
  futures?: string[];
  /** The largest value of the answer that travels inside the state, in bytes. @default INLINE_RESULT_BYTES */
  room?: number;
  /** Of `items`: more of them go to a file, for a distributed Map; absent where there is no such Map. */
  limit?: number;
}

/** What a machine sends after a distributed Map, to have its results put in order. */
export interface GatherEvent {
  runlet: 1;
  kind: "gather";
  runId: string;
  /** Names what is stored, as a region does. */
  region: string;
  frames: number[];
  /** Where the Map's ResultWriter says what it wrote. */
  manifest: { Bucket: string; Key: string };
  /** How many items there were; absent where the Map read them from an object store. */
  count?: number;
  /** Then: what they are, and what the Map failed for, if it did. */
  format?: S3Format;
  location?: S3Location | null;
  failed?: { Error: string; Cause: string } | null;
  at?: string;
  settles: boolean;
  room?: number;
}

/** Items of a map in a file, as an inline step answers them. */
export interface ItemsFile {
  "$runlet.items": { Bucket: string; Key: string; count: number };
}

/** A value that lives in the object store and travels as its address. */
export type Reference = {
  "$runlet.ref": { key: string; bytes: number; sha256: string };
};

/** A map item or branch that failed and has settled; thrown where the result is awaited. */
export type SettledFailure = {
  "$runlet.error": {
    Error: string;
    Cause: string;
    /** When it failed, to the millisecond. */
    At: string;
    /**
     * How many awaits came before it: what threw before any of them is the first, whatever the machine's latency; -1 for
     * what threw where a list of calls was written, before it was awaited.
     */
    Turn?: number;
  };
};

export const REFERENCE_KEY = "$runlet.ref";
export const ERROR_KEY = "$runlet.error";
/** A reason of `Promise.allSettled`, an Error: `{ "$runlet.reason": { Error, Cause } }`. */
export const REASON_KEY = "$runlet.reason";
/** An item of a map that failed within what the map tolerates: `{ "$runlet.lost": { …failure, tolerate } }`; null to the flow. */
export const LOST_KEY = "$runlet.lost";
/** In the place of what an element of `Promise.all([…])` is called with: it never begins, and gives this answer. */
export const ANSWER_KEY = "$runlet.answer";
/** Marks a value that JSON cannot hold as it is, in a variable of the flow: `undefined`, NaN, -0, or what holds them. */
export const KEPT_KEY = "$runlet.kept";
/** The error name of what the compiler's limits refuse at run time: plain Node never throws it, so no handler may see it. */
export const REFUSED = "Runlet.Refused";
/** The error by which the wrapper asks for the n-th retry, from 1: the machine has a retrier for each. */
export const retryName = (n: number): string => `Runlet.Retry.${n}`;
/** Asks for another attempt after so many seconds: `{ attempt, seconds }` as JSON is its message. */
export const RETRY_AFTER = "Runlet.RetryAfter";
/** Where a detour leaves the number of the next attempt, and the seconds to wait before it. */
export const ATTEMPT_KEY = "$runlet.attempt";
export const AFTER_KEY = "$runlet.after";
export const ITEMS_KEY = "$runlet.items";
/** Below this a value is no smaller as a reference. */
export const LEAST_ROOM_BYTES = 500;
/** Where an inline step leaves its answer for the state that it returns to. */
export const SLOW_KEY = "$runlet.slow";

/** The key under which a task's result is recorded: equal over attempts, crashes and redrives, else distinct. */
export function idempotencyKey(call: { runId: string; step: string; frames: readonly number[] }): string {
  return [call.runId, call.step, call.frames.join(".")].join("/");
}

/** The run that made a call, which a key such as `run/step/0/1` names. */
export const runOfCall = (key: string): string => key.slice(0, key.indexOf("/"));

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && Object.hasOwn(value, REFERENCE_KEY);
}

/**
 * The largest result that travels inside the state, in bytes of UTF-8. Step Functions takes 262,144 for a payload;
 * the rest leaves room for what the machine wraps around it (an inline step's key, an item's index, arguments).
 */
export const INLINE_RESULT_BYTES = 261_120;

/** What a machine's token wait sends to the control function, which keeps the token. */
export interface WaitEvent {
  runlet: 1;
  kind: "wait";
  wait: WaitKind;
  runId: string;
  flow: string;
  step: string;
  frames: number[];
  token: string;
  /** As a task's. */
  callers?: string[];
  /** Of a sleep: what is left of it. */
  seconds?: number;
  /** The question, or the event's name, and what to show. */
  args?: Json[];
  /** The same as an inline step computed it. */
  slow?: Json[] | null;
}

/** `hold`: a run that is paused. */
export type WaitKind = "sleep" | "input" | "approval" | "event" | "hold";

/** No execution lives longer than a year. */
export const MOST_WAIT_SECONDS = 31_536_000;

/** What a `TimeoutError` of a wait says. */
export const TIMED_OUT = {
  input: "Nobody answered in time.",
  approval: "Nobody decided in time.",
  event: "The event did not come in time.",
} as const;

/** Holds a call of a run that is paused; `{ attempt }` as JSON is its message. */
export const PAUSED = "Runlet.Paused";

/** Ends a run that was cancelled; no handler sees it. */
export const CANCELLED = "Runlet.Cancelled";

/** The undo of a cancelled run failed itself; its error is the cause. */
export const COMPENSATION_FAILED = "Runlet.CompensationFailed";

/** No run stands within more others than this: a recursion that does not end must end somewhere. */
export const MOST_FLOW_DEPTH = 100;

/** The input of every execution: the start door writes it, the machine reads `$states.context.Execution.Input`. */
export interface ExecutionInput {
  /** The checked input of the flow; absent where the flow was called without one. */
  input?: Json;
  /** How many flows stand around the run; absent for none. */
  depth?: number;
  /** The calls that led to it, the nearest first: their runs are those that wait for it. */
  callers?: string[];
  /** The execution that started it; Step Functions' console shows a link for a key of this name. */
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID?: string;
}
