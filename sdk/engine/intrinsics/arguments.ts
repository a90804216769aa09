import type { Json } from "../../model/json.ts";
import type { CallEnvironment } from "./call.ts";

/** Arguments that a function does not take; it becomes States.IntrinsicFailure, which Retry and Catch see. */
export class IntrinsicError extends Error {}

/** What a function gets besides its arguments. */
export interface CallContext extends CallEnvironment {
  /** Each argument as it was written, where it is a quoted text. */
  raw: readonly (string | undefined)[];
}

export type Intrinsic = (args: readonly Json[], context: CallContext) => Json;

/** Longest text that the functions for encoding and hashing take. */
export const MAX_CHARACTERS = 10_000;

/** Refuses another number of arguments. */
export function count(args: readonly Json[], least: number, most = least): void {
  if (args.length < least || args.length > most) {
    const expected = least === most ? `${least}` : `${least} to ${most}`;
    throw new IntrinsicError(`Expected ${expected} arguments, but received ${args.length}.`);
  }
}

export function text(args: readonly Json[], index: number): string {
  const value = args[index];
  if (typeof value !== "string") throw wrong(index, "a string");
  return value;
}

export function list(args: readonly Json[], index: number): Json[] {
  const value = args[index];
  if (!Array.isArray(value)) throw wrong(index, "an array");
  return value;
}

export function object(args: readonly Json[], index: number): { [key: string]: Json } {
  const value = args[index];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(index, "an object");
  return value;
}

/** A number, rounded to a whole one: half up, as recorded (1.5 is 2, -1.5 is -1). */
export function whole(args: readonly Json[], index: number): number {
  const value = args[index];
  if (typeof value !== "number") throw wrong(index, "a number");
  return Math.floor(value + 0.5) + 0;
}

export function short(value: string): string {
  if (value.length > MAX_CHARACTERS) {
    throw new IntrinsicError(`The text has more than ${MAX_CHARACTERS} characters.`);
  }
  return value;
}

export const wrong = (index: number, expected: string): IntrinsicError =>
  new IntrinsicError(`Argument ${index + 1} must be ${expected}.`);

/** The same JSON, whatever the order of keys. */
export function sameJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [left, right] as { [key: string]: Json }[];
  const keys = Object.keys(a ?? {});
  return (
    keys.length === Object.keys(b ?? {}).length &&
    keys.every((key) => Object.hasOwn(b ?? {}, key) && sameJson(a?.[key] as Json, b?.[key] as Json))
  );
}
