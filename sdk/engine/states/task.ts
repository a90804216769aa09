import { PAYLOAD_BYTES } from "../../asl/limits.ts";
import type { TaskState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";
import { dataLimitFailure, runtimeFailure, StateFailure } from "../errors.ts";
import { withRetryAndCatch } from "../failing.ts";
import type { Integration, IntegrationCall, Outcome } from "../integration.ts";
import { detached, jsonBytes } from "../json-text.ts";
import { type TaskEvents, taskEvents } from "../task-events.ts";
import type { TokenOutcome } from "../tokens.ts";

/** Runs the attempts of a Task. Each evaluates its fields anew: the retry count and the token are part of them. */
export function runTask(entry: Entry<TaskState>): Promise<Step> {
  return withRetryAndCatch(entry, () => attempt(entry));
}

async function attempt(entry: Entry<TaskState>): Promise<Step> {
  const { state, scope } = entry;
  const waits = state.Resource.endsWith(".waitForTaskToken");
  entry.taskToken = waits ? scope.run.tokens.create() : undefined;
  const limits = await readLimits(entry);
  const args = state.Arguments === undefined ? entry.input : await entry.value("Arguments");
  if (jsonBytes(args) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  const events = taskEvents(entry, limits);
  events.scheduled(args);
  events.started();
  const result = checkedResult(await call(entry, args, limits, events), events);
  events.succeeded(result);
  return entry.finish(state, state.Next, result, { extra: { result } });
}

/** Seconds, or nothing for no limit. */
export interface TaskLimits {
  timeout: number | undefined;
  heartbeat: number | undefined;
}

const isPositive = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 99_999_999;

async function readLimits(entry: Entry<TaskState>): Promise<TaskLimits> {
  const read = async (field: "TimeoutSeconds" | "HeartbeatSeconds"): Promise<number | undefined> =>
    entry.state[field] === undefined ? undefined : entry.typed(field, "integer", isPositive);
  return { timeout: await read("TimeoutSeconds"), heartbeat: await read("HeartbeatSeconds") };
}

type Ending =
  | Outcome
  | TokenOutcome
  | { timedOut: "timeout" | "heartbeat" }
  | { defect: unknown }
  | { thrown: unknown };

/** Makes the call and waits for whatever ends it: the answer, the token, a limit. */
function call(entry: Entry<TaskState>, args: Json, limits: TaskLimits, events: TaskEvents): Promise<Ending> {
  const { scope, state, taskToken } = entry;
  const { clock, tokens, integration, name } = scope.run;
  return scope.suspend<Ending>((settle) => {
    const abort = new AbortController();
    const cleanUps: (() => void)[] = [];
    let answered = false;
    const startTimer = (seconds: number | undefined, kind: "timeout" | "heartbeat"): (() => void) => {
      if (seconds === undefined) return () => undefined;
      const timer = clock.schedule(seconds * 1_000, () => settle({ timedOut: kind }));
      return () => timer.cancel();
    };
    cleanUps.push(startTimer(limits.timeout, "timeout"));
    let stopHeartbeat = startTimer(limits.heartbeat, "heartbeat");
    cleanUps.push(() => stopHeartbeat());
    const submission = taskToken === undefined ? undefined : new Submission(settle);
    if (taskToken !== undefined && submission) {
      const beat = (): void => {
        stopHeartbeat();
        stopHeartbeat = startTimer(limits.heartbeat, "heartbeat");
      };
      cleanUps.push(tokens.open(taskToken, { settle: (outcome) => submission.reported(outcome), beat }));
    }
    const answer = (outcome: Outcome): void => {
      answered = true;
      if (!submission || !outcome.ok) return settle(outcome);
      if (!scope.closed) events.submitted(detached(outcome.output));
      submission.submitted();
    };
    invoke(integration, {
      resource: state.Resource,
      arguments: detached(args),
      executionName: name,
      stateName: entry.name,
      attempt: entry.retryCount,
      ...(taskToken === undefined ? {} : { taskToken }),
      signal: abort.signal,
    })
      .then(answer, (defect: unknown) => settle({ defect }))
      .catch((thrown: unknown) => settle({ thrown })); // the history may be full
    return () => {
      for (const cleanUp of cleanUps) cleanUp();
      if (!answered) abort.abort();
    };
  });
}

/** An integration that throws before it returns a promise is as defective as one whose promise rejects. */
const invoke = async (integration: Integration, request: IntegrationCall): Promise<Outcome> =>
  integration(request);

/** Holds what the token's holder reports until the submission itself has been answered. */
class Submission {
  readonly #settle: (outcome: TokenOutcome) => void;
  #answered = false;
  #outcome: TokenOutcome | undefined;

  constructor(settle: (outcome: TokenOutcome) => void) {
    this.#settle = settle;
  }

  submitted(): void {
    this.#answered = true;
    if (this.#outcome) this.#settle(this.#outcome);
  }

  reported(outcome: TokenOutcome): void {
    this.#outcome = outcome;
    if (this.#answered) this.#settle(outcome);
  }
}

function checkedResult(ending: Ending, events: TaskEvents): Json {
  if ("thrown" in ending) throw ending.thrown;
  if ("defect" in ending) {
    const { defect } = ending;
    throw runtimeFailure(
      `The integration failed: ${defect instanceof Error ? defect.message : String(defect)}`,
    );
  }
  if ("timedOut" in ending) {
    const alias = ending.timedOut === "heartbeat" ? { alias: "States.HeartbeatTimeout" } : {};
    const failure = new StateFailure({ error: "States.Timeout", timeout: true, ...alias });
    events.timedOut(failure);
    throw failure;
  }
  if (!ending.ok) {
    const failure = new StateFailure({ error: ending.error, cause: ending.cause });
    events.failed(failure);
    throw failure;
  }
  const result = detached(ending.output);
  if (jsonBytes(result) > PAYLOAD_BYTES) {
    const failure = dataLimitFailure(events.resultName);
    events.failed(failure);
    throw failure;
  }
  return result;
}
