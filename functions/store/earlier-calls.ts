import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { earlierRun } from "../../sdk/runtime/control/rerun.ts";
import { runKey } from "./keys.ts";

type Document = Pick<DynamoDBDocument, "get" | "query">;

/** When calls of a run began, by what their items say. */
export interface CallTimes {
  /** The first call of a step, or the one with these frames; milliseconds since the epoch. Nothing where there was none. */
  began(
    runId: string,
    step: string,
    frames?: readonly number[],
  ): Promise<{ frames: number[]; at: number } | undefined>;
}

/**
 * Items of the run's partition: `TASK#step#frames`, `ANSWER#step#frames`, `WAIT#step#frames`; a flow that was called has a
 * run record of its own, under the id that follows from the call.
 */
export function callTimes({ table: TableName, document }: { table: string; document: Document }): CallTimes {
  return {
    async began(runId, step, frames) {
      const times = await Promise.all(
        KINDS.map(async ([kind, field]) => {
          const prefix = `${kind}#${step}#${frames?.join(".") ?? ""}`;
          const items = await all(document, TableName, runId, prefix);
          return items.map((item) => ({
            key: String(item["sk"]).split("#")[2] ?? "",
            at: Number(item[field]),
          }));
        }),
      );
      const [first] = times
        .flat()
        .filter(({ key }) => frames === undefined || key === frames.join("."))
        .sort((a, b) => a.at - b.at);
      if (first) return { frames: first.key === "" ? [] : first.key.split(".").map(Number), at: first.at };
      const key = [runId, step, ...(frames ?? [])].join("/");
      const { Item: child } = await document.get({
        TableName,
        Key: runKey(await earlierRun({ callers: [key] }, runId)),
      });
      return child && { frames: [...(frames ?? [])], at: Number(child["createdAt"]) };
    },
  };
}

const KINDS = [
  ["TASK", "startedAt"],
  ["ANSWER", "at"],
  ["WAIT", "since"],
] as const;

async function all(
  document: Document,
  TableName: string,
  runId: string,
  prefix: string,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let cursor: Record<string, unknown> | undefined;
  do {
    const page = await document.query({
      TableName,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
      ExpressionAttributeValues: { ":pk": runKey(runId).pk, ":sk": prefix },
      ConsistentRead: true,
      ...(cursor && { ExclusiveStartKey: cursor }),
    });
    items.push(...(page.Items ?? []));
    cursor = page.LastEvaluatedKey;
  } while (cursor);
  return items;
}
