import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import { fieldsOf } from "../../fields.ts";
import { jsonBytes } from "../../json-text.ts";
import { numberAt, PathEntry } from "../../path-entry.ts";

/** The input of one child execution, and how many items are in it. */
export interface ChildInput {
  input: Json;
  items: number;
}

/** One child for each item or, with an ItemBatcher, for each batch: `{ BatchInput, Items }`. */
export async function childInputs(entry: Entry<MapState>, items: readonly Json[]): Promise<ChildInput[]> {
  const { ItemBatcher: batcher } = fieldsOf(entry.state);
  if (!batcher) return items.map((input) => ({ input, items: 1 }));
  const mostItems = (await limit(entry, batcher, "MaxItemsPerBatch")) ?? Number.POSITIVE_INFINITY;
  const mostBytes = (await limit(entry, batcher, "MaxInputBytesPerBatch")) ?? Number.POSITIVE_INFINITY;
  const batchInput = await readBatchInput(entry, batcher);
  const wrap = (batch: Json[]): Json => ({
    ...(batchInput === undefined ? {} : { BatchInput: batchInput }),
    Items: batch,
  });
  const overhead = jsonBytes(wrap([]));
  return split(items, mostItems, mostBytes - overhead).map((batch) => ({
    input: wrap(batch),
    items: batch.length,
  }));
}

/** Batches as large as both limits allow; an item that is too large alone still makes a batch of its own. */
function split(items: readonly Json[], mostItems: number, mostBytes: number): Json[][] {
  const batches: Json[][] = [];
  let batch: Json[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = jsonBytes(item) + 1;
    if (batch.length > 0 && (batch.length >= mostItems || bytes + size > mostBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

const isPositive = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 1;

async function limit(
  entry: Entry<MapState>,
  batcher: { [key: string]: Json },
  field: string,
): Promise<number | undefined> {
  const path = batcher[`${field}Path`];
  if (entry instanceof PathEntry) {
    if (typeof path === "string") return numberAt(entry, `${field}Path`, path, isPositive);
    return batcher[field] as number | undefined;
  }
  if (batcher[field] === undefined) return undefined;
  return entry.typed(field, "integer", isPositive, { holder: batcher, location: `ItemBatcher/${field}` });
}

async function readBatchInput(
  entry: Entry<MapState>,
  batcher: { [key: string]: Json },
): Promise<Json | undefined> {
  const template = batcher["BatchInput"];
  if (template === undefined) return undefined;
  return entry instanceof PathEntry
    ? entry.payload(template, entry.effective())
    : entry.value("BatchInput", { holder: batcher, location: "ItemBatcher/BatchInput" });
}
