import type { Json } from "../model/json.ts";
import type { ExecutionResult } from "./execution.ts";
import type { Outcome } from "./integration.ts";

/** An execution that a Task started, once it has ended. */
export interface EndedChild {
  arn: string;
  name: string;
  stateMachineArn: string;
  input: Json;
  /** Milliseconds since the epoch. */
  startedAt: number;
  stoppedAt: number;
  result: ExecutionResult;
}

/** What StartExecution answers, with its instant in milliseconds, as in the child's description (both measured). */
export const startedOutput = (arn: string, startedAt: number): Json => ({
  ExecutionArn: arn,
  StartDate: startedAt,
});

/**
 * What a Task gets of an execution that it waited for, as measured on AWS (floci-io/floci,
 * `AslExecutorNestedStartExecutionTest` and `AslExecutorNestedSyncFailureTest`): DescribeExecution, its fields by the
 * alphabet. `.sync:2` gives input and output as values, `.sync` as text, a failure's cause always as text.
 */
export function nestedOutcome(resource: string, child: EndedChild): Outcome {
  const { result } = child;
  if (result.status !== "SUCCEEDED") {
    const { error, cause } = result;
    const described = {
      ...(cause !== undefined && { Cause: cause }),
      ...(error !== undefined && { Error: error }),
      ...description(child, JSON.stringify(child.input), {}, { RedriveStatus: "REDRIVABLE" }),
    };
    return { ok: false, error: "States.TaskFailed", cause: JSON.stringify(described) };
  }
  const told = (value: Json): Json => (resource.endsWith(":2") ? value : JSON.stringify(value));
  return {
    ok: true,
    output: description(
      child,
      told(child.input),
      { Output: told(result.output), OutputDetails: { Included: true } },
      {
        RedriveStatus: "NOT_REDRIVABLE",
        RedriveStatusReason: "Execution is SUCCEEDED and cannot be redriven",
      },
    ),
  };
}

function description(
  { arn, name, stateMachineArn, startedAt, stoppedAt, result }: EndedChild,
  input: Json,
  output: Record<string, Json>,
  redrive: Record<string, Json>,
): Record<string, Json> {
  return {
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...output,
    RedriveCount: 0,
    ...redrive,
    StartDate: startedAt,
    StateMachineArn: stateMachineArn,
    Status: result.status,
    StopDate: stoppedAt,
  };
}
