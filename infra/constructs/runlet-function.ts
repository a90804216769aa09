import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  type IDestination,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledgeLambdaRole } from "../acknowledgements.ts";

export interface RunletFunctionProps {
  description: string;
  /** Folder with `index.mjs`, which exports `handler`. */
  directory: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** What the function may do beside writing its own log and traces. */
  statements: PolicyStatement[];
  logRetention: RetentionDays;
  /** Where a failed asynchronous invocation goes, for functions that are called so. */
  onFailure?: IDestination;
}

/**
 * A Lambda function as Runlet deploys all of them: Node.js 24 on arm64, with a log group and a role of its own. The
 * role's permissions stand in the role itself: what it may do is read in one place, and a stack takes more functions.
 */
export class RunletFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: RunletFunctionProps) {
    super(scope, id);
    // Without a name of its own, so that a new deployment never meets what an old one left.
    const logGroup = new LogGroup(this, "Logs", {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", {
      // No aws:SourceAccount here: only a principal of this account can pass the role to a function at all.
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        function: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
              resources: [logGroup.logGroupArn],
            }),
            new PolicyStatement({
              actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
              resources: ["*"],
            }),
            ...props.statements,
          ],
        }),
      },
    });
    this.lambda = new LambdaFunction(this, "Function", {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.directory),
      handler: "index.handler",
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb,
      environment: { ...props.environment, NODE_OPTIONS: "--enable-source-maps" },
      // The role is complete: what CDK would add to it stands above.
      role: this.role.withoutPolicyUpdates(),
      tracing: Tracing.ACTIVE,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(props.onFailure && {
        onFailure: props.onFailure,
        retryAttempts: 2,
        maxEventAge: Duration.hours(6),
      }),
    });
    acknowledgeLambdaRole(this.role);
  }
}
