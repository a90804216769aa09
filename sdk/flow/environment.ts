import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, systemClock } from "../model/clock.ts";
import type { WaitRequest } from "./wait-request.ts";

/** What a flow that is called directly in Node takes from outside; tests pass virtual time here. */
export interface Environment {
  clock: Clock;
  random: () => number;
  /** How many flows stand around the one that runs. */
  depth: number;
  /** Answers waits for input, approval and events; `undefined` answers nothing. Absent: such a wait is refused. */
  answer?: (request: WaitRequest) => unknown;
  /** Calls that the flow has begun: it ends when all of them have. */
  calls?: Set<Promise<unknown>>;
}

const storage = new AsyncLocalStorage<Environment>();
const machine: Environment = { clock: systemClock, random: Math.random, depth: 0 };

export const environment = (): Environment => storage.getStore() ?? machine;

/** Runs `body` with another clock and randomness. */
export const withEnvironment = <T>(changes: Partial<Environment>, body: () => T): T =>
  storage.run({ ...environment(), ...changes }, body);
