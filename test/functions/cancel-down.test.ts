import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompiledFile } from "../../sdk/testing/index.ts";
import { compileText } from "../compiler/fixture.ts";
import { awsWorld } from "./aws-world.ts";

const FLOWS = `import { approval, flow, sleep, task } from "runlet";
export const step = task(async (name: string) => name);
export const undo = task(async (done: Record<string, unknown>) => undefined);
export const grandchild = flow({ onCancel: undo }, async (x: string) => { const a = await step(x); await sleep({ hours: 2 }); const b = await step("late"); return [a, b]; });
export const child = flow(async (x: string) => { const a = await step(x); const b = await grandchild("below"); return [a, b]; });
export const inMap = flow({ onCancel: undo }, async () => { const all = await Promise.all(["p", "q"].map(async (x) => grandchild(x))); const z = await step("after"); return [all, z]; });
export const main = flow({ onCancel: undo }, async () => { const a = await step("first"); const b = await child("c"); const z = await step("after"); return [a, b, z]; });
export const caught = flow(async () => { try { await child("c"); } catch (e) { await step("handler"); } return "went on"; });
export const large = flow(async () => { return Promise.all(["a", "b", "c"].map(async (x) => child(x))); });`;

describe("on AWS, a cancellation goes down to the flows that a flow waits for", () => {
  let compiled: CompiledFile;
  beforeAll(async () => {
    compiled = await compileText(FLOWS);
  }, 60_000);
  afterAll(() => compiled.close());

  const ended = async (
    flow: string,
    afterSeconds: number,
  ): Promise<[string | undefined, string[], number]> => {
    const { clock, control, called, start } = awsWorld(compiled);
    const from = clock.now();
    const execution = await start({ flow, runId: "r" });
    clock.schedule(afterSeconds * 1_000, () => void control({ op: "cancel", runId: "r" }));
    const result = await clock.runUntil(execution.done);
    return [result.status === "SUCCEEDED" ? "SUCCEEDED" : result.error, called, (clock.now() - from) / 1_000];
  };

  it("ends the wait of a flow two calls below at once, and undoes from the inside out", async () => {
    expect(await ended("main", 60)).toEqual([
      "Runlet.Cancelled",
      ['step ["first"]', 'step ["c"]', 'step ["below"]', 'undo [{"a":"below"}]', 'undo [{"a":"first"}]'],
      60,
    ]);
  });

  it("reaches the flows that items of a map wait for", async () => {
    const [error, called, seconds] = await ended("inMap", 60);
    expect([error, seconds]).toEqual(["Runlet.Cancelled", 60]);
    expect(called.filter((one) => !one.startsWith("undo")).toSorted()).toEqual(['step ["p"]', 'step ["q"]']);
    expect(called.filter((one) => one.startsWith("undo"))).toHaveLength(3);
  });

  it("is no error that a handler of the caller sees", async () => {
    expect(await ended("caught", 60)).toEqual([
      "Runlet.Cancelled",
      ['step ["c"]', 'step ["below"]', 'undo [{"a":"below"}]'],
      60,
    ]);
  });

  it("refuses the tasks of flows that begin after it", async () => {
    const { clock, control, called, start } = awsWorld(compiled);
    const execution = await start({ flow: "large", runId: "r" });
    await control({ op: "cancel", runId: "r" });
    const result = await clock.runUntil(execution.done);
    expect(result).toMatchObject({ error: "Runlet.Cancelled" });
    expect(called).toEqual([]);
  });

  it("leaves other runs of the same flows alone, and ends a called flow by its own id", async () => {
    const { clock, control, called, start } = awsWorld(compiled);
    const [one, two] = [await start({ flow: "main" }), await start({ flow: "caught", runId: "caught" })];
    clock.schedule(60_000, () => void control({ op: "cancel", runId: "caught" }));
    expect(await clock.runUntil(two.done)).toMatchObject({ error: "Runlet.Cancelled" });
    expect(await clock.runUntil(one.done)).toMatchObject({ status: "SUCCEEDED" });
    expect(called.filter((done) => done === 'step ["after"]')).toHaveLength(1);
  });
});
