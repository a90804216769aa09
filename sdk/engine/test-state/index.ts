import type { Retrier, TaskState } from "../../asl/types.ts";
import { type Clock, systemClock } from "../../model/clock.ts";
import { createIds, type Ids } from "../../model/ids.ts";
import { isPlainObject, type Json } from "../../model/json.ts";
import { Activities } from "../activities.ts";
import { enter } from "../enter.ts";
import type { Entry, Step } from "../entry.ts";
import { StateFailure } from "../errors.ts";
import { History } from "../history.ts";
import type { Integration } from "../integration.ts";
import { GET_OBJECT } from "../resources.ts";
import { catcherFor, delayMillis, names } from "../retry.ts";
import type { RunContext } from "../run-context.ts";
import { Scope } from "../scope.ts";
import { Tokens } from "../tokens.ts";
import { jsonSyntaxProblem } from "../validate/json-syntax.ts";
import { type Variables, withVariables } from "../variables.ts";
import { checkedMock, takesToken } from "./checks.ts";
import { mockedContext } from "./context.ts";
import { refuse } from "./refusal.ts";
import { STATE_NAME, type Subject, subjectOf } from "./subject.ts";
import { spacedText } from "./text.ts";
import type { InspectionData, TestStateRequest, TestStateResult } from "./types.ts";
import { type Test, work } from "./work.ts";

/** What a test needs of the world. */
export interface TestStateOptions {
  /** Answers the call of a Task that is not mocked. Default: there is nobody to answer. */
  integration?: Integration;
  /** Default: the machine's own. */
  clock?: Clock;
  /** Default: random ids on the clock. */
  ids?: Ids;
  /** Default: Math.random. */
  random?: () => number;
  /** Default: "us-east-1". */
  region?: string;
  /** Default: "000000000000". */
  accountId?: string;
}

/**
 * TestState: runs one visit of one state, with its input and output processing, and says how it ended and where it
 * leads. A mock stands for the call of a Task, or for what the iterations of a Map or the branches of a Parallel gave.
 * It answers as the service does, and refuses what the service refuses.
 *
 * @throws TestStateError (as a rejection) with the service's name and message
 * @example
 * await testState({
 *   definition: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: {}, End: true },
 *   mock: { result: '{"StatusCode":200}' },
 *   inspectionLevel: "DEBUG",
 * }); // { status: "SUCCEEDED", output: '{"StatusCode": 200}', inspectionData: { input: "{}", … } }
 */
export async function testState(
  request: TestStateRequest,
  options: TestStateOptions = {},
): Promise<TestStateResult> {
  const subject = subjectOf(request.definition, request.stateName);
  const input = parsedInput(request.input);
  const mock = checkedMock(subject.state, request);
  const inspection: InspectionData = { input: request.input ?? "{}" };
  const entry = enterState(subject, input, request, options, inspection);
  const configuration = request.stateConfiguration ?? {};
  const note: Test["note"] = (name, value) => {
    inspection[name] = value;
  };
  entry.retryCount = configuration.retrierRetryCount ?? 0;
  let answer: TestStateResult;
  try {
    answer = succeeded(await work(entry, { mock, configuration, note }), entry, inspection);
  } catch (thrown) {
    if (!(thrown instanceof StateFailure)) throw thrown;
    answer = await failed(entry, thrown, entry.retryCount, inspection);
  }
  return (request.inspectionLevel ?? "INFO") === "INFO" ? answer : { ...answer, inspectionData: inspection };
}

function parsedInput(text: string | undefined): Json {
  if (text === undefined) return {};
  const problem = jsonSyntaxProblem(text);
  if (problem) refuse("InvalidExecutionInput", `Invalid State Machine Execution Input: '${problem.message}'`);
  return JSON.parse(text) as Json;
}

function variablesOf(text: string | undefined): Variables {
  if (text === undefined) return withVariables({}, {});
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse("ValidationException", "Variables must be valid JSON");
  }
  if (!isPlainObject(value)) refuse("ValidationException", "Variables must be a JSON object");
  return withVariables({}, value as Variables);
}

/** The visit of the state, in an execution that there is only for it. */
function enterState(
  { state, machine }: Subject,
  input: Json,
  request: TestStateRequest,
  options: TestStateOptions,
  inspection: InspectionData,
): Entry {
  const { clock = systemClock, random = Math.random, region = "us-east-1" } = options;
  const ids = options.ids ?? createIds(clock, random);
  const service = `arn:aws:states:${region}:${options.accountId ?? "000000000000"}`;
  const stateMachine = ids.uuid();
  const name = ids.uuid();
  const run: RunContext = {
    clock,
    ids,
    random,
    integration: integrationOf(request, options),
    tokens: new Tokens(ids),
    activities: new Activities(clock),
    history: new History(clock, () => undefined),
    onEvent: () => undefined,
    spawn: noChildren,
    respawn: noChildren,
    type: "EXPRESS",
    region,
    definition: machine,
    arn: `${service}:express:${stateMachine}:${name}`,
    name,
    roleArn: request.roleArn ?? "",
    stateMachine: { arn: `${service}:stateMachine:${stateMachine}`, name: stateMachine },
    published: {},
    input,
    startTime: new Date(clock.now()).toISOString(),
    testing: {
      roleArn: request.roleArn ?? null,
      inspect: (step, value) => Object.assign(inspection, { [step]: spacedText(value) }),
      ...(request.context === undefined
        ? {}
        : { context: mockedContext(request.context, takesToken(state)) }),
    },
  };
  const scope = new Scope(run, variablesOf(request.variables), 0);
  const entered = { id: 0, previousEventId: 0, timestamp: clock.now() };
  return enter(scope, STATE_NAME, state, input, entered);
}

