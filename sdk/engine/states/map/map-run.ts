import type { Json } from "../../../model/json.ts";
import type { Execution, ExecutionResult } from "../../execution.ts";
import type { MapRunLimits } from "../../map-runs.ts";
import type { ChildInput } from "./batches.ts";

/** One run of a distributed Map. A redrive of the execution goes on with it. */
export interface MapRun {
  readonly arn: string;
  /** What names its children's machine: the state's Label, or an id. */
  readonly label: string;
  readonly uuid: string;
  readonly limits: MapRunLimits;
  redriveCount: number;
  running: boolean;
  /** The id of MapRunStarted, or of MapRunRedriven. */
  begunId: number;
  /** Absent until its items are read. */
  work?: Work;
}

/** What a Map Run has to do, and what of it is done, by the index of the child; all lists have holes. */
export interface Work {
  /** Of the children that have not begun; let go as each begins, since there may be very many. */
  readonly inputs: ChildInput[];
  /** Items of all children. */
  readonly total: number;
  /** Those that ended by themselves, well or not. */
  readonly ended: Child[];
  /** Those that failed or were stopped: what a redrive runs again. */
  readonly unsuccessful: Map<number, Started>;
}

/** A child execution that has been started. */
export interface Started {
  execution: Execution;
  stateMachineArn: string;
  startTime: number;
  input: Json;
  /** How many items it has. */
  items: number;
  redriveCount: number;
}

/**
 * A child execution that has ended. Values are kept as JSON text, and of one that ended well its facts only where they are
 * exported: there may be very many.
 */
export type Child =
  | { result: { output: string }; facts?: ChildFacts }
  | { result: Failed; facts: ChildFacts };

/** What an export that describes a child in full says of it, beside how it ended. */
export interface ChildFacts {
  arn: string;
  name: string;
  stateMachineArn: string;
  /** JSON text. */
  input: string;
  startTime: number;
  stopTime: number;
  redriveCount: number;
}

export type Failed = Exclude<ExecutionResult, { status: "SUCCEEDED" }>;

export const newWork = (inputs: ChildInput[]): Work => ({
  inputs,
  total: inputs.reduce((sum, { items }) => sum + items, 0),
  ended: [],
  unsuccessful: new Map(),
});
