import type { State } from "../../asl/types.ts";
import { isPlainObject, type Json } from "../../model/json.ts";
import { fieldsOf } from "../fields.ts";
import { isActivityArn } from "../resources.ts";
import { checkMockedResult } from "./mock-result.ts";
import { refuse } from "./refusal.ts";
import { holds } from "./subject.ts";
import type { TestStateRequest } from "./types.ts";

/** What a mock stands for: a result, or an error. */
export type Mock =
  | { ok: true; result: Json }
  | { ok: false; error: string | undefined; cause: string | undefined };

/** States whose work can be mocked. */
const MOCKABLE: ReadonlySet<string> = new Set(["Task", "Map", "Parallel"]);

/**
 * Refuses what the service would not test, and reads the mock.
 *
 * @throws TestStateError InvalidDefinition, ValidationException
 */
export function checkedMock(state: State, request: TestStateRequest): Mock | undefined {
  const { mock, stateConfiguration: { mapIterationFailureCount: failures } = {} } = request;
  if (!mock) {
    if (failures !== undefined) {
      refuse(
        "ValidationException",
        "TestState does not support MapIterationFailureCount when a mock is not specified.",
      );
    }
    refuseUnmocked(state, request);
    return undefined;
  }
  if (!MOCKABLE.has(state.Type)) {
    refuse("ValidationException", `State type '${state.Type}' is not supported when a mock is specified`);
  }
  if (request.revealSecrets) {
    refuse("ValidationException", "TestState does not support RevealSecrets when a mock is specified.");
  }
  const { result, errorOutput } = mock;
  if ((result === undefined) === (errorOutput === undefined)) {
    refuse(
      "ValidationException",
      "A test mock should have only one of the following fields: [result, errorOutput].",
    );
  }
  checkConfiguration(state, request);
  if (errorOutput) return { ok: false, error: errorOutput.error, cause: errorOutput.cause };
  const value = parsedResult(result ?? "");
  if (Array.isArray(value) && (failures ?? 0) > value.length) {
    refuse(
      "ValidationException",
      "Map iteration failure count must be less than or equal to the number of Map iterations",
    );
  }
  checkResult(state, value, mock.fieldValidationMode ?? "STRICT");
  return { ok: true, result: value };
}

function refuseUnmocked(state: State, request: TestStateRequest): void {
  if (state.Type === "Map" || state.Type === "Parallel") {
    refuse(
      "InvalidDefinition",
      "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, " +
        "Succeed, Fail, Choice]",
    );
  }
  if (request.context !== undefined) {
    refuse("ValidationException", "Context object is only supported when a mock is specified");
  }
  if (state.Type !== "Task") return;
  if (request.roleArn === undefined) {
    refuse("ValidationException", "RoleArn must be specified when testing a Task state");
  }
  if (isActivityArn(state.Resource) || takesToken(state)) {
    refuse(
      "InvalidDefinition",
      "TestState API supports activities and the '.sync' and '.waitForTaskToken' service integration patterns only " +
        "when a mock is specified",
    );
  }
}

/** Whether the state is a Task that waits for a token, or for a job's end. */
export const takesToken = (state: State): boolean =>
  state.Type === "Task" && /\.(waitForTaskToken|sync(:\d+)?)$/.test(state.Resource);

function checkConfiguration(state: State, { stateConfiguration: given = {} }: TestStateRequest): void {
  const counts = [given.retrierRetryCount, given.mapIterationFailureCount];
  if (counts.some((count) => count !== undefined && (!Number.isInteger(count) || count < 0))) {
    refuse(
      "ValidationException",
      "retrierRetryCount and mapIterationFailureCount must be whole numbers of at least 0",
    );
  }
  const { errorCausedByState: inner } = given;
  if (inner !== undefined && !holds(state, inner)) {
    refuse("ValidationException", "State not found in definition");
  }
}

function parsedResult(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    refuse("ValidationException", "Mocked result must be valid JSON");
  }
}

function checkResult(state: State, result: Json, mode: "STRICT" | "PRESENT" | "NONE"): void {
  if (state.Type === "Task") {
    checkMockedResult(state.Resource, result, mode);
    return;
  }
  if (state.Type === "Map" && fieldsOf(state).ResultWriter?.Resource !== undefined) {
    if (!isPlainObject(result)) refuse("ValidationException", "Mocked result must be a JSON object.");
    return;
  }
  if (!Array.isArray(result)) refuse("ValidationException", "Mocked result must be an array.");
  if (state.Type === "Parallel" && (result as Json[]).length !== state.Branches.length) {
    refuse(
      "ValidationException",
      "Mocked result must contain the same number of items as number of Parallel branches.",
    );
  }
}
