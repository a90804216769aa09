import type { StateMachine } from "../asl/types.ts";
import type { Clock } from "../model/clock.ts";
import type { Ids } from "../model/ids.ts";
import type { Json } from "../model/json.ts";
import type { Activities } from "./activities.ts";
import type { Execution } from "./execution.ts";
import type { History, HistoryEvent } from "./history.ts";
import type { Integration } from "./integration.ts";
import type { Tokens } from "./tokens.ts";

/** What all scopes of one execution share. */
export interface RunContext {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly integration: Integration;
  readonly tokens: Tokens;
  readonly activities: Activities;
  readonly history: History;
  /** Hears of every event, of this execution and of its children. */
  readonly onEvent: (executionArn: string, event: HistoryEvent) => void;
  /** Starts a child execution, for a distributed Map. */
  readonly spawn: (run: RunContext) => Execution;
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
  readonly redriveCount: number;
  /** When it was last redriven, in the same form. */
  readonly redriveTime?: string;
}
