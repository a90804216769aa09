import { describe, expect, test } from "vitest";
import { createEngine, StateMachineError } from "../../sdk/engine/index.ts";
import { countingIds, echo, machine } from "./run.ts";

const ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const giving = (value: number) => machine({ A: { Type: "Pass", Output: value, End: true } });
const open = (random = () => 0.5) => createEngine({ integration: echo, ids: countingIds(), random });

/** What an execution of the ARN puts out. */
const outcome = async (engine: ReturnType<typeof open>, stateMachineArn: string) =>
  (await engine.startMachine({ stateMachineArn }).done) as { output?: unknown };

// localstack/localstack: v2/test_sfn_api_versioning test_publish_state_machine_version, test_start_version_execution
describe("versions", () => {
  test("stay what they were when the machine changes; the same again is no new one", async () => {
    const engine = open();
    const { machines } = engine;
    expect(machines.create({ name: "m", definition: giving(1) })).toEqual({ stateMachineArn: ARN });
    expect(machines.publish(ARN)).toBe(`${ARN}:1`);
    expect(machines.publish(ARN)).toBe(`${ARN}:1`);
    expect(machines.update(ARN, giving(2), true).stateMachineVersionArn).toBe(`${ARN}:2`);
    machines.update(ARN, giving(3));
    expect(machines.versions(ARN)).toEqual([`${ARN}:2`, `${ARN}:1`]);
    for (const [arn, output] of [
      [ARN, 3],
      [`${ARN}:1`, 1],
      [`${ARN}:2`, 2],
    ] as const) {
      expect((await outcome(engine, arn)).output).toBe(output);
    }
    machines.deleteVersion(`${ARN}:1`);
    expect(() => machines.resolve(`${ARN}:1`)).toThrow(`State Machine Does Not Exist: '${ARN}:1'`);
    machines.update(ARN, giving(1));
    expect(machines.publish(ARN)).toBe(`${ARN}:3`);
  });

  test("an execution says which one it runs", async () => {
    const engine = open();
    engine.machines.create({ name: "m", definition: giving(1), publish: true });
    const execution = engine.startMachine({ stateMachineArn: `${ARN}:1`, name: "x" });
    await execution.done;
    expect(execution.arn).toBe("arn:aws:states:us-east-1:000000000000:execution:m:x");
    expect(execution.history[0]?.executionStartedEventDetails).toMatchObject({
      stateMachineVersionArn: `${ARN}:1`,
    });
  });
});

// docs/verify-on-aws.md V5
test("a machine has at most 1,000 versions and 100 aliases", () => {
  const { machines } = open();
  machines.create({ name: "m", definition: giving(0), publish: true });
  for (let index = 0; index < 100; index++)
    machines.createAlias(`a${index}`, [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }]);
  const full = expect.objectContaining({ name: "ServiceQuotaExceededException" });
  expect(() => machines.createAlias("b", [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }])).toThrow(
    full,
  );
  for (let version = 1; version < 1_000; version++) machines.update(ARN, giving(version), true);
  expect(() => machines.update(ARN, giving(-1), true)).toThrow(full);
});

test("the same machine again is the same; another one of its name is refused", () => {
  const { machines } = open();
  machines.create({ name: "m", definition: giving(1) });
  expect(machines.create({ name: "m", definition: giving(1) })).toEqual({ stateMachineArn: ARN });
  expect(() => machines.create({ name: "m", definition: giving(2) })).toThrow("State Machine Already Exists");
  expect(() => machines.create({ name: "m", definition: giving(1), type: "EXPRESS" })).toThrow(
    StateMachineError,
  );
  expect(() => machines.publish(`${ARN}x`)).toThrow("State Machine Does Not Exist");
});

// localstack/localstack: v2/test_sfn_api_aliasing
describe("aliases", () => {
  const prepared = (random?: () => number) => {
    const engine = open(random);
    engine.machines.create({ name: "m", definition: giving(1), publish: true });
    engine.machines.update(ARN, giving(2), true);
    return engine;
  };
  const route = (version: number, weight: number) => ({
    stateMachineVersionArn: `${ARN}:${version}`,
    weight,
  });

  test("lead to a version, or to two by their weights", async () => {
    let drawn = 0;
    const engine = prepared(() => drawn);
    const alias = engine.machines.createAlias("live", [route(1, 100)]);
    expect(alias).toBe(`${ARN}:live`);
    expect((await outcome(engine, alias)).output).toBe(1);
    engine.machines.updateAlias(alias, [route(1, 70), route(2, 30)]);
    for (drawn of [0, 0.69, 0.7, 0.99]) {
      expect((await outcome(engine, alias)).output).toBe(drawn < 0.7 ? 1 : 2);
    }
    const execution = engine.startMachine({ stateMachineArn: alias });
    expect(execution.history[0]?.executionStartedEventDetails).toMatchObject({
      stateMachineAliasArn: alias,
      stateMachineVersionArn: `${ARN}:2`,
    });
  });

  test("hold the versions that they name", () => {
    const { machines } = prepared();
    const alias = machines.createAlias("live", [route(1, 100)]);
    expect(() => machines.deleteVersion(`${ARN}:1`)).toThrow(StateMachineError);
    expect(machines.aliases(ARN)).toEqual([alias]);
    machines.deleteAlias(alias);
    machines.deleteVersion(`${ARN}:1`);
    expect(() => machines.deleteAlias(alias)).toThrow(StateMachineError);
  });

  test("the same again is the same; another routing under the name is a conflict", () => {
    const { machines } = prepared();
    machines.createAlias("live", [route(1, 100)]);
    expect(machines.createAlias("live", [route(1, 100)])).toBe(`${ARN}:live`);
    expect(() => machines.createAlias("live", [route(2, 100)])).toThrow(
      "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
    );
  });

  test.each<[object[], string]>([
    [[], "one or two elements"],
    [
      [{ stateMachineVersionArn: ARN, weight: 100 }],
      `must contain state machine version ARNs. Received: [${ARN}]`,
    ],
    [[route(1, 50), route(1, 50)], `distinct state machine version ARNs. Received: [${ARN}:1, ${ARN}:1]`],
    [[route(1, 70), route(2, 29)], "Sum of routing configuration weights must equal 100. Received: [70, 29]"],
    [[route(1, 101)], "A weight is a whole number from 0 to 100."],
    [[route(9, 100)], "State Machine Does Not Exist"],
  ])("bad routes %#", (routes, message) => {
    expect(() => prepared().machines.createAlias("live", routes as never)).toThrow(message);
  });

  test.each(["123", "", "A".repeat(81), "NOT VALID", "!x"])("a bad name: '%s'", (name) => {
    expect(() => prepared().machines.createAlias(name, [route(1, 100)])).toThrow(StateMachineError);
  });
});
