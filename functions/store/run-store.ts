import type { DynamoDBDocument, UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { isTerminal } from "../../sdk/model/run-state.ts";
import {
  flowPartition,
  flowSort,
  isoTime,
  keyedRunId,
  OPEN_SHARDS,
  openPartition,
  openShard,
  runKey,
  TABLE,
  TTL_SECONDS,
} from "./keys.ts";
import {
  positionOf,
  type RunPage,
  type RunRecord,
  type RunStore,
  type RunSummary,
  type Transition,
} from "./run-record.ts";

/** How soon after its start a run is looked at for the first time, in milliseconds. */
export const FIRST_CHECK_MILLIS = 120_000;

/** The calls that the store makes. `DynamoDBDocument.from(new DynamoDBClient())` is one. */
export type Document = Pick<DynamoDBDocument, "get" | "put" | "query" | "update">;

/** Run records in one DynamoDB table. Client and table are passed in, so a test gives another endpoint. */
export function createRunStore(options: { table: string; document: Document }): RunStore {
  const { document, table: TableName } = options;

  const get = async (runId: string): Promise<RunRecord | undefined> => {
    const { Item } = await document.get({ TableName, Key: runKey(runId), ConsistentRead: true });
    return Item && toRecord(Item);
  };

  return {
    get,
    getByIdempotencyKey: (flow, key) => get(keyedRunId(flow, key)),

    async create(record) {
      const put = { TableName, Item: toItem(record), ConditionExpression: "attribute_not_exists(pk)" };
      if (await holds(document.put(put))) return undefined;
      return get(record.runId);
    },

    mark: (runId, transition, seen) =>
      holds(document.update({ TableName, ...markUpdate(runId, transition, seen) })),

    async defer(runId, checkAt) {
      await holds(
        document.update({
          TableName,
          Key: runKey(runId),
          UpdateExpression: "SET checkAt = :at",
          ConditionExpression: "attribute_exists(openPk)",
          ExpressionAttributeValues: { ":at": isoTime(checkAt) },
        }),
      );
    },

    async due(now, limit) {
      const share = Math.ceil(limit / OPEN_SHARDS);
      const shards = await Promise.all(
        Array.from({ length: OPEN_SHARDS }, (_, shard) => dueKeys(document, TableName, shard, now, share)),
      );
      // The index carries keys only (it would double the price of every write), so the records are read one by one.
      const records = await Promise.all(shards.flat().slice(0, limit).map(get));
      return records.filter((record) => record !== undefined);
    },

    async listByFlow(flow, page = {}) {
      const { Items = [], LastEvaluatedKey } = await document.query({
        TableName,
        IndexName: TABLE.byFlow.name,
        KeyConditionExpression: "flowPk = :flow",
        ExpressionAttributeValues: { ":flow": flowPartition(flow) },
        ScanIndexForward: false,
        Limit: page.limit ?? 50,
        ...(page.cursor && { ExclusiveStartKey: decodeCursor(page.cursor) }),
      });
      const runs = Items.map(toSummary);
      const result: RunPage = LastEvaluatedKey ? { runs, cursor: encodeCursor(LastEvaluatedKey) } : { runs };
      return result;
    },
  };
}

async function dueKeys(document: Document, TableName: string, shard: number, now: number, limit: number) {
  const { Items = [] } = await document.query({
    TableName,
    IndexName: TABLE.open.name,
    KeyConditionExpression: "openPk = :shard AND checkAt <= :now",
    ExpressionAttributeValues: { ":shard": openShard(shard), ":now": isoTime(now) },
    Limit: limit,
  });
  return Items.map((item) => String(item["pk"]).slice(runKey("").pk.length));
}

/** One update that moves a run on only where the message is newer, and makes the record where there is none. */
function markUpdate(
  runId: string,
  transition: Transition,
  seen: { flow: string; createdAt: number },
): Omit<UpdateCommandInput, "TableName"> {
  const set: Record<string, unknown> = {
    status: transition.status,
    stateName: transition.stateName,
    position: positionOf(transition),
    updatedAt: transition.at,
    endedAt: transition.endedAt,
    error: transition.error,
  };
  const once: Record<string, unknown> = {
    runId,
    flow: seen.flow,
    source: "direct",
    createdAt: seen.createdAt,
    flowPk: flowPartition(seen.flow),
    flowSk: flowSort(seen.createdAt, runId),
  };
  const remove: string[] = [];
  if (isTerminal(transition.status)) {
    set["expiresAt"] = Math.ceil(transition.at / 1_000) + TTL_SECONDS.closedRun;
    remove.push("openPk", "checkAt");
  } else {
    // A redrive opens a run again. The check that a start has set stays, so its index entry is not written twice.
    once["openPk"] = openPartition(runId);
    once["checkAt"] = isoTime(transition.at + FIRST_CHECK_MILLIS);
    set["expiresAt"] = Math.ceil(transition.at / 1_000) + TTL_SECONDS.openRun;
  }
  return { Key: runKey(runId), ...updateExpression(set, once, remove) };
}

function updateExpression(set: Record<string, unknown>, once: Record<string, unknown>, remove: string[]) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const assign: string[] = [];
  const drop = [...remove];
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined) {
      drop.push(name);
      continue;
    }
    values[`:${name}`] = value;
    assign.push(`#${name} = :${name}`);
  }
  for (const [name, value] of Object.entries(once)) {
    values[`:${name}`] = value;
    assign.push(`#${name} = if_not_exists(#${name}, :${name})`);
  }
  for (const name of [...Object.keys(set), ...Object.keys(once), ...drop]) names[`#${name}`] = name;
  const removal = drop.length > 0 ? ` REMOVE ${drop.map((name) => `#${name}`).join(", ")}` : "";
  return {
    UpdateExpression: `SET ${assign.join(", ")}${removal}`,
    ConditionExpression: "attribute_not_exists(#position) OR #position < :position",
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

function toItem(record: RunRecord): Record<string, unknown> {
  return {
    ...runKey(record.runId),
    ...record,
    flowPk: flowPartition(record.flow),
    flowSk: flowSort(record.createdAt, record.runId),
    openPk: openPartition(record.runId),
    checkAt: isoTime(record.createdAt + FIRST_CHECK_MILLIS),
    expiresAt: Math.ceil(record.createdAt / 1_000) + TTL_SECONDS.openRun,
  };
}

const KEY_ATTRIBUTES = new Set(["pk", "sk", "flowPk", "flowSk", "openPk", "checkAt", "expiresAt"]);

// Only this file writes the items, so their shape is known and not checked again on the way out.
function toRecord(item: Record<string, unknown>): RunRecord {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => !KEY_ATTRIBUTES.has(name)),
  ) as unknown as RunRecord;
}

const toSummary = (item: Record<string, unknown>): RunSummary => toRecord(item);

/** Waits for a conditional write; false where its condition did not hold. */
async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

const encodeCursor = (key: Record<string, unknown>): string =>
  Buffer.from(JSON.stringify(key)).toString("base64url");
const decodeCursor = (cursor: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(cursor, "base64url").toString());
