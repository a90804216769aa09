import type { RunStore } from "../store/run-record.ts";
import { transitionOf } from "./transition.ts";

/** The part that is read of the EventBridge event "Step Functions Execution Status Change". */
export interface StatusEvent {
  detail: {
    /** The run id: executions are named by it. */
    name: string;
    stateMachineArn: string;
    status: string;
    /** Milliseconds since the epoch. */
    startDate: number;
    stopDate?: number | null;
    redriveCount?: number | null;
    redriveDate?: number | null;
    error?: string | null;
    cause?: string | null;
  };
}

export interface RecordDeps {
  runs: Pick<RunStore, "mark">;
  /** The flow of a state machine; `undefined` for a machine of somebody else. */
  flowOf(stateMachineArn: string): string | undefined;
}

/**
 * Brings what an execution's event says into the run's record. Events come at least once and in any order: one that
 * is older than the record changes nothing. A run that nobody recorded, such as one from the console, gets a record.
 *
 * @returns whether the record changed
 */
export async function recordStatus({ detail }: StatusEvent, deps: RecordDeps): Promise<boolean> {
  const flow = deps.flowOf(detail.stateMachineArn);
  const transition = transitionOf({
    status: detail.status,
    redriveCount: detail.redriveCount ?? undefined,
    startedAt: detail.startDate,
    redrivenAt: detail.redriveDate ?? undefined,
    stoppedAt: detail.stopDate ?? undefined,
    error: detail.error ?? undefined,
    cause: detail.cause ?? undefined,
  });
  if (flow === undefined || transition === undefined) return false;
  return deps.runs.mark(detail.name, transition, { flow, createdAt: detail.startDate });
}
