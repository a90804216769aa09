import { INLINE_MAP_CONCURRENCY, PAYLOAD_BYTES } from "../../../asl/limits.ts";
import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry, Step } from "../../entry.ts";
import { dataLimitFailure } from "../../errors.ts";
import { withRetryAndCatch } from "../../failing.ts";
import { fieldsOf } from "../../fields.ts";
import { jsonBytes } from "../../json-text.ts";
import { numberAt, PathEntry } from "../../path-entry.ts";
import { runDistributed } from "./distributed.ts";
import { runInline } from "./inline.ts";
import { processorOf } from "./items.ts";

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
  const isDistributed = processorOf(state).ProcessorConfig?.Mode === "DISTRIBUTED";
  if (!isDistributed) refuseDistributedFields(entry);
  const concurrency = await readConcurrency(entry);
  const inline = Math.min(concurrency || INLINE_MAP_CONCURRENCY, INLINE_MAP_CONCURRENCY);
  const result = await (isDistributed ? runDistributed(entry, concurrency) : runInline(entry, inline));
  if (jsonBytes(result) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  const exitPrevious = namedByExit(entry);
  scope.record("MapStateSucceeded");
  return { ...(await entry.finish(state, state.Next, result, { extra: { result } })), exitPrevious };
}

/** AWS takes these fields in an inline Map, until one is entered (measured on AWS, floci-io/floci). */
function refuseDistributedFields(entry: Entry<MapState>): void {
  const { ItemReader, ItemBatcher, ResultWriter } = fieldsOf(entry.state);
  if (ItemReader === undefined && ItemBatcher === undefined && ResultWriter === undefined) return;
  throw entry.failure(
    "States.Runtime",
    "The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps",
  );
}

/**
 * The event that MapStateExited names as its previous one: what MapStateSucceeded names, until AWS changed it in 2024
 * for distributed Maps. JSONata and variables are younger than that change; of JSONPath without variables most
 * recordings are older, and so are runs that were begun before engine format 3.
 */
function namedByExit(entry: Entry<MapState>): number {
  const { scope } = entry;
  const isOlder = entry instanceof PathEntry && Object.keys(scope.variables).length === 0;
  const mapRun = isOlder || scope.run.later ? undefined : scope.active?.mapRun;
  return mapRun?.begunId ?? scope.last;
}

const isWhole = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

/** MaxConcurrency as the state gives it: 0 for no limit but the service's own. */
export async function readConcurrency(entry: Entry<MapState>): Promise<number> {
  const { MaxConcurrencyPath: path } = fieldsOf(entry.state);
  if (path !== undefined && entry instanceof PathEntry) {
    return numberAt(entry, "MaxConcurrencyPath", path, isWhole);
  }
  return entry.state.MaxConcurrency === undefined ? 0 : entry.typed("MaxConcurrency", "integer", isWhole);
}
