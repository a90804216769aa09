import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import { isPlainObject } from "../../../sdk/model/json.ts";
import type { Category, Expected } from "./case.ts";
import { isText, pick } from "./fields.ts";
import { opened, read } from "./normal.ts";

type Fields = Record<string, unknown>;

/** What a case expects, in one form; or what is missing. */
export function expectedOf(category: Category, answer: unknown, raw: Fields): Expected | string {
  if (category === "test-state" || category === "validate") return answerOf(answer, raw);
  if (category !== "executions") return refusalOf(answer);
  const described = pick(answer, "execution", (value) => pick(value, "status") !== undefined) ?? answer;
  const status = pick(described, "status", isText) ?? pick(raw, "status", isText);
  const history = historyOf(answer) ?? historyOf(raw);
  if (status === undefined && history === undefined) return "There is no expected status, nor a history.";
  const types = (["events", "history"] as const)
    .map((name) => pick(answer, name, isTexts) ?? pick(raw, name, isTexts))
    .find((found) => found !== undefined) as string[] | undefined;
  return {
    ...ending(history),
    ...outcomeOf(described),
    ...(status === undefined ? {} : { status: String(status) }),
    ...(history ? { history } : {}),
    ...(types || history ? { events: types ?? (history ?? []).map(({ type }) => type) } : {}),
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isText);

/** The whole answer of a call. */
function answerOf(answer: unknown, raw: Fields): Expected | string {
  const nested = isPlainObject(answer) ? (inner(answer) ?? answer) : answer;
  if (!isPlainObject(nested) || nested === raw) return "There is no expected answer.";
  const { ResponseMetadata: _, ...response } = nested;
  return { response };
}

/** The answer within a recording that has one call, whatever the call is named there. */
function inner(answer: Fields): Fields | undefined {
  const isAnswer = (value: unknown): value is Fields =>
    isPlainObject(value) && ("status" in value || "diagnostics" in value);
  if (isAnswer(answer)) return undefined;
  return Object.values(answer).find(isAnswer);
}

function outcomeOf(answer: unknown): Expected {
  const output = pick(answer, "output");
  const error = pick(answer, "error", isText);
  const failure = pick(answer, "error", isPlainObject);
  const cause = pick(answer, "cause") ?? pick(failure, "cause");
  const name = error ?? pick(failure, "error", isText) ?? pick(failure, "code", isText);
  return {
    ...(output === undefined ? {} : { output: opened(output) }),
    ...(name === undefined ? {} : { error: String(name) }),
    ...(cause === undefined || cause === null
      ? {}
      : { cause: isText(cause) ? cause : JSON.stringify(cause) }),
  };
}

export function historyOf(answer: unknown): HistoryEvent[] | undefined {
  const found = pick(answer, "history", (value) => Array.isArray(value) || isPlainObject(value));
  const events = isPlainObject(found) ? (found["events"] ?? found["history"]) : found;
  return Array.isArray(events) && events.length > 0 && events.every(isPlainObject)
    ? (events as unknown as HistoryEvent[])
    : undefined;
}

const ENDINGS: Record<string, string> = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionAborted: "ABORTED",
  ExecutionTimedOut: "TIMED_OUT",
};

/** How a recorded execution ended, by its last event. */
function ending(history: HistoryEvent[] | undefined): Expected {
  const last = history?.find(({ type }) => Object.hasOwn(ENDINGS, type ?? ""));
  const status = last && ENDINGS[last.type];
  if (!last || status === undefined) return {};
  const details = Object.entries(last).find(([key]) => /details$/i.test(key))?.[1] ?? {};
  const { output, error, cause } = details as { output?: string; error?: string; cause?: string };
  return {
    status,
    ...(output === undefined ? {} : { output: read(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause: isText(cause) ? cause : JSON.stringify(cause) }),
  };
}

/** The name and message of a refusal, as botocore, a client or a plain case writes them. */
function refusalOf(answer: unknown): Expected | string {
  const nested = ["Error", "error", "exception", "refusal", "expectedError", "validationException"]
    .map((name) => (isPlainObject(answer) ? answer[name] : undefined))
    .find(isPlainObject);
  const holder = nested ?? answer;
  const text = pick(holder, "message", isText) ?? (isText(holder) ? holder : undefined);
  const said = /^An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: ([\s\S]*)$/.exec(
    String(text ?? ""),
  );
  const code = pick(holder, "code", isText) ?? said?.[1];
  if (code === undefined && text === undefined) return "There is no expected refusal (code and message).";
  return {
    ...(code === undefined ? {} : { error: String(code) }),
    ...(text === undefined ? {} : { cause: said?.[2] ?? String(text) }),
  };
}
