import type { Clock } from "../model/clock.ts";
import { StateMachineError } from "./machines.ts";

/** A token bucket: how many calls at once, and how many more each second. */
export interface Rate {
  bucket: number;
  refillPerSecond: number;
}

/** Rates of the service's API calls and of state transitions. What is not named is not throttled. */
export interface Throttles {
  startExecution?: Rate;
  /** Starts of Express executions, synchronous or not. */
  startExpress?: Rate;
  /** SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat and GetActivityTask, each by itself. */
  sendTask?: Rate;
  getActivityTask?: Rate;
  /** Of Standard executions; those above the rate are late, not refused. */
  stateTransition?: Rate;
}

/** The rates of an account without raised quotas in us-east-1, us-west-2 and eu-west-1 (developer guide, 2022). */
export const LARGE_REGION_THROTTLES: Throttles = {
  startExecution: { bucket: 1_300, refillPerSecond: 300 },
  startExpress: { bucket: 6_000, refillPerSecond: 6_000 },
  sendTask: { bucket: 3_000, refillPerSecond: 500 },
  getActivityTask: { bucket: 3_000, refillPerSecond: 500 },
  stateTransition: { bucket: 5_000, refillPerSecond: 1_500 },
};

/** The same in the other regions. */
export const OTHER_REGION_THROTTLES: Throttles = {
  ...LARGE_REGION_THROTTLES,
  startExecution: { bucket: 800, refillPerSecond: 150 },
  stateTransition: { bucket: 800, refillPerSecond: 500 },
};

/** One bucket of tokens, on the engine's clock. */
export class Bucket {
  readonly #rate: Rate;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#tokens = rate.bucket;
    this.#at = clock.now();
  }

  /** Takes a token. @throws StateMachineError ThrottlingException when there is none */
  take(): void {
    this.#refill();
    if (this.#tokens < 1) throw new StateMachineError("ThrottlingException", "Rate exceeded");
    this.#tokens--;
  }

  /** Takes a token, or one that is still to come; milliseconds until it is there. */
  reserve(): number {
    this.#refill();
    this.#tokens--;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate.refillPerSecond) * 1_000;
  }

  #refill(): void {
    const now = this.#clock.now();
    const more = ((now - this.#at) / 1_000) * this.#rate.refillPerSecond;
    this.#tokens = Math.min(this.#rate.bucket, this.#tokens + more);
    this.#at = now;
  }
}

type Call =
  | "startExecution"
  | "startExpress"
  | "sendTaskSuccess"
  | "sendTaskFailure"
  | "sendTaskHeartbeat"
  | "getActivityTask";

/** The buckets of one engine; each call has one of its own. */
export class Throttle {
  readonly #buckets = new Map<Call, Bucket>();
  /** There where transitions are throttled. */
  readonly transitions: Bucket | undefined;

  constructor(throttles: Throttles, clock: Clock) {
    const add = (call: Call, rate: Rate | undefined): void => {
      if (rate) this.#buckets.set(call, new Bucket(rate, clock));
    };
    add("startExecution", throttles.startExecution);
    add("startExpress", throttles.startExpress);
    for (const call of ["sendTaskSuccess", "sendTaskFailure", "sendTaskHeartbeat"] as const)
      add(call, throttles.sendTask);
    add("getActivityTask", throttles.getActivityTask);
    const { stateTransition: rate } = throttles;
    this.transitions = rate ? new Bucket(rate, clock) : undefined;
  }

  /** @throws StateMachineError ThrottlingException */
  take(call: Call): void {
    this.#buckets.get(call)?.take();
  }
}
