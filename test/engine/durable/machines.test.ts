import { describe, expect, test } from "vitest";
import { machine } from "../run.ts";
import { Desk, engineOf, type Work } from "./desk.ts";

const ok: Work = (call) => ({ ok: true, output: call.stateName });
const step = (name: string) =>
  machine({ [name]: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", End: true } });
const ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:orders";

async function crashed(desk: Desk) {
  desk.crash();
  return engineOf(await desk.open(ok));
}

describe("machines by name", () => {
  test("outlast crashes, with versions and aliases, and runs of them go on", async () => {
    const desk = new Desk();
    const first = engineOf(await desk.open(ok, { snapshotBytes: 500, segmentBytes: 500 }));
    const created = await desk.until(
      first.machines.create({ name: "orders", definition: step("A"), publish: true }),
    );
    expect(created).toEqual({ stateMachineArn: ARN, stateMachineVersionArn: `${ARN}:1` });
    await desk.until(
      first.machines.createAlias("live", [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }]),
    );
    await desk.until(first.machines.update(ARN, step("B"), true));
    const started = await desk.until(first.startMachine({ stateMachineArn: `${ARN}:live`, name: "r" }));
    const second = await crashed(desk);
    const run = second.find(started.arn);
    expect(await desk.until(run?.done ?? Promise.reject())).toEqual({ status: "SUCCEEDED", output: "A" });
    const [event] = await desk.until(second.history(started.arn));
    expect(event?.executionStartedEventDetails).toMatchObject({
      stateMachineVersionArn: `${ARN}:1`,
      stateMachineAliasArn: `${ARN}:live`,
    });
    // The same name and input is the same execution, whatever the machine has become; the machine itself has moved on.
    await desk.until(second.machines.update(ARN, step("C")));
    const third = await crashed(desk);
    const again = await desk.until(third.startMachine({ stateMachineArn: ARN, name: "r" }));
    expect(again.arn).toBe(started.arn);
    const other = await desk.until(third.startMachine({ stateMachineArn: ARN, name: "s" }));
    expect(await desk.until(other.done)).toEqual({ status: "SUCCEEDED", output: "C" });
    expect(third.machines.versions(ARN)).toEqual([`${ARN}:2`, `${ARN}:1`]);
    await expect(desk.until(third.machines.deleteVersion(`${ARN}:1`))).rejects.toMatchObject({
      name: "ConflictException",
    });
    await desk.until(third.machines.deleteAlias(`${ARN}:live`));
    await desk.until(third.machines.deleteVersion(`${ARN}:1`));
    const fourth = await crashed(desk);
    expect(fourth.machines.aliases(ARN)).toEqual([]);
    expect(fourth.machines.versions(ARN)).toEqual([`${ARN}:2`]);
  });

  test("a change that cannot be written has not happened, here and after a crash", async () => {
    const desk = new Desk();
    let broken = false;
    const plan = (operation: string): { error: string } | undefined =>
      broken && ["write", "sync", "create"].includes(operation) ? { error: "ENOSPC" } : undefined;
    const engine = engineOf(await desk.open(ok, {}, plan as never));
    await desk.until(engine.machines.create({ name: "orders", definition: step("A"), publish: true }));
    broken = true;
    const update = engine.machines.update(ARN, step("B"), true);
    const alias = engine.machines.createAlias("live", [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }]);
    for (const change of [update, alias] as Promise<unknown>[]) {
      await expect(desk.until(change)).rejects.toMatchObject({ code: "RLT6005" });
    }
    broken = false;
    expect(engine.machines.versions(ARN)).toEqual([`${ARN}:1`]);
    expect(engine.machines.aliases(ARN)).toEqual([]);
    const run = await desk.until(engine.startMachine({ stateMachineArn: ARN, name: "r" }));
    expect(await desk.until(run.done)).toEqual({ status: "SUCCEEDED", output: "A" });
    const after = await crashed(desk);
    expect(after.machines.versions(ARN)).toEqual([`${ARN}:1`]);
  });

  test("what is refused changes nothing", async () => {
    const desk = new Desk();
    const engine = engineOf(await desk.open(ok));
    await desk.until(engine.machines.create({ name: "orders", definition: step("A") }));
    await expect(
      desk.until(engine.machines.create({ name: "orders", definition: step("B") })),
    ).rejects.toMatchObject({ name: "StateMachineAlreadyExists" });
    await expect(engine.startMachine({ stateMachineArn: `${ARN}:9` })).rejects.toMatchObject({
      name: "StateMachineDoesNotExist",
    });
    const after = await crashed(desk);
    const run = await desk.until(after.startMachine({ stateMachineArn: ARN }));
    expect(await desk.until(run.done)).toEqual({ status: "SUCCEEDED", output: "A" });
  });
});
