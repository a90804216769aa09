import type { Node } from "oxc-parser";

/** What an expression may give, as far as functions go. */
export interface Value {
  /** Where functions stand in the source that it may be one of. */
  fns: ReadonlySet<Node>;
  /** It may be something else as well, or nothing. */
  open: boolean;
  /** What stands under the keys of an object, and at the places of a list, that are written in place. */
  fields: ReadonlyMap<string, Value>;
  /** What stands under any other key, or at any other place. */
  rest: Value | undefined;
}

const NO_FIELDS: ReadonlyMap<string, Value> = new Map();
const NO_FUNCTIONS: ReadonlySet<Node> = new Set();

/** Something without functions. */
export const DATA: Value = { fns: NO_FUNCTIONS, open: true, fields: NO_FIELDS, rest: undefined };

/** Nothing that is known so far. */
export const NOTHING: Value = { ...DATA, open: false };

export const functionAt = (node: Node): Value => ({ ...NOTHING, fns: new Set([node]) });

export const objectOf = (fields: ReadonlyMap<string, Value>, rest?: Value): Value => ({
  ...DATA,
  fields,
  rest,
});

/** A list, or another holder, of such elements. */
export const listOf = (rest: Value): Value => ({ ...DATA, rest });

/** Functions deeper than this are not looked for. */
const DEEPEST = 5;

/** One or the other. */
export function either(a: Value, b: Value, depth = 0): Value {
  if (a === b || b === NOTHING) return a;
  if (a === NOTHING) return b;
  if (depth > DEEPEST) return a;
  const fields = new Map(a.fields);
  for (const [key, value] of b.fields) fields.set(key, either(fields.get(key) ?? NOTHING, value, depth + 1));
  const rest = a.rest && b.rest ? either(a.rest, b.rest, depth + 1) : (a.rest ?? b.rest);
  return { fns: new Set([...a.fns, ...b.fns]), open: a.open || b.open, fields, rest };
}

export const isOpen = (value: Value): Value => (value.open ? value : { ...value, open: true });

/** What stands under one of the keys. */
export function anyOf(value: Value): Value {
  return [...value.fields.values(), ...(value.rest ? [value.rest] : [])].reduce<Value>(
    (all, one) => either(all, one),
    NOTHING,
  );
}

/** All functions in it, however deep. */
export function functionsIn(value: Value, found = new Set<Node>(), seen = new Set<Value>()): Set<Node> {
  if (seen.has(value)) return found;
  seen.add(value);
  for (const fn of value.fns) found.add(fn);
  for (const field of value.fields.values()) functionsIn(field, found, seen);
  if (value.rest) functionsIn(value.rest, found, seen);
  return found;
}

export const holdsFunctions = (value: Value): boolean => functionsIn(value).size > 0;

/** As a text to compare: what it is made of. */
export function sizeOf(value: Value, depth = 0): number {
  if (depth > DEEPEST) return 1;
  const fields = [...value.fields.values()].reduce((sum, one) => sum + 1 + sizeOf(one, depth + 1), 0);
  return (
    value.fns.size + (value.open ? 1 : 0) + fields + (value.rest ? 1 + sizeOf(value.rest, depth + 1) : 0)
  );
}
