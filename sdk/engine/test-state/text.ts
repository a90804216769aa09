import type { Json } from "../../model/json.ts";

/** JSON with a blank after commas and colons, the form in which the service's TestState was recorded to write arrays. */
export function spacedText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spacedText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spacedText(item)}`);
  return `{${members.join(", ")}}`;
}
