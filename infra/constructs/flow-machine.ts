import { Aws } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, QueryLanguage, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import {
  acknowledgeExecutions,
  acknowledgeItems,
  acknowledgeMachine,
  acknowledgeResultObjects,
  acknowledgeVersions,
} from "../acknowledgements.ts";
import type { Definition } from "../definition.ts";
import type { ProjectContext } from "../project-context.ts";
import type { ControlFunction } from "./control-function.ts";
import { wildcards } from "./item-access.ts";
import type { TaskFunction } from "./task-function.ts";

export interface FlowMachineProps {
  context: ProjectContext;
  flow: string;
  description: string | undefined;
  definition: Definition;
  /** What its maps read of S3, allowed. */
  access: PolicyStatement[];
  /** The functions that the definition calls. */
  functions: (TaskFunction | ControlFunction)[];
  logGroup: ILogGroup;
  /** Whether a run goes on with the code that it began with when a new one is deployed. */
  pinVersions: boolean;
}

const LOG_DELIVERY = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];
const XRAY = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];

/** A flow as a Standard state machine that may call its own functions and nothing else. */
export class FlowMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: FlowMachineProps) {
    super(scope, id);
    const { context, flow, definition, functions } = props;
    const role = this.#role(props);
    this.machine = new StateMachine(this, "Machine", {
      stateMachineName: context.machines.name(flow),
      ...(props.description !== undefined && { comment: props.description }),
      definitionBody: DefinitionBody.fromString(definition.text),
      definitionSubstitutions: Object.fromEntries([
        ...functions.map(({ token, lambda }) => [
          token,
          props.pinVersions ? lambda.currentVersion.functionArn : lambda.functionArn,
        ]),
        // By name, since flows may call each other in a circle.
        ...[...definition.calls].map(([called, { flow: name }]) => [called, context.machines.arn(name)]),
      ]),
      queryLanguage: QueryLanguage.JSONATA,
      role: role.withoutPolicyUpdates(),
      logs: { destination: props.logGroup, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: true,
    });
    acknowledgeMachine(this.machine, role);
  }

  #role({ context, flow, definition, access, functions, pinVersions }: FlowMachineProps): Role {
    const { machines, bucket } = context;
    const lambdas = functions.map(({ lambda }) => lambda);
    const statements = [new PolicyStatement({ actions: [...LOG_DELIVERY, ...XRAY], resources: ["*"] })];
    if (lambdas.length > 0) {
      const arns = lambdas.flatMap(({ functionArn }) =>
        pinVersions ? [functionArn, `${functionArn}:*`] : [functionArn],
      );
      statements.push(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: arns }));
    }
    if (definition.distributed) statements.push(...distributedMap(context, flow));
    const calls = [...definition.calls.values()];
    if (calls.length > 0) statements.push(...subflows(context, calls));
    if (definition.usesBucket)
      statements.push(
        bucket.objects("GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload"),
      );
    statements.push(...access);
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("states.amazonaws.com").withConditions({
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        ArnLike: { "aws:SourceArn": machines.arn(flow) },
      }),
      inlinePolicies: { machine: new PolicyDocument({ statements }) },
    });
    if (pinVersions) acknowledgeVersions(role, lambdas);
    if (definition.distributed)
      acknowledgeExecutions(role, [machines.executions(flow), machines.mapRuns(flow)]);
    const waited = calls.filter(({ waits }) => waits);
    if (waited.length > 0)
      acknowledgeExecutions(
        role,
        waited.map((one) => machines.executions(one.flow)),
      );
    if (definition.usesBucket) acknowledgeResultObjects(role, bucket.logicalId);
    acknowledgeItems(role, wildcards(access));
    return role;
  }
}

/**
 * A flow that calls others starts their machines. To wait for their ends Step Functions keeps a rule of its own in
 * EventBridge (https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html).
 */
function subflows(
  { machines }: ProjectContext,
  calls: readonly { flow: string; waits: boolean }[],
): PolicyStatement[] {
  const waited = calls.filter(({ waits }) => waits);
  const start = new PolicyStatement({
    actions: ["states:StartExecution"],
    resources: calls.map(({ flow }) => machines.arn(flow)),
  });
  if (waited.length === 0) return [start];
  return [
    start,
    new PolicyStatement({
      actions: ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
      resources: waited.map(({ flow }) => machines.executions(flow)),
    }),
    new PolicyStatement({
      actions: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
      resources: [machines.syncRule],
    }),
  ];
}

/** A distributed Map starts executions of the machine that it stands in. */
function distributedMap({ machines }: ProjectContext, flow: string): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ["states:StartExecution"], resources: [machines.arn(flow)] }),
    new PolicyStatement({
      actions: ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
      resources: [machines.executions(flow), machines.mapRuns(flow)],
    }),
  ];
}
