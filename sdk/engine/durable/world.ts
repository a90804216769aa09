import { crc32 } from "node:zlib";
import { PAYLOAD_BYTES } from "../../asl/limits.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { ActivityDesk, ActivityWork } from "../activities.ts";
import type { Integration, IntegrationCall, Outcome } from "../integration.ts";
import { jsonText } from "../json-text.ts";
import type { RunClock } from "../run-context.ts";
import type { TokenDesk } from "../tokens.ts";
import { TOKEN_PREFIX, type TokenOutcome, type TokenWaiter } from "../tokens.ts";
import type { Answer, Input } from "./records.ts";

/** A call that has not been answered. */
export interface OpenCall {
  readonly id: number;
  readonly request: IntegrationCall;
  /** Tells it from others: what {@link checkOf} gives. */
  readonly check: number;
  settle(answer: Answer): void;
}

export interface OpenTimer {
  readonly id: number;
  readonly due: number;
  readonly delay: number;
  readonly restarts: boolean;
  readonly fire: () => void;
}

/** Work that no worker has taken. */
export interface Offer {
  readonly arn: string;
  readonly work: ActivityWork;
}

/** Does what a run asks for. While the run is replayed there is nobody, and what it asks for stays open. */
export interface Outside {
  callOpened(call: OpenCall): void;
  callClosed(call: OpenCall): void;
  timerSet(timer: OpenTimer): void;
  timerGone(timer: OpenTimer): void;
  tokenOpened(token: string): void;
  tokenClosed(token: string): void;
  offered(offer: Offer): void;
  withdrawn(offer: Offer): void;
}

/**
 * All that an execution sees of the outside, answered by inputs alone: time stands still between them, and what is asked
 * for is numbered in the order of asking. The same inputs, with everything settled in between, give the same execution.
 */
export class World {
  time: number;
  /** There once the run is live. */
  outside: Outside | undefined;
  readonly calls = new Map<number, OpenCall>();
  readonly timers = new Map<number, OpenTimer>();
  readonly tokens = new Map<string, TokenWaiter>();
  /** The calls that got a token, as long as somebody waits for it. */
  readonly handedOut = new Map<string, IntegrationCall>();
  readonly offers = new Map<string, Offer>();
  readonly #exists: (activityArn: string, at: number) => boolean;
  readonly #uuid: () => string;
  /** Calls and timers so far. */
  #count = 0;

  constructor(options: {
    time: number;
    uuid: () => string;
    activityExists: (arn: string, at: number) => boolean;
  }) {
    this.time = options.time;
    this.#uuid = options.uuid;
    this.#exists = options.activityExists;
  }

  readonly clock: RunClock = {
    now: () => this.time,
    schedule: (delayMillis, fire, restarts = false) => {
      const delay = Math.max(0, delayMillis);
      const timer: OpenTimer = { id: ++this.#count, due: this.time + delay, delay, restarts, fire };
      this.timers.set(timer.id, timer);
      this.outside?.timerSet(timer);
      return {
        cancel: () => {
          if (this.timers.delete(timer.id)) this.outside?.timerGone(timer);
        },
      };
    },
  };

  readonly integration: Integration = (request) =>
    new Promise<Outcome>((resolve, reject) => {
      const settle = (answer: Answer): void => {
        if ("defect" in answer) reject(new Error(answer.defect));
        else resolve("oversized" in answer ? OVERSIZED : answer);
      };
      const call: OpenCall = { id: ++this.#count, request, check: checkOf(request), settle };
      this.calls.set(call.id, call);
      if (request.taskToken !== undefined) this.handedOut.set(request.taskToken, request);
      const drop = (): void => {
        if (this.calls.delete(call.id)) this.outside?.callClosed(call);
      };
      request.signal.addEventListener("abort", drop, { once: true });
      this.outside?.callOpened(call);
    });

  readonly tokenDesk: TokenDesk = {
    create: () => `${TOKEN_PREFIX}${this.#uuid()}`,
    open: (token, waiter) => {
      this.tokens.set(token, waiter);
      this.outside?.tokenOpened(token);
      return () => {
        this.handedOut.delete(token);
        if (this.tokens.delete(token)) this.outside?.tokenClosed(token);
      };
    },
  };

  readonly activityDesk: ActivityDesk = {
    has: (arn) => this.#exists(arn, this.time),
    offer: (arn, work) => {
      const offer: Offer = { arn, work };
      this.offers.set(work.token, offer);
      this.outside?.offered(offer);
      return () => {
        if (this.offers.delete(work.token)) this.outside?.withdrawn(offer);
      };
    },
  };

  /**
   * Lets one input in. What is closed by now is past caring, then and in every replay.
   *
   * @returns whether anything waited for it
   * @throws RunletError RLT6010
   */
  apply(input: Input): boolean {
    this.time = Math.max(this.time, input.at);
    switch (input.is) {
      case "answer": {
        const call = this.#asked(this.calls, input.call);
        if (call && call.check !== input.check) throw diverged(`call ${call.id} is another one`);
        this.calls.delete(input.call);
        call?.settle(input.outcome);
        return call !== undefined;
      }
      case "submitted": {
        const call = this.#asked(this.calls, input.call);
        call?.request.submitted?.(input.output);
        return call !== undefined;
      }
      case "timer": {
        const timer = this.#asked(this.timers, input.timer);
        this.timers.delete(input.timer);
        timer?.fire();
        return timer !== undefined;
      }
      case "token":
        return this.#settleToken(input.token, input.outcome);
      case "beat": {
        const waiter = this.tokens.get(input.token);
        waiter?.beat();
        return waiter !== undefined;
      }
      case "taken": {
        const offer = this.offers.get(input.token);
        this.offers.delete(input.token);
        return offer?.work.started(input.worker) === true;
      }
      default:
        return false; // stop and redrive concern the execution, not what it asked for
    }
  }

  #settleToken(token: string, outcome: TokenOutcome): boolean {
    const waiter = this.tokens.get(token);
    if (!waiter) return false;
    this.tokens.delete(token);
    this.outside?.tokenClosed(token);
    waiter.settle(outcome);
    return true;
  }

  #asked<T>(open: ReadonlyMap<number, T>, id: number): T | undefined {
    if (id > this.#count) throw diverged(`it asked ${this.#count} times when answer ${id} came`);
    return open.get(id);
  }
}

/** Too long for the service whatever it says, so that what it said need not be kept. */
const OVERSIZED: Outcome = { ok: true, output: "x".repeat(PAYLOAD_BYTES) };

/** Tells one call from another. */
const checkOf = ({ stateName, resource, arguments: args }: IntegrationCall): number =>
  crc32(`${stateName} ${resource} ${jsonText(args)}`);

function diverged(how: string): RunletError {
  return new RunletError("RLT6010", `Replayed by this version of Runlet, the run takes another way: ${how}.`);
}
