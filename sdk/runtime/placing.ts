import type { Json } from "../model/json.ts";
import {
  INLINE_RESULT_BYTES,
  type InlineEvent,
  ITEMS_KEY,
  isReference,
  LEAST_ROOM_BYTES,
} from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import type { ObjectStore } from "./ports.ts";
import { storeValue } from "./references.ts";

const bytesOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

/**
 * What an inline step answers, with values in the object store in the place of those that are too large: each by itself,
 * and the largest ones where they are too large together.
 */
export async function placed(
  answer: Json,
  event: InlineEvent,
  objects: ObjectStore,
  changesVariables: boolean,
): Promise<Json> {
  const placing = new Placing(event, objects);
  if (!changesVariables) return placing.answer(answer);
  const { answer: given = null, cells } = answer as { answer?: Json; cells: { [name: string]: Json } };
  // Variables and answer travel in one payload, so they are measured together.
  const { answer: whole, ...kept } = await placing.several({
    answer: await placing.answer(given),
    ...prefixed(cells),
  });
  return { answer: whole ?? null, cells: unprefixed(kept) };
}

const prefixed = (cells: { [name: string]: Json }): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(cells).map(([name, value]) => [`cell ${name}`, value]));
const unprefixed = (cells: { [name: string]: Json }): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(cells).map(([name, value]) => [name.replace(/^cell /, ""), value]));

class Placing {
  readonly #event: InlineEvent;
  readonly #objects: ObjectStore;
  readonly #room: number;

  constructor(event: InlineEvent, objects: ObjectStore) {
    this.#event = event;
    this.#objects = objects;
    this.#room = Math.max(LEAST_ROOM_BYTES, Math.min(event.room ?? INLINE_RESULT_BYTES, INLINE_RESULT_BYTES));
  }

  async answer(value: Json): Promise<Json> {
    const { crossing } = this.#event;
    if (crossing === "items") return Array.isArray(value) ? this.#items(value) : value; // a place of items is small
    if (crossing === "input") return this.#input(value as { input?: Json });
    if (crossing === "parts") return this.several(value as { [key: string]: Json });
    return bytesOf(value) > this.#room ? this.#stored(value, "inline") : value;
  }

  /** The input of a flow stands in an envelope, which stays. */
  async #input(envelope: { input?: Json }): Promise<Json> {
    const { input } = envelope;
    const isLarge = input !== undefined && bytesOf(input) > this.#room;
    return isLarge ? { ...envelope, input: await this.#stored(input, "inline") } : { ...envelope };
  }

  async several(values: { [name: string]: Json }): Promise<{ [name: string]: Json }> {
    const sizes = new Map<string, number>();
    const fitting: { [name: string]: Json } = {};
    for (const [name, value] of Object.entries(values)) {
      const isLarge = bytesOf(value) > this.#room && !isReference(value);
      fitting[name] = isLarge ? await this.#stored(value, name.replace(/\W/g, "_")) : value;
      sizes.set(name, bytesOf(fitting[name] as Json));
    }
    for (const [name, size] of [...sizes].sort(([, a], [, b]) => b - a)) {
      const total = [...sizes.values()].reduce((sum, one) => sum + one, 0);
      if (total <= INLINE_RESULT_BYTES || size <= LEAST_ROOM_BYTES) break;
      fitting[name] = await this.#stored(fitting[name] as Json, name.replace(/\W/g, "_"));
      sizes.set(name, bytesOf(fitting[name]));
    }
    return fitting;
  }

  /** A few items go on as they are; many, or large ones, as a file that a distributed Map reads. */
  async #items(items: Json[]): Promise<Json> {
    const { limit } = this.#event;
    const isFew = limit === undefined || items.length <= limit;
    if (isFew && bytesOf(items) <= this.#room) return items;
    if (limit === undefined) {
      const message = `The items of a map that a flow body computes have ${bytesOf(items)} bytes.`;
      throw new RunletError("RLT2009", message);
    }
    const small: Json[] = [];
    for (const [i, item] of items.entries())
      small.push(bytesOf(item) > this.#room ? await this.#stored(item, `item-${i}`) : item);
    const { "$runlet.ref": file } = await this.#stored(small, "items");
    return { [ITEMS_KEY]: { Bucket: this.#objects.bucket, Key: file.key, count: items.length } };
  }

  #stored(value: Json, part: string): ReturnType<typeof storeValue> {
    const { runId, region, frames } = this.#event;
    return storeValue(this.#objects, { runId, step: region, frames, part }, JSON.stringify(value));
  }
}
