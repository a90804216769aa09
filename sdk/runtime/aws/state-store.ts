import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Failure } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Reference } from "../../model/protocol.ts";
import type { Rerun } from "../control/rerun.ts";
import type { RunControl } from "../control/waits.ts";
import type { Ports, StateStore, TaskRecord } from "../ports.ts";

type Item = Record<string, AttributeValue>;

/** Keeps a completed record, and the newer of two others: a late attempt must not overwrite what came after it. */
const CONDITION = "attribute_not_exists(pk) OR (#status <> :completed AND startedAt <= :startedAt)";

/** Task records in the run table: `pk = RUN#<runId>`, `sk = TASK#<step>#<frames>`, `expiresAt` as its TTL. */
export function tableStateStore(table: string): StateStore {
  let client: DynamoDBClient | undefined;
  const sdk = async () => {
    const dynamo = await import("@aws-sdk/client-dynamodb");
    client ??= new dynamo.DynamoDBClient({});
    return { dynamo, client };
  };
  return {
    async record(record) {
      const { dynamo, client } = await sdk();
      const put = new dynamo.PutItemCommand({
        TableName: table,
        Item: toItem(record),
        ConditionExpression: CONDITION,
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":completed": { S: "COMPLETED" },
          ":startedAt": { N: String(record.startedAt) },
        },
      });
      try {
        await client.send(put);
      } catch (error) {
        if (!(error instanceof dynamo.ConditionalCheckFailedException)) throw error;
      }
    },
    async find(call) {
      const { dynamo, client } = await sdk();
      const answer = await client.send(
        new dynamo.GetItemCommand({ TableName: table, Key: keyOf(call), ConsistentRead: true }),
      );
      return answer.Item ? fromItem(answer.Item) : undefined;
    },
  };
}

/** What was asked of a run, in the same table: `pk = RUN#<runId>`, `sk = CONTROL`; `functions/store` writes it. */
export function tableControls(table: string): NonNullable<Ports["controls"]> {
  let client: DynamoDBClient | undefined;
  return {
    async asked(runId) {
      const dynamo = await import("@aws-sdk/client-dynamodb");
      client ??= new dynamo.DynamoDBClient({});
      const Key = { pk: { S: `RUN#${runId}` }, sk: { S: "CONTROL" } };
      // Eventually consistent, at half the price: what is a moment late is refused at the next task.
      const { Item } = await client.send(new dynamo.GetItemCommand({ TableName: table, Key }));
      const [control, rerun] = [Item?.["control"]?.S, Item?.["rerun"]?.S];
      return {
        ...(control !== undefined && { control: control as RunControl }),
        ...(rerun !== undefined && { rerun: JSON.parse(rerun) as Rerun }),
      };
    },
  };
}

function keyOf(call: { runId: string; step: string; frames: readonly number[] }): Item {
  return { pk: { S: `RUN#${call.runId}` }, sk: { S: `TASK#${call.step}#${call.frames.join(".")}` } };
}

/** JSON parts are kept as text: exact, and cheaper in bytes than DynamoDB's own maps. */
export function toItem(record: TaskRecord): Item {
  const item: Item = {
    ...keyOf(record),
    runId: { S: record.runId },
    step: { S: record.step },
    frames: { S: JSON.stringify(record.frames) },
    attempt: { N: String(record.attempt) },
    status: { S: record.status },
    stateName: { S: record.stateName },
    startedAt: { N: String(record.startedAt) },
    endedAt: { N: String(record.endedAt) },
    expiresAt: { N: String(record.expiresAt) },
  };
  if (record.result !== undefined) item["result"] = { S: JSON.stringify(record.result) };
  if (record.reference) item["reference"] = { S: JSON.stringify(record.reference) };
  if (record.error) item["error"] = { S: JSON.stringify(record.error) };
  if (record.requestId) item["requestId"] = { S: record.requestId };
  if (record.logStream) item["logStream"] = { S: record.logStream };
  return item;
}

/** The record that {@link toItem} wrote. */
export function fromItem(item: Item): TaskRecord {
  const text = (name: string): string => item[name]?.S ?? "";
  const count = (name: string): number => Number(item[name]?.N ?? "0");
  const record: TaskRecord = {
    runId: text("runId"),
    step: text("step"),
    frames: JSON.parse(text("frames")) as number[],
    attempt: count("attempt"),
    status: text("status") === "COMPLETED" ? "COMPLETED" : "FAILED",
    stateName: text("stateName") as TaskRecord["stateName"],
    startedAt: count("startedAt"),
    endedAt: count("endedAt"),
    expiresAt: count("expiresAt"),
  };
  if (item["result"]) record.result = JSON.parse(text("result")) as Json;
  if (item["reference"]) record.reference = JSON.parse(text("reference")) as Reference;
  if (item["error"]) record.error = JSON.parse(text("error")) as Failure;
  if (item["requestId"]) record.requestId = text("requestId");
  if (item["logStream"]) record.logStream = text("logStream");
  return record;
}
