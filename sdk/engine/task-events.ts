import type { TaskState } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import type { Entry } from "./entry.ts";
import type { StateFailure } from "./errors.ts";
import { WHOLE } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { isActivityArn, isFunctionArn, splitResource } from "./resources.ts";

/** How the attempts of one Task are recorded: a function named directly has events of its own. */
export interface TaskEvents {
  /** What a cause calls the task whose result was too big. */
  readonly resultName: string;
  scheduled(args: Json): void;
  /** @param workerName for an activity: who took it, if they said so */
  started(workerName?: string): void;
  submitted(output: Json): void;
  succeeded(output: Json): void;
  failed(failure: StateFailure): void;
  /** A job was refused, so it never ran. */
  submitFailed(failure: StateFailure): void;
  timedOut(failure: StateFailure): void;
}

interface Limits {
  timeout: number | undefined;
  heartbeat: number | undefined;
}

export function taskEvents(entry: Entry<TaskState>, limits: Limits): TaskEvents {
  if (isActivityArn(entry.state.Resource)) return activityEvents(entry, limits);
  return isFunctionArn(entry.state.Resource) ? functionEvents(entry, limits) : serviceEvents(entry, limits);
}

const outputs = (output: Json) => ({ output: jsonText(output), outputDetails: WHOLE });

const credentials = ({ roleArn }: Entry<TaskState>) =>
  roleArn === undefined ? {} : { taskCredentials: { roleArn } };

function functionEvents(entry: Entry<TaskState>, { timeout }: Limits): TaskEvents {
  const { scope, state } = entry;
  return {
    resultName: state.Resource,
    scheduled: (args) => {
      const limit = timeout === undefined ? {} : { timeoutInSeconds: timeout };
      const details = {
        resource: state.Resource,
        input: jsonText(args),
        inputDetails: WHOLE,
        ...limit,
        ...credentials(entry),
      };
      scope.record("LambdaFunctionScheduled", { lambdaFunctionScheduledEventDetails: details });
    },
    started: () => void scope.record("LambdaFunctionStarted"),
    submitted: () => undefined,
    succeeded: (output) =>
      void scope.record("LambdaFunctionSucceeded", { lambdaFunctionSucceededEventDetails: outputs(output) }),
    failed: ({ eventDetails }) =>
      void scope.record("LambdaFunctionFailed", { lambdaFunctionFailedEventDetails: eventDetails }),
    submitFailed: () => undefined, // a function is no job
    timedOut: ({ eventDetails }) =>
      void scope.record("LambdaFunctionTimedOut", { lambdaFunctionTimedOutEventDetails: eventDetails }),
  };
}

function activityEvents({ scope, state }: Entry<TaskState>, limits: Limits): TaskEvents {
  return {
    resultName: state.Resource,
    scheduled: (args) => {
      const details = {
        resource: state.Resource,
        input: jsonText(args),
        inputDetails: WHOLE,
        ...inSeconds(limits),
      };
      scope.record("ActivityScheduled", { activityScheduledEventDetails: details });
    },
    started: (workerName) => {
      const details = workerName === undefined ? {} : { workerName };
      scope.record("ActivityStarted", { activityStartedEventDetails: details });
    },
    submitted: () => undefined,
    succeeded: (output) =>
      void scope.record("ActivitySucceeded", { activitySucceededEventDetails: outputs(output) }),
    failed: ({ eventDetails }) =>
      void scope.record("ActivityFailed", { activityFailedEventDetails: eventDetails }),
    submitFailed: () => undefined,
    timedOut: ({ eventDetails }) =>
      void scope.record("ActivityTimedOut", { activityTimedOutEventDetails: eventDetails }),
  };
}

const inSeconds = ({ timeout, heartbeat }: Limits) => ({
  ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
  ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
});

function serviceEvents(entry: Entry<TaskState>, limits: Limits): TaskEvents {
  const { scope, state } = entry;
  const task = splitResource(state.Resource);
  return {
    resultName: task.resourceType,
    scheduled: (args) => {
      const details = {
        ...task,
        region: scope.run.region,
        parameters: jsonText(args),
        ...inSeconds(limits),
        ...credentials(entry),
      };
      scope.record("TaskScheduled", { taskScheduledEventDetails: details });
    },
    started: () => void scope.record("TaskStarted", { taskStartedEventDetails: { ...task } }),
    submitted: (output) =>
      void scope.record("TaskSubmitted", { taskSubmittedEventDetails: { ...task, ...outputs(output) } }),
    succeeded: (output) =>
      void scope.record("TaskSucceeded", { taskSucceededEventDetails: { ...task, ...outputs(output) } }),
    failed: ({ eventDetails }) =>
      void scope.record("TaskFailed", { taskFailedEventDetails: { ...task, ...eventDetails } }),
    submitFailed: ({ eventDetails }) =>
      void scope.record("TaskSubmitFailed", { taskSubmitFailedEventDetails: { ...task, ...eventDetails } }),
    timedOut: ({ eventDetails }) =>
      void scope.record("TaskTimedOut", { taskTimedOutEventDetails: { ...task, ...eventDetails } }),
  };
}
