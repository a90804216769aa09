import type { StateType } from "../../asl/types.ts";
import { pathChoices } from "./choice-rules.ts";
import { pathCredentials } from "./credentials.ts";
import { DISTRIBUTED_FIELDS } from "./map.ts";
import {
  numberPath,
  path,
  pathAssign,
  pathOrIntrinsic,
  pathOrNull,
  payload,
  referencePath,
  resultPath,
} from "./paths.ts";
import type { Check } from "./problems.ts";
import { resource } from "./resources.ts";
import { pathCatchers, retry } from "./retry-catch.ts";
import { COMMON, elsewhere, LEADING, MOST } from "./state-fields.ts";
import { text, timestamp, whole } from "./values.ts";

const NARROWING: Record<string, Check> = { InputPath: pathOrNull, OutputPath: pathOrNull };
const MERGING: Record<string, Check> = { ...NARROWING, Parameters: payload, ResultPath: resultPath };
const WORKING: Record<string, Check> = { ...MERGING, ResultSelector: payload, Assign: pathAssign };
const FAILING: Record<string, Check> = { Retry: retry, Catch: pathCatchers };

/** Type -> its fields in the JSONPath form, and how each is checked. */
export const PATH_FIELDS: Record<StateType, Record<string, Check>> = {
  Pass: { ...COMMON, ...LEADING, ...MERGING, Assign: pathAssign, Result: () => undefined },
  Task: {
    ...COMMON,
    ...LEADING,
    ...WORKING,
    ...FAILING,
    Resource: resource,
    TimeoutSeconds: whole(1, MOST),
    TimeoutSecondsPath: path,
    HeartbeatSeconds: whole(1, MOST),
    HeartbeatSecondsPath: path,
    Credentials: pathCredentials,
  },
  Choice: { ...COMMON, ...NARROWING, Assign: pathAssign, Choices: pathChoices, Default: text },
  Wait: {
    ...COMMON,
    ...LEADING,
    ...NARROWING,
    Assign: pathAssign,
    Seconds: whole(0, MOST),
    SecondsPath: path,
    Timestamp: timestamp,
    TimestampPath: path,
  },
  Succeed: { ...COMMON, ...NARROWING },
  Fail: { ...COMMON, Error: text, ErrorPath: pathOrIntrinsic, Cause: text, CausePath: pathOrIntrinsic },
  Parallel: { ...COMMON, ...LEADING, ...WORKING, ...FAILING, Branches: elsewhere },
  Map: {
    ...COMMON,
    ...LEADING,
    ...WORKING,
    ...FAILING,
    ItemsPath: referencePath,
    ItemSelector: payload,
    ItemProcessor: elsewhere,
    Iterator: elsewhere,
    MaxConcurrency: whole(0, MOST),
    MaxConcurrencyPath: numberPath,
    ...DISTRIBUTED_FIELDS.JSONPath,
  },
};
