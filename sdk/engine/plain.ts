import type { Json } from "../model/json.ts";

/** A value that has no place in JSON: a function, a regular expression. */
export class UnsupportedResult extends Error {}

/**
 * What JSONata gave, as plain JSON that shares nothing with it: the library marks arrays, hands out its own objects
 * and lets functions through. An infinite number becomes the text "Infinity", as AWS was seen to give.
 *
 * @throws UnsupportedResult for functions and regular expressions, wherever they stand
 */
export function toPlain(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? (Object.is(value, -0) ? 0 : value) : String(value);
    case "object":
      return value === null ? null : plainObject(value);
    default:
      throw new UnsupportedResult();
  }
}

function plainObject(value: object): Json {
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as unknown[]) if (item !== undefined) items.push(toPlain(item));
    return items;
  }
  if (
    Object.hasOwn(value, "_jsonata_lambda") ||
    Object.hasOwn(value, "_jsonata_function") ||
    value instanceof RegExp
  ) {
    throw new UnsupportedResult();
  }
  const result: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) setOwn(result, key, toPlain(item));
  return result;
}

/** Assignment that also holds for what each object inherits: `__proto__`, or `constructor` of a frozen prototype. */
export function setOwn(target: { [key: string]: Json }, key: string, value: Json): void {
  if (!(key in target)) target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
