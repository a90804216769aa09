import { RemovalPolicy } from "aws-cdk-lib";
import { HttpNoneAuthorizer } from "aws-cdk-lib/aws-apigatewayv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyOf, type Fixture, makeFixture, ofType, synthesize, type Template } from "./synth.ts";

let fixture: Fixture;
let template: Template;
beforeAll(async () => {
  fixture = await makeFixture();
  template = synthesize(fixture);
});
afterAll(() => fixture.remove());

const only = (type: string) => {
  const found = ofType(template, type);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};
const lambda = (description: RegExp) => {
  const found = ofType(template, "AWS::Lambda::Function").filter((each) =>
    description.test(String(each["Description"])),
  );
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};

describe("functions", () => {
  it("are one per task, the start door, the recorder and the sweep", () => {
    const descriptions = ofType(template, "AWS::Lambda::Function").map((each) => each["Description"]);
    expect(descriptions.sort()).toEqual([
      "Recorder of orders (Runlet)",
      "Start door of orders (Runlet)",
      "Sweep of unfinished runs of orders (Runlet)",
      "Task load of orders (Runlet)",
      "Task price of orders (Runlet)",
    ]);
  });

  it("have the runtime, size and time that the manifest says", () => {
    expect(lambda(/Task load/)).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      Timeout: 120,
      MemorySize: 512,
      TracingConfig: { Mode: "Active" },
      LoggingConfig: { LogFormat: "JSON" },
    });
    expect(lambda(/Task price/)).toMatchObject({
      Environment: {
        Variables: { CURRENCY: "EUR", RUNLET_PROJECT: "orders", NODE_OPTIONS: "--enable-source-maps" },
      },
    });
  });

  it("keep their logs for a while, and not for ever", () => {
    const groups = ofType(template, "AWS::Logs::LogGroup");
    expect(groups.length).toBeGreaterThan(5);
    for (const group of groups) expect(group["RetentionInDays"]).toBe(30);
  });
});

