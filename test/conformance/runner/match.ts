import { isPlainObject } from "../../../sdk/model/json.ts";
import { opened } from "./normal.ts";

/** Words that recordings have in the place of instants and ids. */
const ANYTHING = new Set([
  "date",
  "datetime",
  "timestamp",
  "start-date",
  "stop-date",
  "start-time",
  "stop-time",
  "entered-time",
  "creation-date",
  "uuid",
  "RequestId",
  "request-id",
  "task-token",
  "task_token",
  "a_task_token",
  "a_message_id",
  "RandomNumberGenerated",
  "map_run_arn",
  "execution_arn",
  "exec_arn",
  "sfn_role_arn",
  "snf_role_arn",
  "role_arn",
  "activity_arn",
  "state_machine_arn",
]);

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/g;

const PLACEHOLDER = /<[^<>]*>/;
const ANY = "\0";

/** A text in which ids and instants are as good as any others, and `<placeholders>` as anything. */
function pattern(expected: string): RegExp {
  let marked = expected
    .replaceAll(UUID, "<uuid>")
    .replaceAll(INSTANT, "<instant>")
    .replaceAll(/\b(activity|map_run|s[fn][fn]_role|state_machine|execution)_arn\b/g, ANY);
  // One may stand within another: `<<task_token>:1>`.
  while (PLACEHOLDER.test(marked)) marked = marked.replace(PLACEHOLDER, ANY);
  const parts = marked.split(ANY).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*?")}$`);
}

/** Where the two differ, or nothing. Ids, instants and placeholders match anything; JSON in texts is compared as JSON. */
export function difference(expected: unknown, actual: unknown, at = ""): string | undefined {
  if (typeof expected === "string" || typeof actual === "string") return textDifference(expected, actual, at);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return told(at, expected, actual);
    return first(expected.map((item, index) => difference(item, actual[index], `${at}[${index}]`)));
  }
  if (isPlainObject(expected) && isPlainObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return first(
      [...keys].map((key) => {
        if (Object.hasOwn(expected, key) && Object.hasOwn(actual, key))
          return difference(expected[key], actual[key], `${at}/${key}`);
        return told(`${at}/${key}`, expected[key], actual[key]);
      }),
    );
  }
  return Object.is(expected ?? null, actual ?? null) ? undefined : told(at, expected, actual);
}

function textDifference(expected: unknown, actual: unknown, at: string): string | undefined {
  if (typeof expected === "string" && ANYTHING.has(expected)) return undefined;
  if (typeof expected === "string" && typeof actual === "string" && pattern(expected).test(actual))
    return undefined;
  const [one, other] = [opened(expected), opened(actual)];
  if (isNumber(expected) && isNumber(actual))
    return Number(expected) === Number(actual) ? undefined : told(at, expected, actual);
  const isJson = one !== expected || other !== actual;
  if (isJson && typeof one !== "string" && typeof other !== "string") return difference(one, other, at);
  if (isJson && typeof one === "string" && typeof other === "string" && pattern(one).test(other))
    return undefined;
  return told(at, expected, actual);
}

/** A number as its JSON text: `0.0` is as good as `0`. */
const isNumber = (value: unknown): boolean =>
  typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);

const first = (found: (string | undefined)[]): string | undefined => found.find((one) => one !== undefined);

const told = (at: string, expected: unknown, actual: unknown): string =>
  `${at || "it"}: expected ${shown(expected)}, was ${shown(actual)}`;

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
