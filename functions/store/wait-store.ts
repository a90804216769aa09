import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import type { Json } from "../../sdk/model/json.ts";
import type { RunControl, Wait, WaitStore } from "../../sdk/runtime/control/waits.ts";
import { runKey, TTL_SECONDS } from "./keys.ts";

type Document = Pick<DynamoDBDocument, "delete" | "get" | "put" | "query">;

/**
 * Waits, events and the control of runs, in the run's own partition: `WAIT#step#frames`, `EVENT#name#time`, `CONTROL`.
 * Every write is one item; what is taken out is taken by a conditional delete, so one caller gets it.
 */
export function createWaitStore(options: { table: string; document: Document; now(): number }): WaitStore {
  const { document, table: TableName, now } = options;
  const pkOf = (runId: string): string => runKey(runId).pk;
  const put = (Item: Record<string, unknown>): Promise<unknown> =>
    document.put({
      TableName,
      Item: { ...Item, expiresAt: Math.ceil(now() / 1_000) + TTL_SECONDS.openRun },
    });
  const all = async (runId: string, prefix: string): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    let cursor: Record<string, unknown> | undefined;
    do {
      const page = await document.query({
        TableName,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues: { ":pk": pkOf(runId), ":sk": prefix },
        ConsistentRead: true,
        ...(cursor && { ExclusiveStartKey: cursor }),
      });
      items.push(...(page.Items ?? []));
      cursor = page.LastEvaluatedKey;
    } while (cursor);
    return items;
  };
  const remove = async (runId: string, sk: string, token?: string): Promise<boolean> => {
    try {
      await document.delete({
        TableName,
        Key: { pk: pkOf(runId), sk },
        ConditionExpression: token === undefined ? "attribute_exists(pk)" : "#token = :token",
        ...(token === undefined
          ? {}
          : {
              ExpressionAttributeNames: { "#token": "token" },
              ExpressionAttributeValues: { ":token": token },
            }),
      });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
      throw error;
    }
  };
  const controlKey = (runId: string): { pk: string; sk: string } => ({ pk: pkOf(runId), sk: "CONTROL" });
  let count = 0;
  return {
    async put(wait) {
      await put({ pk: pkOf(wait.runId), sk: waitKey(wait), since: now(), ...wait });
    },
    async list(runId) {
      const items = await all(runId, "WAIT#");
      return items.sort((a, b) => Number(a["since"]) - Number(b["since"])).map(toWait);
    },
    take: (wait) => remove(wait.runId, waitKey(wait), wait.token),
    async control(runId) {
      const { Item } = await document.get({ TableName, Key: controlKey(runId), ConsistentRead: true });
      return Item?.["control"] as RunControl | undefined;
    },
    async setControl(runId, control) {
      if (control) await put({ ...controlKey(runId), control });
      else await document.delete({ TableName, Key: controlKey(runId) });
    },
    async addChild(runId, child) {
      await put({ pk: pkOf(runId), sk: `CHILD#${child}`, child });
    },
    async children(runId) {
      return (await all(runId, "CHILD#")).map(({ child }) => String(child));
    },
    async push(runId, name, payload) {
      // In the order of time; two of one millisecond are told apart by this function's count and by chance.
      const order = `${String(now()).padStart(15, "0")}-${String(count++).padStart(6, "0")}-${Math.random().toString(36).slice(2, 8)}`;
      await put({ pk: pkOf(runId), sk: `EVENT#${name}#${order}`, payload: JSON.stringify(payload) });
    },
    async pull(runId, name) {
      for (const { sk, payload } of await all(runId, `EVENT#${name}#`)) {
        if (await remove(runId, String(sk))) return { payload: JSON.parse(String(payload)) as Json };
      }
      return undefined;
    },
  };
}

const waitKey = ({ step, frames }: Wait): string => `WAIT#${step}#${frames.join(".")}`;

const toWait = ({
  pk: _pk,
  sk: _sk,
  since: _since,
  expiresAt: _ends,
  ...wait
}: Record<string, unknown>): Wait => wait as unknown as Wait;
