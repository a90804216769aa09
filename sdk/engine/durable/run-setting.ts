import type { StateMachine } from "../../asl/types.ts";
import type { Ids } from "../../model/ids.ts";
import { redriveExecution, startExecution } from "../execution.ts";
import { History, type HistoryEvent } from "../history.ts";
import type { RunContext } from "../run-context.ts";
import type { RunHost } from "./live-run.ts";
import type { StartRecord } from "./records.ts";
import type { World } from "./world.ts";

/** What an execution is given to run with: its start, and a world in place of the outside. */
export function contextOf(
  host: RunHost,
  arn: string,
  start: StartRecord,
  definition: StateMachine,
  world: World,
  ids: Ids & { random(): number },
): RunContext {
  const onEvent = (of: string, event: HistoryEvent): void => {
    if (world.outside) host.onEvent(of, event); // what a replay records was heard before
  };
  const service = `arn:aws:states:${host.region}:${host.account}`;
  return {
    clock: world.clock,
    ids,
    random: ids.random,
    integration: world.integration,
    tokens: world.tokenDesk,
    activities: world.activityDesk,
    history: new History(world.clock, (event) => onEvent(arn, event)),
    onEvent,
    spawn: startExecution,
    respawn: redriveExecution,
    type: start.type,
    later: start.atOnce !== true,
    redriveCount: 0,
    region: host.region,
    definition,
    arn,
    name: start.name,
    roleArn: `arn:aws:iam::${host.account}:role/runlet`,
    stateMachine: { arn: `${service}:stateMachine:${start.machine}`, name: start.machine },
    published: start.published ?? {},
    input: start.input,
    startTime: new Date(start.at).toISOString(),
  };
}
