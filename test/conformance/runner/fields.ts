import { isPlainObject } from "../../../sdk/model/json.ts";

/** Names under which a field of a case may stand; the first one is ours. */
export const NAMES = {
  id: ["id", "name", "case", "caseId", "testId", "nodeid", "test", "title", "key"],
  family: ["family", "group", "suite", "feature", "topic"],
  exact: ["exact", "isExact", "exactHistory", "historyExact", "exactOrder", "deterministic", "ordered"],
  definition: [
    "definition",
    "stateMachineDefinition",
    "definitionString",
    "machine",
    "stateMachine",
    "template",
    "asl",
    "state",
  ],
  type: ["type", "machineType", "stateMachineType", "workflowType"],
  input: ["input", "executionInput", "execInput", "startInput"],
  mocks: [
    "mocks",
    "mock",
    "mockConfig",
    "mockedResponses",
    "integrations",
    "calls",
    "tasks",
    "responses",
    "services",
  ],
  objects: ["objects", "s3", "s3Objects", "buckets", "files"],
  request: ["request", "call", "params", "parameters", "testState", "arguments", "args"],
  expected: [
    "expected",
    "expect",
    "expectation",
    "recorded",
    "recordedContent",
    "recording",
    "snapshot",
    "aws",
    "want",
    "answer",
    "response",
    "outcome",
    "result",
  ],
  execution: ["describeExecution", "execution", "describe", "startSyncExecution", "outcome", "result"],
  status: ["status", "executionStatus"],
  output: ["output", "executionOutput"],
  error: ["error", "errorName"],
  cause: ["cause", "errorCause"],
  history: ["history", "getExecutionHistory", "executionHistory", "eventHistory", "events"],
  events: ["eventTypes", "types", "historyTypes", "events"],
  code: ["code", "error", "name", "errorCode", "exception_typename", "errorName"],
  message: ["message", "errorMessage", "exception_value", "cause"],
} as const;

type Field = keyof typeof NAMES;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, "");

/** The first of a field's names that an object has; upper and lower case, `-` and `_` make no difference. */
export function pick(
  holder: unknown,
  field: Field,
  accept: (value: unknown) => boolean = () => true,
): unknown {
  if (!isPlainObject(holder)) return undefined;
  const own = new Map(Object.entries(holder).map(([key, value]) => [plain(key), value]));
  for (const name of NAMES[field]) {
    const key = plain(name);
    if (own.has(key) && accept(own.get(key))) return own.get(key);
  }
  return undefined;
}

export const isText = (value: unknown): value is string => typeof value === "string";
