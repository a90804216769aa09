import { isPlainObject } from "../../../sdk/model/json.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * Objects as `bucket/key` -> text, of `{ "bucket/key": text }`, `{ bucket: { key: text } }` or a list of
 * `{ bucket, key, body }`. A body that is a value is the text of its JSON.
 */
export function objectsOf(given: unknown): Record<string, string> {
  if (Array.isArray(given)) return Object.fromEntries(given.filter(isPlainObject).map(entryOf));
  if (!isPlainObject(given)) return {};
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]): [string, string][] => {
      if (name.includes("/") || !isPlainObject(value)) return [[name, text(value)]];
      return Object.entries(value).map(([key, body]) => [`${name}/${key}`, text(body)]);
    }),
  );
}

function entryOf(one: Record<string, unknown>): [string, string] {
  const own = new Map(Object.entries(one).map(([key, value]) => [key.toLowerCase(), value]));
  const body = ["body", "content", "text", "value", "data"]
    .map((name) => own.get(name))
    .find((value) => value !== undefined);
  return [`${String(own.get("bucket"))}/${String(own.get("key"))}`, text(body)];
}
