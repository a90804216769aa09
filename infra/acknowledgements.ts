import { Stack, Validations } from "aws-cdk-lib";
import type { CfnFunction, IFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";

/**
 * Every finding of cdk-nag's AwsSolutions and Serverless packs that Runlet accepts, with its reason. All stand on the
 * one construct that they are about, so the same finding elsewhere still fails the synthesis.
 */

/** Tasks: called by Step Functions only. */
export function acknowledgeTask(task: IConstruct): void {
  accept(task, {
    "Serverless-LambdaDLQ":
      "Step Functions calls a task synchronously; a dead-letter queue would never get anything.",
  });
}

/** Functions of the control plane that are called asynchronously. */
export function acknowledgeAsyncFunction(holder: IConstruct): void {
  accept(holder, {
    "Serverless-LambdaDLQ":
      "A failed asynchronous invocation goes to the queue by an on-failure destination, which also tells why.",
  });
}

/** Every Lambda role: X-Ray has no resources to name. */
export function acknowledgeLambdaRole(role: IConstruct): void {
  accept(role, {
    "AwsSolutions-IAM5[Resource::*]":
      "Only for xray:PutTraceSegments and PutTelemetryRecords, which take no resource.",
    "Serverless-LambdaStarPermissions":
      'The one "*" is the resource of X-Ray\'s two actions, which take no other.',
  });
}

/** Keys of results begin with the run id, which nobody knows at deployment. */
export function acknowledgeResultObjects(role: IConstruct, bucketLogicalId: string): void {
  accept(role, {
    [`AwsSolutions-IAM5[Resource::<${bucketLogicalId}.Arn>/results/*]`]:
      "Objects are named by run; the bucket holds nothing but results, and the actions are GetObject and PutObject.",
  });
}

/** A machine calls versions of a function, so that a run ends with the code it began with. */
export function acknowledgeVersions(role: IConstruct, functions: IFunction[]): void {
  const reason =
    "Versions of this one function: runs that began before a deployment call the version of then.";
  for (const called of functions) {
    const id = Stack.of(called).getLogicalId(called.node.defaultChild as CfnFunction);
    accept(role, { [`AwsSolutions-IAM5[Resource::<${id}.Arn>:*]`]: reason });
  }
}

/** State machines: what they log, and the actions of theirs that take no resource. */
export function acknowledgeMachine(machine: IConstruct, role: IConstruct): void {
  accept(machine, {
    "AwsSolutions-SF1":
      "ERROR and not ALL: every event is in the execution's history for 90 days, and logging them all costs $19 to $50 per million runs.",
  });
  accept(role, {
    "AwsSolutions-IAM5[Resource::*]":
      "Only for log delivery (logs:CreateLogDelivery and its kin) and X-Ray, whose actions take no resource.",
  });
}

/** Executions have names of their own, made at run time. */
export function acknowledgeExecutions(role: IConstruct, executionArns: string[]): void {
  for (const arn of executionArns) {
    accept(role, {
      [`AwsSolutions-IAM5[Resource::${readable(role, arn)}]`]:
        "Executions of this project's own machines; their names are run ids, made at run time.",
    });
  }
}

/** Items of maps: which objects, the source says as far as it can. */
export function acknowledgeItems(role: IConstruct, resources: string[]): void {
  for (const resource of new Set(resources)) {
    accept(role, {
      [`AwsSolutions-IAM5[Resource::${readable(role, resource)}]`]:
        "Objects that the flow's maps read, of one bucket; the rest of the key is computed when the flow runs.",
    });
  }
}

/** The sweep also ends runs of flows that a project has no more. */
export function acknowledgeEveryMachine(role: IConstruct, arns: string[]): void {
  for (const arn of arns) {
    accept(role, {
      [`AwsSolutions-IAM5[Resource::${readable(role, arn)}]`]:
        "Machines of this project only, by the prefix of their names; the sweep must also reach those of removed flows.",
    });
  }
}

export function acknowledgeBucket(bucket: IConstruct): void {
  accept(bucket, {
    "AwsSolutions-S1":
      "Only Runlet's functions use the bucket and no public access exists; CloudTrail data events tell who read what, and a log bucket would cost a second write for every result.",
  });
}

export function acknowledgeDeadLetterQueue(queue: IConstruct): void {
  accept(queue, {
    "AwsSolutions-SQS3": "It is the dead-letter queue of the others.",
    "Serverless-SQSRedrivePolicy": "It is the dead-letter queue of the others.",
  });
}

function accept(scope: IConstruct, findings: Record<string, string>): void {
  for (const [id, reason] of Object.entries(findings)) Validations.of(scope).acknowledge({ id, reason });
}

/** An ARN with tokens as cdk-nag writes it: references in angle brackets. */
function readable(scope: IConstruct, arn: string): string {
  const resolved: unknown = Stack.of(scope).resolve(arn);
  if (typeof resolved === "string") return resolved;
  const parts = (resolved as { "Fn::Join": [string, (string | { Ref: string })[]] })["Fn::Join"][1];
  return parts.map((part) => (typeof part === "string" ? part : `<${part.Ref}>`)).join("");
}
