import type { HistoryEvent } from "../../../sdk/engine/index.ts";

/** What one execution used, read from its history. */
export interface Usage {
  /** States entered, iterations' states included. */
  entries: number;
  /** Attempts beyond the first of a visit. */
  retries: number;
  /** What AWS bills: the start, every entry, every retry. */
  transitions: number;
}

export function usage(history: readonly HistoryEvent[]): Usage {
  const entries = history.filter((event) => event.type.endsWith("StateEntered")).length;
  const retries = history.filter((event) => {
    if (!event.type.endsWith("Scheduled")) return false;
    const before = history[event.previousEventId - 1]?.type ?? "";
    return before.endsWith("Failed") || before.endsWith("TimedOut");
  }).length;
  return { entries, retries, transitions: 1 + entries + retries };
}

/** Names of the states entered, in order. */
export const path = (history: readonly HistoryEvent[]): string[] =>
  history.flatMap((event) =>
    event.type.endsWith("StateEntered") ? [event.stateEnteredEventDetails?.name ?? ""] : [],
  );
