import type { Json } from "../model/json.ts";
import type { Execution } from "./execution.ts";
import { jsonText } from "./json-text.ts";

/** What StartSyncExecution answers. */
export interface SyncExecution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  /** JSON text. */
  input: string;
  inputDetails: { included: true };
  /** JSON text, of one that succeeded. */
  output?: string;
  outputDetails?: { included: true };
  error?: string;
  cause?: string;
  /** ISO 8601. */
  startDate: string;
  stopDate: string;
  billingDetails: { billedDurationInMilliseconds: number; billedMemoryUsedInMB: number };
}

/** Bills go in steps of 100 ms and 64 MB. */
const STEP_MILLIS = 100;
const LEAST_MEGABYTES = 64;

/** The answer of a synchronous Express execution of the machine, once it has ended. */
export async function answerOf(
  execution: Execution,
  stateMachineArn: string,
  input: Json,
  now: () => number,
): Promise<SyncExecution> {
  const begun = now();
  const result = await execution.done;
  const ended = now();
  const steps = Math.max(1, Math.ceil((ended - begun) / STEP_MILLIS));
  const { status } = result;
  return {
    executionArn: execution.arn,
    stateMachineArn,
    name: execution.name,
    status: status === "ABORTED" ? "FAILED" : status,
    input: jsonText(input),
    inputDetails: { included: true },
    ...(result.status === "SUCCEEDED"
      ? { output: jsonText(result.output), outputDetails: { included: true } }
      : failure(result)),
    startDate: new Date(begun).toISOString(),
    stopDate: new Date(ended).toISOString(),
    billingDetails: {
      billedDurationInMilliseconds: steps * STEP_MILLIS,
      billedMemoryUsedInMB: LEAST_MEGABYTES,
    },
  };
}

const failure = ({
  error,
  cause,
}: {
  error?: string;
  cause?: string;
}): { error?: string; cause?: string } => ({
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});
