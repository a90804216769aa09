import { createHash } from "node:crypto";

/** Names of the table's keys and indexes, shared with the infrastructure. The access patterns are in README.md. */
export const TABLE = {
  partitionKey: "pk",
  sortKey: "sk",
  ttl: "expiresAt",
  byFlow: { name: "byFlow", partitionKey: "flowPk", sortKey: "flowSk" },
  open: { name: "open", partitionKey: "openPk", sortKey: "checkAt" },
} as const;

/** What the index of runs by flow carries beside its keys: enough for a list, without inputs and error texts. */
export const BY_FLOW_ATTRIBUTES = [
  "runId",
  "flow",
  "status",
  "stateName",
  "source",
  "createdAt",
  "updatedAt",
  "endedAt",
] as const;

/** Partitions of the index of unfinished runs: each takes 1,000 writes a second, and one alone would cap the project. */
export const OPEN_SHARDS = 8;

const DAY_SECONDS = 86_400;

/** Seconds that a record lives, by its class. */
export const TTL_SECONDS = {
  /** A Standard execution lasts a year at most; a record that nothing ever finished goes after that. */
  openRun: 400 * DAY_SECONDS,
  /** Step Functions gives a name free again 90 days after the end, so the record outlasts the name. */
  closedRun: 91 * DAY_SECONDS,
} as const;

export const runKey = (runId: string): { pk: string; sk: string } => ({ pk: `RUN#${runId}`, sk: "RUN" });

export const flowPartition = (flow: string): string => `FLOW#${flow}`;

/** Sorts by time, and apart where times are equal. */
export const flowSort = (createdAt: number, runId: string): string => `${isoTime(createdAt)}#${runId}`;

export function openPartition(runId: string): string {
  const first = createHash("sha256").update(runId).digest()[0] ?? 0;
  return openShard(first % OPEN_SHARDS);
}

export const openShard = (shard: number): string => `OPEN#${shard}`;

/** Sorts as text in the order of time. */
export const isoTime = (millis: number): string => new Date(millis).toISOString();

/**
 * The id of the run that an idempotency key stands for. The key makes the id, so one conditional write of the run
 * record is all that idempotency takes: there is no second item that a crash could leave without its run.
 *
 * @example keyedRunId("etl", "order-17") // "k" and 31 hexadecimal digits
 */
export function keyedRunId(flow: string, key: string): string {
  return `k${createHash("sha256").update(`${flow}\n${key}`).digest("hex").slice(0, 31)}`;
}
