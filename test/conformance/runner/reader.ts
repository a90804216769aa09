import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import { isPlainObject, type Json } from "../../../sdk/model/json.ts";
import { CATEGORIES, type Case, type Category, type Expected, type Unreadable } from "./case.ts";
import { isText, pick } from "./fields.ts";
import { callsOf } from "./from-history.ts";
import { opened, placed } from "./normal.ts";
import { mockedCalls } from "./outcomes.ts";

type Fields = Record<string, unknown>;

export interface Corpus {
  cases: Case[];
  unreadable: Unreadable[];
}

/** Reads every case below a folder: `*.json`, `*.jsonl` and their gzip forms. What cannot be read is told. */
export function readCorpus(folder: string): Corpus {
  const corpus: Corpus = { cases: [], unreadable: [] };
  for (const path of filesBelow(folder)) {
    const file = relative(folder, path);
    try {
      for (const { id, raw, inherited } of rawCases(path)) read(id, { ...inherited, ...raw }, file, corpus);
    } catch (thrown) {
      corpus.unreadable.push({ file, id: file, problem: (thrown as Error).message });
    }
  }
  return corpus;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) throw new Error(`The folder ${folder} was not found.`);
  return readdirSync(folder)
    .sort()
    .filter((name) => !name.startsWith(".") && name !== "node_modules")
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesBelow(path);
      return /\.(json|jsonl|ndjson)(\.gz)?$/.test(name) && name !== "package.json" ? [path] : [];
    });
}

interface RawCase {
  id: string | undefined;
  raw: Fields;
  /** What the file says for all of its cases. */
  inherited: Fields;
}

function rawCases(path: string): RawCase[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  if (/l(\.gz)?$|ndjson/.test(path)) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.flatMap((line) => casesIn(JSON.parse(line)));
  }
  return casesIn(JSON.parse(text));
}

/** A case, a list of cases, `{ cases: … }`, or cases by id. */
function casesIn(value: unknown): RawCase[] {
  if (Array.isArray(value)) return value.flatMap(casesIn);
  if (!isPlainObject(value)) return [{ id: undefined, raw: {}, inherited: {} }];
  const { cases, ...inherited } = value;
  if (Array.isArray(cases)) return cases.flatMap(casesIn).map((one) => ({ ...one, inherited }));
  if (isPlainObject(cases)) return byId(cases).map((one) => ({ ...one, inherited }));
  const members = Object.values(value);
  const looksLikeCase = ["definition", "expected", "request"].some((field) =>
    pick(value, field as "request"),
  );
  if (!looksLikeCase && members.length > 0 && members.every(isPlainObject)) return byId(value);
  return [{ id: undefined, raw: value, inherited: {} }];
}

const byId = (cases: Fields): RawCase[] =>
  Object.entries(cases).map(([id, raw]) => ({ id, raw: isPlainObject(raw) ? raw : {}, inherited: {} }));

function read(given: string | undefined, raw: Fields, file: string, corpus: Corpus): void {
  const id = given ?? (pick(raw, "id", isText) as string | undefined) ?? file;
  const made = caseOf(id, placed(raw), file);
  if (typeof made === "string") corpus.unreadable.push({ file, id, problem: made });
  else corpus.cases.push({ ...made, raw });
}

