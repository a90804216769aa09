/** Prefect's nine state types. Types drive orchestration; names are what people read. */
export const STATE_TYPES = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "PAUSED",
  "CANCELLING",
] as const;

export type StateType = (typeof STATE_TYPES)[number];

/** The types that a run never leaves within one redrive count. */
export const TERMINAL_TYPES: readonly StateType[] = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"];

export const isTerminal = (type: StateType): boolean => TERMINAL_TYPES.includes(type);
