import type { Json } from "../../../sdk/model/json.ts";

/** Placeholders that recordings have for what differs between accounts, and what stands for them here. */
const PLACES: [RegExp, string][] = [
  [/<partition>/g, "aws"],
  [/<region>/g, "us-east-1"],
  [/<account(?:[-_]?id)?>/g, "111111111111"],
];

/** A value with the placeholders of account, Region and partition filled in. */
export function placed<T>(value: T): T {
  if (typeof value === "string") {
    return PLACES.reduce((text: string, [pattern, to]) => text.replaceAll(pattern, to), value) as T;
  }
  if (Array.isArray(value)) return value.map(placed) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [placed(key), placed(item)])) as T;
  }
  return value;
}

/** JSON text of an object, an array or a string as its value; all else as it is. */
export function opened(value: unknown): Json {
  if (typeof value !== "string" || !/^\s*[[{"]/.test(value)) return (value ?? null) as Json;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** A value as JSON text; text that is JSON already stays as it is. */
export function closed(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}

/** The value of a text in a history, which is JSON always; recordings may have it read already. */
export function read(value: unknown): Json {
  if (typeof value !== "string") return (value ?? null) as Json;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