/** The case, or what is missing in it. */
function caseOf(id: string, raw: Fields, file: string): Case | string {
  const given = pick(raw, "request", isPlainObject);
  const request: Fields = isPlainObject(given) ? given : {};
  const definition = pick(raw, "definition") ?? pick(request, "definition");
  if (definition === undefined) return "There is no definition (nor machine, template, stateMachine …).";
  const answer = pick(raw, "expected") ?? raw;
  const category = categoryOf(raw, answer, request, file);
  const expected = expectedOf(category, answer, raw);
  if (typeof expected === "string") return expected;
  const mocks = mockedCalls(category === "executions" ? pick(raw, "mocks") : undefined);
  const family = pick(raw, "family", isText) ?? id.split(/[/:[]/)[0] ?? id;
  return {
    id,
    family: String(family),
    category,
    file,
    exact: pick(raw, "exact") === true,
    definition: typeof definition === "string" && category !== "validate" ? opened(definition) : definition,
    type:
      String(pick(raw, "type", isText) ?? pick(request, "type", isText)).toUpperCase() === "EXPRESS"
        ? "EXPRESS"
        : "STANDARD",
    input: inputOf(raw),
    mocks: mocks.length === 0 && expected.history ? callsOf(expected.history) : mocks,
    objects: (pick(raw, "objects", isPlainObject) ?? {}) as Record<string, string>,
    request: Object.keys(request).length > 0 ? request : raw,
    expected,
    raw,
  };
}

const inputOf = (raw: Fields): Json | undefined => {
  const input = pick(raw, "input");
  return input === undefined ? undefined : opened(input);
};

const asCategory = (text: unknown): Category | undefined => {
  const plain = String(text)
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
  if (/teststateerror|teststaterefus/.test(plain)) return "test-state-error";
  if (/teststate/.test(plain)) return "test-state";
  if (/validate|validation/.test(plain)) return "validate";
  if (/invalid|createstatemachine|creation/.test(plain)) return "invalid";
  return /execution|execute|run$/.test(plain) ? "executions" : undefined;
};

/** What the case says, else its file or folder, else what it looks like. */
function categoryOf(raw: Fields, answer: unknown, request: Fields, file: string): Category {
  for (const said of [raw["category"], raw["kind"], raw["api"], raw["operation"], raw["type"]]) {
    const found =
      CATEGORIES.find((category) => category === said) ?? (isText(said) ? asCategory(said) : undefined);
    if (found) return found;
  }
  const byFile = asCategory(file);
  if (byFile) return byFile;
  if (isPlainObject(answer) && "diagnostics" in answer) return "validate";
  const tests = ["inspectionLevel", "mock", "stateName"].some((name) => name in raw || name in request);
  const refused =
    isPlainObject(answer) && pick(answer, "status") === undefined && pick(answer, "message") !== undefined;
  if (tests) return refused ? "test-state-error" : "test-state";
  return refused ? "invalid" : "executions";
}

function expectedOf(category: Category, answer: unknown, raw: Fields): Expected | string {
  if (category === "test-state" || category === "validate") {
    const nested = isPlainObject(answer) && isPlainObject(answer["response"]) ? answer["response"] : answer;
    if (!isPlainObject(nested) || nested === raw) return "There is no expected answer.";
    const { ResponseMetadata: _, ...response } = nested;
    return { response };
  }
  if (category !== "executions") return refusalOf(answer);
  const status = pick(answer, "status", isText) ?? pick(raw, "status", isText);
  const history = historyOf(answer) ?? historyOf(raw);
  if (status === undefined && history === undefined) return "There is no expected status, nor a history.";
  const types = pick(answer, "events", (value) => Array.isArray(value) && value.every(isText)) as
    | string[]
    | undefined;
  const outcome = { ...ending(history), ...outcomeOf(answer) };
  return {
    ...outcome,
    ...(status === undefined ? {} : { status: String(status) }),
    ...(history ? { history } : {}),
    ...(types || history ? { events: types ?? (history ?? []).map(({ type }) => type) } : {}),
  };
}

function outcomeOf(answer: unknown): Expected {
  const output = pick(answer, "output");
  const error = pick(answer, "error", isText);
  const cause = pick(answer, "cause");
  return {
    ...(output === undefined ? {} : { output: opened(output) }),
    ...(error === undefined ? {} : { error: String(error) }),
    ...(cause === undefined || cause === null
      ? {}
      : { cause: isText(cause) ? cause : JSON.stringify(cause) }),
  };
}

function historyOf(answer: unknown): HistoryEvent[] | undefined {
  const found = pick(answer, "history", (value) => Array.isArray(value) || isPlainObject(value));
  const events = isPlainObject(found) ? found["events"] : found;
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
  const last = history?.at(-1);
  const status = last && ENDINGS[last.type];
  if (!last || status === undefined) return {};
  const { output, error, cause } = Object.assign(
    {},
    last.executionSucceededEventDetails,
    last.executionFailedEventDetails,
  ) as { output?: string; error?: string; cause?: string };
  return {
    status,
    ...(output === undefined ? {} : { output: opened(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause: isText(cause) ? cause : JSON.stringify(cause) }),
  };
}

/** The name and message of a refusal, as botocore, a client or a plain case writes them. */
function refusalOf(answer: unknown): Expected | string {
  const nested = ["Error", "error", "exception", "refusal"]
    .map((name) => (isPlainObject(answer) ? answer[name] : undefined))
    .find(isPlainObject);
  const holder = nested ?? answer;
  const code = pick(holder, "code", isText);
  const message = pick(holder, "message", isText);
  if (code === undefined && message === undefined) return "There is no expected refusal (code and message).";
  const text = String(message ?? "").replace(
    /^An error occurred \(\w+\) when calling the \w+ operation: /,
    "",
  );
  return {
    ...(code === undefined ? {} : { error: String(code) }),
    ...(message === undefined ? {} : { cause: text }),
  };
}
