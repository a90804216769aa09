import { crossBoundary, exceedsDepth, isPlainObject, type Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { withoutFailed } from "./failed-future.ts";

/** How errors call what a region answers. */
const WHERE = "value of a flow expression";

/**
 * A value that goes on inside the flow, and must be the same after its way through JSON. What JSON would change is
 * refused.
 *
 * @throws RunletError RLT3005 for `undefined`, a hole, -0, or an array with keys of its own; RLT2001 to RLT2003 as at a
 *   boundary
 */
export function stayExact(value: unknown): Json {
  const json = crossBoundary(value, WHERE); // finds cycles first
  refuseLoss(value, "$");
  return json;
}

const LEAVES = {
  arguments: "arguments of a task",
  input: "input of a flow",
  items: "items of a map",
  result: "result of a flow",
};

/** A value that leaves the flow: what JSON changes, it changes in plain Node too, where errors say the same words. */
export function leaveFlow(value: unknown, as: keyof typeof LEAVES): Json {
  const { value: own, restore } = withoutFailed(value);
  return restore(crossBoundary(own, LEAVES[as]));
}

function refuseLoss(value: unknown, path: string): void {
  if (value === undefined) refuse("undefined", path);
  if (Object.is(value, -0)) refuse("-0", path);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) refuseLoss(value[i], `${path}[${i}]`);
    if (Object.keys(value).length > value.length) refuse("an array with further properties", path);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) refuseLoss(item, `${path}.${key}`);
  }
}

function refuse(what: string, path: string): never {
  throw new RunletError("RLT3005", `A ${WHERE} holds ${what} at ${path}, which is lost between two steps.`, {
    mend: "Use null in the place of undefined, copy the parts that are needed, or move the expression into a task.",
  });
}

/** A copy without keys that hold undefined, at any depth; what no JSON is stays as it is, to be refused later. */
export function withoutUndefinedKeys(value: unknown): unknown {
  return exceedsDepth(value) ? value : copied(value); // refused for its depth
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isPlain = Object.keys(value).length === value.length; // a hole, or a key of its own, is refused as it is
    return isPlain ? value.map(copied) : value;
  }
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const kept = {
      value: copied(item),
      writable: true,
      enumerable: true,
      configurable: true,
    };
    if (item !== undefined) Object.defineProperty(copy, key, kept); // by assignment, __proto__ would be lost
  }
  return copy;
}
