import { createHash } from "node:crypto";
import { JSONATA_RANGE } from "../asl/limits.ts";
import { parse } from "./jsonata-ast.ts";
import { base64decode, formatNumber } from "./jsonata-builtins.ts";
import { outOfMemory } from "./jsonata-guard.ts";
import { OWN_LOOKUP, SAFE_KEY } from "./jsonata-harden.ts";

/**
 * The functions that AWS adds to JSONata, those whose JavaScript form would answer otherwise than AWS's, and those
 * that must not read the machine's clock or randomness.
 */

/** What one evaluation may know of the outside. */
export interface EvaluationContext {
  /** Milliseconds since the epoch; the same for the whole expression. */
  now: number;
  random: () => number;
  uuid: () => string;
}

/** Something the engine cannot evaluate as AWS would. It ends the execution; nothing catches it. */
export class EngineLimit extends Error {}

/** An error in the form that JSONata throws. */
interface JsonataError {
  code: string;
  message?: string;
  /** JSONata writes its own text for a code, with these in it. */
  index?: number;
  token?: string;
}

export const jsonataError = (code: string, message: string): JsonataError => ({ code, message });

const badArgument = (index: number, name: string): JsonataError => ({ code: "T0410", index, token: name });

/** As AWS was measured to check its own functions (floci-io/floci, and another engine that cites measurements). */
function atMost(count: number, name: string, values: readonly unknown[]): void {
  if (values.length > count) throw badArgument(count + 1, name);
}

type Implementation = (...values: unknown[]) => unknown;

/** Name -> [implementation, JSONata signature]. Each gets the evaluation's context first. */
export const ADDED_FUNCTIONS: Record<string, (context: EvaluationContext) => Implementation> = {
  partition: () => partition,
  range: () => range,
  hash: () => hash,
  random:
    ({ random }) =>
    (...values) => {
      atMost(1, "random", values);
      return values[0] === undefined ? random() : seeded(values[0]);
    },
  uuid:
    ({ uuid }) =>
    (...values) => {
      atMost(0, "uuid", values);
      return uuid();
    },
  parse: () => parseText,
  shuffle: (context) => (items) => shuffle(items, context.random),
  toMillis: (context) => (text, picture) => toMillis(context, text, picture),
  lookup: () => (input, key) => ownLookup(input, String(key)),
  [OWN_LOOKUP]: () => (input, key) => ownLookup(input, String(key)),
  merge: () => merge,
  base64decode:
    ({ uuid }) =>
    (text) =>
      base64decode(uuid, text),
  formatNumber: () => formatNumber,
  [SAFE_KEY]: () => safeKey,
};

/** `$partition([1, 2, 3], 2)` is `[[1, 2], [3]]`; one part stays in its array (recorded). */
function partition(...values: unknown[]): unknown {
  atMost(2, "partition", values);
  const [items, size] = values;
  if (items === undefined) return undefined;
  // The text of it names the kind of items, which has none here: AWS says "undefined".
  if (!Array.isArray(items)) throw { code: "T0412", index: 1, token: "partition" } satisfies JsonataError;
  if (size === undefined) return [items];
  const length = typeof size === "number" ? Math.trunc(size) : Number.NaN;
  if (Number.isNaN(length)) throw badArgument(2, "partition");
  if (length < 0) throw jsonataError("D3137", "Second argument must be zero or greater");
  // Measured on AWS (floci-io/floci): nothing, not an error.
  if (length === 0 || items.length === 0) return undefined;
  const parts: unknown[][] = [];
  for (let start = 0; start < items.length; start += length) parts.push(items.slice(start, start + length));
  return parts;
}

/** `$range(1, 9, 2)`, the end included. A sequence, so that one number comes out bare (recorded). */
function range(...ends: unknown[]): unknown {
  atMost(3, "range", ends);
  if ([0, 1, 2].some((index) => ends[index] === undefined)) return undefined;
  const [start, end, step] = [0, 1, 2].map((index) => {
    const value = ends[index];
    if (typeof value !== "number") throw badArgument(index + 1, "range");
    return Math.trunc(value);
  }) as [number, number, number];
  if (step === 0) return undefined;
  if ((end - start) / step >= JSONATA_RANGE) throw outOfMemory();
  const result = sequence();
  for (let value = start; step > 0 ? value <= end : value >= end; value += step) result.push(value);
  return result;
}

/** A list that JSONata takes for a sequence: empty is nothing, one element is bare. */
function sequence(): unknown[] {
  return Object.assign([], { sequence: true });
}

