import { toError, toFailure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import {
  ERROR_KEY,
  type GatherEvent,
  INLINE_RESULT_BYTES,
  LEAST_ROOM_BYTES,
  LOST_KEY,
  REASON_KEY,
} from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { unreadable } from "../model/s3-source.ts";
import { decodeCause } from "./decode-cause.ts";
import { toThrowable } from "./encode-failure.ts";
import type { ObjectStore } from "./ports.ts";
import { storeValue } from "./references.ts";
import { firstSettled } from "./settled-failure.ts";

/** One line of what the children of a distributed Map put out: the item's index, and its result. */
interface Line {
  i: number;
  v: Json;
}

interface WrittenFiles {
  ResultFiles: { SUCCEEDED: { Key: string }[]; FAILED: { Key: string }[] };
}

/**
 * The results of a distributed Map, in the order of the items: in place where they are small, else one reference. Where
 * an item failed, its failure stands for all of them, to be thrown where the map is awaited.
 *
 * @throws the error of a child execution that ended without a result; RunletError RLT3007 where results are missing
 */
export async function gather(event: GatherEvent, objects: ObjectStore): Promise<Json> {
  const { failed, location, format = "json" } = event;
  if (failed) {
    const cause = new Error(`${failed.Error}: ${failed.Cause}`);
    return unread(unreadable(location ?? { Bucket: "" }, format, cause), event);
  }
  const { ResultFiles: files } = (await read(objects, event.manifest.Key)) as unknown as WrittenFiles;
  for (const { Key: key } of files.FAILED ?? []) await throwFirst(objects, key);
  const results: Json[] = new Array(event.count ?? 0);
  let found = 0;
  for (const { Key: key } of files.SUCCEEDED ?? []) {
    for (const { i, v } of linesOf(await text(objects, key))) {
      results[i] = v;
      found++;
    }
  }
  const count = event.count ?? results.length;
  if (found !== count) throw new RunletError("RLT3007", `A map of ${count} items left ${found} results.`);
  const first = firstSettled(results);
  return first ? { [ERROR_KEY]: first } : placedResults(event, results, objects);
}

/** Nothing was called: the failure stands for all results, to be thrown where the map is awaited. */
function unread(error: RunletError, { at = "" }: GatherEvent): Json {
  const { name, message, stack = "" } = toThrowable(toFailure(error), "");
  const cause = { errorType: name, errorMessage: message, trace: stack.split("\n") };
  return { [ERROR_KEY]: { Error: name, Cause: JSON.stringify(cause), At: at, Turn: 1 } };
}

async function placedResults(event: GatherEvent, results: Json[], objects: ObjectStore): Promise<Json> {
  const json = JSON.stringify(results);
  const room = Math.max(LEAST_ROOM_BYTES, Math.min(event.room ?? INLINE_RESULT_BYTES, INLINE_RESULT_BYTES));
  if (Buffer.byteLength(json) <= room) return results;
  const { runId, region: step, frames } = event;
  const reference = await storeValue(objects, { runId, step, frames, part: "results" }, json);
  // Told beside the reference, so that a guard sees what is in it that only JavaScript can tell.
  const told: { [key: string]: Json } = { ...reference };
  if (event.settles && json.includes(`"${REASON_KEY}"`)) told["reason"] = true;
  if (json.includes(`"${LOST_KEY}"`)) told[LOST_KEY] = true;
  return told;
}

function* linesOf(lines: string): Generator<Line> {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\n", at);
    const line = lines.slice(at, end < 0 ? lines.length : end);
    if (line.trim() !== "") yield JSON.parse(line) as Line;
    at = end < 0 ? lines.length : end + 1;
  }
}

/** A child that failed itself was ended by the service: what it was told is thrown. */
async function throwFirst(objects: ObjectStore, key: string): Promise<void> {
  const [line] = (await text(objects, key)).split("\n");
  const first = line ? (JSON.parse(line) as { Error?: string; Cause?: string }) : undefined;
  if (first) throw toError(decodeCause(first.Cause, first.Error));
}

const text = async (objects: ObjectStore, key: string): Promise<string> => {
  const bytes = await objects.get(key);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
};

const read = async (objects: ObjectStore, key: string): Promise<Json> =>
  JSON.parse(await text(objects, key)) as Json;
