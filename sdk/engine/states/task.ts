import { PAYLOAD_BYTES } from "../../asl/limits.ts";
import type { TaskState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";
import { dataLimitFailure, runtimeFailure, StateFailure } from "../errors.ts";
import { withRetryAndCatch } from "../failing.ts";
import { fieldsOf } from "../fields.ts";
import { markedAsJob } from "../job-marks.ts";
import { detached, jsonBytes, jsonText } from "../json-text.ts";
import { numberAt, PathEntry } from "../path-entry.ts";
import { isActivityArn } from "../resources.ts";
import { awaitWorker } from "../task-activity.ts";
import { callIntegration, type Ending, type TaskLimits } from "../task-call.ts";
import { type TaskEvents, taskEvents } from "../task-events.ts";

/** Runs the attempts of a Task. Each evaluates its fields anew: the retry count and the token are part of them. */
export function runTask(entry: Entry<TaskState>): Promise<Step> {
  return withRetryAndCatch(entry, () => attempt(entry));
}

async function attempt(entry: Entry<TaskState>): Promise<Step> {
  return attemptTask(entry, () => undefined);
}

/**
 * One attempt, from the evaluation of the fields to Assign and Output.
 *
 * @param onResult hears the result before anything is made of it
 * @throws StateFailure
 */
export async function attemptTask(entry: Entry<TaskState>, onResult: (result: Json) => void): Promise<Step> {
  const { state, scope } = entry;
  const waits = state.Resource.endsWith(".waitForTaskToken");
  entry.taskToken = waits ? scope.run.tokens.create() : undefined;
  const limits = await readLimits(entry);
  entry.roleArn = await readRole(entry);
  const given = await entry.arguments();
  if (jsonBytes(given) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  // Runs that were begun before engine format 3 made their calls without marks, and are replayed so.
  const args = scope.run.later ? given : markedAsJob(state.Resource, given);
  const events = taskEvents(entry, limits);
  const at = scope.run.clock.now() + (limits.timeout ?? Number.POSITIVE_INFINITY) * 1_000;
  scope.deadline = { at, expired: () => events.timedOut(new StateFailure(TIMEOUT)) };
  const ending = await work(entry, args, limits, events);
  scope.deadline = undefined;
  const result = checkedResult(ending, events);
  events.succeeded(result);
  onResult(result);
  return entry.finish(state, state.Next, result, { extra: { result } });
}

const TIMEOUT = { error: "States.Timeout", timeout: true };

/** Has the work done: by a worker that asks for it, or by the integration. */
function work(entry: Entry<TaskState>, args: Json, limits: TaskLimits, events: TaskEvents): Promise<Ending> {
  const { Resource: resource } = entry.state;
  if (isActivityArn(resource)) {
    if (!entry.scope.run.activities.has(resource)) {
      throw entry.failure("States.Runtime", `The activity ${resource} does not exist.`);
    }
    events.scheduled(args);
    return awaitWorker(entry, args, limits, events);
  }
  events.scheduled(args);
  events.started();
  return callIntegration(entry, args, limits, events);
}

const isPositive = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 99_999_999;

export async function readLimits(entry: Entry<TaskState>): Promise<TaskLimits> {
  const read = async (field: "TimeoutSeconds" | "HeartbeatSeconds"): Promise<number | undefined> => {
    const path = fieldsOf(entry.state)[`${field}Path`];
    if (path !== undefined && entry instanceof PathEntry) {
      return numberAt(entry, `${field}Path`, path, isPositive);
    }
    return entry.state[field] === undefined ? undefined : entry.typed(field, "integer", isPositive);
  };
  return { timeout: await read("TimeoutSeconds"), heartbeat: await read("HeartbeatSeconds") };
}

const isText = (value: Json): value is string => typeof value === "string";

/** The role under which the call is to be made, where the state names one. */
export async function readRole(entry: Entry<TaskState>): Promise<string | undefined> {
  const { Credentials: holder } = entry.state;
  if (holder === undefined) return undefined;
  if (!(entry instanceof PathEntry)) {
    return entry.typed("RoleArn", "string", isText, { holder, location: "Credentials/RoleArn" });
  }
  const { RoleArn: role } = entry.payload({ ...holder }, entry.effective()) as { RoleArn?: Json };
  if (isText(role ?? null)) return role as string;
  throw entry.failure(
    "States.Runtime",
    `The RoleArn of Credentials must be a string: ${jsonText(role ?? null)}`,
  );
}

function checkedResult(ending: Ending, events: TaskEvents): Json {
  if ("thrown" in ending) throw ending.thrown;
  if ("defect" in ending) {
    throw defective(ending.defect);
  }
  if ("timedOut" in ending) {
    const alias = ending.timedOut === "heartbeat" ? { alias: "States.HeartbeatTimeout" } : {};
    const failure = new StateFailure({ ...TIMEOUT, ...alias });
    events.timedOut(failure);
    throw failure;
  }
  if ("refused" in ending) {
    const failure = new StateFailure({ error: ending.refused.error, cause: ending.refused.cause });
    events.submitFailed(failure);
    throw failure;
  }
  if (!ending.ok) {
    const failure = new StateFailure({ error: ending.error, cause: ending.cause });
    events.failed(failure);
    throw failure;
  }
  let result: Json;
  try {
    result = detached(ending.output);
  } catch (defect) {
    throw defective(defect);
  }
  if (jsonBytes(result) > PAYLOAD_BYTES) {
    const failure = dataLimitFailure(events.resultName);
    events.failed(failure);
    throw failure;
  }
  return result;
}

/** An integration that fails itself, or answers what is no JSON. */
const defective = (defect: unknown): StateFailure =>
  runtimeFailure(`The integration failed: ${defect instanceof Error ? defect.message : String(defect)}`);
