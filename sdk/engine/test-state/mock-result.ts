import { isPlainObject, type Json } from "../../model/json.ts";
import { splitResource } from "../resources.ts";
import { resultsOf, type ServiceResults, type Shape } from "./aws-results.ts";
import { refuse } from "./refusal.ts";

/** How much of a mocked result is held against what the service would answer. */
export type FieldValidationMode = "STRICT" | "PRESENT" | "NONE";

/** The services of optimised integrations whose own names differ. */
const OPTIMISED: Readonly<Record<string, string>> = {
  bedrock: "bedrockruntime",
  elasticmapreduce: "emr",
  "emr-containers": "emrcontainers",
  "emr-serverless": "emrserverless",
  events: "eventbridge",
  states: "sfn",
};

/** Service and action of a job -> the action that is asked whether it has ended: its answer is the job's result. */
const POLLED: Readonly<Record<string, string>> = {
  "athena startQueryExecution": "getQueryExecution",
  "batch submitJob": "describeJobs",
  "bedrock createModelCustomizationJob": "getModelCustomizationJob",
  "codebuild startBuild": "batchGetBuilds",
  "codebuild startBuildBatch": "batchGetBuildBatches",
  "databrew startJobRun": "describeJobRun",
  "ecs runTask": "describeTasks",
  "eks createCluster": "describeCluster",
  "eks createNodegroup": "describeNodegroup",
  "eks createFargateProfile": "describeFargateProfile",
  "emr addStep": "describeStep",
  "emr createCluster": "describeCluster",
  "emr terminateCluster": "describeCluster",
  "emrcontainers startJobRun": "describeJobRun",
  "emrserverless startJobRun": "getJobRun",
  "glue startJobRun": "getJobRun",
  "mediaconvert createJob": "getJob",
  "sagemaker createLabelingJob": "describeLabelingJob",
  "sagemaker createProcessingJob": "describeProcessingJob",
  "sagemaker createTrainingJob": "describeTrainingJob",
  "sagemaker createTransformJob": "describeTransformJob",
  "sfn startExecution": "describeExecution",
};

/**
 * Refuses a mocked result that the service would never answer with. Fields that its API does not have are let pass;
 * callbacks, functions named directly, activities, HTTP and API Gateway answer with anything.
 *
 * @throws TestStateError ValidationException
 */
export function checkMockedResult(resource: string, result: Json, mode: FieldValidationMode): void {
  if (mode === "NONE" || result === null) return;
  const found = answerOf(resource);
  if (!found) return;
  checkValue(result, found.shape, "", { ...found, strict: mode === "STRICT" });
}

/** What the service answers; nothing where no API says. */
function answerOf(resource: string): { results: ServiceResults; shape: string; free: string[] } | undefined {
  if (!/^arn:[^:]*:states:[^:]*:[^:]*:[^:]/.test(resource) || /:activity:/.test(resource)) return undefined;
  const { resourceType, resource: called } = splitResource(resource);
  const [action = "", pattern] = called.split(".");
  if (pattern === "waitForTaskToken" || resourceType === "http" || resourceType === "apigateway")
    return undefined;
  const name = resourceType.replace(/^aws-sdk:/, "");
  const service = Object.hasOwn(OPTIMISED, name) && name === resourceType ? OPTIMISED[name] : name;
  const polled = pattern?.startsWith("sync") ? (POLLED[`${service} ${action}`] ?? action) : action;
  const operation = polled.replace(/^./, (letter) => letter.toUpperCase());
  const polledService = service === "bedrockruntime" && pattern ? "bedrock" : service;
  const results = resultsOf(polledService ?? "");
  const shape = results?.actions[operation];
  // `.sync:2` hands on a child's Input and Output as JSON instead of as its text.
  return results && shape
    ? { results, shape, free: pattern === "sync:2" ? ["Input", "Output"] : [] }
    : undefined;
}

interface Against {
  results: ServiceResults;
  free: readonly string[];
  strict: boolean;
}

function wrong(problem: string): never {
  refuse("ValidationException", `Mock result schema validation error: ${problem}`);
}

function checkValue(value: Json, name: string, field: string, against: Against): void {
  const shape = against.results.shapes[name] ?? {};
  if (shape.m) checkStructure(value, shape, field, against);
  else if (shape.l !== undefined) {
    if (!Array.isArray(value)) wrong(`Field '${field}' must be an array`);
    for (const item of value) checkValue(item, shape.l, field, against);
  } else if (shape.v !== undefined) {
    if (!isPlainObject(value)) wrong(`Field '${field}' must be an object`);
    for (const item of Object.values(value)) checkValue(item as Json, shape.v, field, against);
  } else if (shape.t) checkSimple(value, shape, field);
}

function checkStructure(
  value: Json,
  { m: members = {}, r: required = [] }: Shape,
  field: string,
  against: Against,
) {
  if (!isPlainObject(value)) {
    if (field === "") refuse("ValidationException", "Mocked result must be a JSON object.");
    wrong(`Field '${field}' must be an object`);
  }
  const given = value as { [key: string]: Json };
  if (against.strict) {
    const missing = required.find((name) => !Object.hasOwn(given, name));
    if (missing !== undefined) wrong(`Required field '${missing}' is missing`);
  }
  for (const [name, item] of Object.entries(given)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member !== undefined && !against.free.includes(name)) checkValue(item, member, name, against);
  }
}

const TYPES = { s: ["string", "a string"], n: ["number", "a number"], b: ["boolean", "a boolean"] } as const;

function checkSimple(value: Json, { t: type = "s", e: words, min, max }: Shape, field: string): void {
  const [expected, named] = TYPES[type];
  if (typeof value !== expected) wrong(`Field '${field}' must be ${named}`);
  if (typeof value === "number") {
    if (min !== undefined && value < min) wrong(`Field '${field}' is less than the minimum value`);
    if (max !== undefined && value > max) wrong(`Field '${field}' exceeds the maximum value`);
  } else if (typeof value === "string") {
    if (words && !words.includes(value)) wrong(`Field '${field}' is not an expected value`);
    if (min !== undefined && value.length < min) wrong(`Field '${field}' is smaller than the minimum length`);
    if (max !== undefined && value.length > max) wrong(`Field '${field}' exceeds the maximum length`);
  }
}
