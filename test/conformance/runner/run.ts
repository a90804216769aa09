import type { StateMachine } from "../../../sdk/asl/types.ts";
import {
  invalidDefinitionMessage,
  TestStateError,
  type TestStateRequest,
  testState,
  validateDefinition,
  validateStateMachineDefinition,
} from "../../../sdk/engine/index.ts";
import { isPlainObject } from "../../../sdk/model/json.ts";
import { ManualClock } from "../../../sdk/model/manual-clock.ts";
import type { Case } from "./case.ts";
import { type Actual, runExecution } from "./execution.ts";
import { closed } from "./normal.ts";

/** What the engine makes of a case. A throw is a defect of the engine, or a definition that it refuses. */
export async function actualOf(one: Case): Promise<Actual> {
  switch (one.category) {
    case "executions":
      return runExecution(one);
    case "validate":
      return { response: { ...validateStateMachineDefinition(validateRequest(one)) } };
    case "invalid":
      return refusedDefinition(one);
    default:
      return tested(one);
  }
}

function validateRequest(one: Case): Parameters<typeof validateStateMachineDefinition>[0] {
  const { severity, maxResults } = one.request;
  return {
    definition: one.definition as string | StateMachine,
    type: one.type,
    ...(severity === "WARNING" ? { severity } : {}),
    ...(typeof maxResults === "number" ? { maxResults } : {}),
  };
}

function refusedDefinition({ definition, type }: Case): Actual {
  const message = invalidDefinitionMessage(definition as StateMachine, type);
  if (message !== undefined) return { error: "InvalidDefinition", cause: message };
  const [problem] = validateDefinition(definition, type);
  return problem ? { error: problem.code, cause: problem.message } : { status: "CREATED" };
}

const TEXTS = ["input", "context", "variables"];

/** What looks like the text of an object or a list stays as it is: it may be wrong on purpose. */
const textOf = (value: unknown): string =>
  typeof value === "string" && /^\s*[[{]/.test(value) ? value : closed(value);

/** A case may write values where the service wants their text. */
function requestOf({ request, definition }: Case): TestStateRequest {
  const made: Record<string, unknown> = { ...request, definition };
  for (const name of TEXTS) if (made[name] !== undefined) made[name] = textOf(made[name]);
  const { mock, stateConfiguration: configuration } = made;
  if (isPlainObject(mock) && mock["result"] !== undefined && typeof mock["result"] !== "string")
    made["mock"] = { ...mock, result: JSON.stringify(mock["result"]) };
  if (isPlainObject(configuration) && configuration["mapItemReaderData"] !== undefined) {
    made["stateConfiguration"] = {
      ...configuration,
      mapItemReaderData: closed(configuration["mapItemReaderData"]),
    };
  }
  return made as unknown as TestStateRequest;
}

async function tested(one: Case): Promise<Actual> {
  const clock = new ManualClock();
  const mocks = one.raw["mocks"];
  const given = isPlainObject(mocks) ? Object.values(mocks)[0] : Array.isArray(mocks) ? mocks[0] : undefined;
  const { outcomeOf } = await import("./outcomes.ts");
  const outcome = outcomeOf(Array.isArray(given) ? given[0] : given);
  try {
    const answer = testState(requestOf(one), {
      clock,
      accountId: "111111111111",
      integration: async () =>
        outcome.kind === "error"
          ? { ok: false, error: outcome.error ?? "", cause: outcome.cause ?? "" }
          : { ok: true, output: outcome.kind === "result" ? outcome.output : null },
    });
    return { response: { ...(await clock.runUntil(answer)) } };
  } catch (thrown) {
    if (thrown instanceof TestStateError) return { error: thrown.name, cause: thrown.message };
    throw thrown;
  }
}