/** The data of an ItemReader stands where the object would; all else goes to the caller's integration. */
const noChildren = (): never => {
  throw new Error("A tested state starts no executions.");
};

function integrationOf(request: TestStateRequest, options: TestStateOptions): Integration {
  const data = request.stateConfiguration?.mapItemReaderData;
  const nobody: Integration = async ({ resource }) => ({
    ok: false,
    error: "States.Runtime",
    cause: `There is no integration for ${resource}.`,
  });
  if (data === undefined) return options.integration ?? nobody;
  return async ({ resource }) => ({
    ok: true,
    output: resource === GET_OBJECT ? { Body: data } : listing(JSON.parse(data) as Json),
  });
}

const listing = (data: Json): Json => (Array.isArray(data) ? { Contents: data } : data);

function succeeded(step: Step, entry: Entry, inspection: InspectionData): TestStateResult {
  showVariables(entry, step, inspection);
  return { ...leading(step), status: "SUCCEEDED" };
}

const leading = ({ output, next }: Step): { nextState?: string; output: string } => ({
  ...(next === undefined ? {} : { nextState: next }),
  output: spacedText(output),
});

function showVariables({ scope }: Entry, step: Step | undefined, inspection: InspectionData): void {
  const variables = { ...scope.variables, ...step?.assigned };
  if (Object.keys(variables).length > 0) inspection.variables = spacedText(variables as Json);
}

/** What the retriers and catchers would make of a failure. Nothing is waited for. */
async function failed(
  entry: Entry,
  failure: StateFailure,
  retries: number,
  inspection: InspectionData,
): Promise<TestStateResult> {
  const { Retry: retriers = [], Catch: catchers } = entry.state as Partial<TaskState>;
  const told = worded(failure);
  const retryIndex = retriers.findIndex((retrier) => names(retrier.ErrorEquals, failure));
  const retrier = retriers[retryIndex];
  if (retrier && retries < (retrier.MaxAttempts ?? 3)) {
    const seconds = backoff(retrier, retries, entry);
    inspection.errorDetails = { retryIndex, retryBackoffIntervalSeconds: seconds };
    showVariables(entry, undefined, inspection);
    return { ...told, status: "RETRIABLE" };
  }
  if (retrier) inspection.errorDetails = { retryIndex };
  const catcher = catcherFor(catchers, failure);
  if (!catcher) {
    showVariables(entry, undefined, inspection);
    return { ...told, status: "FAILED" };
  }
  const catchIndex = catchers?.indexOf(catcher) ?? 0;
  inspection.errorDetails = { ...inspection.errorDetails, catchIndex };
  const errorOutput = { Error: failure.errorOutput.Error, Cause: told.cause ?? failure.errorOutput.Cause };
  try {
    const at = `Catch[${catchIndex}]/`;
    const step = await entry.finish(catcher, catcher.Next, errorOutput, { extra: { errorOutput }, at });
    showVariables(entry, step, inspection);
    return { ...told, ...leading(step), status: "CAUGHT_ERROR" };
  } catch (thrown) {
    if (!(thrown instanceof StateFailure)) throw thrown;
    if (!isEvaluation(thrown)) return { ...worded(thrown), status: "FAILED" };
    // Measured on AWS (floci-io/floci): what the catcher makes is left out, while an execution would fail.
    return { ...told, nextState: catcher.Next, status: "CAUGHT_ERROR" };
  }
}

const isEvaluation = ({ errorOutput }: StateFailure): boolean =>
  errorOutput.Error === "States.QueryEvaluationError";

const backoff = (retrier: Retrier, retries: number, { scope }: Entry): number =>
  Math.floor(delayMillis(retrier, retries, scope.run.random) / 1_000);

/** The service leaves out which execution it was, since there is none. */
function worded({ eventDetails: { error, cause } }: StateFailure): { error?: string; cause?: string } {
  const bare = cause?.replace(
    /^An error occurred while executing the state '.*?' \(entered at the event id #\d+\)\. /s,
    "",
  );
  return { ...(error === undefined ? {} : { error }), ...(bare === undefined ? {} : { cause: bare }) };
}
