import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../sdk/model/manifest.ts";
import { type Fixture, makeApp, makeFixture, synthesize, type Template } from "./synth.ts";

const START = "arn:aws:states:::states:startExecution";

/** A flow that waits for `refill` and for itself, and one that only starts the other. */
function addCallers(build: string): void {
  const file = join(build, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  const add = (name: string, calls: Record<string, string>, resource: string): void => {
    const tokens = Object.keys(calls);
    const States = Object.fromEntries(
      tokens.map((token, i) => [
        `call${i}`,
        {
          Type: "Task",
          Resource: resource,
          Arguments: { StateMachineArn: `\${${token}}`, Name: "n", Input: { note: `\${${token}}` } },
          ...(i + 1 < tokens.length ? { Next: `call${i + 1}` } : { End: true }),
        },
      ]),
    );
    const definition = `${name}.asl.json`;
    writeFileSync(
      join(build, definition),
      JSON.stringify({ QueryLanguage: "JSONata", StartAt: "call0", States }),
    );
    manifest.flows[name] = {
      definition,
      functions: [],
      internal: false,
      pausable: false,
      calls,
      access: [],
      schedules: [],
      source: { file: "f.ts", line: 1 },
    };
  };
  add("parent", { Flowrefill: "refill", Flowparent: "parent" }, `${START}.sync:2`);
  add("starter", { Flowparent: "parent" }, START);
  mkdirSync(join(build, "functions/control"), { recursive: true });
  writeFileSync(join(build, "functions/control/index.mjs"), "export const handler = () => null;");
  const { start } = manifest.functions;
  if (!start) throw new Error("The fixture has no start door.");
  manifest.functions["control"] = {
    ...start,
    kind: "control",
    directory: "functions/control",
    token: "Control",
  };
  const waits = {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    Arguments: { FunctionName: "${Control}", Payload: {} },
    End: true,
  };
  writeFileSync(
    join(build, "waiter.asl.json"),
    JSON.stringify({ QueryLanguage: "JSONata", StartAt: "W", States: { W: waits } }),
  );
  const source = { file: "f.ts", line: 1 };
  manifest.flows["waiter"] = {
    definition: "waiter.asl.json",
    functions: ["control"],
    internal: false,
    pausable: false,
    calls: {},
    access: [],
    schedules: [],
    source,
  };
  writeFileSync(file, JSON.stringify(manifest));
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

describe("flows that call flows", () => {
  let fixture: Fixture;
  let template: Template;
  beforeAll(async () => {
    fixture = await makeFixture();
    addCallers(fixture.build);
    template = synthesize(fixture);
  });
  afterAll(() => fixture.remove());

  const statementsOf = (flow: string): Statement[] => {
    const [, role] =
      Object.entries(template.Resources).find(([id]) => new RegExp(`^ProjectFlow${flow}Role`).test(id)) ?? [];
    const policies = (role?.Properties["Policies"] ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  };
  const allowed = (flow: string, action: string): string =>
    JSON.stringify(
      statementsOf(flow)
        .filter(({ Action }) => [Action].flat().includes(action))
        .map(({ Resource }) => Resource),
    );

  it("may start those, hear of their ends and stop them, and nothing else", () => {
    expect(allowed("parent", "states:StartExecution")).toMatch(/-refill".*-parent"/s);
    expect(allowed("parent", "states:StopExecution")).toMatch(/execution:[\w-]+-refill:\*/);
    expect(allowed("parent", "events:PutRule")).toContain(
      "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    );
    expect(allowed("starter", "states:StartExecution")).toContain("-parent");
    expect(allowed("starter", "states:StopExecution")).toBe("[]");
    expect(allowed("starter", "events:PutRule")).toBe("[]");
  });

  it("name machines without a circle, and leave data that looks like a placeholder alone", () => {
    const machine = Object.values(template.Resources).find(
      ({ Type, Properties }) =>
        Type === "AWS::StepFunctions::StateMachine" && JSON.stringify(Properties).includes('-parent"'),
    );
    const { DefinitionString, DefinitionSubstitutions } = (machine ?? { Properties: {} })
      .Properties as unknown as {
      DefinitionString: string;
      DefinitionSubstitutions: object;
    };
    expect(DefinitionString).toContain('"StateMachineArn":"${Flowrefill}"');
    expect(DefinitionString).toContain('"note":"\\u0024{Flowrefill}"');
    expect(Object.keys(DefinitionSubstitutions).toSorted()).toEqual(["Flowparent", "Flowrefill"]);
    expect(JSON.stringify(DefinitionSubstitutions)).not.toContain("Fn::GetAtt");
  });

  it("a flow that waits may call the control function, which may end the waits of the project's machines and no others", () => {
    expect(allowed("waiter", "lambda:InvokeFunction")).toContain("ProjectControl");
    const control = Object.entries(template.Resources).find(([id]) =>
      id.startsWith("ProjectControlRole"),
    )?.[1];
    const text = JSON.stringify(control?.Properties);
    expect(text).toMatch(/"states:SendTaskSuccess","states:SendTaskFailure".*-waiter"/s);
    expect(text).not.toContain("states:StartExecution");
    expect(JSON.stringify(template)).toContain("POST /runs/{runId}/{op}");
  });

  it("cdk-nag finds nothing that is not acknowledged", () => {
    const { app } = makeApp(fixture);
    for (const pack of [new AwsSolutionsChecks(app), new ServerlessChecks(app)])
      expect(pack.validateScope(app).violations).toEqual([]);
  });

  it("a call of a flow that the build lacks is refused", () => {
    const broken = { ...fixture, build: fixture.build };
    const file = join(broken.build, "manifest.json");
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, whole.replace('"Flowrefill":"refill"', '"Flowrefill":"gone"'));
    expect(() => synthesize(broken)).toThrow(/RLT5004: Flow "parent" starts "gone"/);
    writeFileSync(file, whole);
  });
});
