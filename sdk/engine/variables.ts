import type { Json } from "../model/json.ts";

/** Variable name -> value. Never changed in place: an Assign makes a new one. */
export type Variables = Readonly<Record<string, Json>>;

/** A record without inherited names, so that `$constructor` is as missing as `$nothing`. */
export function withVariables(base: Variables, assigned: Variables): Variables {
  return Object.assign(Object.create(null) as Record<string, Json>, base, assigned);
}
