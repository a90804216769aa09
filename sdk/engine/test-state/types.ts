import type { FieldValidationMode } from "./mock-result.ts";

/** What to test, in the form of the service's TestState. Texts are JSON. */
export interface TestStateRequest {
  /** A state, or a whole machine together with `stateName`: its text, or the value. */
  definition: string | object;
  /** The state of the machine, wherever it is nested. */
  stateName?: string;
  /** JSON text; default `{}`. */
  input?: string;
  /** Needed for a Task whose call is not mocked. */
  roleArn?: string;
  /** Default "INFO": output and error only. */
  inspectionLevel?: "INFO" | "DEBUG" | "TRACE";
  /** JSON text of an object: name -> value, as if assigned before. */
  variables?: string;
  /** JSON text: stands for the whole context object. With a mock only. */
  context?: string;
  /** Only without a mock; it shows what an HTTP Task sends and gets, which needs its own integration. */
  revealSecrets?: boolean;
  /** What the call, the iterations or the branches gave: one of the two. */
  mock?: {
    /** JSON text. */
    result?: string;
    errorOutput?: { error?: string; cause?: string };
    /** How far the result is held against the service's API. Default "STRICT". */
    fieldValidationMode?: FieldValidationMode;
  };
  stateConfiguration?: {
    /** Retries that the matching retrier has made already. Default 0. */
    retrierRetryCount?: number;
    /** The inner state whose error a mocked error of a Map or Parallel is. */
    errorCausedByState?: string;
    /** Iterations of a Map that failed. */
    mapIterationFailureCount?: number;
    /** What an ItemReader reads, as it stands at its source. */
    mapItemReaderData?: string;
  };
}

/** The steps of the state's input and output processing. Texts are JSON. */
export interface InspectionData {
  input?: string;
  afterInputPath?: string;
  afterParameters?: string;
  afterArguments?: string;
  result?: string;
  afterResultSelector?: string;
  afterResultPath?: string;
  afterItemsPath?: string;
  afterItemsPointer?: string;
  afterItemSelector?: string;
  afterItemBatcher?: string;
  maxConcurrency?: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
  variables?: string;
  errorDetails?: { catchIndex?: number; retryIndex?: number; retryBackoffIntervalSeconds?: number };
}

export interface TestStateResult {
  status: "SUCCEEDED" | "FAILED" | "RETRIABLE" | "CAUGHT_ERROR";
  /** JSON text. */
  output?: string;
  error?: string;
  cause?: string;
  nextState?: string;
  /** From DEBUG on. */
  inspectionData?: InspectionData;
}
