import { PAYLOAD_BYTES } from "../../../asl/limits.ts";
import type { MapState, SubMachine } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry, MapItem } from "../../entry.ts";
import { dataLimitFailure } from "../../errors.ts";
import { fieldsOf, type Processor } from "../../fields.ts";
import { jsonBytes } from "../../json-text.ts";
import { PathEntry } from "../../path-entry.ts";

/** The machine that runs for each item, under its present name or its older one. */
export const processorOf = (state: MapState): Processor & SubMachine =>
  (state.ItemProcessor ?? fieldsOf(state).Iterator) as Processor & SubMachine;

/** What the Map iterates over: the items of an array, or the pairs of an object. */
export async function readItems(entry: Entry<MapState>): Promise<MapItem[]> {
  if (entry instanceof PathEntry) return itemsAt(entry, fieldsOf(entry.state).ItemsPath ?? "$");
  if (entry.state.Items === undefined) {
    const items = itemsOf(entry.input);
    if (items) return items;
    throw entry.evaluationFailure(`Map state input must be an array but was: ${JSON.stringify(entry.input)}`);
  }
  const isItems = (value: Json): value is Json => itemsOf(value) !== undefined;
  return itemsOf(await entry.typed("Items", "array", isItems)) ?? [];
}

function itemsAt(entry: PathEntry<MapState>, path: string): MapItem[] {
  const value = entry.pathValue(path);
  // Recorded in December 2025, when objects of the input were iterated already: one of the context object is refused,
  // and the cause writes its path with one `$`.
  const items = path.startsWith("$$") && !Array.isArray(value) ? undefined : itemsOf(value);
  if (items) return items;
  throw entry.failure(
    "States.Runtime",
    `Reference path "${path.replace(/^\$\$/, "$")}" must point to array.`,
  );
}

/** The items of an array or an object; nothing for other values. */
export function itemsOf(value: Json): MapItem[] | undefined {
  if (Array.isArray(value)) return value.map((item, index) => ({ Index: index, Value: item }));
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).map(([key, item], index) => ({ Index: index, Key: key, Value: item }));
}

/** An item as it is passed on: of an object the pair, as documented and observed (floci-io/floci#1588). */
const passed = ({ Key, Value }: MapItem): Json => (Key === undefined ? Value : { Key, Value });

/** What one iteration gets: what ItemSelector makes of the item, or the item itself. */
export async function itemInput(entry: Entry<MapState>, mapItem: MapItem): Promise<Json> {
  const selector = entry.state.ItemSelector ?? fieldsOf(entry.state).Parameters;
  if (selector === undefined) return passed(mapItem);
  const input =
    entry instanceof PathEntry
      ? entry.payload(selector, entry.effective(), mapItem)
      : await entry.value("ItemSelector", { mapItem });
  if (jsonBytes(input) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  return input;
}
