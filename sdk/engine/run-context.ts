import type { StateMachine } from "../asl/types.ts";
import type { Clock, Timer } from "../model/clock.ts";
import type { Ids } from "../model/ids.ts";
import type { Json } from "../model/json.ts";
import type { ActivityDesk } from "./activities.ts";
import type { Execution } from "./execution.ts";
import type { History, HistoryEvent } from "./history.ts";
import type { Integration } from "./integration.ts";
import type { MapRuns } from "./map-runs.ts";
import type { Bucket } from "./throttle.ts";
import type { TokenDesk } from "./tokens.ts";

/** The time of a run. */
export interface RunClock extends Clock {
  /** @param restarts whether it limits work that another process begins anew after a crash; it then begins again too */
  schedule(delayMillis: number, callback: () => void, restarts?: boolean): Timer;
}

/** What TestState asks of the visit of a state, and what it puts in the place of an execution's own. */
export interface Testing {
  /** Hears what a step of the state's input and output processing gave, by AWS's name for it. */
  inspect(step: string, value: Json): void;
  /** Stands for the whole context object. */
  context?: Json;
  roleArn: string | null;
}

/** What all scopes of one execution share. */
export interface RunContext {
  readonly clock: RunClock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly integration: Integration;
  readonly tokens: TokenDesk;
  readonly activities: ActivityDesk;
  readonly history: History;
  /** Hears of every event, of this execution and of its children. */
  readonly onEvent: (executionArn: string, event: HistoryEvent) => void;
  /** Starts a child execution, for a distributed Map. */
  readonly spawn: (run: RunContext) => Execution;
  /** Redrives a child execution that ended without success. */
  readonly respawn: (execution: Execution) => Execution;
  /** There where Map Runs can be changed while they run. */
  readonly mapRuns?: MapRuns;
  /** There where state transitions are throttled. */
  readonly transitions?: Bucket;
  readonly type: "STANDARD" | "EXPRESS";
  readonly region: string;
  readonly definition: StateMachine;
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly stateMachine: { arn: string; name: string };
  /** What it was started by, where that was a version or an alias. */
  readonly published: { stateMachineVersionArn?: string; stateMachineAliasArn?: string };
  readonly input: Json;
  /** ISO 8601, three digits of milliseconds, `Z`. */
  readonly startTime: string;
  /** Absent where the context object has none: in a synchronous Express execution. */
  readonly redriveCount?: number;
  /**
   * Whether plain expressions are evaluated a promise later, as in runs that were begun before engine format 3: the order in
   * which concurrent branches go on follows from it.
   */
  readonly later?: boolean;
  /** There when a single state is tested. */
  readonly testing?: Testing;
  /** When it was last redriven, in the same form. */
  readonly redriveTime?: string;
}
