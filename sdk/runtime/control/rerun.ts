import { runOfCall } from "../../model/protocol.ts";

/** A run that repeats another one: what had been done there by then is answered from its records. */
export interface Rerun {
  /** The earlier run. */
  of: string;
  /** The call from which on everything is done anew; absent: all that did not complete. */
  from?: { step: string; frames: number[] };
  /** When that call began there; what had completed before is answered. In the order of `ended`. */
  before?: number;
}

/** A call, as its run knows it. */
export interface CallName {
  runId: string;
  step: string;
  frames: readonly number[];
  /** The calls that led to the run, the nearest first. */
  callers?: readonly string[];
}

/** The run that nobody waits for: the call's own, or the one that began it all. */
export const rootOf = ({ runId, callers = [] }: Pick<CallName, "runId" | "callers">): string => {
  const outermost = callers.at(-1);
  return outermost === undefined ? runId : runOfCall(outermost);
};

/**
 * The run that made the same call when the root was the earlier run: the ids of flows that flows call follow from the
 * calls that led to them.
 */
export async function earlierRun({ callers = [] }: Pick<CallName, "callers">, of: string): Promise<string> {
  let run = of;
  for (const key of [...callers].reverse()) run = await runOfKey(run + key.slice(key.indexOf("/")));
  return run;
}

/** The id of the run that a call of a flow begins, as machines compute it. */
async function runOfKey(key: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  return `s${createHash("sha256").update(key).digest("hex").slice(0, 31)}`;
}

/**
 * Whether a completed call of the earlier run answers the same call of this one. What ended in the millisecond in which
 * the step began does not: it might have been called after it.
 */
export function isAnswer(call: CallName, rerun: Rerun, ended: number): boolean {
  const { from, before } = rerun;
  const isRoot = (call.callers ?? []).length === 0;
  if (from && isRoot && from.step === call.step && from.frames.join() === call.frames.join()) return false;
  return before === undefined || ended < before;
}
