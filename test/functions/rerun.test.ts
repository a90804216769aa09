import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../sdk/model/json.ts";
import type { CompiledFile } from "../../sdk/testing/index.ts";
import { compileText } from "../compiler/fixture.ts";
import { type Answer, type AwsWorld, awsWorld } from "./aws-world.ts";

const FLOWS = `import { approval, flow, sleep, task } from "runlet";
export const load = task(async (x: number) => x);
export const send = task(async (...xs: unknown[]) => xs);
export const child = flow(async (x: number) => { const a = await load(x); await send(a); return a; });
export const spaced = flow(async (n: number) => {
  const first = await load(n);
  await sleep({ seconds: 10 });
  const items = await load.map([10, 20, 30]);
  await sleep({ seconds: 10 });
  const decision = await approval("Go on?");
  await sleep({ hours: 1 });
  const inner = await child(40);
  await sleep({ seconds: 10 });
  return await send(first, items, decision, inner);
});
export const main = flow(async (n: number) => {
  const first = await load(n);
  const items = await load.map([10, 20, 30]);
  const decision = await approval("Go on?");
  await sleep({ hours: 1 });
  const inner = await child(40);
  return await send(first, items, decision, inner);
});`;

describe("on AWS, a run that repeats another one, begun at the start door", () => {
  let compiled: CompiledFile;
  beforeAll(async () => {
    compiled = await compileText(FLOWS);
  }, 60_000);
  afterAll(() => compiled.close());

  const DECISION = { approved: true, by: "ann" };
  const ANSWER = [7, [10, 20, 30], DECISION, 40];

  /** Runs a flow to its end, approvals are answered ten minutes after its start. */
  async function end(
    world: AwsWorld,
    request: Parameters<AwsWorld["start"]>[0],
  ): Promise<[Json | undefined, string[], number]> {
    const { clock, called, control, start } = world;
    const [from, before] = [clock.now(), called.length];
    const execution = await start(request);
    const answer = (): Promise<unknown> =>
      control({ op: "answers", runId: execution.name, value: DECISION }).catch(() => undefined);
    const asking = clock.schedule(600_000, () => void clock.during(answer()));
    const result = await clock.runUntil(execution.done);
    asking.cancel();
    const output = result.status === "SUCCEEDED" ? result.output : (result.error ?? null);
    return [output, called.slice(before), (clock.now() - from) / 1_000];
  }

  it("answers calls, approvals, sleeps and called flows from the records; the rest is made", async () => {
    let fails = true;
    const world = awsWorld(compiled, (task, args) => {
      if (task === "send" && args.length > 1 && fails) throw new RangeError("not today");
      return task === "load" ? (args[0] ?? null) : args;
    });
    const first = await end(world, { flow: "main", runId: "one", input: 7 });
    expect(first[0]).toBe("RangeError");
    expect(first[1]).toHaveLength(1 + 3 + 2 + 1);
    fails = false;
    const again = await end(world, { flow: "main", runId: "two", rerun: { of: "one" } });
    expect(again).toEqual([ANSWER, [`send [7,[10,20,30],${JSON.stringify(DECISION)},40]`], 0]);
    // What was answered is this run's own: it can be repeated in its turn.
    const third = await end(world, { flow: "main", runId: "three", rerun: { of: "two" } });
    expect(third).toEqual([ANSWER, [], 0]);
  });

  it("begins anew at a step, an item of it, a wait, or a called flow", async () => {
    const answer: Answer = (task, args) => (task === "load" ? (args[0] ?? null) : args);
    const world = awsWorld(compiled, answer);
    await end(world, { flow: "spaced", runId: "one", input: 7 });
    const from = async (step: string): Promise<[number, number]> => {
      const [output, called, seconds] = await end(world, {
        flow: "spaced",
        rerun: { of: "one", from: step },
      });
      expect(output, step).toEqual(ANSWER);
      return [called.length, seconds];
    };
    // The short sleeps are states of the machine, which nobody answers.
    expect(await from("send")).toEqual([1, 30]);
    expect(await from("child")).toEqual([3, 30]);
    expect(await from("approval")).toEqual([3, 600 + 3_600 + 10]);
    expect(await from("load-2/1")).toEqual([6, 600 + 3_600 + 10]);
    await expect(from("nothing")).rejects.toThrow(/^RLT4025: The run one made no call "nothing"\./);
  });

  it("is refused for another flow, another input and a run that is not known", async () => {
    const world = awsWorld(compiled);
    await end(world, { flow: "main", runId: "one", input: 7 });
    await expect(world.start({ flow: "child", rerun: { of: "one" } })).rejects.toThrow(/^RLT4025/);
    await expect(world.start({ flow: "main", rerun: { of: "gone" } })).rejects.toThrow(/^RLT4025/);
    await expect(world.start({ flow: "main", input: 8, rerun: { of: "one" } })).rejects.toThrow(/^RLT4002/);
  });
});
