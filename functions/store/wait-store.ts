import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import type { Json } from "../../sdk/model/json.ts";
import type { CallName, Rerun } from "../../sdk/runtime/control/rerun.ts";
import type { Asked, RunControl, Wait, WaitStore } from "../../sdk/runtime/control/waits.ts";
import { runKey, TTL_SECONDS } from "./keys.ts";

type Document = Pick<DynamoDBDocument, "delete" | "get" | "put" | "query">;

/** Waits, and what they were answered with: for runs that repeat others. */
export interface AnswerStore extends WaitStore {
  keepAnswer(wait: CallName, output: Json): Promise<void>;
  /** What a wait was answered with, and when (milliseconds since the epoch); of a sleep, when it was over. */
  findAnswer(wait: CallName): Promise<{ output: Json; at: number } | undefined>;
}

/**
 * Waits, events and the control of runs, in the run's own partition: `WAIT#step#frames`, `EVENT#name#time`, `CONTROL`.
 * Every write is one item; what is taken out is taken by a conditional delete, so one caller gets it.
 */
export function createWaitStore(options: { table: string; document: Document; now(): number }): AnswerStore {
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
  const asked = async (runId: string): Promise<Asked> => {
    const { Item } = await document.get({ TableName, Key: controlKey(runId), ConsistentRead: true });
    const [control, rerun] = [Item?.["control"], Item?.["rerun"]];
    return {
      ...(control !== undefined && { control: control as RunControl }),
      ...(rerun !== undefined && { rerun: JSON.parse(String(rerun)) as Rerun }),
    };
  };
  const keep = (runId: string, { control, rerun }: Asked): Promise<unknown> =>
    put({
      ...controlKey(runId),
      ...(control && { control }),
      ...(rerun && { rerun: JSON.stringify(rerun) }),
    });
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
    asked,
    control: async (runId) => (await asked(runId)).control,
    async setControl(runId, control) {
      const { rerun } = await asked(runId);
      if (control || rerun) await keep(runId, { ...(control && { control }), ...(rerun && { rerun }) });
      else await document.delete({ TableName, Key: controlKey(runId) });
    },
    async setRerun(runId, rerun) {
      await keep(runId, { ...(await asked(runId)), rerun });
    },
    async keepAnswer({ runId, step, frames }, output) {
      await put({
        pk: pkOf(runId),
        sk: answerKey({ step, frames }),
        output: JSON.stringify(output),
        at: now(),
      });
    },
    async findAnswer({ runId, step, frames }) {
      const pk = pkOf(runId);
      const { Item: given } = await document.get({ TableName, Key: { pk, sk: answerKey({ step, frames }) } });
      if (given) return { output: JSON.parse(String(given["output"])) as Json, at: Number(given["at"]) };
      // A sleep that nobody ended is over by itself, and its item is still there.
      const { Item: wait } = await document.get({ TableName, Key: { pk, sk: waitKey({ step, frames }) } });
      if (wait?.["wait"] !== "sleep") return undefined;
      return { output: null, at: Number(wait["since"]) + Number(wait["seconds"] ?? 0) * 1_000 };
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

type Place = { step: string; frames: readonly number[] };
const answerKey = ({ step, frames }: Place): string => `ANSWER#${step}#${frames.join(".")}`;
const waitKey = ({ step, frames }: Place): string => `WAIT#${step}#${frames.join(".")}`;

const toWait = ({
  pk: _pk,
  sk: _sk,
  since: _since,
  expiresAt: _ends,
  ...wait
}: Record<string, unknown>): Wait => wait as unknown as Wait;
