import { ArnFormat, Names, Stack } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { machineName } from "../functions/start/machine-name.ts";
import type { ResultBucket } from "./constructs/result-bucket.ts";
import type { RunTable } from "./constructs/run-table.ts";

/** What the constructs of one project share. */
export interface ProjectContext {
  project: string;
  table: RunTable;
  bucket: ResultBucket;
  logRetention: RetentionDays;
  /** What every function of the project finds in its environment. */
  environment: Record<string, string>;
  machines: MachineNames;
}

/** Names and ARNs of state machines, known before the machines are, so that roles name them without a circle. */
export interface MachineNames {
  /** The value of `RUNLET_MACHINES`. */
  setting: string;
  name(flow: string): string;
  arn(flow: string): string;
  /** Executions of a flow's machine. */
  executions(flow: string): string;
  /** Executions that a distributed Map of the flow starts. */
  mapRuns(flow: string): string;
  /** The rule by which Step Functions hears of the ends of executions that executions wait for. */
  syncRule: string;
  /** Every machine that the project has, and had before flows were renamed or removed. */
  everArn: string;
  everExecution: string;
}

/** Names that begin with stack and construct, so that two deployments of one project do not meet. */
export function machineNames(scope: Construct): MachineNames {
  const stack = Stack.of(scope);
  const project = Names.uniqueResourceName(scope, {
    maxLength: 40,
    separator: "-",
    allowedSpecialCharacters: "-_",
  });
  const arn = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: "states", resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const name = (flow: string): string => machineName(project, flow);
  return {
    setting: JSON.stringify({ $prefix: arn("stateMachine", ""), $project: project }),
    name,
    arn: (flow) => arn("stateMachine", name(flow)),
    executions: (flow) => arn("execution", `${name(flow)}:*`),
    mapRuns: (flow) => arn("execution", `${name(flow)}/*`),
    syncRule: stack.formatArn({
      service: "events",
      resource: "rule",
      resourceName: "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    }),
    everArn: arn("stateMachine", `${project}-*`),
    everExecution: arn("execution", `${project}-*`),
  };
}
