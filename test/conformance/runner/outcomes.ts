import { isPlainObject, type Json } from "../../../sdk/model/json.ts";
import type { MockedCall, MockedOutcome } from "./case.ts";
import { opened } from "./normal.ts";

type Fields = Record<string, unknown>;

const RESULT = ["result", "output", "Return", "return", "returns", "value", "success", "ok", "payload"];
const FAILURE = [
  "errorOutput",
  "Throw",
  "throw",
  "throws",
  "fail",
  "failure",
  "error",
  "err",
  "exception",
  "raise",
];
const SILENCE = [
  "timeout",
  "timedOut",
  "timesOut",
  "hang",
  "hangs",
  "never",
  "silence",
  "silent",
  "pending",
  "noAnswer",
];

/** One outcome, in any of its forms; a value that has none of them is a result. */
export function outcomeOf(given: unknown): MockedOutcome {
  if (given === "echo") return { kind: "echo" };
  if (!isPlainObject(given)) return { kind: "result", output: (given ?? null) as Json };
  const submitted = Object.hasOwn(given, "submitted") ? { submitted: opened(given["submitted"]) } : {};
  if (given["echo"] === true) return { kind: "echo", ...submitted };
  if (SILENCE.some((name) => given[name] === true)) return { kind: "silence", ...submitted };
  if (typeof given["repeat"] === "string" && typeof given["times"] === "number") {
    return { kind: "result", output: given["repeat"].repeat(given["times"]), ...submitted };
  }
  const failed = FAILURE.find((name) => Object.hasOwn(given, name) && given[name] !== null);
  if (failed !== undefined) return { ...errorOf(given, failed), ...submitted };
  const named = RESULT.find((name) => Object.hasOwn(given, name));
  if (named !== undefined) return { kind: "result", output: (given[named] ?? null) as Json, ...submitted };
  if (Object.hasOwn(given, "Error") || Object.hasOwn(given, "cause")) return errorOf(given, "");
  return { kind: "result", output: given as Json };
}

function errorOf(given: Fields, field: string): MockedOutcome & { kind: "error" } {
  const inner = given[field];
  const from: Fields = isPlainObject(inner) ? inner : given;
  const text = (...names: string[]): string | undefined => {
    const found = names.map((name) => from[name]).find((value) => value !== undefined && value !== null);
    return found === undefined ? undefined : typeof found === "string" ? found : JSON.stringify(found);
  };
  const error = text("error", "Error", "errorType", "name");
  const cause = text("cause", "Cause", "errorMessage", "message");
  return {
    kind: "error",
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** Under which mocks of Step Functions Local's configuration, or of a list by place, may stand. */
const WITHIN = ["byState", "states", "byResource", "resources", "mocks", "MockedResponses"];

/** All mocked calls of a case: by state or resource, or a list of calls that name them. */
export function mockedCalls(given: unknown, states: ReadonlySet<string> = new Set()): MockedCall[] {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given)) return given.flatMap(callsOf);
  if (!isPlainObject(given)) return [{ outcome: outcomeOf(given) }];
  return Object.entries(given).flatMap(([key, value]) => {
    if (!states.has(key) && isGroup(key, value)) return mockedCalls(value, states);
    return listed(value).map((item) => ({ ...place(key, states), ...args(item), outcome: outcomeOf(item) }));
  });
}

const WORDS = [...RESULT, ...FAILURE, ...SILENCE, "echo", "repeat", "Error", "cause", "when", "submitted"];

/** Whether a key is no place but holds places: `byState`, or a service with its functions. */
function isGroup(key: string, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (WITHIN.includes(key)) return true;
  const inner = Object.entries(value);
  const isPlace = ([name, item]: [string, unknown]): boolean =>
    !WORDS.includes(name) && !/^\d/.test(name) && typeof item === "object" && item !== null;
  return /^[a-z][a-z-]*$/.test(key) && !Array.isArray(value) && inner.length > 0 && inner.every(isPlace);
}

const place = (key: string, states: ReadonlySet<string>): { resource: string } | { state: string } =>
  key.startsWith("arn:") || (!states.has(key) && (states.size > 0 || /:/.test(key)))
    ? { resource: key }
    : { state: key };

const WHEN = ["when", "match"];
const RECORDED = ["arguments", "input", "parameters", "request", "payload"];

/** The arguments of a mock: those that it is for, or those that were recorded. */
function args(given: unknown): { when?: Json; recorded?: Json } {
  if (!isPlainObject(given)) return {};
  const name = [...WHEN, ...RECORDED].find((one) => Object.hasOwn(given, one));
  // A payload beside nothing else that could be the result is the result.
  if (name === undefined || (name === "payload" && !RESULT.some((one) => one !== name && one in given)))
    return {};
  return WHEN.includes(name) ? { when: opened(given[name]) } : { recorded: opened(given[name]) };
}

const STATE = ["state", "stateName", "State", "task"];
const RESOURCE = ["resource", "arn", "function", "functionName", "Resource", "service"];

const SEVERAL = ["responses", "outcomes", "returns", "answers", "results", "sequence", "attempts"];

/** What one element of a list stands for: a call, or several calls of one place. */
function callsOf(given: unknown): MockedCall[] {
  const name = isPlainObject(given) ? SEVERAL.find((one) => Array.isArray(given[one])) : undefined;
  if (name === undefined || !isPlainObject(given)) return [callOf(given)];
  const { [name]: several, ...rest } = given;
  return (several as unknown[]).map((outcome) => callOf({ ...rest, outcome }));
}

function callOf(given: unknown): MockedCall {
  if (!isPlainObject(given)) return { outcome: outcomeOf(given) };
  const named = (names: string[]): unknown =>
    names.map((name) => given[name]).find((value) => typeof value === "string");
  const [state, resource] = [named(STATE), named(RESOURCE)];
  const outcome = ["outcome", "response", "answer", "reply"].find((name) => Object.hasOwn(given, name));
  return {
    ...(typeof state === "string" ? { state } : {}),
    ...(typeof resource === "string" ? { resource } : {}),
    ...args(given),
    outcome: outcomeOf(outcome === undefined ? given : given[outcome]),
  };
}

/** The outcomes of the calls one after another: a list, or an object by number or range of numbers ("0", "1-2"). */
function listed(given: unknown): unknown[] {
  if (Array.isArray(given)) return given;
  const keys = isPlainObject(given) ? Object.keys(given) : [];
  if (!isPlainObject(given) || keys.length === 0 || !keys.every((key) => /^\d+(-\d+)?$/.test(key)))
    return [given];
  return keys
    .map((key) => key.split("-").map(Number) as [number, number?])
    .sort(([a], [b]) => a - b)
    .flatMap(([from, to = from]) =>
      Array.from({ length: to - from + 1 }, () => given[to === from ? `${from}` : `${from}-${to}`]),
    );
}
