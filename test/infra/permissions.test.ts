import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, makeFixture, synthesize, type Template } from "./synth.ts";

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Principal?: { Service?: string };
  Condition?: Record<string, Record<string, unknown>>;
}
interface Policy {
  PolicyDocument: { Statement: Statement[] };
}
interface Role {
  AssumeRolePolicyDocument: { Statement: Statement[] };
  Policies: Policy[];
}

let fixture: Fixture;
let template: Template;
beforeAll(async () => {
  fixture = await makeFixture();
  template = synthesize(fixture);
});
afterAll(() => fixture.remove());

const roles = (): [string, Role][] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === "AWS::IAM::Role")
    .map(([id, { Properties }]) => [id, Properties as unknown as Role]);
const role = (name: RegExp): Role => {
  const found = roles().filter(([id]) => name.test(id));
  expect(found).toHaveLength(1);
  return (found[0] as [string, Role])[1];
};
const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const statements = (of: Role): Statement[] =>
  of.Policies.flatMap((policy) => policy.PolicyDocument.Statement);
const actions = (of: Role): string[] =>
  statements(of)
    .flatMap(({ Action }) => list(Action))
    .sort();

/** A resource as text: `<LogicalId.Arn>/results/*`. */
function readable(resource: unknown): string {
  if (typeof resource === "string") return resource;
  const {
    Ref,
    "Fn::GetAtt": get,
    "Fn::Join": join,
  } = resource as {
    Ref?: string;
    "Fn::GetAtt"?: string[];
    "Fn::Join"?: [string, unknown[]];
  };
  if (Ref !== undefined) return `<${Ref}>`;
  if (get) return `<${get.join(".")}>`;
  return (join?.[1] ?? []).map(readable).join("");
}

/** The only wildcards in resources, each with its reason. */
const ALLOWED_WILDCARDS: [RegExp, RegExp, string][] = [
  [/^xray:/, /^\*$/, "X-Ray has no resources"],
  [/^logs:\w*(LogDeliver|ResourcePolic|DescribeLogGroups)/, /^\*$/, "log delivery has no resources"],
  [/^s3:(Get|Put)Object$/, /^<ProjectResultsBucket\w+\.Arn>\/results\/\*$/, "objects are named by run"],
  [
    /^secretsmanager:GetSecretValue$/,
    /:secret:runlet\/orders\/warehouse-\?{6}$/,
    "the ARN ends with random characters",
  ],
  [/^lambda:InvokeFunction$/, /^<ProjectTask\w+Function\w+\.Arn>:\*$/, "versions of one function"],
  [
    /^states:(Describe|Stop|Redrive)Execution$/,
    /:execution:Orders-Project-\w+-\w+[:/]\*$/,
    "names are run ids",
  ],
  [
    /^states:(Start|Describe)Execution$/,
    /:(stateMachine|execution):Orders-Project-[0-9A-F]+-\*$/,
    "flows that were removed",
  ],
];

describe("permissions", () => {
  it("stand in the roles, and nowhere else", () => {
    const elsewhere = Object.values(template.Resources).filter(({ Type }) =>
      /IAM::(Managed)?Policy$/.test(Type),
    );
    expect(elsewhere).toEqual([]);
    for (const [, { Policies }] of roles()) expect(Policies).toHaveLength(1);
  });

  it("name every action", () => {
    for (const [id, each] of roles())
      for (const action of actions(each)) expect(action, id).not.toContain("*");
  });

  it("name every resource, but for the wildcards on the list", () => {
    const found = new Set<string>();
    for (const [id, each] of roles()) {
      for (const { Action, Resource } of statements(each)) {
        for (const resource of list(Resource).map(readable)) {
          if (!/[*?]/.test(resource)) continue;
          for (const action of list(Action)) {
            const allowed = ALLOWED_WILDCARDS.find(
              ([what, where]) => what.test(action) && where.test(resource),
            );
            expect(allowed, `${id}: ${action} on ${resource}`).toBeDefined();
            if (allowed) found.add(allowed[2]);
          }
        }
      }
    }
    expect([...found].sort()).toEqual(ALLOWED_WILDCARDS.map(([, , reason]) => reason).sort());
  });

  it("pass no roles and use no policies of AWS", () => {
    expect(JSON.stringify(template)).not.toMatch(/iam:PassRole|ManagedPolicyArns/);
  });
});

describe("a role", () => {
  it("of a task reads its own secrets and no others", () => {
    expect(actions(role(/Taskload/))).toContain("secretsmanager:GetSecretValue");
    expect(actions(role(/Taskprice/))).toEqual([
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:GetObject",
      "s3:PutObject",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });

  it("of a machine calls its own functions and no others", () => {
    const invoked = (flow: RegExp) =>
      statements(role(flow))
        .filter(({ Action }) => list(Action).includes("lambda:InvokeFunction"))
        .flatMap(({ Resource }) => list(Resource).map(readable));
    expect(invoked(/Floworders/).join()).toMatch(/Taskload.*Taskprice/);
    expect(invoked(/Flowrefill/).join()).not.toMatch(/Taskprice/);
  });

  it("of a machine starts executions only where a distributed Map needs it", () => {
    expect(actions(role(/Floworders/)).filter((action) => action.startsWith("states:"))).toEqual([]);
    expect(actions(role(/Flowrefill/)).filter((action) => action.startsWith("states:"))).toEqual([
      "states:DescribeExecution",
      "states:RedriveExecution",
      "states:StartExecution",
      "states:StopExecution",
    ]);
  });

  it("of the recorder changes run records, and neither starts nor reads anything", () => {
    const own = actions(role(/RecorderEvents/)).filter((action) => !/^(logs|xray|sqs):/.test(action));
    expect(own).toEqual(["dynamodb:UpdateItem"]);
  });

  it("is assumed for this account only, where the service can be held to it", () => {
    const held = roles().flatMap(([, each]) => each.AssumeRolePolicyDocument.Statement);
    const services = held.map(({ Principal, Condition }) => [
      Principal?.Service,
      Object.keys(Condition ?? {}).length > 0 && JSON.stringify(Condition).includes("aws:SourceAccount"),
    ]);
    // A role reaches a Lambda function only by iam:PassRole, which does not cross accounts.
    const expected = {
      "lambda.amazonaws.com": false,
      "states.amazonaws.com": true,
      "scheduler.amazonaws.com": true,
    };
    expect(Object.fromEntries(services)).toEqual(expected);
    for (const [service, conditioned] of services) {
      expect(conditioned).toBe(expected[service as keyof typeof expected]);
    }
  });
});

describe("other policies", () => {
  it("let a service in only for one source", () => {
    const permissions = Object.values(template.Resources).filter(
      ({ Type }) => Type === "AWS::Lambda::Permission",
    );
    expect(permissions).toHaveLength(2);
    for (const { Properties } of permissions) expect(Properties["SourceArn"]).toBeDefined();
  });

  it("take messages only over TLS, and from the rule", () => {
    const policy = Object.values(template.Resources).find(({ Type }) => Type === "AWS::SQS::QueuePolicy");
    const text = JSON.stringify(policy?.Properties);
    expect(text).toContain('"aws:SecureTransport":"false"');
    expect(text).toContain('"aws:SourceArn"');
  });
});
