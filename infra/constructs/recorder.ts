import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import {
  acknowledgeAsyncFunction,
  acknowledgeEveryMachine,
  acknowledgeResultObjects,
} from "../acknowledgements.ts";
import type { ProjectContext } from "../project-context.ts";
import { RunletFunction } from "./runlet-function.ts";

export interface RecorderProps {
  context: ProjectContext;
  /** Folder with the bundles `recorder/index.mjs` and `sweep/index.mjs`. */
  controlPlane: string;
  flows: string[];
  failures: IQueue;
}

/** A rule's pattern has at most 2,048 characters, and an ARN of a machine up to 150. */
const MACHINES_PER_RULE = 12;

/** Brings the status of executions into run records: at once by events, and by a sweep what events leave out. */
export class Recorder extends Construct {
  readonly recorder: RunletFunction;
  readonly sweep: RunletFunction;

  constructor(scope: Construct, id: string, props: RecorderProps) {
    super(scope, id);
    this.recorder = this.#recorder(props);
    this.sweep = this.#sweep(props);
    this.#rules(props);
  }

  #recorder({ context, controlPlane, failures }: RecorderProps): RunletFunction {
    const { machines, table } = context;
    const made = new RunletFunction(this, "Events", {
      description: `Recorder of ${context.project} (Runlet)`,
      directory: join(controlPlane, "recorder"),
      timeoutSeconds: 30,
      memoryMb: 256,
      environment: { ...context.environment, RUNLET_MACHINES: machines.setting },
      statements: [
        table.items("UpdateItem"),
        new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [failures.queueArn] }),
      ],
      logRetention: context.logRetention,
      onFailure: new SqsDestination(failures),
    });
    acknowledgeAsyncFunction(made.lambda);
    return made;
  }

  #sweep({ context, controlPlane, failures }: RecorderProps): RunletFunction {
    const { machines, table, bucket } = context;
    const made = new RunletFunction(this, "Sweep", {
      description: `Sweep of unfinished runs of ${context.project} (Runlet)`,
      directory: join(controlPlane, "sweep"),
      timeoutSeconds: 240,
      memoryMb: 256,
      environment: { ...context.environment, RUNLET_MACHINES: machines.setting },
      statements: [
        table.items("GetItem", "PutItem", "UpdateItem"),
        table.openRuns(),
        bucket.objects("GetObject"),
        // By prefix and not one by one: runs of a flow that the project has no more must come to an end as well, and a
        // role that may not ask would be told "no access" instead of "no such machine".
        new PolicyStatement({ actions: ["states:StartExecution"], resources: [machines.everArn] }),
        new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [machines.everExecution] }),
        new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [failures.queueArn] }),
      ],
      logRetention: context.logRetention,
      onFailure: new SqsDestination(failures),
    });
    acknowledgeAsyncFunction(made.lambda);
    acknowledgeResultObjects(made.role, bucket.logicalId);
    acknowledgeEveryMachine(made.role, [machines.everArn, machines.everExecution]);
    return made;
  }

  /** Machines are named one by one: a prefix would also match the executions of a distributed Map's items. */
  #rules({ context, flows, failures }: RecorderProps): void {
    for (let from = 0; from < flows.length; from += MACHINES_PER_RULE) {
      const some = flows.slice(from, from + MACHINES_PER_RULE);
      new Rule(this, `Status${from / MACHINES_PER_RULE}`, {
        description: `Status of runs of ${context.project} (Runlet)`,
        eventPattern: {
          source: ["aws.states"],
          detailType: ["Step Functions Execution Status Change"],
          detail: { stateMachineArn: some.map(context.machines.arn) },
        },
        targets: [
          new LambdaFunction(this.recorder.lambda, {
            deadLetterQueue: failures,
            maxEventAge: Duration.hours(24),
            retryAttempts: 185,
          }),
        ],
      });
    }
  }
}
