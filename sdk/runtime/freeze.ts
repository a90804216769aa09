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

/** A copy of arrays and plain objects, whatever depth they are at, that may be changed. */
export function thawDeeply<T>(value: T): T {
  if (Array.isArray(value)) return thawList(value) as T;
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const own = { value: thawDeeply(item), writable: true, enumerable: true, configurable: true };
    Object.defineProperty(copy, key, own); // by assignment, __proto__ would be lost
  }
  return copy as T;
}

/** What a pattern found is a list with keys of its own. */
function thawList(value: readonly unknown[]): unknown[] {
  const copy = value.map(thawDeeply);
  const keys = Object.keys(value);
  if (keys.length > value.length)
    for (const key of keys)
      if (!Object.hasOwn(copy, key)) Object.assign(copy, { [key]: value[key as never] });
  return copy;
}
