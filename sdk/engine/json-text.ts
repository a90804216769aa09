import type { Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";

/**
 * The JSON text of a value. One state's output is the next one's input, and both stand in the history, so the text
 * of an object is kept as long as the object lives. Nothing in the engine changes a value once it has been made.
 */
const texts = new WeakMap<object, Kept>();

interface Kept {
  readonly text: string;
  /** In UTF-8; there once somebody has asked. */
  bytes: number | undefined;
}

export function jsonText(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return kept(value).text;
}

function kept(value: object): Kept {
  const known = texts.get(value);
  if (known) return known;
  const made = { text: JSON.stringify(value), bytes: undefined };
  texts.set(value, made);
  return made;
}

/** Bytes of the value's JSON text in UTF-8, which is what the service counts. */
export function jsonBytes(value: Json): number {
  if (typeof value === "number") return JSON.stringify(value).length; // digits
  if (typeof value !== "object" || value === null) return Buffer.byteLength(jsonText(value));
  const known = kept(value);
  known.bytes ??= Buffer.byteLength(known.text);
  return known.bytes;
}

/**
 * Levels of arrays and objects that a value from outside may have. Somewhere beyond, JavaScript's stack ends, sooner in one
 * process than in another; what a run may take must not depend on that.
 */
const MOST_LEVELS = 1_000;

/** @throws RunletError RLT2001 for a value that is nested too deeply, TypeError for what JSON cannot say */
export function boundedText(value: object): string {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error;
  }
  refuseDepth(text);
  return text;
}

/** A level takes two characters at least. */
function refuseDepth(text: string | undefined): void {
  if (text !== undefined && text.length > 2 * MOST_LEVELS && levelsOf(text) > MOST_LEVELS) throw tooDeep();
}

const tooDeep = (): RunletError =>
  new RunletError("RLT2001", `The value is nested more than ${MOST_LEVELS} levels deep.`);

function levelsOf(json: string): number {
  let level = 0;
  let most = 0;
  for (let at = 0; at < json.length; at++) {
    const mark = json[at];
    if (mark === '"') at = endOfText(json, at);
    else if (mark === "[" || mark === "{") most = Math.max(most, ++level);
    else if (mark === "]" || mark === "}") level--;
  }
  return most;
}

function endOfText(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === "\\") at++;
    else if (json[at] === '"') return at;
  }
  return json.length;
}

/**
 * A copy of a value that the engine made itself, whose text is known, for those whom it calls; its text is known then too.
 *
 * @throws RunletError RLT2001 for a value that is nested too deeply
 */
export function ownCopy(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  const known = kept(value);
  refuseDepth(known.text);
  const copy = JSON.parse(known.text) as { [key: string]: Json };
  texts.set(copy, known);
  return copy;
}

/**
 * A copy that shares nothing with the caller's value; nothing at all becomes null, as a Lambda function's does.
 *
 * @throws as `boundedText`
 */
export const detached = (value: Json | undefined): Json =>
  value === undefined
    ? null
    : typeof value === "object" && value !== null
      ? (JSON.parse(boundedText(value)) as Json)
      : value;
