import type { Common, Region, VariableBinding } from "./graph.ts";

/** `await flow(x)`: a run within the run; or `await flow.start(x)`, a run that nobody waits for. */
export interface SubflowNode extends Common {
  kind: "subflow";
  flow: string;
  /** The call site: names the run that it starts, with the frames. */
  step: string;
  input: Region;
  waits: boolean;
  result?: VariableBinding;
}

/** `await sleep(…)`, `sleepUntil`, `waitForInput`, `approval`, `waitForEvent`. */
export interface WaitNode extends Common {
  kind: "wait";
  wait: "sleep" | "until" | "input" | "approval" | "event";
  /** The call site: names the wait, with the frames. */
  step: string;
  /** The question and what to show; of a sleep, how long or until when. */
  args: Region;
  /** Of a sleep whose duration stands in the source. */
  seconds?: number;
  /** Seconds until a `TimeoutError`. */
  timeout?: number;
  /** The schema of the answer, as the source has it; only names of the module stand in it. */
  schema?: string;
  result?: VariableBinding;
}

/** `await Promise.all([p, ...ps])` of futures: their results in a list. */
export interface CollectNode extends Common {
  kind: "collect";
  args: Region;
  /** Each is one, or a list of them whose results stand there one by one. */
  futures: { future: VariableBinding; each: boolean }[];
  result: VariableBinding;
}
