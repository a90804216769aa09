import type { StateType } from "../../asl/types.ts";
import type { QueryLanguage } from "../query-language.ts";
import { isActivityArn } from "../resources.ts";
import { ONE_SELECTOR } from "./choice-rules.ts";
import { credentials } from "./credentials.ts";
import { template } from "./expressions.ts";
import { checkMap, DISTRIBUTED_FIELDS } from "./map.ts";
import { PATH_FIELDS } from "./path-states.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { resource } from "./resources.ts";
import { catchers, retry } from "./retry-catch.ts";
import { COMMON, elsewhere, LEADING, MOST } from "./state-fields.ts";
import {
  assign,
  byLanguage,
  checkFields,
  condition,
  filled,
  foreignField,
  items,
  text,
  textTemplate,
  timestampTemplate,
  unsupported,
  wholeTemplate,
} from "./values.ts";

const FAILING: Record<string, Check> = { Retry: retry, Catch: catchers };
const GIVING: Record<string, Check> = { Assign: assign, Output: template };

const choices: Check = (value, location, problems) => {
  const rules = filled(value, location, problems);
  for (const [index, rule] of rules.entries()) checkRule(rule, `${location}[${index}]`, problems);
};

const RULE: Record<string, Check> = { Condition: condition, Next: text, Comment: text, ...GIVING };

function checkRule(rule: unknown, location: string, problems: Problems): void {
  if (!isObject(rule)) {
    problems.invalid(location, "The rule must be an object.");
    return;
  }
  checkFields(rule, RULE, location, problems);
  if (!("Condition" in rule)) problems.invalid(location, ONE_SELECTOR);
  require(rule, ["Next"], location, problems);
}

/** Type -> its fields and how each is checked. A field that is in no table is refused. */
const FIELDS: Record<StateType, Record<string, Check>> = {
  Pass: { ...COMMON, ...LEADING, ...GIVING },
  Task: {
    ...COMMON,
    ...LEADING,
    ...GIVING,
    ...FAILING,
    Resource: resource,
    Arguments: template,
    TimeoutSeconds: wholeTemplate(1, MOST),
    HeartbeatSeconds: wholeTemplate(1, MOST),
    Credentials: credentials,
  },
  Choice: { ...COMMON, ...GIVING, Choices: choices, Default: text },
  Wait: { ...COMMON, ...LEADING, ...GIVING, Seconds: wholeTemplate(0, MOST), Timestamp: timestampTemplate },
  Succeed: { ...COMMON, Output: template },
  Fail: { ...COMMON, Error: textTemplate, Cause: textTemplate },
  Parallel: { ...COMMON, ...LEADING, ...GIVING, ...FAILING, Arguments: template, Branches: elsewhere },
  Map: {
    ...COMMON,
    ...LEADING,
    ...GIVING,
    ...FAILING,
    Items: items,
    ItemSelector: template,
    ItemProcessor: elsewhere,
    MaxConcurrency: wholeTemplate(0, MOST),
    Iterator: unsupported("Iterator; use ItemProcessor"),
    ...DISTRIBUTED_FIELDS.JSONata,
  },
};

const REQUIRED: Partial<Record<StateType, string[]>> = {
  Task: ["Resource"],
  Choice: ["Choices"],
  Parallel: ["Branches"],
};

/** Pairs of which a state has one at most. */
const EXCLUSIVE: [string, string][] = [
  ["TimeoutSeconds", "TimeoutSecondsPath"],
  ["HeartbeatSeconds", "HeartbeatSecondsPath"],
  ["Error", "ErrorPath"],
  ["Cause", "CausePath"],
  ["MaxConcurrency", "MaxConcurrencyPath"],
  ["ItemProcessor", "Iterator"],
  ["ToleratedFailureCount", "ToleratedFailureCountPath"],
  ["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
];

export const isStateType = (type: unknown): type is StateType =>
  typeof type === "string" && Object.hasOwn(FIELDS, type);

interface Spoken {
  language: QueryLanguage;
  /** The state may not speak this language: fields of the other one are no second problem. */
  isMixed: boolean;
}

/** Checks the fields of one state; what lies beyond it (other states, inner machines) is the machine's to check. */
export function checkState(
  state: Record<string, unknown>,
  type: StateType,
  { language, isMixed }: Spoken,
  location: string,
  problems: Problems,
): void {
  const fields = language === "JSONata" ? FIELDS[type] : PATH_FIELDS[type];
  const { foreign, own } = byLanguage(state, fields, language);
  if (!isMixed) for (const name of foreign) problems.invalid(location, foreignField(name, language));
  checkFields(own, fields, location, problems, language);
  require(state, REQUIRED[type] ?? [], location, problems);
  if ("Next" in fields) checkLeading(state, location, problems);
  checkTogether(state, type, location, problems);
}

/** In the order in which the service names them, in both languages. */
const DELAYS = ["SecondsPath", "Seconds", "TimestampPath", "Timestamp"];

/** What fields may not stand together, or may not be missing together. */
function checkTogether(
  state: Record<string, unknown>,
  type: StateType,
  location: string,
  problems: Problems,
): void {
  if (type === "Wait") {
    const delays = DELAYS.filter((field) => field in state);
    if (delays.length > 1) onlyOne(DELAYS, location, problems);
    else if (delays.length === 0) oneNeeded(DELAYS, location, problems);
  }
  for (const [one, other] of EXCLUSIVE) {
    if (one in state && other in state) onlyOne([one, other], location, problems);
  }
  if (type === "Map") checkMap(state, location, problems);
  if (type === "Task" && "Credentials" in state && isActivityArn(String(state["Resource"]))) {
    problems.invalid(`${location}/Credentials`, "The field 'Credentials' is not supported for activities");
  }
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout) {
    problems.invalid(`${location}/HeartbeatSeconds`, "HeartbeatSeconds must be smaller than TimeoutSeconds.");
  }
}

function checkLeading(state: Record<string, unknown>, location: string, problems: Problems): void {
  const ends = state["End"] === true;
  if (ends && "Next" in state) onlyOne(["Next", "End"], location, problems);
  if (!ends && !("Next" in state)) {
    oneNeeded(["Next", "End"], location, problems);
  }
}

function oneNeeded(fields: readonly string[], location: string, problems: Problems): void {
  problems.invalid(
    location,
    `This object should have only one of the following fields: [${fields.join(", ")}]`,
  );
}

function onlyOne(fields: readonly string[], location: string, problems: Problems): void {
  problems.invalid(location, `There should only be one of the following fields: [${fields.join(", ")}]`);
}

export function require(
  value: Record<string, unknown>,
  names: readonly string[],
  location: string,
  problems: Problems,
): void {
  const missing = names.filter((name) => !(name in value));
  if (missing.length > 0) problems.invalid(location, `These fields are required: [${missing.join(", ")}]`);
}
