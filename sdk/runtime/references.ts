import type { Json } from "../model/json.ts";
import { isReference, REFERENCE_KEY, type Reference } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import type { ObjectStore } from "./ports.ts";

/** A stored value may hold references of its own (a map's manifest); more levels than this are a mistake. */
const MAX_NESTING = 8;
/** Loads at a time: enough to hide the latency of S3, few enough for the sockets of a small function. */
const WIDTH = 16;

/** Where a value of a call is stored; parts of its hash keep two writers of one key from spoiling each other's. */
export interface CallAddress {
  runId: string;
  step: string;
  frames: readonly number[];
  /** The attempt, or what else tells values of one call apart. */
  part: string;
}

/** Stores a value and answers what travels in its place. */
export async function storeValue(store: ObjectStore, address: CallAddress, json: string): Promise<Reference> {
  const bytes = Buffer.from(json, "utf8");
  const sha256 = await hashOf(bytes);
  const frames = address.frames.join(".") || "_";
  const key = `results/${address.runId}/${address.step}/${frames}-${address.part}-${sha256.slice(0, 16)}.json`;
  await store.put(key, bytes);
  return { [REFERENCE_KEY]: { key, bytes: bytes.byteLength, sha256 } };
}

/**
 * Loads the value behind a reference.
 *
 * @throws RunletError RLT3007 when it is missing, or is not what was stored
 */
export async function loadValue(store: ObjectStore, reference: Reference): Promise<Json> {
  const target: Partial<Reference[typeof REFERENCE_KEY]> | null = reference[REFERENCE_KEY];
  if (typeof target?.key !== "string" || typeof target.sha256 !== "string") {
    throw new RunletError("RLT3007", "A reference to a stored value has no key or no hash.");
  }
  const bytes = await store.get(target.key);
  if ((await hashOf(bytes)) !== target.sha256) {
    throw new RunletError("RLT3007", `What is stored under "${target.key}" is not what was stored there.`);
  }
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")) as Json;
}

/** Node's crypto module takes a while to load, which a task with small values need not pay for. */
async function hashOf(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * The value with every reference in it replaced by what it refers to; a promise only where there is one. Holders are
 * changed in place: the value is the handler's own, fresh from JSON.
 *
 * @throws RunletError RLT3007 (or rejects with it)
 */
export function resolveReferences(value: Json, store: ObjectStore): Json | Promise<Json> {
  const root = { value };
  const slots = findSlots(root);
  return slots.length === 0 ? value : load(root, slots, store);
}

async function load(root: { value: Json }, found: Slot[], store: ObjectStore): Promise<Json> {
  let slots = found;
  for (let level = 0; slots.length > 0; level++) {
    if (level === MAX_NESTING)
      throw new RunletError("RLT3007", "Stored values refer to each other without end.");
    await inParallel(slots, async (slot) => slot.fill(await loadValue(store, slot.reference)));
    slots = findSlots(root);
  }
  return root.value;
}

interface Slot {
  reference: Reference;
  fill(value: Json): void;
}

function findSlots(holder: object): Slot[] {
  const slots: Slot[] = [];
  const visit = (container: object): void => {
    for (const [key, item] of Object.entries(container) as [string, unknown][]) {
      if (isReference(item)) slots.push({ reference: item, fill: (value) => setOwn(container, key, value) });
      else if (typeof item === "object" && item !== null) visit(item);
    }
  };
  visit(holder);
  return slots;
}

/** Plain assignment to `__proto__` would set the prototype instead of the key that JSON.parse made. */
function setOwn(container: object, key: string, value: Json): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, lane));
}
