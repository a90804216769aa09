import type { Clock } from "../../sdk/model/clock.ts";
import { type ExecutionStatus, transitionOf } from "../recorder/transition.ts";
import type { ObjectStore } from "../start/input.ts";
import { type LaunchDeps, launch, type Machines, StartRefused } from "../start/start.ts";
import { LAST_EVENT, type RunRecord, type RunStore, type Transition } from "../store/run-record.ts";

export interface SweepDeps {
  clock: Pick<Clock, "now">;
  runs: Pick<RunStore, "due" | "defer" | "mark">;
  objects: Pick<ObjectStore, "get">;
  keepRerun?: NonNullable<LaunchDeps["keepRerun"]>;
  machines: Pick<Machines, "start"> & {
    /** The execution of a run; `undefined` where there is none. */
    describe(run: { flow: string; runId: string }): Promise<ExecutionStatus | undefined>;
  };
}

/** What a sweep did, in numbers of runs. */
export interface SweepReport {
  /** Runs that were looked at. */
  checked: number;
  /** Starts that had stopped half-way and were finished. */
  started: number;
  /** Records that were behind their execution. */
  corrected: number;
  /** Runs that no execution stands behind any more. */
  crashed: number;
  /** Runs that could not be looked at; the next sweep tries again. */
  failed: number;
}

/** Runs that one sweep looks at; more are left to the next one. */
export const SWEEP_LIMIT = 200;

const FIRST_DELAY = 10 * 60_000;
const LAST_DELAY = 24 * 3_600_000;
/** A record without an execution may still be in the hands of the start door, which is done after this at the latest. */
const START_DEADLINE = 15 * 60_000;

/**
 * Looks at unfinished runs whose check is due, so that no run stays unfinished with nobody working on it: status
 * events are best effort, and a start may stop between record and execution.
 */
export async function sweepRuns(deps: SweepDeps, limit = SWEEP_LIMIT): Promise<SweepReport> {
  const report: SweepReport = { checked: 0, started: 0, corrected: 0, crashed: 0, failed: 0 };
  for (const run of await deps.runs.due(deps.clock.now(), limit)) {
    report.checked++;
    try {
      await checkRun(run, deps, report);
    } catch (error) {
      report.failed++;
      // Put off as well, so that runs that cannot be checked do not keep the others from their turn.
      await deps.runs.defer(run.runId, deps.clock.now() + FIRST_DELAY).catch(() => undefined);
      const text = error instanceof Error ? error.message : String(error);
      console.error(
        JSON.stringify({ level: "error", message: "A run could not be checked", run: run.runId, text }),
      );
    }
  }
  return report;
}

async function checkRun(run: RunRecord, deps: SweepDeps, report: SweepReport): Promise<void> {
  const execution = await deps.machines.describe(run);
  const transition = execution && transitionOf(execution);
  const seen = { flow: run.flow, createdAt: run.createdAt };
  if (transition) {
    if (await deps.runs.mark(run.runId, transition, seen)) report.corrected++;
    return deps.runs.defer(run.runId, nextCheck(run, deps.clock.now()));
  }
  if (run.status === "PENDING" && run.position === 0) return finishStart(run, deps, report);
  const cause =
    "Its execution is not there any more: the state machine was deleted, or the history has expired.";
  if (await deps.runs.mark(run.runId, crash(run, cause, deps), seen)) report.crashed++;
}

/** Goes on where the start door stopped. A start that the service refuses for good ends the run. */
async function finishStart(run: RunRecord, deps: SweepDeps, report: SweepReport): Promise<void> {
  try {
    await launch(run, deps);
    report.started++;
  } catch (error) {
    const age = deps.clock.now() - run.createdAt;
    if (!(error instanceof StartRefused) || age < START_DEADLINE) throw error;
    const transition = crash(run, `The execution could not be started: ${error.message}`, deps);
    if (await deps.runs.mark(run.runId, transition, { flow: run.flow, createdAt: run.createdAt }))
      report.crashed++;
    return;
  }
  await deps.runs.defer(run.runId, nextCheck(run, deps.clock.now()));
}

function crash(run: RunRecord, cause: string, deps: SweepDeps): Transition {
  const at = deps.clock.now();
  const redriveCount = Math.floor(run.position / (LAST_EVENT + 1));
  return {
    status: "CRASHED",
    redriveCount,
    event: LAST_EVENT,
    at,
    endedAt: at,
    error: { name: "Runlet.Lost", cause },
  };
}

/** A quarter of a run's age from now, so a run of a year costs some forty looks and not a hundred thousand. */
function nextCheck(run: RunRecord, now: number): number {
  return now + Math.min(LAST_DELAY, Math.max(FIRST_DELAY, (now - run.createdAt) / 4));
}
