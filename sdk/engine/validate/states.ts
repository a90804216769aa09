import type { StateType } from "../../asl/types.ts";
import { template } from "./expressions.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { catchers, retry } from "./retry-catch.ts";
import {
  assign,
  checkFields,
  condition,
  flag,
  items,
  oneOf,
  text,
  textTemplate,
  unsupported,
  wholeTemplate,
} from "./values.ts";

const MOST = 99_999_999;

/** Checked where the whole machine is: machines inside of states, and where transitions lead. */
const elsewhere: Check = () => undefined;

const COMMON: Record<string, Check> = {
  Type: text,
  Comment: text,
  QueryLanguage: oneOf("JSONata", "JSONPath"),
};
const LEADING: Record<string, Check> = { Next: text, End: flag };
const FAILING: Record<string, Check> = { Retry: retry, Catch: catchers };
const GIVING: Record<string, Check> = { Assign: assign, Output: template };

const resource: Check = (value, location, problems) => {
  if (typeof value !== "string" || !value.startsWith("arn:")) {
    problems.invalid(location, "The field must be an ARN.");
  } else if (/^arn:[^:]*:states:[^:]+:[^:]+:activity:/.test(value)) {
    problems.unsupported(location, "The engine does not implement activities.");
  }
};

const choices: Check = (value, location, problems) => {
  if (!Array.isArray(value) || value.length === 0) {
    problems.invalid(location, "The field must be an array of at least one rule.");
    return;
  }
  for (const [index, rule] of value.entries()) checkRule(rule, `${location}[${index}]`, problems);
};

const RULE: Record<string, Check> = { Condition: condition, Next: text, Comment: text, ...GIVING };

function checkRule(rule: unknown, location: string, problems: Problems): void {
  if (!isObject(rule)) {
    problems.invalid(location, "The rule must be an object.");
    return;
  }
  checkFields(rule, RULE, location, problems);
  require(rule, ["Condition", "Next"], location, problems);
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
    Credentials: unsupported("Credentials"),
  },
  Choice: { ...COMMON, ...GIVING, Choices: choices, Default: text },
  Wait: { ...COMMON, ...LEADING, ...GIVING, Seconds: wholeTemplate(0, MOST), Timestamp: textTemplate },
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
    ItemReader: unsupported("ItemReader"),
    ItemBatcher: unsupported("ItemBatcher"),
    ResultWriter: unsupported("ResultWriter"),
    ToleratedFailureCount: unsupported("ToleratedFailureCount"),
    ToleratedFailurePercentage: unsupported("ToleratedFailurePercentage"),
    Label: unsupported("Label"),
  },
};

const REQUIRED: Partial<Record<StateType, string[]>> = {
  Task: ["Resource"],
  Choice: ["Choices"],
  Parallel: ["Branches"],
  Map: ["ItemProcessor"],
};

export const isStateType = (type: unknown): type is StateType =>
  typeof type === "string" && Object.hasOwn(FIELDS, type);

/** Checks the fields of one state; what lies beyond it (other states, inner machines) is the machine's to check. */
export function checkState(
  state: Record<string, unknown>,
  type: StateType,
  location: string,
  problems: Problems,
): void {
  checkFields(state, FIELDS[type], location, problems);
  require(state, REQUIRED[type] ?? [], location, problems);
  if ("Next" in FIELDS[type]) checkLeading(state, location, problems);
  if (type === "Wait" && "Seconds" in state === "Timestamp" in state) {
    problems.invalid(location, "The state must have exactly one of [Seconds, Timestamp]");
  }
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout) {
    problems.invalid(`${location}/HeartbeatSeconds`, "HeartbeatSeconds must be smaller than TimeoutSeconds.");
  }
}

function checkLeading(state: Record<string, unknown>, location: string, problems: Problems): void {
  const ends = state["End"] === true;
  if (ends && "Next" in state) problems.invalid(location, "The state has both Next and End.");
  if (!ends && !("Next" in state)) problems.invalid(location, "The state must have one of [Next, End].");
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
