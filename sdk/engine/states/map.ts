import { INLINE_MAP_CONCURRENCY, PAYLOAD_BYTES } from "../../asl/limits.ts";
import type { MapState, SubMachine } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, MapItem, Step } from "../entry.ts";
import { dataLimitFailure, runtimeFailure } from "../errors.ts";
import { withRetryAndCatch } from "../failing.ts";
import { fieldsOf } from "../fields.ts";
import { runMachine } from "../interpreter.ts";
import { jsonBytes } from "../json-text.ts";
import { numberAt, PathEntry } from "../jsonpath/path-entry.ts";
import type { Scope } from "../scope.ts";
import { runGroup } from "./group.ts";

/** Runs the processor once for each item; the result is the array of outputs in the items' order. */
export function runMap(entry: Entry<MapState>): Promise<Step> {
  return withRetryAndCatch(
    entry,
    () => attempt(entry),
    () => void entry.scope.record("MapStateFailed"),
  );
}

async function attempt(entry: Entry<MapState>): Promise<Step> {
  const { state, scope } = entry;
  const limit = await readConcurrency(entry);
  const items = await readItems(entry);
  scope.record("MapStateStarted", { mapStateStartedEventDetails: { length: items.length } });
  const iteration = (index: number) => ({ name: entry.name, index });
  const result = await runGroup(entry, {
    count: items.length,
    limit,
    begin: (index, previous) => beginIteration(entry, items, index, previous),
    ended: (index, child) => {
      scope.record(
        "MapIterationSucceeded",
        { mapIterationSucceededEventDetails: iteration(index) },
        child.last,
      );
    },
  });
  if (jsonBytes(result) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  const exitPrevious = scope.last; // MapStateSucceeded and MapStateExited name the same event
  scope.record("MapStateSucceeded");
  return { ...(await entry.finish(state, state.Next, result, { extra: { result } })), exitPrevious };
}

function beginIteration(
  entry: Entry<MapState>,
  items: Json[],
  index: number,
  previous: number,
): { scope: Scope; output: Promise<Json> } {
  const { scope, state } = entry;
  const child = scope.fork(previous);
  const drive = async (): Promise<Json> => {
    const input = await itemInput(entry, child, { Index: index, Value: items[index] ?? null });
    child.record("MapIterationStarted", { mapIterationStartedEventDetails: { name: entry.name, index } });
    child.begun = true;
    await undefined; // so that all that may run at once are recorded as started before any enters a state
    return runMachine(child, processorOf(state), input);
  };
  return { scope: child, output: drive() };
}

async function itemInput(entry: Entry<MapState>, child: Scope, mapItem: MapItem): Promise<Json> {
  const selector = entry.state.ItemSelector ?? fieldsOf(entry.state).Parameters;
  if (selector === undefined) return mapItem.Value;
  try {
    const input =
      entry instanceof PathEntry
        ? entry.payload(selector, entry.effective(), mapItem)
        : await entry.value("ItemSelector", { mapItem });
    if (jsonBytes(input) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
    return input;
  } catch (thrown) {
    child.last = entry.scope.last; // what failed is recorded in the Map's own chain
    throw thrown;
  }
}

const isWhole = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

/** MaxConcurrency, where 0 stands for no limit; an inline Map never runs more than 40 at a time. */
async function readConcurrency(entry: Entry<MapState>): Promise<number> {
  const { MaxConcurrencyPath: path } = fieldsOf(entry.state);
  let limit = 0;
  if (path !== undefined && entry instanceof PathEntry) {
    limit = numberAt(entry, "MaxConcurrencyPath", path, isWhole);
  } else if (entry.state.MaxConcurrency !== undefined) {
    limit = await entry.typed("MaxConcurrency", "integer", isWhole);
  }
  return limit === 0 ? INLINE_MAP_CONCURRENCY : Math.min(limit, INLINE_MAP_CONCURRENCY);
}

async function readItems(entry: Entry<MapState>): Promise<Json[]> {
  if (entry instanceof PathEntry) return itemsAt(entry, fieldsOf(entry.state).ItemsPath ?? "$");
  if (entry.state.Items === undefined) return asItems(entry, entry.input);
  const isItems = (value: Json): value is Json[] | { [key: string]: Json } =>
    typeof value === "object" && value !== null;
  return asItems(entry, await entry.typed("Items", "array", isItems));
}

function itemsAt(entry: PathEntry<MapState>, path: string): Json[] {
  const items = entry.pathValue(path);
  if (Array.isArray(items)) return items;
  throw entry.failure("States.Runtime", `Reference path "${path}" must point to array.`);
}

/** The machine that runs for each item. */
const processorOf = (state: MapState): SubMachine =>
  state.ItemProcessor ?? (fieldsOf(state).Iterator as SubMachine);

function asItems(entry: Entry<MapState>, value: Json): Json[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null) {
    throw runtimeFailure(
      `RLT3002: The engine does not iterate over an object (state '${entry.name}', field 'Items').`,
    );
  }
  throw entry.evaluationFailure(
    `The input of the Map state is not an array: ${JSON.stringify(value)}`,
    "Items",
  );
}
