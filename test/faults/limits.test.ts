import { describe, expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { createEngine, type ExecutionResult, type Outcome } from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { Desk, engineOf } from "../engine/durable/desk.ts";
import { LAMBDA, machine, ok, TOKEN } from "../engine/run.ts";
import { distributed, taskInside } from "../engine/states/distributed.ts";

const task = (fields: object = {}): object => ({ Type: "Task", Resource: LAMBDA, End: true, ...fields });
const one = machine({ A: task() } as never);

/** The run in memory, kept, and replayed after a crash that came when it had ended: three times the same. */
async function threeWays(
  definition: StateMachine,
  outcome: () => Outcome,
  input: Json = {},
): Promise<ExecutionResult> {
  const memory = new Desk();
  const engine = createEngine({ clock: memory.clock, integration: async () => outcome() });
  const expected = await memory.until(engine.start({ definition, input, name: "r" }).done);
  const desk = new Desk();
  const kept = engineOf(await desk.open(async () => outcome()));
  const run = await desk.until(kept.start({ definition, input, name: "r" }));
  expect(await desk.until(run.done)).toEqual(expected);
  const history = run.history.map(({ type }) => type);
  await desk.settle();
  desk.crash();
  const again = engineOf(await desk.open(async () => outcome()));
  expect(await desk.until(again.find(run.arn)?.done ?? Promise.reject(new Error("lost")))).toEqual(expected);
  expect((await desk.until(again.history(run.arn))).map(({ type }) => type)).toEqual(history);
  return expected;
}

function deep(depth: number, around: (inner: Json) => Json = (inner) => [inner]): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level++) value = around(value);
  return value;
}

