import { RunletError } from "./runlet-error.ts";

/** What crosses a task or flow boundary. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Keys with this prefix are Runlet's own in-band marks; user data that has one is refused (RLT2002). */
export const RESERVED_PREFIX = "$runlet.";

/** Deeper values are refused: Step Functions' own parser stops at 1,000 levels. */
export const MAX_JSON_DEPTH = 900;

/**
 * The round trip that every value makes at a task or flow boundary, in all three ways of running: `undefined` at the
 * top level or in an array becomes `null`, an object key with it is dropped, `-0` becomes `0`.
 *
 * @param value anything
 * @param where how to call the value in an error, such as `result of task "load"`
 * @throws RunletError RLT2001 for what JSON cannot carry, RLT2002 for a reserved key, RLT2003 for depth and cycles
 * @example crossBoundary({ a: 1, b: undefined }, "input") // { a: 1 }
 */
export function crossBoundary(value: unknown, where: string): Json {
  checkValue(value, "$", 0, where);
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

function checkValue(value: unknown, path: string, depth: number, where: string): void {
  switch (typeof value) {
    case "undefined":
    case "boolean":
    case "string":
      return;
    case "number":
      if (!Number.isFinite(value)) refuse(`${value}`, path, where);
      return;
    case "object":
      if (value !== null) checkObject(value, path, depth, where);
      return;
    default:
      refuse(`a ${typeof value}`, path, where);
  }
}

function checkObject(value: object, path: string, depth: number, where: string): void {
  if (depth >= MAX_JSON_DEPTH) {
    throw new RunletError(
      "RLT2003",
      `The ${where} has more than ${MAX_JSON_DEPTH} levels, or contains itself.`,
    );
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkValue(value[i], `${path}[${i}]`, depth + 1, where);
    return;
  }
  if (!isPlainObject(value)) refuse(describeInstance(value), path, where);
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith(RESERVED_PREFIX)) {
      throw new RunletError("RLT2002", `The ${where} has the reserved key "${key}" at ${path}.`);
    }
    checkValue(item, propertyPath(path, key), depth + 1, where);
  }
}

/** True for what contains itself, or has more levels than cross a boundary: what walks a value asks this first. */
export function exceedsDepth(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth >= MAX_JSON_DEPTH) return true;
  if (!Array.isArray(value) && !isPlainObject(value)) return false;
  return Object.values(value).some((item) => exceedsDepth(item, depth + 1));
}

/** True for `{}`-like objects, also of another realm and with a null prototype; false for class instances. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function propertyPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function describeInstance(value: object): string {
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  const article = typeof name === "string" && /^[AEIOU]/.test(name) ? "an" : "a";
  return typeof name === "string" && name !== "" ? `${article} ${name}` : "a class instance";
}

function refuse(what: string, path: string, where: string): never {
  throw new RunletError("RLT2001", `The ${where} holds ${what} at ${path}, which JSON cannot carry.`);
}
