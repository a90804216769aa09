import { Aws } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule, CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface ScheduleProps {
  description: string;
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  expression: string;
  timezone: string;
  enabled: boolean;
  target: IFunction;
  /** The payload; JSON. */
  input: string;
}

/** EventBridge Scheduler schedules of one project. What cannot be delivered for a day lands in the queue. */
export class Schedules extends Construct {
  readonly #group: CfnScheduleGroup;
  readonly #role: Role;
  readonly #failures: IQueue;

  constructor(scope: Construct, id: string, props: { targets: IFunction[]; failures: IQueue }) {
    super(scope, id);
    this.#failures = props.failures;
    this.#group = new CfnScheduleGroup(this, "Group");
    this.#role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com").withConditions({
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": this.#group.attrArn },
      }),
      inlinePolicies: {
        deliver: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ["lambda:InvokeFunction"],
              resources: props.targets.map(({ functionArn }) => functionArn),
            }),
            new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [props.failures.queueArn] }),
          ],
        }),
      },
    });
  }

  add(id: string, props: ScheduleProps): CfnSchedule {
    return new CfnSchedule(this, id, {
      description: props.description,
      groupName: this.#group.ref,
      scheduleExpression: props.expression,
      scheduleExpressionTimezone: props.timezone,
      state: props.enabled ? "ENABLED" : "DISABLED",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: props.target.functionArn,
        roleArn: this.#role.roleArn,
        input: props.input,
        deadLetterConfig: { arn: this.#failures.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      },
    });
  }
}

/**
 * What a flow's schedule sends to the start door. Scheduler writes its ARN and the planned time where their names
 * stand; `<` in the flow's own input is written as `\u003c`, so that data never looks like such a name.
 */
export function schedulePayload(flow: string, input: unknown): string {
  const start = { flow, ...(input !== undefined && { input }) };
  const data = JSON.stringify(start).replaceAll("<", "\\u003c").slice(0, -1);
  const context =
    '"schedule":"<aws.scheduler.schedule-arn>","scheduledTime":"<aws.scheduler.scheduled-time>"';
  return `{"runletStart":${data},${context}}}`;
}
