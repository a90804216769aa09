import type { TaskState } from "../asl/types.ts";
import type { Timer } from "../model/clock.ts";
import type { Json } from "../model/json.ts";
import type { Entry } from "./entry.ts";
import type { IntegrationCall, Outcome } from "./integration.ts";
import { detached, ownCopy } from "./json-text.ts";
import type { TaskEvents } from "./task-events.ts";
import type { TokenOutcome } from "./tokens.ts";

/** Seconds, or nothing for no limit. */
export interface TaskLimits {
  timeout: number | undefined;
  heartbeat: number | undefined;
}

/** Whatever can end one attempt of a Task. */
export type Ending =
  | Outcome
  | TokenOutcome
  /** A job was refused before it ran. */
  | { refused: Extract<Outcome, { ok: false }> }
  | { timedOut: "timeout" | "heartbeat" }
  /** The integration rejected, which it never should. */
  | { defect: unknown }
  /** The engine itself could not go on. */
  | { thrown: unknown };

/** Makes the call of one attempt and waits for what ends it: the answer, the token's holder, a limit. */
export function callIntegration(
  entry: Entry<TaskState>,
  args: Json,
  limits: TaskLimits,
  events: TaskEvents,
): Promise<Ending> {
  return entry.scope.suspend<Ending>((settle) => {
    const attempt = new Attempt(entry, limits, events, settle);
    attempt.start(args);
    return () => attempt.end();
  });
}

class Attempt {
  readonly #entry: Entry<TaskState>;
  readonly #limits: TaskLimits;
  readonly #events: TaskEvents;
  readonly #settle: (ending: Ending) => void;
  readonly #abort = new AbortController();
  #timeout: Timer | undefined;
  #heartbeat: Timer | undefined;
  #closeToken: (() => void) | undefined;
  #answered = false;
  #over = false;
  #hasSubmitted = false;
  /** What the token's holder reported before the submission itself was answered. */
  #early: TokenOutcome | undefined;

  constructor(
    entry: Entry<TaskState>,
    limits: TaskLimits,
    events: TaskEvents,
    settle: (ending: Ending) => void,
  ) {
    this.#entry = entry;
    this.#limits = limits;
    this.#events = events;
    this.#settle = settle;
  }

  start(args: Json): void {
    const { taskToken, scope } = this.#entry;
    this.#timeout = this.#startTimer(this.#limits.timeout, "timeout");
    this.#heartbeat = this.#startTimer(this.#limits.heartbeat, "heartbeat");
    if (taskToken !== undefined) {
      this.#closeToken = scope.run.tokens.open(taskToken, {
        settle: (outcome) => this.#reported(outcome),
        beat: () => {
          this.#heartbeat?.cancel();
          this.#heartbeat = this.#startTimer(this.#limits.heartbeat, "heartbeat");
        },
      });
    }
    this.#invoke(this.#request(args))
      .then(
        (outcome) => this.#answer(outcome),
        (defect: unknown) => this.#settle({ defect }),
      )
      .catch((thrown: unknown) => this.#settle({ thrown })); // the history may be full
  }

  end(): void {
    this.#over = true;
    this.#timeout?.cancel();
    this.#heartbeat?.cancel();
    this.#closeToken?.();
    if (!this.#answered) this.#abort.abort();
  }

  #startTimer(seconds: number | undefined, timedOut: "timeout" | "heartbeat"): Timer | undefined {
    if (seconds === undefined) return undefined;
    // A call is made anew after a crash; whoever holds a token has gone on, but could not report a heartbeat.
    const restarts = timedOut === "heartbeat" || this.#entry.taskToken === undefined;
    const expire = (): void => this.#settle({ timedOut });
    return this.#entry.scope.run.clock.schedule(seconds * 1_000, expire, restarts);
  }

  #request(args: Json): IntegrationCall {
    const { state, scope, name, retryCount, taskToken, roleArn } = this.#entry;
    return {
      resource: state.Resource,
      arguments: ownCopy(args),
      executionName: scope.run.name,
      executionArn: scope.run.arn,
      stateName: name,
      attempt: retryCount,
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(taskToken === undefined ? {} : { taskToken }),
      ...(isJob(state.Resource) ? { submitted: (output: Json) => this.#submitted(output) } : {}),
      signal: this.#abort.signal,
    };
  }

  /** An integration that throws before it returns a promise is as defective as one whose promise rejects. */
  async #invoke(request: IntegrationCall): Promise<Outcome> {
    return this.#entry.scope.run.integration(request);
  }

  /** The job has been accepted and runs; its outcome is the answer of the call. */
  #submitted(output: Json): void {
    if (this.#over || this.#answered || this.#hasSubmitted) return;
    this.#hasSubmitted = true;
    this.#events.submitted(detached(output));
  }

  #answer(outcome: Outcome): void {
    this.#answered = true;
    const { taskToken } = this.#entry;
    if (this.#over) return;
    if (!outcome.ok && isJob(this.#entry.state.Resource) && !this.#hasSubmitted) {
      this.#settle({ refused: outcome });
      return;
    }
    if (taskToken === undefined || !outcome.ok) {
      this.#settle(outcome);
      return;
    }
    this.#events.submitted(detached(outcome.output));
    if (this.#early) this.#settle(this.#early);
  }

  #reported(outcome: TokenOutcome): void {
    if (this.#answered) this.#settle(outcome);
    else this.#early = outcome;
  }
}

/** Whether the call is answered when a job that it starts has ended: `.sync`, `.sync:2`. */
const isJob = (resource: string): boolean => /\.sync(:\d+)?$/.test(resource);
