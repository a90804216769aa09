import type { Json } from "../model/json.ts";

/** One call that a Task state makes. */
export interface IntegrationCall {
  /** The state's `Resource`, as written. */
  resource: string;
  /** The evaluated `Arguments`; the state's input where it has none. */
  arguments: Json;
  executionName: string;
  executionArn: string;
  stateName: string;
  /** 0 for the first attempt in this visit of the state. */
  attempt: number;
  /** The role that `Credentials` names for this call. */
  roleArn?: string;
  /** Given for `.waitForTaskToken` resources: whoever holds it ends the task. */
  taskToken?: string;
  /**
   * Given for `.sync` resources: called once with what the service said when it accepted the job, it records
   * TaskSubmitted. The promise resolves when the job has ended.
   */
  submitted?: (output: Json) => void;
  /** From a durable engine: names this attempt, the same when the call is made again after a crash. */
  id?: string;
  /** What a durable engine's run was started with; there for calls of its child executions too. */
  note?: Json;
  /** Aborted when nobody waits for the answer any more: timeout, stop, a failed sibling. */
  signal: AbortSignal;
}

/** What came of a call: a result, or an error by name with its cause. */
export type Outcome = { ok: true; output: Json } | { ok: false; error: string; cause: string };

/**
 * Resource and arguments in, outcome out: the one way in which the engine reaches the world. It may resolve in any
 * order and at any time; a rejection is a defect of the integration and ends the execution with States.Runtime.
 */
export type Integration = (call: IntegrationCall) => Promise<Outcome>;
