import { existsSync } from "node:fs";
import { join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IHttpRouteAuthorizer } from "aws-cdk-lib/aws-apigatewayv2";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { distFile } from "../sdk/model/package-root.ts";
import { RunletError } from "../sdk/model/runlet-error.ts";
import { acknowledgeDeadLetterQueue } from "./acknowledgements.ts";
import { type Build, readBuild } from "./build.ts";
import { ControlFunction } from "./constructs/control-function.ts";
import { FlowMachine } from "./constructs/flow-machine.ts";
import { itemAccess } from "./constructs/item-access.ts";
import { Recorder } from "./constructs/recorder.ts";
import { ResultBucket } from "./constructs/result-bucket.ts";
import { RunTable } from "./constructs/run-table.ts";
import { Schedules, schedulePayload } from "./constructs/schedules.ts";
import { StartApi } from "./constructs/start-api.ts";
import { StartDoor } from "./constructs/start-door.ts";
import { TaskFunction } from "./constructs/task-function.ts";
import { machineNames, type ProjectContext } from "./project-context.ts";

export interface RunletProjectProps {
  /** The folder that `runlet compile` wrote, with `manifest.json` in it. */
  readonly build: string;
  /**
   * What becomes of run table and result bucket when the stack is deleted. `DESTROY` needs an empty bucket.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /** Whether there is an HTTP API, `POST /flows/{flow}/runs`. @default true */
  readonly api?: boolean;
  /** Who may use the HTTP API. @default IAM: callers sign requests and need `execute-api:Invoke` */
  readonly authorizer?: IHttpRouteAuthorizer;
  /** Whether the flows' schedules fire; where not, they are deployed and disabled. @default true */
  readonly schedules?: boolean;
  /** How long logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** Days that large results and inputs are kept; a run that takes longer must not need them. @default 400 */
  readonly keepResultsDays?: number;
  /**
   * Whether a run that is under way when a new version is deployed goes on with the code that it began with. Old
   * versions of functions stay then, until somebody deletes them.
   *
   * @default true
   */
  readonly pinVersions?: boolean;
  /** Buckets of items in S3, for flows whose source does not say which: `s3({ bucket: input.bucket, … })`. @default none */
  readonly itemBuckets?: readonly string[];
  /** Folder with Runlet's own functions, `recorder/` and `sweep/`. @default the ones that come with the package */
  readonly controlPlane?: string;
}

/**
 * A project's flows on AWS: a Lambda function per task, a Standard state machine per flow, run table, result bucket,
 * the start door with its API and schedules, and the recorder. Reads nothing but the build.
 *
 * @throws RunletError RLT5004 for a folder without a (whole) build, RLT3001 for a definition it cannot deploy
 * @example
 * const stack = new Stack(app, "Orders");
 * new RunletProject(stack, "Project", { build: "build" });
 */
export class RunletProject extends Construct {
  readonly table: TableV2;
  readonly bucket: Bucket;
  /** State machines by flow. */
  readonly machines: Readonly<Record<string, IStateMachine>>;
  /** Address of the HTTP API; absent where there is none. */
  readonly apiUrl: string | undefined;

  #control: IFunction | undefined;

  constructor(scope: Construct, id: string, props: RunletProjectProps) {
    super(scope, id);
    const build = readBuild(props.build);
    const context = this.#context(build, props);
    this.table = context.table.table;
    this.bucket = context.bucket.bucket;
    const failures = this.#failures();
    this.machines = this.#machines(build, context, props);
    const startDoor = this.#startDoor(build, context, failures);
    const flows = build.flows.map(({ name }) => name);
    const controlPlane = requireControlPlane(props.controlPlane ?? distFile("functions"));
    const recorder = new Recorder(this, "Recorder", { context, controlPlane, flows, failures });
    this.#schedules(build, startDoor, recorder, failures, props.schedules ?? true);
    if (props.api ?? true) {
      this.apiUrl = new StartApi(this, "Api", {
        project: context.project,
        startDoor: startDoor.lambda,
        ...(this.#control && { control: this.#control }),
        logRetention: context.logRetention,
        ...(props.authorizer && { authorizer: props.authorizer }),
      }).url;
    }
    this.#outputs(startDoor);
  }

  #context(build: Build, props: RunletProjectProps): ProjectContext {
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const table = new RunTable(this, "Runs", { removalPolicy });
    const bucket = new ResultBucket(this, "Results", {
      removalPolicy,
      keepDays: props.keepResultsDays ?? 400,
    });
    const { project } = build.manifest;
    return {
      project,
      table,
      bucket,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      machines: machineNames(this),
      environment: {
        RUNLET_TABLE: table.table.tableName,
        RUNLET_BUCKET: bucket.bucket.bucketName,
        RUNLET_PROJECT: project,
      },
    };
  }

