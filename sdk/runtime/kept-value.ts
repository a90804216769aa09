import { type Failure, hasTexts, noteParts, toError, toFailure } from "../model/failure.ts";
import { isPlainObject, type Json, MAX_JSON_DEPTH } from "../model/json.ts";
import { KEPT_KEY } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { stayExact } from "./exact-value.ts";

/** `undefined`, and numbers that JSON lacks, in a form that JSON has: a tag, then the content. */
type Tagged =
  | ["undefined"]
  | ["number", string]
  | ["value", Json]
  | ["error", Failure]
  | ["date", string]
  | ["set", Tagged[]]
  | ["map", [Tagged, Tagged][]]
  | ["url" | "search", string]
  | ["match", Tagged[], number, string, Tagged]
  | ["list", Tagged[]]
  | ["object", [string, Tagged][]];

/**
 * What a variable of the flow holds between two states: the value itself where JSON keeps it, else the value in tags,
 * which only an inline step reads.
 *
 * @throws RunletError RLT2001 to RLT2003, RLT3005 for what cannot be kept at all: a function, a hole, a Set of objects
 */
export function keepValue(value: unknown): Json {
  try {
    return stayExact(value);
  } catch (error) {
    if (!(error instanceof RunletError) || (error.code !== "RLT3005" && error.code !== "RLT2001"))
      throw error;
    const tagged = tag(value);
    if (!tagged) throw error;
    return { [KEPT_KEY]: tagged as unknown as Json };
  }
}

/** The other way round. */
export function keptValue(stored: Json): unknown {
  const isKept = typeof stored === "object" && stored !== null && Object.hasOwn(stored, KEPT_KEY);
  return isKept ? untag((stored as unknown as { [KEPT_KEY]: Tagged })[KEPT_KEY]) : stored;
}

function tag(value: unknown, depth = 0): Tagged | undefined {
  if (depth > MAX_JSON_DEPTH)
    throw new RunletError(
      "RLT2003",
      `A value that is kept over a step has more than ${MAX_JSON_DEPTH} levels, or contains itself.`,
    );
  const inner = (item: unknown): Tagged | undefined => tag(item, depth + 1);
  if (value === undefined) return ["undefined"];
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return ["number", Object.is(value, -0) ? "-0" : String(value)];
  if (value === null || ["string", "number", "boolean"].includes(typeof value))
    return ["value", value as Json];
  if (Array.isArray(value)) {
    if (Object.keys(value).length !== value.length) return tagMatch(value, depth); // holes, or keys of its own
    const items = value.map(inner);
    return items.includes(undefined) ? undefined : ["list", items as Tagged[]];
  }
  if (value instanceof Error) {
    if (!hasTexts(value)) return undefined;
    noteParts(value);
    return ["error", toFailure(value)];
  }
  if (value instanceof Date) return ["date", String(value.getTime())];
  if (value instanceof URL) return ["url", value.href];
  if (value instanceof URLSearchParams) return ["search", value.toString()];
  if (value instanceof Set) return tagSet(value, depth);
  if (value instanceof Map) return tagMap(value, depth);
  if (!isPlainObject(value)) return undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, inner(item)] as const);
  return entries.some(([, item]) => item === undefined)
    ? undefined
    : ["object", entries as [string, Tagged][]];
}

/** The groups of a pattern have no prototype. */
const nameless = (groups: unknown): unknown =>
  groups === undefined ? undefined : Object.assign(Object.create(null) as object, groups);

/** What a pattern found: a list that knows where. */
function tagMatch(value: readonly unknown[], depth: number): Tagged | undefined {
  const { index, input, groups } = value as RegExpExecArray;
  const isMatch = Object.keys(value).length === value.length + 3 && typeof input === "string";
  if (!isMatch || typeof index !== "number" || !Object.hasOwn(value, "groups")) return undefined;
  const items = value.map((item) => tag(item, depth + 1));
  const named = tag(groups && { ...groups }, depth + 1);
  return named && !items.includes(undefined) ? ["match", items as Tagged[], index, input, named] : undefined;
}

/** What is looked up by identity must not be an object, which would be another one after the way. */
function tagKey(key: unknown, depth: number): Tagged | undefined {
  if (typeof key === "object" && key !== null)
    throw new RunletError("RLT3005", "A Set or Map that finds objects by identity is kept over a step.", {
      mend: "Look them up by something of theirs, such as an id.",
    });
  return tag(key, depth + 1);
}

function tagSet(set: ReadonlySet<unknown>, depth: number): Tagged | undefined {
  const items = [...set].map((key) => tagKey(key, depth));
  return items.includes(undefined) ? undefined : ["set", items as Tagged[]];
}

function tagMap(map: ReadonlyMap<unknown, unknown>, depth: number): Tagged | undefined {
  const entries = [...map].map(([key, item]) => [tagKey(key, depth), tag(item, depth + 1)]);
  return entries.some((entry) => entry.includes(undefined))
    ? undefined
    : ["map", entries as [Tagged, Tagged][]];
}

function untag(tagged: Tagged): unknown {
  switch (tagged[0]) {
    case "undefined":
      return undefined;
    case "number":
      return Number(tagged[1]);
    case "value":
      return tagged[1];
    case "error":
      return toError(tagged[1]);
    case "date":
      return new Date(Number(tagged[1]));
    case "set":
      return new Set(tagged[1].map(untag));
    case "map":
      return new Map(tagged[1].map(([key, item]) => [untag(key), untag(item)]));
    case "url":
      return new URL(tagged[1]);
    case "search":
      return new URLSearchParams(tagged[1]);
    case "match":
      return Object.assign(tagged[1].map(untag), {
        index: tagged[2],
        input: tagged[3],
        groups: nameless(untag(tagged[4])),
      });
    case "list":
      return tagged[1].map(untag);
    case "object":
      return Object.fromEntries(tagged[1].map(([key, item]) => [key, untag(item)]));
  }
}
