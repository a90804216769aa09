import type { Json } from "../model/json.ts";

/** A machine inside a state, and what a Map says of how it runs. */
export interface Processor {
  StartAt: string;
  States: Record<string, unknown>;
  ProcessorConfig?: { Mode?: "INLINE" | "DISTRIBUTED"; ExecutionType?: "STANDARD" | "EXPRESS" };
}

/** One rule of a Choice in its JSONPath form: a comparison, or And, Or, Not over others. */
export interface PathRule {
  And?: PathRule[];
  Or?: PathRule[];
  Not?: PathRule;
  Variable?: string;
  Next?: string;
  Assign?: Record<string, Json>;
  [operator: string]: unknown;
}

/**
 * The fields that the engine runs and `sdk/asl` does not name: that module has the form which the compiler emits,
 * which is JSONata.
 */
export interface EngineFields {
  Assign?: Record<string, Json>;
  InputPath?: string | null;
  OutputPath?: string | null;
  ResultPath?: string | null;
  Parameters?: Json;
  ResultSelector?: Json;
  Result?: Json;
  SecondsPath?: string;
  TimestampPath?: string;
  TimeoutSecondsPath?: string;
  HeartbeatSecondsPath?: string;
  ErrorPath?: string;
  CausePath?: string;
  ItemsPath?: string;
  MaxConcurrencyPath?: string;
  ToleratedFailureCountPath?: string;
  ToleratedFailurePercentagePath?: string;
  Iterator?: Processor;
  ItemReader?: {
    Resource: string;
    Arguments?: Json;
    Parameters?: Json;
    ReaderConfig?: { [key: string]: Json };
  };
  ItemBatcher?: { [key: string]: Json };
  ResultWriter?: {
    Resource?: string;
    Arguments?: Json;
    Parameters?: Json;
    WriterConfig?: { Transformation?: string; OutputType?: string };
  };
}

/** The same object, seen with the engine's fields. Whatever is there has been checked at creation. */
export const fieldsOf = (holder: object): EngineFields => holder as EngineFields;
