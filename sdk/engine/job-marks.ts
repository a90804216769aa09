import { isPlainObject, type Json } from "../model/json.ts";
import { splitResource } from "./resources.ts";

type Arguments = { [key: string]: Json };

/**
 * What Step Functions adds to the arguments of a job that it waits for, so that the events of the service's jobs lead
 * back to it: recorded for a task of ECS; for a job of Batch as LocalStack has it.
 */
const MARKS: Readonly<Record<string, (args: Arguments) => Arguments>> = {
  "ecs:runTask.sync": (args) => ({ ...args, StartedBy: "AWS Step Functions" }),
  "batch:submitJob.sync": (args) => {
    const overrides = objectOf(args["ContainerOverrides"]);
    const given = Array.isArray(overrides["Environment"]) ? overrides["Environment"] : [];
    const Environment = [...given, { name: "MANAGED_BY_AWS", value: "STARTED_BY_STEP_FUNCTIONS" }];
    return { ...args, ContainerOverrides: { ...overrides, Environment } };
  },
};

const objectOf = (value: Json | undefined): Arguments => (isPlainObject(value) ? value : {});

/** The arguments as the service gets them, and as the history has them. */
export function markedAsJob(resource: string, args: Json): Json {
  if (!resource.endsWith(".sync")) return args;
  const { resourceType, resource: action } = splitResource(resource);
  const mark = MARKS[`${resourceType}:${action}`];
  return mark && isPlainObject(args) ? mark(args) : args;
}