const HASHES: ReadonlyMap<unknown, string> = new Map([
  ["MD5", "md5"],
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

function hash(...values: unknown[]): unknown {
  atMost(2, "hash", values);
  const [text, algorithm] = values;
  // Measured on AWS (floci-io/floci): without an algorithm there is nothing.
  if (text === undefined || algorithm === undefined) return undefined;
  if (typeof text !== "string") throw badArgument(1, "hash");
  if (typeof algorithm !== "string" && algorithm !== null) throw badArgument(2, "hash");
  const name = HASHES.get(algorithm);
  if (!name) {
    const known = "SHA-1, SHA-384, SHA-256, SHA-512, MD5";
    throw jsonataError("D3137", `Hash algorithm '${algorithm}' must be one of ${known}`);
  }
  return createHash(name).update(text, "utf8").digest("hex");
}

function parseText(...values: unknown[]): unknown {
  atMost(1, "parse", values);
  const [text] = values;
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw badArgument(1, "parse");
  try {
    if (hasKeyTwice(text)) throw new SyntaxError("a key twice");
    return JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("too large a number");
      return value;
    }) as unknown;
  } catch {
    throw jsonataError("D3137", "Invalid JSON");
  }
}

/** Whether an object of a JSON text has a key twice, which AWS's parser refuses. */
function hasKeyTwice(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (key !== undefined) {
      const name = JSON.parse(key) as string;
      if (open.at(-1)?.has(name)) return true;
      open.at(-1)?.add(name);
    }
  }
  return false;
}

/** The same number for the same seed: AWS's is java.util.Random's, where seed 42 gives 0.7275636800328681. */
function seeded(seed: unknown): number {
  if (typeof seed !== "number") throw badArgument(1, "random");
  const mask = (1n << 48n) - 1n;
  let state = (BigInt.asUintN(48, BigInt(Math.trunc(seed))) ^ 0x5deece66dn) & mask;
  const next = (bits: bigint): bigint => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return state >> (48n - bits);
  };
  const high = next(26n);
  return Number((high << 27n) + next(27n)) / 2 ** 53;
}

const TO_MILLIS = parse("$toMillis($t, $p)").expression;
// Parts that a picture leaves out default to the present: to that of the clock that was passed in.
TO_MILLIS.assign(Symbol.for("jsonata.__evaluate_entry") as unknown as string, setTimestamp);

function setTimestamp(_node: unknown, _input: unknown, environment: Environment): void {
  environment.timestamp = new Date(environment.lookup("now") as number);
}

interface Environment {
  timestamp: Date;
  lookup(name: string): unknown;
}

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}T[\d:.]+$/;

/** The library's, but with the clock passed in, and UTC instead of the machine's zone where the text names none. */
function toMillis(context: EvaluationContext, text: unknown, picture: unknown): unknown {
  const bare = picture === undefined && typeof text === "string" && WITHOUT_ZONE.test(text);
  return TO_MILLIS.evaluate(undefined, { t: bare ? `${text}Z` : text, p: picture, now: context.now });
}

function shuffle(items: unknown, random: () => number): unknown {
  if (!Array.isArray(items)) return items === undefined ? undefined : [items];
  const result: unknown[] = [];
  for (const [index, item] of items.entries()) {
    const at = Math.floor(random() * (index + 1));
    result[index] = result[at];
    result[at] = item;
  }
  return result;
}

/** A step `input.key`, over arrays too, that sees own properties only. */
function ownLookup(input: unknown, key: string): unknown {
  if (Array.isArray(input)) {
    const result = sequence();
    for (const item of input) {
      const found = ownLookup(item, key);
      if (Array.isArray(found)) for (const value of found) result.push(value);
      else if (found !== undefined) result.push(found);
    }
    return result;
  }
  if (typeof input !== "object" || input === null || !Object.hasOwn(input, key) || isLibraryFunction(input)) {
    return undefined;
  }
  return (input as Record<string, unknown>)[key];
}

const isLibraryFunction = (value: object): boolean =>
  ["_jsonata_function", "_jsonata_lambda"].some((mark) => Object.hasOwn(value, mark));

/** The library's own sets the prototype when a key is `__proto__`. */
function merge(items: unknown): unknown {
  if (items === undefined) return undefined;
  const result: Record<string, unknown> = {};
  for (const item of items as Record<string, unknown>[]) {
    for (const key of Object.keys(item)) result[safeKey(key) as string] = item[key];
  }
  return result;
}

function safeKey(key: unknown): unknown {
  if (key === "__proto__") throw new EngineLimit('an object with the computed key "__proto__"');
  return key;
}

/** Signatures for those functions that JSONata checks before it calls them. */
export const SIGNATURES: Record<string, string> = {
  base64decode: "<s-:s>",
  formatNumber: "<n-so?:s>",
  lookup: "<x-s:x>",
  merge: "<a<o>:o>",
  shuffle: "<a:a>",
  toMillis: "<s-s?:n>",
};
