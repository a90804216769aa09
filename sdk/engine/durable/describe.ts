import type { RunLog } from "./run-log.ts";
import type { Description } from "./types.ts";

export function describe(log: RunLog): Description {
  const { name, machine, at, input, note } = log.start;
  const { end } = log;
  return {
    ...{ arn: log.arn, name, machine, input, startedAt: at },
    ...(note === undefined ? {} : { note }),
    ...(end ? { ...end.result, stoppedAt: end.at } : { status: "RUNNING" }),
  };
}
