import { createHash } from "node:crypto";
import {
  abandonedCause,
  type DurableEngine,
  type DurableExecution,
  type ExecutionResult,
  type IntegrationCall,
  nestedOutcome,
  type Outcome,
  StateMachineError,
  startedOutput,
} from "../engine/index.ts";
import type { Json } from "../model/json.ts";

const RESOURCE = /^arn:aws:states:::states:startExecution(\.sync(:2)?)?$/;

/** Whether a resource is a start of an execution. */
export const isNestedStart = (resource: string): boolean => RESOURCE.test(resource);

interface StartArguments {
  StateMachineArn: string;
  Name?: string;
  Input?: Json;
}

/** Starts the execution that a call asks for, or finds it, where a process before this one had made the call already. */
export type StartNested = (request: {
  stateMachineArn: string;
  name: string;
  input: Json;
  call: IntegrationCall;
}) => Promise<{ execution: DurableExecution; isOwn: boolean }>;

/**
 * Answers `states:startExecution` as Step Functions does, over crashes too: a call that is made again finds the execution
 * that it had started. When the caller no longer waits, the child is stopped.
 */
export async function answerNestedStart(
  engine: DurableEngine,
  start: StartNested,
  call: IntegrationCall,
): Promise<Outcome> {
  const {
    StateMachineArn: stateMachineArn,
    Name,
    Input: input = {},
  } = call.arguments as unknown as StartArguments;
  const name =
    Name ??
    createHash("sha256")
      .update(call.id ?? "")
      .digest("hex")
      .slice(0, 40);
  let child: DurableExecution;
  try {
    const started = await start({ stateMachineArn, name, input, call });
    if (!started.isOwn && engine.describe(started.execution.arn).status !== "RUNNING") return ALREADY_EXISTS;
    child = started.execution;
  } catch (error) {
    if (error instanceof StateMachineError) return ALREADY_EXISTS;
    throw error;
  }
  const { startedAt } = engine.describe(child.arn);
  const started = startedOutput(child.arn, startedAt);
  if (!call.resource.includes(".sync")) return { ok: true, output: started };
  call.submitted?.(started);
  const stop = (): void =>
    void child.stop(undefined, abandonedCause(call.executionArn)).catch(() => undefined);
  if (call.signal.aborted) stop();
  call.signal.addEventListener("abort", stop, { once: true });
  const result = await child.done;
  call.signal.removeEventListener("abort", stop);
  return outcomeOf(engine, call, child, stateMachineArn, result);
}

const ALREADY_EXISTS: Outcome = {
  ok: false,
  error: "StepFunctions.ExecutionAlreadyExistsException",
  cause: "Execution Already Exists",
};

function outcomeOf(
  engine: DurableEngine,
  call: IntegrationCall,
  { arn, name }: DurableExecution,
  stateMachineArn: string,
  result: ExecutionResult,
): Outcome {
  const known = engine.describe(arn);
  const { input, startedAt } = known;
  const stoppedAt = "stoppedAt" in known ? known.stoppedAt : startedAt;
  return nestedOutcome(call.resource, { arn, name, stateMachineArn, input, startedAt, stoppedAt, result });
}
