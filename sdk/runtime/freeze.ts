import { exceedsDepth, isPlainObject, MAX_JSON_DEPTH } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";

/** What a program may reach, `raw[key]` with the key `__proto__` say, and which every other one in this process has too. */
const SHARED: ReadonlySet<unknown> = new Set([Object.prototype, Array.prototype]);

/**
 * Freezes arrays and plain objects, whatever depth they are at. Other objects stay as they are: a frozen RegExp, say,
 * can no longer match. So do the prototypes that all values share.
 */
export function freezeDeeply<T>(value: T): T {
  const seen = new Set<unknown>(SHARED);
  const left: unknown[] = [value]; // a list, as the stack would not hold every depth
  while (left.length > 0) {
    const item = left.pop();
    if (!(Array.isArray(item) || isPlainObject(item)) || seen.has(item)) continue;
    seen.add(item);
    for (const one of Object.values(item)) if (typeof one === "object") left.push(one);
    Object.freeze(item);
  }
  return value;
}

/**
 * A copy of arrays and plain objects, whatever depth they are at, that may be changed.
 *
 * @throws RunletError RLT2003 for what contains itself or is too deep to cross a boundary
 */
export function thawDeeply<T>(value: T): T {
  if (exceedsDepth(value)) {
    throw new RunletError("RLT2003", `A value has more than ${MAX_JSON_DEPTH} levels, or contains itself.`);
  }
  return thawed(value);
}

function thawed<T>(value: T): T {
  if (Array.isArray(value)) return thawList(value) as T;
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const own = { value: thawed(item), writable: true, enumerable: true, configurable: true };
    Object.defineProperty(copy, key, own); // by assignment, __proto__ would be lost
  }
  return copy as T;
}

/** What a pattern found is a list with keys of its own. */
function thawList(value: readonly unknown[]): unknown[] {
  const copy = value.map(thawed);
  const keys = Object.keys(value);
  if (keys.length > value.length)
    for (const key of keys)
      if (!Object.hasOwn(copy, key)) Object.assign(copy, { [key]: value[key as never] });
  return copy;
}
