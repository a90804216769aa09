import { monotonicFactory } from "ulid";
import type { Clock } from "./clock.ts";

/** Makes ids; passed in so that tests and simulations own them. */
export interface Ids {
  /** A run id: sortable by time, also the name of the execution. */
  runId(): string;
  /** A version 4 UUID. */
  uuid(): string;
}

/** Ids from a clock and a source of randomness in [0, 1). */
export function createIds(clock: Clock, random: () => number = Math.random): Ids {
  const next = monotonicFactory(random);
  return {
    runId: () => next(clock.now()),
    uuid: () => uuidFrom(random),
  };
}

function uuidFrom(random: () => number): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (letter) => {
    const nibble = Math.floor(random() * 16);
    return (letter === "x" ? nibble : (nibble & 3) | 8).toString(16);
  });
}