describe("a state machine", () => {
  const machine = (flow: string) => {
    const machines = ofType(template, "AWS::StepFunctions::StateMachine");
    return machines.find((each) => String(each["StateMachineName"]).endsWith(`-${flow}`)) ?? {};
  };

  it("calls versions of the functions, so that a run ends with the code that it began with", () => {
    const substitutions = machine("orders")["DefinitionSubstitutions"] as Record<string, { Ref: string }>;
    expect(Object.keys(substitutions).sort()).toEqual(["taskLoad", "taskPrice"]);
    for (const { Ref } of Object.values(substitutions)) {
      expect(template.Resources[Ref]).toMatchObject({
        Type: "AWS::Lambda::Version",
        DeletionPolicy: "Retain",
      });
    }
  });

  it("calls the functions themselves where versions are not wanted", () => {
    const plain = synthesize(fixture, { pinVersions: false });
    expect(ofType(plain, "AWS::Lambda::Version")).toHaveLength(0);
    const [first] = ofType(plain, "AWS::StepFunctions::StateMachine");
    expect(first?.["DefinitionSubstitutions"]).toMatchObject({
      taskLoad: { "Fn::GetAtt": [expect.any(String), "Arn"] },
    });
  });

  it("has placeholders of functions only; the author's own `${` is data", () => {
    const text = String(machine("orders")["DefinitionString"]);
    expect(text.match(/\$\{\w+\}/g)).toEqual(["${taskPrice}", "${taskLoad}"]);
    const { States } = JSON.parse(text) as { States: Record<string, { Output: unknown }> };
    expect(States["load"]?.Output).toMatchObject({ note: "${taskLoad} is data, and so is ${anything}" });
    expect(States["small"]?.Output).toEqual({ loaded: [], FunctionNames: "${taskLoad}" });
  });

  it("logs errors without data, and traces", () => {
    expect(machine("orders")).toMatchObject({
      LoggingConfiguration: { Level: "ERROR", IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });
});

describe("the run table and the bucket", () => {
  it("keep, encrypt, forget and recover what is in them", () => {
    expect(only("AWS::DynamoDB::GlobalTable")).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      KeySchema: [{ AttributeName: "pk" }, { AttributeName: "sk" }],
      GlobalSecondaryIndexes: [
        { IndexName: "byFlow" },
        { IndexName: "open", Projection: { ProjectionType: "KEYS_ONLY" } },
      ],
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
    const bucket = only("AWS::S3::Bucket");
    expect(bucket).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: expect.anything(),
    });
    expect(JSON.stringify(only("AWS::S3::BucketPolicy"))).toContain('"aws:SecureTransport":"false"');
  });

  it("stay when the stack goes, unless told otherwise", () => {
    const policies = (made: Template) =>
      Object.values(made.Resources)
        .filter(({ Type }) => Type === "AWS::DynamoDB::GlobalTable" || Type === "AWS::S3::Bucket")
        .map(({ DeletionPolicy }) => DeletionPolicy);
    expect(policies(template)).toEqual(["Retain", "Retain"]);
    expect(policies(synthesize(fixture, { removalPolicy: RemovalPolicy.DESTROY }))).toEqual([
      "Delete",
      "Delete",
    ]);
  });
});

describe("the ways in", () => {
  it("are an HTTP API for callers with IAM rights, with limits and a log", () => {
    expect(only("AWS::ApiGatewayV2::Route")).toMatchObject({
      RouteKey: "POST /flows/{flow}/runs",
      AuthorizationType: "AWS_IAM",
    });
    expect(only("AWS::ApiGatewayV2::Stage")).toMatchObject({
      AccessLogSettings: expect.anything(),
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
    expect(template.Outputs["ProjectApiUrl"]).toBeDefined();
  });

  it("leave the API out, or take another authorizer, when told", () => {
    const without = synthesize(fixture, { api: false });
    expect(ofType(without, "AWS::ApiGatewayV2::Api")).toHaveLength(0);
    expect(without.Outputs["ProjectApiUrl"]).toBeUndefined();
    const open = synthesize(fixture, { authorizer: new HttpNoneAuthorizer() });
    expect(ofType(open, "AWS::ApiGatewayV2::Route")[0]).toMatchObject({ AuthorizationType: "NONE" });
  });

  it("are schedules, each with its planned time as the key", () => {
    const [sweep, daily] = ofType(template, "AWS::Scheduler::Schedule");
    expect(sweep).toMatchObject({ ScheduleExpression: "rate(5 minutes)", State: "ENABLED" });
    expect(daily).toMatchObject({
      ScheduleExpression: "cron(0 6 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      State: "ENABLED",
      Target: { DeadLetterConfig: expect.anything(), RetryPolicy: { MaximumRetryAttempts: 185 } },
    });
    const { Input } = (daily?.["Target"] ?? {}) as { Input: string };
    expect(Input.match(/<[^>]+>/g)).toEqual([
      "<aws.scheduler.schedule-arn>",
      "<aws.scheduler.scheduled-time>",
    ]);
    expect(JSON.parse(Input)).toEqual({
      runletStart: {
        flow: "orders",
        input: { items: 3, note: "<aws.scheduler.schedule-arn>" },
        schedule: "<aws.scheduler.schedule-arn>",
        scheduledTime: "<aws.scheduler.scheduled-time>",
      },
    });
  });

  it("disable the flows' schedules when told, and never the sweep", () => {
    const off = ofType(synthesize(fixture, { schedules: false }), "AWS::Scheduler::Schedule");
    expect(off.map((schedule) => schedule["State"])).toEqual(["ENABLED", "DISABLED"]);
  });
});

describe("the recorder", () => {
  it("hears of the project's machines by name, so that items of a distributed Map are not among them", () => {
    const { EventPattern: pattern } = only("AWS::Events::Rule") as { EventPattern: { detail: object } };
    expect(pattern).toMatchObject({ source: ["aws.states"] });
    const arns = (pattern.detail as { stateMachineArn: unknown[] }).stateMachineArn;
    expect(arns).toHaveLength(2);
    expect(JSON.stringify(arns)).not.toMatch(/prefix|wildcard|\*/);
  });
});

describe("a template", () => {
  it("is the same for the same build, wherever it lies", () => {
    const [build, controlPlane] = [copyOf(fixture.build), copyOf(fixture.controlPlane)];
    const again = synthesize(fixture, { build: build.folder, controlPlane: controlPlane.folder });
    expect(again).toEqual(template);
    expect(JSON.stringify(again)).toBe(JSON.stringify(template));
    build.remove();
    controlPlane.remove();
  });

  it("names no folder of the machine that made it", () => {
    expect(JSON.stringify(template)).not.toContain(fixture.build);
  });
});