  /** One queue for all that could not be delivered: late schedules, status events, failed asynchronous invocations. */
  #failures(): Queue {
    const queue = new Queue(this, "Undelivered", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledgeDeadLetterQueue(queue);
    return queue;
  }

  #machines(build: Build, context: ProjectContext, props: RunletProjectProps): Record<string, IStateMachine> {
    const tasks = build.functions
      .filter(({ entry }) => entry.kind === "task" || entry.kind === "inline")
      .map((task) => ({ ...task, made: new TaskFunction(this, `Task-${task.name}`, { context, ...task }) }));
    const control = build.functions.find(({ entry }) => entry.kind === "control");
    const flows = build.flows.map(({ name }) => name);
    const made = control && new ControlFunction(this, "Control", { context, ...control, flows });
    this.#control = made?.lambda;
    // Names below /aws/vendedlogs/ need no entry in the account's one log policy, whose size many machines exceed.
    const logGroup = new LogGroup(this, "FlowLogs", {
      logGroupName: `/aws/vendedlogs/states/${context.machines.name("flows")}`,
      retention: context.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const machines = build.flows.map(({ name, entry, definition }): [string, IStateMachine] => {
      const called = tasks
        .filter(({ entry: task }) => definition.tokens.has(task.token))
        .map(({ made: task }) => task);
      const { machine } = new FlowMachine(this, `Flow-${name}`, {
        context,
        flow: name,
        description: entry.description,
        definition,
        access: itemAccess(name, entry.access, props.itemBuckets ?? []),
        functions: made && definition.tokens.has(made.token) ? [...called, made] : called,
        logGroup,
        pinVersions: props.pinVersions ?? true,
      });
      return [name, machine];
    });
    return Object.fromEntries(machines);
  }

  #startDoor(build: Build, context: ProjectContext, failures: Queue): StartDoor {
    const start = build.functions.find(({ entry }) => entry.kind === "start");
    if (!start)
      throw new RunletError("RLT5004", "The build has no start door (a function of the kind `start`).");
    const flows = build.flows.map(({ name }) => name);
    return new StartDoor(this, "StartDoor", { context, ...start, flows, failures });
  }

  #schedules(
    build: Build,
    startDoor: StartDoor,
    recorder: Recorder,
    failures: Queue,
    enabled: boolean,
  ): void {
    const targets = [startDoor.lambda, recorder.sweep.lambda];
    const schedules = new Schedules(this, "Schedules", { targets, failures });
    schedules.add("Sweep", {
      description: `Sweep of unfinished runs of ${build.manifest.project} (Runlet)`,
      expression: "rate(5 minutes)",
      timezone: "UTC",
      enabled: true,
      target: recorder.sweep.lambda,
      input: "{}",
    });
    for (const { name, entry } of build.flows) {
      for (const [index, { expression, timezone, input }] of entry.schedules.entries()) {
        schedules.add(`${name}-${index}`, {
          description: `Flow ${name} of ${build.manifest.project} (Runlet)`,
          expression,
          timezone,
          enabled,
          target: startDoor.lambda,
          input: schedulePayload(name, input),
        });
      }
    }
  }

  #outputs(startDoor: StartDoor): void {
    const outputs: Record<string, string> = {
      TableName: this.table.tableName,
      BucketName: this.bucket.bucketName,
      StartFunctionArn: startDoor.lambda.functionArn,
      ...(this.apiUrl !== undefined && { ApiUrl: this.apiUrl }),
    };
    for (const [flow, { stateMachineArn }] of Object.entries(this.machines))
      outputs[`MachineArn-${flow}`] = stateMachineArn;
    for (const [name, value] of Object.entries(outputs)) {
      const output = new CfnOutput(this, name, { value });
      // Without the hash that CDK adds, so that scripts find it by a name that stays. Flows named with other letters
      // keep the hash: without those letters two names may be one.
      const plain = `${this.node.id}${name.replace("-", "")}`;
      if (/^[A-Za-z0-9]+$/.test(plain)) output.overrideLogicalId(plain);
    }
  }
}

function requireControlPlane(folder: string): string {
  for (const name of ["recorder", "sweep"]) {
    const file = join(folder, name, "index.mjs");
    if (existsSync(file)) continue;
    throw new RunletError("RLT5004", `${file}, one of Runlet's own functions, is not there.`, {
      mend: "Install the package again; in Runlet's own repository, run `npm run build`.",
    });
  }
  return folder;
}
