import { describe, expect, it } from "vitest";
import { compileFlows, ManualClock, runCompiled, withEnvironment } from "../../sdk/testing/index.ts";
import { writeFiles } from "../compiler/fixture.ts";

const text = `import { setTimeout as wait } from "node:timers/promises";
import { backoff, flow, task, taskContext } from "runlet";
export const big = task(async (n: number) => "x".repeat(n));
export const size = task(async (text: string) => text.length);
export const slow = task({ timeout: { seconds: 5 } }, async (millis: number) => { await wait(millis); return millis; });
export const never = task({ timeout: { seconds: 5 } }, async () => { await new Promise(() => {}); });
export const flaky = task({ retries: 4, retryDelay: backoff({ minutes: 10 }) }, async (times: number) => {
  if (taskContext().attempt < times) throw new Error("not yet");
  return taskContext().attempt;
});
export const large = flow(async (n: number) => size(await big(n)));
export const literal = flow(async () => size("\${Tasksize}"));
export const timed = flow(async (millis: number) => slow(millis));
export const stuck = flow(async () => never());
export const retried = flow(async (times: number) => flaky(times));
`;

const clockText = `import { flow, sleep, task } from "runlet";
export const load = task(async (x: number) => x);
export const clocked = flow(async () => {
  const seen = [];
  let at = 0;
  for (let i = 0; i < 2; i++) {
    seen.push({ at: Date.now(), day: new Date().toISOString() });
    at = Date.now();
    seen.push({ at, day: new Date(at).toISOString() });
    await sleep({ minutes: await load(90) });
  }
  return seen;
});
`;

describe("the testing kit", () => {
  const file = writeFiles({ "flows.ts": text })("flows.ts");

  it("runs each compiled flow any number of times", async () => {
    const compiled = await compileFlows(file);
    for (const n of [1, 2]) expect((await compiled.run({ flow: "large", input: n })).output).toBe(n);
    expect(compiled.flows.map(({ name }) => name)).toEqual(["large", "literal", "timed", "stuck", "retried"]);
    await expect(compiled.run({ flow: "nowhere" })).rejects.toThrow(/^RLT4004: /);
    compiled.close();
  });

  it("finds large results in each of several builds of one process", async () => {
    for (let i = 0; i < 2; i++) {
      const run = await runCompiled(file, { flow: "large", input: 300_000 });
      expect(run.output).toBe(300_000);
      expect(run.calls.map(({ task }) => task)).toEqual(["big", "size"]);
    }
  });

  it("takes an author's text that looks like a placeholder for what it is", async () => {
    expect((await runCompiled(file, { flow: "literal" })).output).toBe("${Tasksize}".length);
  });

  it("answers for tasks by mocks, with the errors of tasks", async () => {
    const mocked = await runCompiled(file, {
      flow: "large",
      input: 3,
      tasks: { size: (given: string) => `mocked ${given}` },
    });
    expect(mocked.output).toBe("mocked xxx");
    const failing = runCompiled(file, {
      flow: "large",
      input: 3,
      tasks: {
        size: () => {
          throw new RangeError("mocked");
        },
      },
    });
    await expect(failing).rejects.toMatchObject({ name: "RangeError", message: "mocked" });
  });

  it("the time in an inline step of a changing statement was the machine's, not the test's", async () => {
    const flows = writeFiles({ "flows.ts": clockText })("flows.ts");
    const clock = new ManualClock();
    const began = clock.now();
    const { output } = await clock.runUntil(runCompiled(flows, { flow: "clocked", clock }));
    const expected = [0, 0, 90, 90].map((minutes) => {
      const at = began + minutes * 60_000;
      return { at, day: new Date(at).toISOString() };
    });
    expect(output).toEqual(expected);
  });

  it("passes virtual time over waits, and stands still while tasks do real work", async () => {
    const clock = new ManualClock();
    const began = clock.now();
    expect((await clock.runUntil(runCompiled(file, { flow: "retried", input: 3, clock }))).output).toBe(3);
    expect(clock.now() - began).toBe((10 + 20 + 40) * 60_000);
    // 60 ms of real work are far below the task's 5 s, whatever this clock could skip to.
    expect((await clock.runUntil(runCompiled(file, { flow: "timed", input: 60, clock }))).output).toBe(60);
  });

  it("lets a task that never answers run out of virtual time, compiled and in plain Node", async () => {
    const clock = new ManualClock();
    const compiled = clock.runUntil(runCompiled(file, { flow: "stuck", clock }));
    await expect(compiled).rejects.toMatchObject({ name: "TaskTimedOut" });
    const { task } = await import("../../sdk/index.ts");
    const never = task({ timeout: { seconds: 5 } }, () => new Promise<void>(() => {}));
    await expect(clock.runUntil(withEnvironment({ clock }, () => never()))).rejects.toMatchObject({
      name: "TaskTimedOut",
    });
  });

  it("tells the diagnostics of a file that does not compile", async () => {
    const broken = writeFiles({
      "broken.ts": 'import { flow } from "runlet";\nexport const f = flow(async () => fetch);\n',
    })("broken.ts");
    await expect(runCompiled(broken)).rejects.toThrow(/^RLT5003: [\s\S]*broken\.ts:2:35 RLT1304/);
  });
});
