import type { createWaitStore } from "../../functions/store/wait-store.ts";

type Document = Parameters<typeof createWaitStore>[0]["document"];
type Item = Record<string, unknown>;

/** As much of DynamoDB's document client as the wait store uses: keys, a prefix, one kind of condition. */
export function memoryDocument(): Document {
  const items = new Map<string, Item>();
  const keyOf = ({ pk, sk }: Item): string => JSON.stringify([pk, sk]);
  const made = {
    async put({ Item: item }: { Item: Item }) {
      items.set(keyOf(item), structuredClone(item));
      return {};
    },
    get: async ({ Key }: { Key: Item }) => ({ Item: structuredClone(items.get(keyOf(Key))) }),
    async delete({
      Key,
      ConditionExpression,
      ExpressionAttributeValues: values = {},
    }: {
      Key: Item;
      ConditionExpression?: string;
      ExpressionAttributeValues?: Item;
    }) {
      const found = items.get(keyOf(Key));
      const wanted = values[":token"];
      if (
        ConditionExpression !== undefined &&
        (!found || (wanted !== undefined && found["token"] !== wanted))
      )
        throw Object.assign(new Error("The conditional request failed"), {
          name: "ConditionalCheckFailedException",
        });
      items.delete(keyOf(Key));
      return {};
    },
    async query({ ExpressionAttributeValues: values }: { ExpressionAttributeValues: Item }) {
      const found = [...items.values()].filter(
        ({ pk, sk }) => pk === values[":pk"] && String(sk).startsWith(String(values[":sk"])),
      );
      return {
        Items: structuredClone(found.toSorted((a, b) => (String(a["sk"]) < String(b["sk"]) ? -1 : 1))),
      };
    },
  };
  return made as unknown as Document;
}
