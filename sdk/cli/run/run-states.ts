import type { HistoryEvent } from "../../engine/index.ts";
import type { StateType } from "../../model/run-state.ts";

/** One state that a run went through, in the order of entering. */
export interface RunStateEntry {
  name: string;
  type: string;
  status: StateType;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** Absent while it runs. */
  endedAt?: string;
  /** How often its task was called; absent where once. */
  attempts?: number;
}

/** The states of a run from its event history. */
export function runStates(history: readonly HistoryEvent[], ended: boolean): RunStateEntry[] {
  const byId = new Map(history.map((event) => [event.id, event]));
  const entries = new Map<number, RunStateEntry>();
  for (const event of history) {
    const entered = event.stateEnteredEventDetails;
    if (entered) {
      entries.set(event.id, {
        name: entered.name,
        type: event.type.replace(/StateEntered$/, ""),
        status: "RUNNING",
        startedAt: isoTime(event),
      });
    }
    const called = calledAgain(event, byId);
    const retried = called === undefined ? undefined : entries.get(called);
    if (retried) retried.attempts = (retried.attempts ?? 1) + 1;
    const exited = event.stateExitedEventDetails;
    if (!exited) continue;
    if (byId.get(event.previousEventId)?.type === "EvaluationFailed") {
      entries.delete(lastRunning(entries, exited.name));
      continue;
    }
    const entry = entries.get(enteringOf(event, exited.name, byId));
    if (entry)
      Object.assign(entry, {
        status: failedBefore(event, byId) ? "FAILED" : "COMPLETED",
        endedAt: isoTime(event),
      });
  }
  const last = history.at(-1);
  for (const entry of entries.values()) {
    if (entry.status !== "RUNNING" || !ended || !last) continue;
    // A Fail state has no exit; the others were cut off by a failure, their own or a sibling's.
    const status = last.type === "ExecutionAborted" ? "CANCELLED" : "FAILED";
    Object.assign(entry, { status, endedAt: isoTime(last) });
  }
  return [...entries.values()];
}

/**
 * What a state's JSONata cannot say goes to an inline step, and the state is entered again: nothing was called, and nothing
 * has failed. Such an event names no event before it.
 */
function lastRunning(entries: ReadonlyMap<number, RunStateEntry>, name: string): number {
  const running = [...entries].filter(([, one]) => one.name === name && one.status === "RUNNING");
  return running.at(-1)?.[0] ?? 0;
}

/** For a call that follows a failed one of the same state: the event that entered the state. */
function calledAgain(event: HistoryEvent, byId: ReadonlyMap<number, HistoryEvent>): number | undefined {
  if (event.type !== "LambdaFunctionScheduled") return undefined;
  const before = byId.get(event.previousEventId);
  if (!before || before.stateEnteredEventDetails) return undefined;
  let at: HistoryEvent | undefined = before;
  while (at && !at.stateEnteredEventDetails) at = byId.get(at.previousEventId);
  return at?.id;
}

/** The event that entered the state which this event leaves: back along the chain. */
function enteringOf(event: HistoryEvent, name: string, byId: ReadonlyMap<number, HistoryEvent>): number {
  let at = byId.get(event.previousEventId);
  while (at && at.stateEnteredEventDetails?.name !== name) at = byId.get(at.previousEventId);
  return at?.id ?? 0;
}

const failedBefore = (event: HistoryEvent, byId: ReadonlyMap<number, HistoryEvent>): boolean =>
  /Failed$|TimedOut$/.test(byId.get(event.previousEventId)?.type ?? "");

const isoTime = (event: HistoryEvent): string => new Date(event.timestamp).toISOString();

/** Billed transitions of a Standard run: the start counts as one, then each state entered and each retry. */
export function countTransitions(history: readonly HistoryEvent[]): number {
  const entered = history.filter(({ type }) => type.endsWith("StateEntered")).length;
  const scheduled = history.filter(
    ({ type }) => type === "LambdaFunctionScheduled" || type === "TaskScheduled",
  ).length;
  const tasks = history.filter(({ type }) => type === "TaskStateEntered").length;
  return 1 + entered + Math.max(0, scheduled - tasks);
}
