import { HISTORY_EVENTS } from "../asl/limits.ts";
import type { Clock } from "../model/clock.ts";
import { runtimeFailure } from "./errors.ts";

type Entering = "Choice" | "Fail" | "Map" | "Parallel" | "Pass" | "Succeed" | "Task" | "Wait";
type Calling = "Scheduled" | "Started" | "Succeeded" | "Failed" | "TimedOut";

/** The event types of AWS's GetExecutionHistory that this engine records. */
export type EventType =
  | `${Entering}StateEntered`
  | `${Exclude<Entering, "Fail">}StateExited`
  | `Execution${"Started" | "Succeeded" | "Failed" | "Aborted" | "TimedOut" | "Redriven"}`
  | `LambdaFunction${Calling}`
  | `Activity${Calling}`
  | `Task${Calling | "Submitted" | "SubmitFailed"}`
  | `MapIteration${"Started" | "Succeeded" | "Failed" | "Aborted"}`
  | `${"Map" | "Parallel"}State${"Started" | "Succeeded" | "Failed" | "Aborted"}`
  | `MapRun${"Started" | "Succeeded" | "Failed" | "Aborted" | "Redriven"}`
  | "TaskStateAborted"
  | "WaitStateAborted"
  | "EvaluationFailed";

interface Truncation {
  truncated: boolean;
}
interface ErrorDetails {
  error?: string;
  cause?: string;
}
interface TaskDetails {
  resourceType: string;
  resource: string;
}
interface Outputs {
  /** JSON text. */
  output: string;
  outputDetails: Truncation;
}
interface Credentials {
  taskCredentials?: { roleArn: string };
}
interface IterationDetails {
  name: string;
  index: number;
}

/** The details of an event; at most one key is there, and its name follows from the type. */
export interface EventDetails {
  executionStartedEventDetails?: {
    input: string;
    inputDetails: Truncation;
    roleArn: string;
    stateMachineAliasArn?: string;
    stateMachineVersionArn?: string;
  };
  executionSucceededEventDetails?: Outputs;
  executionFailedEventDetails?: ErrorDetails;
  executionAbortedEventDetails?: ErrorDetails;
  executionTimedOutEventDetails?: ErrorDetails;
  executionRedrivenEventDetails?: { redriveCount: number };
  stateEnteredEventDetails?: { name: string; input: string; inputDetails: Truncation };
  stateExitedEventDetails?: Outputs & {
    name: string;
    /** Name -> JSON text. */
    assignedVariables?: Record<string, string>;
    assignedVariablesDetails?: Truncation;
  };
  lambdaFunctionScheduledEventDetails?: Credentials & {
    resource: string;
    input: string;
    inputDetails: Truncation;
    timeoutInSeconds?: number;
  };
  lambdaFunctionSucceededEventDetails?: Outputs;
  lambdaFunctionFailedEventDetails?: ErrorDetails;
  lambdaFunctionTimedOutEventDetails?: ErrorDetails;
  activityScheduledEventDetails?: {
    resource: string;
    input: string;
    inputDetails: Truncation;
    timeoutInSeconds?: number;
    heartbeatInSeconds?: number;
  };
  activityStartedEventDetails?: { workerName?: string };
  activitySucceededEventDetails?: Outputs;
  activityFailedEventDetails?: ErrorDetails;
  activityTimedOutEventDetails?: ErrorDetails;
  taskScheduledEventDetails?: TaskDetails &
    Credentials & {
      region: string;
      /** JSON text. */
      parameters: string;
      timeoutInSeconds?: number;
      heartbeatInSeconds?: number;
    };
  taskStartedEventDetails?: TaskDetails;
  taskSubmittedEventDetails?: TaskDetails & Outputs;
  taskSucceededEventDetails?: TaskDetails & Outputs;
  taskFailedEventDetails?: TaskDetails & ErrorDetails;
  taskSubmitFailedEventDetails?: TaskDetails & ErrorDetails;
  taskTimedOutEventDetails?: TaskDetails & ErrorDetails;
  mapStateStartedEventDetails?: { length: number };
  mapRunStartedEventDetails?: { mapRunArn: string };
  mapRunFailedEventDetails?: ErrorDetails;
  mapRunRedrivenEventDetails?: { mapRunArn: string; redriveCount: number };
  mapIterationStartedEventDetails?: IterationDetails;
  mapIterationSucceededEventDetails?: IterationDetails;
  mapIterationFailedEventDetails?: IterationDetails;
  mapIterationAbortedEventDetails?: IterationDetails;
  evaluationFailedEventDetails?: { state: string; location?: string; error: string; cause: string };
}

/** One event, as GetExecutionHistory gives it, but for the timestamp. */
export interface HistoryEvent extends EventDetails {
  /** From 1, without gaps. */
  id: number;
  /** 0 for none. */
  previousEventId: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  type: EventType;
}

const TERMINAL: ReadonlySet<EventType> = new Set([
  "ExecutionSucceeded",
  "ExecutionFailed",
  "ExecutionAborted",
  "ExecutionTimedOut",
]);

/** The events of one execution, in the order in which they happened. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #clock: Clock;
  readonly #onEvent: (event: HistoryEvent) => void;

  constructor(clock: Clock, onEvent: (event: HistoryEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /**
   * Adds an event and hands it on.
   *
   * @throws StateFailure States.Runtime when the last event that AWS allows would not end the execution
   */
  append(type: EventType, previousEventId: number, details: EventDetails): HistoryEvent {
    const id = this.events.length + 1;
    if (id >= HISTORY_EVENTS && !TERMINAL.has(type)) {
      throw runtimeFailure(`The execution reached the maximum number of history events (${HISTORY_EVENTS}).`);
    }
    const event: HistoryEvent = { id, previousEventId, timestamp: this.#clock.now(), type, ...details };
    this.events.push(event);
    this.#onEvent(event);
    return event;
  }
}

export const WHOLE: Truncation = { truncated: false };
