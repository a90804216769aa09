import { isActivityArn, isFunctionArn, splitResource } from "../resources.ts";
import { resultsOf } from "../test-state/aws-results.ts";
import type { Check } from "./problems.ts";

/** What may follow an action: nothing (the answer is the result), a job's end, a token's. */
type Pattern = "" | "sync" | "sync:2" | "waitForTaskToken";

const SYNC: Pattern[] = ["", "sync"];
const TOKEN: Pattern[] = ["", "waitForTaskToken"];
const CALL: Pattern[] = [""];

const all = (names: string, patterns: Pattern[]): Record<string, Pattern[]> =>
  Object.fromEntries(names.split(" ").map((name) => [name, patterns]));

/** Optimised integrations: service -> action -> patterns. The developer guide, "Integrating optimized services". */
const OPTIMISED: Readonly<Record<string, Record<string, Pattern[]>>> = {
  apigateway: all("invoke", TOKEN),
  athena: {
    ...all("startQueryExecution", SYNC),
    ...all("stopQueryExecution getQueryExecution getQueryResults", CALL),
  },
  batch: all("submitJob", SYNC),
  bedrock: { ...all("invokeModel", CALL), ...all("createModelCustomizationJob", SYNC) },
  codebuild: {
    ...all("startBuild startBuildBatch retryBuild retryBuildBatch", SYNC),
    ...all("stopBuild stopBuildBatch deleteBuildBatch batchDeleteBuilds batchGetReports", CALL),
  },
  databrew: all("startJobRun", SYNC),
  dynamodb: all("getItem putItem deleteItem updateItem", CALL),
  ecs: { runTask: ["", "sync", "waitForTaskToken"] },
  eks: {
    ...all("createCluster deleteCluster createFargateProfile deleteFargateProfile", SYNC),
    ...all("createNodegroup deleteNodegroup runJob", SYNC),
    ...all("call", CALL),
  },
  elasticmapreduce: {
    ...all("createCluster terminateCluster addStep", SYNC),
    ...all("cancelStep setClusterTerminationProtection", CALL),
    ...all("modifyInstanceFleetByName modifyInstanceGroupByName", CALL),
  },
  "emr-containers": {
    ...all("createVirtualCluster", CALL),
    ...all("deleteVirtualCluster startJobRun", SYNC),
  },
  "emr-serverless": all(
    "createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun",
    SYNC,
  ),
  events: all("putEvents", TOKEN),
  glue: all("startJobRun", SYNC),
  http: all("invoke", CALL),
  lambda: all("invoke", TOKEN),
  mediaconvert: all("createJob", SYNC),
  sagemaker: {
    ...all("createHyperParameterTuningJob createLabelingJob createProcessingJob", SYNC),
    ...all("createTrainingJob createTransformJob", SYNC),
    ...all("createEndpoint createEndpointConfig createModel updateEndpoint", CALL),
  },
  sns: all("publish", TOKEN),
  sqs: all("sendMessage", TOKEN),
  states: { startExecution: ["", "sync", "sync:2", "waitForTaskToken"] },
};

/** `Resource` of a Task: a function, an activity, or an integration that there is. */
export const resource: Check = (value, location, problems) => {
  if (typeof value !== "string") problems.invalid(location, "Expected value of type [STRING]");
  else if (!value.startsWith("arn:")) problems.invalid(location, "Value is not a valid resource ARN");
  else if (!isKnown(value)) {
    problems.invalid(
      location,
      `The resource provided ${value} is not recognized. The value is not a valid resource ARN, or the resource is not ` +
        "available in this region.",
    );
  }
};

/** Whether there is such a function, activity or integration. */
export function isKnown(arn: string): boolean {
  if (isFunctionArn(arn) || isActivityArn(arn)) return true;
  if (!/^arn:[^:]+:states:[^:]*:[^:]*:./.test(arn)) return false;
  const { resourceType, resource: called } = splitResource(arn);
  const dot = called.indexOf(".");
  const action = dot < 0 ? called : called.slice(0, dot);
  const pattern = dot < 0 ? "" : called.slice(dot + 1);
  if (!resourceType.startsWith("aws-sdk:")) {
    const actions = Object.hasOwn(OPTIMISED, resourceType) ? OPTIMISED[resourceType] : undefined;
    const patterns = actions && Object.hasOwn(actions, action) ? actions[action] : undefined;
    return patterns?.includes(pattern as Pattern) ?? false;
  }
  if (pattern !== "" && pattern !== "waitForTaskToken") return false;
  const operations = resultsOf(resourceType.slice("aws-sdk:".length))?.actions;
  return operations !== undefined && /^[a-z]/.test(action) && Object.hasOwn(operations, capital(action));
}

const capital = (name: string): string => name.replace(/^./, (letter) => letter.toUpperCase());