describe("F18: values of any size and kind come out as in memory", () => {
  test.each([
    ["nothing", undefined],
    ["null", null],
    ["0 bytes", ""],
    ["255 KiB", "x".repeat(255 * 1_024)],
    ["256 KiB", "x".repeat(256 * 1_024 - 2)],
    ["256 KiB and a byte", "x".repeat(256 * 1_024 - 1)],
    ["257 KiB", "x".repeat(257 * 1_024)],
    ["1 MB", "x".repeat(1e6)],
    ["6 MB", "x".repeat(6e6)],
    ["50 MB", "x".repeat(50e6)],
    ["umlauts of 256 KiB", "ü".repeat(128 * 1_024)],
    ["NaN", { n: Number.NaN }],
    ["a date", { at: new Date(0) }],
    ["undefined inside", [undefined, { gone: undefined }]],
    ["half a character", "\ud800 and \udc00"],
    ["__proto__", JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')],
    ["depth 500", JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`)],
    ["depth 10,000", deep(10_000)],
    ["depth 1,000", deep(1_000)],
    ["depth 1,001", deep(1_001)],
    ["brackets in 50 MB of text", { text: '\\"[{'.repeat(12.5e6) }],
    ["depth 10,000 in objects", deep(10_000, (inner) => ({ inner }))],
  ])("%s", async (_name, output) => {
    const result = await threeWays(one, () => ({ ok: true, output: output as Json }));
    expect(result.status).toMatch(/SUCCEEDED|FAILED/);
    expect(JSON.stringify(result)).not.toContain("defect of the engine");
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("nesting is limited at each door, not where a stack happens to end", async () => {
    const desk = new Desk();
    const waits = machine({
      A: { Type: "Task", Resource: TOKEN, Arguments: "{% $states.context.Task.Token %}", End: true },
    });
    const tokens: string[] = [];
    const engine = engineOf(
      await desk.open((call) => {
        if (call.taskToken !== undefined) tokens.push(call.taskToken);
        return ok(null);
      }),
    );
    const refused = { code: "RLT2001", message: expect.stringContaining("more than 1000 levels") };
    await expect(desk.until(engine.start({ definition: one, input: deep(1_001) }))).rejects.toMatchObject(
      refused,
    );
    const run = await desk.until(engine.start({ definition: waits }));
    await desk.settle();
    const [token = ""] = tokens;
    await expect(desk.until(engine.sendTaskSuccess(token, deep(20_000)))).rejects.toMatchObject(refused);
    await desk.until(engine.sendTaskSuccess(token, deep(1_000)));
    expect(await desk.until(run.done)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("what JSON cannot say fails the run and nothing else", async () => {
    const desk = new Desk();
    const cyclic: Json[] = [];
    cyclic.push(cyclic);
    const outputs: Record<string, unknown> = { big: 1n, cyclic, fine: 1 };
    const engine = engineOf(await desk.open((call) => ok(outputs[call.executionName] as Json)));
    const runs = await desk.until(
      Promise.all(Object.keys(outputs).map((name) => engine.start({ definition: one, name }))),
    );
    const results = await desk.until(Promise.all(runs.map(({ done }) => done)));
    expect(results.map(({ status }) => status)).toEqual(["FAILED", "FAILED", "SUCCEEDED"]);
    expect(results[0]).toMatchObject({ error: "States.Runtime", cause: expect.stringContaining("BigInt") });
  });

  test("a map of 1,000 items inline, and one of 3,000 child executions", async () => {
    const items = Array.from({ length: 1_000 }, (_, n) => n);
    const inline = machine({
      M: {
        Type: "Map",
        ItemProcessor: { StartAt: "I", States: { I: task() } },
        Output: "{% $count($states.result) %}",
        End: true,
      },
    } as never);
    expect(await threeWays(inline, () => ok(1), items)).toMatchObject({ output: 1_000 });
    const children = machine({
      M: distributed({ Output: "{% $count($states.result) %}" }, taskInside) as never,
    });
    const more = Array.from({ length: 3_000 }, (_, n) => n);
    expect(await threeWays(children, () => ok(1), more)).toMatchObject({ output: 3_000 });
  });
});

test("F19: the 25,000th event ends a run that goes on for ever, replayed too", async () => {
  const endless = machine({
    A: { Type: "Pass", Next: "B" },
    B: { Type: "Choice", Choices: [{ Condition: "{% false %}", Next: "C" }], Default: "A" },
    C: { Type: "Succeed" },
  } as never);
  const result = await threeWays(endless, () => ok(1));
  expect(result).toMatchObject({ status: "FAILED", cause: expect.stringContaining("25000") });
});

describe("F14: a stop at every step", () => {
  const flow = machine({
    A: task({ End: undefined, Next: "M" }),
    M: distributed(
      { Items: "{% [1..4] %}", MaxConcurrency: 2, End: undefined, Next: "B" },
      taskInside,
    ) as never,
    B: task(),
  } as never);

  test.each([1, 2, 3, 4, 5, 6])(
    "after call %i: nothing starts any more, after a crash neither",
    async (at) => {
      const desk = new Desk();
      const engine = engineOf(
        await desk.open((_, clock) => new Promise((answer) => void clock.schedule(10, () => answer(ok(1))))),
      );
      const run = await desk.until(engine.start({ definition: flow, name: "r" }));
      while (desk.calls.length < at) {
        desk.clock.step();
        await desk.settle(10);
      }
      const began = desk.clock.now();
      await desk.until(Promise.all([run.stop("Cancelled"), run.stop("again")]));
      expect(await desk.until(run.done)).toMatchObject({ status: "ABORTED", error: "Cancelled" });
      expect(desk.clock.now() - began).toBeLessThan(5_000);
      const calls = desk.calls.length;
      for (let step = 0; step < 20; step++) {
        desk.clock.step();
        await desk.settle(5);
      }
      desk.crash();
      const second = engineOf(await desk.open(() => ok(2)));
      expect(second.recovered).toEqual([]);
      expect(second.list()).toMatchObject([{ status: "ABORTED", error: "Cancelled" }]);
      await desk.settle();
      expect(desk.calls.length).toBe(calls);
    },
  );
});
