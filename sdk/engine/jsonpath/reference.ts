import { isPlainObject, type Json } from "../../model/json.ts";
import { setOwn } from "../plain.ts";
import type { Path, Segment } from "./parse.ts";

/** A reference path that cannot be applied to a value: States.ResultPathMatchFailure. */
export class ReferenceMismatch extends Error {}

/** Whether the path names a single place: field names and indexes only, one at a time. */
export const isReference = (path: Path): boolean =>
  path.segments.every(
    (segment) =>
      (segment.kind === "names" && segment.names.length === 1) ||
      (segment.kind === "indexes" && segment.indexes.length === 1 && (segment.indexes[0] ?? -1) >= 0),
  );

/**
 * The input with a value put at the path. Objects on the way are made; an array's element must be there already.
 * Nothing of the input is changed: what is on the way is copied.
 *
 * @throws ReferenceMismatch
 */
export function putAt(path: Path, input: Json, value: Json): Json {
  return put(input, path.segments, 0, value);
}

function put(target: Json | undefined, segments: readonly Segment[], at: number, value: Json): Json {
  const segment = segments[at];
  if (!segment) return value;
  if (segment.kind === "indexes") {
    const index = segment.indexes[0] ?? 0;
    if (!Array.isArray(target) || index >= target.length) throw new ReferenceMismatch();
    return target.with(index, put(target[index], segments, at + 1, value));
  }
  const name = segment.kind === "names" ? (segment.names[0] ?? "") : "";
  if (target !== undefined && !isPlainObject(target)) throw new ReferenceMismatch();
  const inner = target !== undefined && Object.hasOwn(target, name) ? target[name] : undefined;
  const copy: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(target ?? {})) setOwn(copy, key, item);
  setOwn(copy, name, put(inner, segments, at + 1, value));
  return copy;
}
