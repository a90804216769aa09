import { isPlainObject } from "../model/json.ts";

/**
 * Freezes arrays and plain objects, whatever depth they are at. Other objects stay as they are: a frozen RegExp, say,
 * can no longer match.
 */
export function freezeDeeply<T>(value: T, seen = new Set<unknown>()): T {
  if (!(Array.isArray(value) || isPlainObject(value)) || seen.has(value)) return value;
  seen.add(value);
  for (const item of Object.values(value)) freezeDeeply(item, seen);
  return Object.freeze(value);
}
