import type { HistoryEvent } from "../engine/index.ts";
import type { WaitRequest } from "../flow/wait-request.ts";
import type { Clock } from "../model/clock.ts";
import type { Json } from "../model/json.ts";
import type { ExecutionInput } from "../model/protocol.ts";
import type { LoggedCall } from "../runtime/control/call-log.ts";
import type { Control } from "../runtime/control/control.ts";

export interface CompiledRunOptions {
  /** The exported flow. @default the file's only one */
  flow?: string;
  /** Left out: the flow is called without an input. */
  input?: unknown;
  /** The id of the run. @default a new one */
  runId?: string;
  /** Virtual time: pass a {@link ManualClock} and the waits of retries take no time. @default the machine's clock */
  clock?: Clock;
  /** A number in [0, 1), for jitter. @default Math.random */
  random?: () => number;
  /**
   * Answers what the flow waits for: inputs, approvals and events, as `withEnvironment({ answer })` does in plain Node.
   * `undefined` answers nothing. @default such a wait fails with RLT4021, unless `onStart` is there to answer
   */
  answer?: (request: WaitRequest) => unknown;
  /** Called when the run has begun, with what reaches it from outside. */
  onStart?: (run: StartedRun) => void;
  /** Given the history when the run has ended, also where it failed. */
  onEnd?: (history: readonly HistoryEvent[], run: EndedRun) => void;
  /** Runs an earlier run again: what had been done there is answered; from the step on, everything is done anew. */
  rerun?: { of: EndedRun; from?: string };
  /** Answers instead of a task's own code, by task name; given the task's arguments. */
  tasks?: Record<string, (...args: never[]) => unknown>;
}

/** A run that has ended, for one that repeats it: `rerun: { of }`. */
export interface EndedRun {
  runId: string;
  /** What its execution was given. */
  input: ExecutionInput;
  log: readonly LoggedCall[];
}

/** A run that has begun: who answers, sends, cancels, pauses. */
export interface StartedRun
  extends Pick<Control, "answer" | "send" | "cancel" | "pause" | "resume" | "list"> {
  runId: string;
}

export interface CompiledRun {
  ended: EndedRun;
  output: Json;
  history: readonly HistoryEvent[];
  /** Calls of tasks in the order in which they began, retries included. */
  calls: { runId: string; task: string; step: string; frames: number[]; attempt: number; args: Json[] }[];
  /** The runs of flows that the flow has called or started, in the order of their starts. */
  children: { runId: string; flow: string; history: readonly HistoryEvent[] }[];
}
