import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { FunctionEntry } from "../../sdk/model/manifest.ts";
import { acknowledgeAsyncFunction, acknowledgeResultObjects } from "../acknowledgements.ts";
import type { ProjectContext } from "../project-context.ts";
import { RunletFunction } from "./runlet-function.ts";

export interface StartDoorProps {
  context: ProjectContext;
  entry: FunctionEntry;
  directory: string;
  flows: string[];
  failures: IQueue;
}

/** The one function that starts runs. It may write a record, keep a large input and start the project's machines. */
export class StartDoor extends RunletFunction {
  constructor(scope: Construct, id: string, { context, entry, directory, flows, failures }: StartDoorProps) {
    const { machines, table, bucket } = context;
    super(scope, id, {
      description: `Start door of ${context.project} (Runlet)`,
      directory,
      timeoutSeconds: entry.timeoutSeconds,
      memoryMb: entry.memoryMb,
      environment: { ...entry.environment, ...context.environment, RUNLET_MACHINES: machines.setting },
      statements: [
        table.items("GetItem", "PutItem", "Query"),
        bucket.objects("GetObject", "PutObject"),
        new PolicyStatement({ actions: ["states:StartExecution"], resources: flows.map(machines.arn) }),
        new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [failures.queueArn] }),
      ],
      logRetention: context.logRetention,
      onFailure: new SqsDestination(failures),
    });
    acknowledgeAsyncFunction(this.lambda);
    acknowledgeResultObjects(this.role, bucket.logicalId);
  }
}
