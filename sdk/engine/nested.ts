import type { Json } from "../model/json.ts";
import type { Execution, ExecutionResult } from "./execution.ts";
import type { Integration, IntegrationCall, Outcome } from "./integration.ts";
import { nestedOutcome, startedOutput } from "./nested-outcome.ts";

const RESOURCE = /^arn:aws:states:::states:startExecution(\.sync(:2)?)?$/;

interface StartArguments {
  StateMachineArn: string;
  Name?: string;
  Input?: Json;
}

/** Executions that executions start, on the same engine. */
export interface NestedExecutions {
  /** Whether a resource is a start of an execution: `arn:aws:states:::states:startExecution`, `.sync`, `.sync:2`. */
  answers(resource: string): boolean;
  /** Answers such a call as Step Functions does. */
  integration: Integration;
  /** All that were started so far. */
  readonly executions: readonly Execution[];
}

/**
 * Answers `states:startExecution`. A name that is taken starts nothing: the same input joins the execution while it
 * runs, anything else is refused, as StartExecution does. When the caller no longer waits, the child is stopped.
 *
 * @param start starts an execution of a machine by its ARN
 * @param now milliseconds since the epoch
 */
export function nestedExecutions(
  start: (request: { stateMachineArn: string; name?: string; input: Json }) => Execution,
  now: () => number,
): NestedExecutions {
  const known = new Map<string, Child>();
  const executions: Execution[] = [];
  const begin = ({
    StateMachineArn: stateMachineArn,
    Name: name,
    Input: input = {},
  }: StartArguments): Child | undefined => {
    const key = `${stateMachineArn}:${name}`;
    const text = JSON.stringify(input);
    const before = name === undefined ? undefined : known.get(key);
    if (before) return before.result === undefined && before.text === text ? before : undefined;
    const execution = start({ stateMachineArn, input, ...(name !== undefined && { name }) });
    executions.push(execution);
    const child: Child = { execution, stateMachineArn, input, text, startedAt: now(), result: undefined };
    void execution.done.then((result) => {
      child.result = { ...result, at: now() };
    });
    known.set(name === undefined ? execution.arn : key, child);
    return child;
  };
  return {
    executions,
    answers: (resource) => RESOURCE.test(resource),
    integration: async (call) => {
      const child = begin(call.arguments as unknown as StartArguments);
      if (!child) return ALREADY_EXISTS;
      const { execution, startedAt } = child;
      const started = startedOutput(execution.arn, startedAt);
      if (!call.resource.includes(".sync")) return { ok: true, output: started };
      call.submitted?.(started);
      return waitFor(call, child);
    },
  };
}

interface Child {
  execution: Execution;
  stateMachineArn: string;
  input: Json;
  text: string;
  startedAt: number;
  result: (ExecutionResult & { at: number }) | undefined;
}

const ALREADY_EXISTS: Outcome = {
  ok: false,
  error: "StepFunctions.ExecutionAlreadyExistsException",
  cause: "Execution Already Exists",
};

/** The cause with which an execution is stopped whose starter waits for it no longer (measured on AWS, floci-io/floci). */
export const abandonedCause = (starterArn: string): string =>
  `The Task state in AWS Step Functions execution [${starterArn}] which was managing this resource was aborted`;

async function waitFor(call: IntegrationCall, child: Child): Promise<Outcome> {
  const { execution } = child;
  const stop = (): void => execution.stop(undefined, abandonedCause(call.executionArn));
  if (call.signal.aborted) stop();
  call.signal.addEventListener("abort", stop, { once: true });
  const result = await execution.done;
  call.signal.removeEventListener("abort", stop);
  const { arn, name } = execution;
  const { stateMachineArn, input, startedAt } = child;
  const stoppedAt = child.result?.at ?? startedAt;
  return nestedOutcome(call.resource, { arn, name, stateMachineArn, input, startedAt, stoppedAt, result });
}
