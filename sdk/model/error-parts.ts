import { RunletError } from "./runlet-error.ts";

/**
 * What an error of a flow body is beside its name, message and cause: its class and its properties. It stays with the
 * error from its throw to its handlers in the same flow, and ends where the flow ends, as in plain Node.
 */
interface Parts {
  /** The key of the author's class. */
  class?: string;
  /** Own properties in order: a key, 1 where it is enumerable, its value; name, message and cause have theirs elsewhere. */
  own: [key: string, enumerable: 0 | 1, value?: Value][];
  /** Properties that do not come along, so that reading one is refused: those that are enumerated, and the others. */
  lost: string[];
  hidden: string[];
}

type Value = string | number | boolean | null;

/** Begins the text of an error's parts. */
export const PARTS = "runlet-parts:";

const MOST_CHARACTERS = 2_000;
const APART = new Set(["name", "message", "cause"]);

type ErrorClass = abstract new (...args: never[]) => Error;

const byKey = new Map<string, ErrorClass>();
const byPrototype = new Map<object, string>();

/** The error classes of the author's modules, under keys that all functions of a build agree on. */
export function knowErrorClasses(classes: Readonly<Record<string, ErrorClass>>): void {
  for (const [key, made] of Object.entries(classes)) {
    byKey.set(key, made);
    byPrototype.set(made.prototype as object, key);
  }
}

/**
 * The parts of an error as a text, or undefined where name, message and cause say all.
 *
 * @param isBuiltIn where the prototypes of JavaScript's own begin
 * @param isApart whether its cause travels as an error
 */
export function partsOfError(
  thrown: object,
  isBuiltIn: (prototype: object) => boolean,
  isApart: boolean,
): string | undefined {
  const parts: Parts = { own: [], lost: [], hidden: [] };
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(thrown))) {
    const shown = property.enumerable ? 1 : 0;
    if (APART.has(key) && (key !== "cause" || isApart)) {
      if (shown) parts.own.push([key, 1]);
    } else if (key !== "stack" && !isCode(thrown, key)) {
      if (!("value" in property && isValue(property.value))) (shown ? parts.lost : parts.hidden).push(key);
      else if (property.value === undefined) parts.own.push([key, shown]);
      else parts.own.push([key, shown, property.value as Value]);
    }
  }
  for (let at = prototypeOf(thrown); at && !isBuiltIn(at); at = prototypeOf(at)) {
    const known = byPrototype.get(at);
    if (known !== undefined) {
      parts.class = known;
      break;
    }
    parts.hidden.push(...Object.getOwnPropertyNames(at).filter((key) => !APART.has(key)));
  }
  return written(parts);
}

function written(parts: Parts): string | undefined {
  if (parts.class === undefined && parts.own.length + parts.lost.length + parts.hidden.length === 0)
    return undefined;
  const text = PARTS + JSON.stringify(parts);
  if (text.length <= MOST_CHARACTERS) return text;
  const kept = parts.own.filter(([key]) => APART.has(key));
  const lost = [...parts.lost, ...parts.own.map(([key]) => key).filter((key) => !APART.has(key))];
  return PARTS + JSON.stringify({ ...parts, own: kept, lost });
}

const prototypeOf = (value: object): object | null => Object.getPrototypeOf(value) as object | null;

/** A coded error has its code again from its message. */
const isCode = (thrown: object, key: string): boolean =>
  key === "code" && /^RLT\d{4}:/.test(String((thrown as { message?: unknown }).message));

/** What is the same value after the way; an object might be changed under another name meanwhile. */
function isValue(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  return value === undefined || value === null || typeof value === "boolean";
}

/** Gives an error that has its message and cause already its parts again. */
export function restoreParts(error: Error, name: string, text: string): void {
  if (!text.startsWith(PARTS)) return;
  const parts = JSON.parse(text.slice(PARTS.length)) as Parts;
  const made = parts.class === undefined ? undefined : byKey.get(parts.class);
  if (made) Object.setPrototypeOf(error, made.prototype as object);
  const apart: Record<string, unknown> = { name, message: error.message, cause: error.cause };
  for (const [key, shown, own] of parts.own) {
    const value = own === undefined && APART.has(key) ? apart[key] : own;
    Reflect.deleteProperty(error, key);
    define(error, key, { value, writable: true, enumerable: shown === 1 });
  }
  for (const key of parts.lost) define(error, key, { get: () => refuse(key), enumerable: true });
  const hidden = parts.class !== undefined && !made ? ["constructor", ...parts.hidden] : parts.hidden;
  for (const key of hidden) define(error, key, { get: () => refuse(key), enumerable: false });
}

const define = (error: Error, key: string, property: PropertyDescriptor): void => {
  Object.defineProperty(error, key, { ...property, configurable: true });
};

function refuse(key: string): never {
  throw new RunletError("RLT3005", `"${key}" of an error is lost on the way from its throw to its handler.`);
}
