import { HISTORY_EVENTS } from "../asl/limits.ts";
import { ExecutionNotRedrivable } from "./execution.ts";
import type { HistoryEvent } from "./history.ts";

const DAY = 24 * 3_600_000;
/** How long after its end an execution may be redriven, and how old it may be. */
const REDRIVE_MILLIS = 14 * DAY;
const LIFE_MILLIS = 365 * DAY;

/**
 * What the service asks of a redrive beside an end without success: an end not long ago, and room in the history.
 *
 * @throws ExecutionNotRedrivable
 */
export function refuseLateRedrive(history: readonly HistoryEvent[], now: number): void {
  const started = history[0]?.timestamp ?? now;
  const ended = history.at(-1)?.timestamp ?? now;
  if (now - ended > REDRIVE_MILLIS) {
    throw new ExecutionNotRedrivable("The execution ended more than 14 days ago.");
  }
  if (now - started > LIFE_MILLIS) {
    throw new ExecutionNotRedrivable("The execution was started more than a year ago.");
  }
  if (history.length >= HISTORY_EVENTS - 1) {
    throw new ExecutionNotRedrivable(`The history has no room: it holds ${history.length} events.`);
  }
}
