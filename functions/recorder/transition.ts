import { CANCELLED } from "../../sdk/model/protocol.ts";
import { isTerminal, type StateType } from "../../sdk/model/run-state.ts";
import { FIRST_EVENT, LAST_EVENT, type Transition } from "../store/run-record.ts";

/** An execution as Step Functions tells of it: in a status event (times in ms) or by DescribeExecution. */
export interface ExecutionStatus {
  status: string;
  redriveCount?: number | undefined;
  /** Milliseconds since the epoch. */
  startedAt: number;
  redrivenAt?: number | undefined;
  stoppedAt?: number | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

/** A cause may have 32 KB; a record keeps its beginning, and the execution has the whole. */
const MAX_CAUSE = 2_048;

const STATES: Record<string, { status: StateType; stateName?: string }> = {
  RUNNING: { status: "RUNNING" },
  SUCCEEDED: { status: "COMPLETED" },
  FAILED: { status: "FAILED" },
  TIMED_OUT: { status: "FAILED", stateName: "TimedOut" },
  ABORTED: { status: "CANCELLED" },
};

/**
 * What an execution's status says about its run; `undefined` for a status that is none of a run's.
 *
 * An event carries no number of its own, so its place within a redrive is that of its kind: the start comes first,
 * the end last. That orders any two of them, however late or often they come.
 */
export function transitionOf(execution: ExecutionStatus): Transition | undefined {
  const state = Object.hasOwn(STATES, execution.status) ? STATES[execution.status] : undefined;
  if (!state) return undefined;
  const ended = isTerminal(state.status);
  const cancelled = execution.error === CANCELLED ? { status: "CANCELLED" as const } : {};
  const begun = execution.redrivenAt ?? execution.startedAt;
  const at = ended ? (execution.stoppedAt ?? begun) : begun;
  return {
    ...state,
    ...cancelled,
    redriveCount: execution.redriveCount ?? 0,
    event: ended ? LAST_EVENT : FIRST_EVENT,
    at,
    ...(ended && { endedAt: at }),
    ...(execution.error !== undefined && {
      error: { name: execution.error, cause: (execution.cause ?? "").slice(0, MAX_CAUSE) },
    }),
  };
}
