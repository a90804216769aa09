/**
 * Amazon States Language as data, in the JSONata form that Runlet emits. The engine reads the same types.
 * Field lists: https://states-language.net/spec.html and the Step Functions developer guide.
 */
import type { Json } from "../model/json.ts";

/** Any JSON whose strings may be `{% expression %}`. */
export type Template = Json;

export interface StateMachine {
  Comment?: string;
  QueryLanguage?: "JSONata" | "JSONPath";
  StartAt: string;
  States: Record<string, State>;
  Version?: string;
  TimeoutSeconds?: number;
}

/** The machine inside a Map or a branch of a Parallel. */
export interface SubMachine {
  StartAt: string;
  States: Record<string, State>;
}

interface Common {
  Comment?: string;
  QueryLanguage?: "JSONata" | "JSONPath";
}

/** Where a state leads: to another state of the same machine, or to the machine's end. */
export type Transition = { Next: string; End?: never } | { End: true; Next?: never };

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: "FULL" | "NONE";
  Comment?: string;
}

export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  Assign?: Record<string, Template>;
  Output?: Template;
  Comment?: string;
}

interface Failing {
  Retry?: Retrier[];
  Catch?: Catcher[];
}

interface Assigning {
  Assign?: Record<string, Template>;
  Output?: Template;
}

export type PassState = Common & Assigning & Transition & { Type: "Pass" };

export type TaskState = Common &
  Assigning &
  Failing &
  Transition & {
    Type: "Task";
    Resource: string;
    Arguments?: Template;
    TimeoutSeconds?: number | string;
    HeartbeatSeconds?: number | string;
    Credentials?: { RoleArn: string };
  };

export interface ChoiceRule {
  Condition: boolean | string;
  Next: string;
  Assign?: Record<string, Template>;
  Output?: Template;
  Comment?: string;
}

export type ChoiceState = Common & Assigning & { Type: "Choice"; Choices: ChoiceRule[]; Default?: string };

export type WaitState = Common &
  Assigning &
  Transition & { Type: "Wait"; Seconds?: number | string; Timestamp?: string };

export type SucceedState = Common & { Type: "Succeed"; Output?: Template };

export type FailState = Common & { Type: "Fail"; Error?: string; Cause?: string };

export type ParallelState = Common &
  Assigning &
  Failing &
  Transition & { Type: "Parallel"; Branches: SubMachine[]; Arguments?: Template };

export type MapState = Common &
  Assigning &
  Failing &
  Transition & {
    Type: "Map";
    Items?: Template;
    ItemSelector?: Template;
    ItemProcessor: SubMachine & {
      ProcessorConfig?: { Mode: "INLINE" | "DISTRIBUTED"; ExecutionType?: "STANDARD" | "EXPRESS" };
    };
    MaxConcurrency?: number | string;
    ToleratedFailureCount?: number | string;
    ToleratedFailurePercentage?: number | string;
    Label?: string;
    ItemReader?: { Resource: string; Arguments?: Template; ReaderConfig?: Record<string, Template> };
    ItemBatcher?: { MaxItemsPerBatch?: number | string; BatchInput?: Template };
    ResultWriter?: { Resource?: string; Arguments?: Template; WriterConfig?: Record<string, Template> };
  };

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export type StateType = State["Type"];
