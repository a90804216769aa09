import { RunletError } from "../model/runlet-error.ts";

/**
 * What compares objects by identity, in code of a flow: an inline step's own text, and the functions of modules that it
 * calls. Two variables that hold one object in plain Node hold two copies after a way through JSON. Copies of one object
 * have one JSON text: two objects of different texts are two in plain Node too, and what two of one text are is not known
 * here, so it is refused.
 */

type Equality = "===" | "!==" | "==" | "!=";

/** Regions under way: outside of them, in a task that calls the same function, objects are what they are. */
let regions = 0;

/** Runs a region. */
export async function asRegion<T>(region: () => T | Promise<T>): Promise<T> {
  regions++;
  try {
    return await region();
  } finally {
    regions--;
  }
}

/** `left === right`, and the like. @throws RunletError RLT2010 */
export function equal(operator: Equality, left: unknown, right: unknown): boolean {
  if (left !== right) refuseCopies(left, right);
  switch (operator) {
    case "===":
      return left === right;
    case "!==":
      return left !== right;
    case "==":
      // biome-ignore lint/suspicious/noDoubleEquals: the author wrote it
      return left == right;
    case "!=":
      // biome-ignore lint/suspicious/noDoubleEquals: the author wrote it
      return left != right;
  }
}

/** The arguments of `Object.is`. @throws RunletError RLT2010 */
export function pair(...values: unknown[]): unknown[] {
  if (values[0] !== values[1]) refuseCopies(values[0], values[1]);
  return values;
}

/**
 * The arguments of a search such as `includes`.
 *
 * @param list where it looks; nothing where that cannot be told
 * @throws RunletError RLT2010 where a copy may be found
 */
export const sought =
  (list: unknown) =>
  (...values: unknown[]): unknown[] => {
    const [value] = values;
    if (regions === 0 || !isObject(value)) return values;
    if (!Array.isArray(list)) refuse();
    for (const item of list as unknown[]) if (item !== value) refuseCopies(item, value);
    return values;
  };

/** The objects that a Set or Map knows, by their texts. */
const texts = new WeakMap<object, Map<string, object>>();

/** @throws RunletError RLT2010 where the collection knows a copy of the key */
function refuseCopyIn(collection: object, key: unknown, keeps: boolean): void {
  if (regions === 0 || !isObject(key)) return;
  const text = textOf(key);
  if (text === undefined) return;
  const known = texts.get(collection) ?? new Map<string, object>();
  const other = known.get(text);
  if (other !== undefined && other !== key) refuse();
  if (!keeps) return;
  texts.set(collection, known.set(text, key));
}

/** A Set of a flow's code. */
export class IdentitySet<T> extends Set<T> {
  override add(value: T): this {
    refuseCopyIn(this, value, true);
    return super.add(value);
  }
  override has(value: T): boolean {
    refuseCopyIn(this, value, false);
    return super.has(value);
  }
  override delete(value: T): boolean {
    refuseCopyIn(this, value, false);
    return super.delete(value);
  }
}

/** A Map of a flow's code. */
export class IdentityMap<K, V> extends Map<K, V> {
  override set(key: K, value: V): this {
    refuseCopyIn(this, key, true);
    return super.set(key, value);
  }
  override get(key: K): V | undefined {
    refuseCopyIn(this, key, false);
    return super.get(key);
  }
  override has(key: K): boolean {
    refuseCopyIn(this, key, false);
    return super.has(key);
  }
  override delete(key: K): boolean {
    refuseCopyIn(this, key, false);
    return super.delete(key);
  }
}

// Under the names that modules know, which are also what plain Node prints.
export { IdentityMap as Map, IdentitySet as Set };

Object.defineProperty(IdentitySet, "name", { value: "Set" });
Object.defineProperty(IdentityMap, "name", { value: "Map" });

function refuseCopies(left: unknown, right: unknown): void {
  if (regions === 0 || !isObject(left) || !isObject(right)) return;
  const text = textOf(left);
  if (text !== undefined && text === textOf(right)) refuse();
}

/** Nothing for what cannot have come through JSON, such as an object that holds itself. */
function textOf(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function refuse(): never {
  throw new RunletError("RLT2010", "A flow body compared two objects, or searched for one.");
}
