import { isPlainObject, type Json } from "../../model/json.ts";
import { setOwn } from "../plain.ts";
import { accepts } from "./filter.ts";
import { canonical, type Path, type Segment } from "./parse.ts";

/** A path that leads nowhere, in the words of the library that AWS uses (Jayway JsonPath). */
export class PathNotFound extends Error {}

/** A path of one value that leads beyond the end of a list. */
export class BeyondList extends PathNotFound {}

/** Whatever a path may start from. */
export interface Roots {
  /** `$` */
  document: Json;
  /** `@`, in a filter only */
  current?: Json;
}

/** A path that cannot be followed at all: also one that may match often fails with it. */
export class PathMisapplied extends PathNotFound {}

type JsonObject = { [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject => isPlainObject(value);

/**
 * The value of a path in a document: the one value of a definite path, the list of matches of any other.
 *
 * @throws PathNotFound
 */
export function valueAt(path: Path, document: Json, roots: Roots = { document }): Json {
  const found: Json[] = [];
  const all: Walk = { segments: path.segments, roots, found, isBeyond: false };
  try {
    walk(document, 0, true, all);
  } catch (thrown) {
    // A path that may match often matches nothing where what it goes through is missing.
    if (path.definite || thrown instanceof PathMisapplied || !(thrown instanceof PathNotFound)) throw thrown;
  }
  if (!path.definite) return found;
  const [value] = found;
  if (value === undefined) {
    const Problem = all.isBeyond ? BeyondList : PathNotFound;
    throw new Problem(`No results for path: ${canonical(path.segments)}`);
  }
  return value;
}

interface Walk {
  segments: readonly Segment[];
  roots: Roots;
  found: Json[];
  /** An index was beyond its list. */
  isBeyond: boolean;
}

/**
 * @param certain whether all steps so far were definite: only then a missing value is an error, else it is one match
 * less
 */
function walk(value: Json, at: number, certain: boolean, all: Walk): void {
  const segment = all.segments[at];
  if (!segment) {
    all.found.push(value);
    return;
  }
  const next = (child: Json, definite: boolean): void => walk(child, at + 1, certain && definite, all);
  const missing: Missing = (message, Problem = PathNotFound) => {
    if (certain) throw new Problem(message);
  };
  switch (segment.kind) {
    case "names":
      byName(value, segment.names, at, all, next, missing);
      return;
    case "indexes":
    case "slice":
      byIndex(value, segment, at, all, next, missing);
      return;
    case "wildcard":
      for (const child of children(value)) next(child, false);
      return;
    case "filter":
      for (const child of Array.isArray(value) ? value : [value]) {
        if (accepts(segment.filter, { ...all.roots, current: child })) next(child, false);
      }
      return;
    case "function":
      next(counted(value, segment.name, all.segments), true);
      return;
    case "descend":
      descend(value, (child) => next(child, false), all.segments[at + 1]);
  }
}

/** Only lists and objects can be counted; the library finds no numbers in AWS's form of a list. */
function counted(value: Json, name: string, segments: readonly Segment[]): Json {
  if (name === "length" && Array.isArray(value)) return value.length;
  if (name === "length" && isObject(value)) return Object.keys(value).length;
  throw new PathMisapplied(`No results for path: ${canonical(segments)}`);
}

type Next = (child: Json, definite: boolean) => void;
type Missing = (message: string, Problem?: typeof PathNotFound) => void;

function byName(
  value: Json,
  names: readonly string[],
  at: number,
  { segments }: Walk,
  next: Next,
  missing: Missing,
): void {
  const here = canonical(segments.slice(0, at));
  const isLeaf = at === segments.length - 1;
  if (!isObject(value)) {
    missing(
      `Property ${canonical([{ kind: "names", names: [...names] }]).slice(1)} not found in path ${here}`,
    );
    return;
  }
  if (names.length > 1 && !isLeaf) {
    throw new PathMisapplied(
      `Multi properties can only be used as path leafs: ${canonical(segments.slice(0, at + 1))}`,
    );
  }
  if (names.length > 1) {
    const picked: JsonObject = {};
    for (const name of names) if (Object.hasOwn(value, name)) setOwn(picked, name, value[name] as Json);
    next(picked, true);
    return;
  }
  for (const name of names) {
    if (Object.hasOwn(value, name)) next(value[name] as Json, names.length === 1);
    else if (!isLeaf && names.length === 1) missing(`Missing property in path ${here}['${name}']`);
  }
}

function byIndex(
  value: Json,
  segment: Segment & { kind: "indexes" | "slice" },
  at: number,
  all: Walk,
  next: Next,
  missing: Missing,
): void {
  if (!Array.isArray(value)) {
    const here = canonical(all.segments.slice(0, at));
    if (value === null) missing(`The path ${here} is null`);
    else
      missing(
        `Filter: ${canonical([segment]).slice(1)} can only be applied to arrays. Current context is: ${here}`,
        PathMisapplied,
      );
    return;
  }
  if (segment.kind === "slice") {
    for (const child of sliced(value, segment)) next(child, false);
    return;
  }
  for (const index of segment.indexes) {
    const child = value.at(index);
    if (child !== undefined) next(child, segment.indexes.length === 1);
    else all.isBeyond = true;
  }
}

/**
 * As the library slices (json-path/JsonPath, `ArraySliceToken`): an end from behind counts only where there is no
 * start, and from a negative start to an end it counts up through zero, so `[-2:1]` begins with the last two.
 */
function sliced(value: Json[], { from, to }: Segment & { kind: "slice" }): Json[] {
  if (from === undefined || to === undefined) return value.slice(from ?? 0, to ?? value.length);
  const picked: Json[] = [];
  for (let index = Math.max(from, -value.length); index < Math.min(to, value.length); index++) {
    picked.push(value.at(index) as Json);
  }
  return picked;
}

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** Every value below, itself included, to which the next step applies; outer ones first. */
function descend(value: Json, visit: (value: Json) => void, following: Segment | undefined): void {
  const applies =
    following?.kind === "names"
      ? isObject(value) && following.names.every((name) => Object.hasOwn(value, name))
      : following?.kind === "indexes" || following?.kind === "slice" || following?.kind === "filter"
        ? Array.isArray(value)
        : true;
  if (applies) visit(value);
  for (const child of children(value)) descend(child, visit, following);
}
