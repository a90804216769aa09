import { exceedsDepth, isPlainObject, type Json } from "../model/json.ts";
import { ERROR_KEY } from "../model/protocol.ts";

/** The failure of a future that a region passes on as an argument: the call that it goes to fails by it. */
export class FailedFuture {
  readonly failure: Json;
  constructor(failure: Json) {
    this.failure = failure;
  }
}

export const isFailedFuture = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.hasOwn(value, ERROR_KEY);

/**
 * Takes failed futures out of arguments before they cross as JSON, and puts their failures in afterwards, at any depth of
 * lists and objects.
 */
export function withoutFailed(value: unknown): { value: unknown; restore(crossed: Json): Json } {
  const failures: Json[] = [];
  const mark = `runlet-future-${crypto.randomUUID()}-`;
  const take = (item: unknown): unknown => {
    if (item instanceof FailedFuture) return `${mark}${failures.push(item.failure) - 1}`;
    if (Array.isArray(item)) return item.map(take);
    if (!isPlainObject(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, take(inner)]));
  };
  const put = (item: Json): Json => {
    if (typeof item === "string" && item.startsWith(mark))
      return failures[Number(item.slice(mark.length))] ?? null;
    if (Array.isArray(item)) return item.map(put);
    if (typeof item !== "object" || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, put(inner)]));
  };
  const taken = !exceedsDepth(value) && holdsFailed(value) ? take(value) : value;
  return { value: taken, restore: (crossed) => (failures.length > 0 ? put(crossed) : crossed) };
}

const holdsFailed = (value: unknown): boolean =>
  value instanceof FailedFuture ||
  (Array.isArray(value)
    ? value.some(holdsFailed)
    : isPlainObject(value) && Object.values(value).some(holdsFailed));
