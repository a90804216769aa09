import type { Json } from "../model/json.ts";

/**
 * The JSON text of a value. One state's output is the next one's input, and both stand in the history, so the text
 * of an object is kept as long as the object lives. Nothing in the engine changes a value once it has been made.
 */
const texts = new WeakMap<object, string>();

export function jsonText(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    texts.set(value, text);
  }
  return text;
}

const sizes = new WeakMap<object, number>();

/** Bytes of the value's JSON text in UTF-8, which is what the service counts. */
export function jsonBytes(value: Json): number {
  if (typeof value !== "object" || value === null) return Buffer.byteLength(jsonText(value));
  const known = sizes.get(value);
  if (known !== undefined) return known;
  const size = Buffer.byteLength(jsonText(value));
  sizes.set(value, size);
  return size;
}

/** A copy that shares nothing with the caller's value; nothing at all becomes null, as a Lambda function's does. */
export const detached = (value: Json | undefined): Json =>
  value === undefined
    ? null
    : typeof value === "object"
      ? (JSON.parse(JSON.stringify(value)) as Json)
      : value;
