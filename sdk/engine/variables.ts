import type { Json } from "../model/json.ts";
import { jsonBytes } from "./json-text.ts";

/** Variable name -> value. Never changed in place: an Assign makes a new one. */
export type Variables = Readonly<Record<string, Json>>;

/** Bytes of the JSON text of the record itself; its values' texts are asked for again, its own is not. */
export function recordBytes(variables: Variables): number {
  const entries = Object.entries(variables);
  const marks = 2 + Math.max(0, entries.length - 1);
  return entries.reduce((sum, [name, value]) => sum + jsonBytes(name) + 1 + jsonBytes(value), marks);
}

/** Of variables as they are: how many bytes the JSON texts of their values have, all together. */
const totals = new WeakMap<Variables, number>();

/** The same of what an Assign makes of them; only what it assigns is looked at. */
export function bytesWith(base: Variables, assigned: Variables): number {
  let total = bytesOf(base);
  for (const [name, value] of Object.entries(assigned)) {
    total += jsonBytes(value) - (Object.hasOwn(base, name) ? jsonBytes(base[name] as Json) : 0);
  }
  return total;
}

function bytesOf(variables: Variables): number {
  let total = totals.get(variables);
  if (total === undefined) {
    total = 0;
    for (const value of Object.values(variables)) total += jsonBytes(value);
    totals.set(variables, total);
  }
  return total;
}

/** A record without inherited names, so that `$constructor` is as missing as `$nothing`. */
export function withVariables(base: Variables, assigned: Variables): Variables {
  const made = Object.assign(Object.create(null) as Record<string, Json>, base, assigned);
  totals.set(made, bytesWith(base, assigned));
  return made;
}
