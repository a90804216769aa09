import type { State, StateType } from "../../asl/types.ts";
import type { Entry, Step } from "../entry.ts";
import { runChoice } from "./choice.ts";
import { runFail } from "./fail.ts";
import { runMap } from "./map/index.ts";
import { runParallel } from "./parallel.ts";
import { runPass } from "./pass.ts";
import { runSucceed } from "./succeed.ts";
import { runTask } from "./task.ts";
import { runWait } from "./wait.ts";

type Runners = { [T in StateType]: (entry: Entry<Extract<State, { Type: T }>>) => Promise<Step> };

/** One file a state type; this table is the only place that knows them all. */
const RUNNERS: Runners = {
  Choice: runChoice,
  Fail: runFail,
  Map: runMap,
  Parallel: runParallel,
  Pass: runPass,
  Succeed: runSucceed,
  Task: runTask,
  Wait: runWait,
};

/** Runs one visit of a state, whatever its type. */
export function runState(entry: Entry): Promise<Step> {
  const run = RUNNERS[entry.state.Type] as (entry: Entry) => Promise<Step>;
  return run(entry);
}
