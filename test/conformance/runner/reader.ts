import { isPlainObject, type Json } from "../../../sdk/model/json.ts";
import { CATEGORIES, type Case, type Category, type Unreadable } from "./case.ts";
import { categoryOfName, categoryOfPath } from "./category.ts";
import { expectedOf, historyOf } from "./expected.ts";
import { isText, pick } from "./fields.ts";
import { sourcesBelow } from "./files.ts";
import { callsOf } from "./from-history.ts";
import { opened, placed, read } from "./normal.ts";
import { mockedCalls } from "./outcomes.ts";
import { type RawCase, recordsOf } from "./records.ts";
import { objectsOf } from "./stored.ts";

type Fields = Record<string, unknown>;

export interface Corpus {
  cases: Case[];
  unreadable: Unreadable[];
}

/** Reads every case below a folder: in files of one or of many, or in a folder each. What cannot be read is told. */
export function readCorpus(folder: string): Corpus {
  const { files, broken } = sourcesBelow(folder);
  const corpus: Corpus = { cases: [], unreadable: broken.map((one) => ({ ...one, id: one.file })) };
  for (const one of recordsOf(files)) add(one, corpus);
  return corpus;
}

function add({ file, id: given, raw: own, inherited }: RawCase, corpus: Corpus): void {
  const raw = { ...inherited, ...own };
  const id = given ?? (pick(own, "id", isText) as string | undefined) ?? file;
  let made: Case | string;
  try {
    made = caseOf(id, placed(raw), file);
  } catch (thrown) {
    made = (thrown as Error).message;
  }
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
  const mocks = mockedCalls(category === "executions" ? pick(raw, "mocks") : undefined, statesIn(definition));
  const family = pick(raw, "family", isText) ?? id.split(/[/:[]/)[0] ?? id;
  const exact = pick(raw, "exact") ?? pick(answer, "exact") ?? pick(pick(answer, "history"), "exact");
  return {
    id,
    family: String(family),
    category,
    file,
    exact: exact === true,
    unordered: exact === false,
    definition: typeof definition === "string" && category !== "validate" ? opened(definition) : definition,
    type: typeOf(raw, request),
    sync: isSync([id, String(family), file, raw["source"], raw["api"], raw["operation"]], raw, answer),
    input: inputOf(raw, answer),
    mocks: mocks.length === 0 && expected.history ? callsOf(expected.history) : mocks,
    objects: objectsOf(pick(raw, "objects")),
    request: Object.keys(request).length > 0 ? request : raw,
    expected,
    raw,
  };
}

/** Names of the states of a definition, at all depths. */
function statesIn(definition: unknown): Set<string> {
  const value = opened(definition);
  const found = new Set<string>();
  const visit = (one: unknown): void => {
    if (Array.isArray(one)) for (const item of one) visit(item);
    if (!isPlainObject(one)) return;
    if (isPlainObject(one["States"])) for (const name of Object.keys(one["States"])) found.add(name);
    for (const item of Object.values(one)) visit(item);
  };
  visit(value);
  return found;
}

const typeOf = (raw: Fields, request: Fields): "STANDARD" | "EXPRESS" => {
  const isType = (value: unknown): boolean => /^(standard|express)/i.test(String(value));
  const said = pick(raw, "type", isType) ?? pick(request, "type", isType);
  return /^express/i.test(String(said)) ? "EXPRESS" : "STANDARD";
};

/** StartSyncExecution leaves marks: its bill in the answer, its name, or that of the recording. */
function isSync(names: readonly unknown[], raw: Fields, answer: unknown): boolean {
  if (typeof raw["sync"] === "boolean") return raw["sync"];
  if (isPlainObject(answer) && "billingDetails" in answer) return true;
  return names.some((name) => /(?<![a-z])sync(?!:?\d)|StartSyncExecution/i.test(String(name ?? "")));
}

/** The input, as a value. A history says what a text stands for: itself, or the JSON in it. */
function inputOf(raw: Fields, answer: unknown): Json | undefined {
  const started = (historyOf(answer) ?? historyOf(raw))?.find(({ type }) => type === "ExecutionStarted");
  const recorded = (started as { executionStartedEventDetails?: { input?: unknown } } | undefined)
    ?.executionStartedEventDetails?.input;
  const input = pick(raw, "input") ?? pick(answer, "input");
  if (input === undefined) return recorded === undefined ? undefined : read(recorded);
  return typeof input === "string" && input === recorded ? read(input) : opened(input);
}

/** What the case says, else what its folders and file say, else what it looks like. */
function categoryOf(raw: Fields, answer: unknown, request: Fields, file: string): Category {
  const said = [raw["category"], raw["kind"], raw["api"], raw["operation"], raw["action"], raw["type"]]
    .filter(isText)
    .map((word) => CATEGORIES.find((category) => category === word) ?? categoryOfName(word));
  const category = said.find((one) => one !== undefined) ?? categoryOfPath(file);
  const shape = shapeOf(raw, answer, request);
  // A folder of TestState's cases may hold its refusals too.
  if (category === "test-state" && shape === "test-state-error") return shape;
  return category ?? shape;
}

function shapeOf(raw: Fields, answer: unknown, request: Fields): Category {
  if (JSON.stringify(answer).includes('"diagnostics"')) return "validate";
  const tests = ["inspectionLevel", "mock", "stateName", "revealSecrets", "stateConfiguration"].some(
    (name) => name in raw || name in request,
  );
  const ended = pick(answer, "status") !== undefined || JSON.stringify(answer).includes('"status"');
  const refused = isPlainObject(answer) && !ended && historyOf(answer) === undefined && isRefusal(answer);
  if (tests || (Object.keys(request).length > 0 && "definition" in request))
    return refused ? "test-state-error" : "test-state";
  return refused ? "invalid" : "executions";
}

const isRefusal = (answer: Fields): boolean =>
  pick(answer, "message") !== undefined ||
  "exception" in answer ||
  ["error", "Error"].some((name) => pick(answer[name], "message") !== undefined);
