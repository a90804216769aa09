import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { ManualClock } from "../../sdk/testing/index.ts";
import { compileText } from "./fixture.ts";

const HEAD = `import { approval, flow, sleep, sleepUntil, task, waitForEvent, waitForInput } from "runlet";
import * as z from "zod";
export const load = task(async (x: unknown) => x);
`;

describe("what waits cost", () => {
  it.each([
    ["await sleep({ seconds: 60 });", 1, ["Wait"]],
    ["await sleep({ seconds: 61 });", 1, ["Task"]],
    ["await sleep({ days: 300 });", 1, ["Task"]],
    ["await approval('Go?', { show: { a: 1 }, timeout: { hours: 1 } });", 1, ["Task"]],
    ["await waitForEvent('paid');", 1, ["Task"]],
    ["await waitForInput(z.number(), 'How many?');", 1, ["Task"]],
    ["await sleep({ seconds: x });", 2, ["Task", "Task"]],
  ])("%s: %i transitions, and no function runs meanwhile", async (wait, cost, types) => {
    const { run } = await compileText(
      `${HEAD}export const f = flow(async (x: number) => { ${wait} return 1; });`,
    );
    const clock = new ManualClock();
    const answer = ({ kind }: { kind: string }) => (kind === "approval" ? { approved: true } : 3);
    const { history } = await clock.runUntil(run({ clock, input: 70, answer }));
    expect(countTransitions(history)).toBe(1 + cost + 1);
    const entered = history
      .filter(({ type }) => type.endsWith("StateEntered"))
      .map(({ type }) => type.replace("StateEntered", ""));
    expect(entered.slice(0, -1)).toEqual(types);
  });

  it("a poll every minute for a week: two transitions a turn beside the task", async () => {
    const { run } = await compileText(`${HEAD}
      export const main = flow(async () => { let n = 0; while (true) { const done = await load(n); if (done === 300) return n; n++; await sleep({ minutes: 1 }); } });`);
    const clock = new ManualClock();
    const start = clock.now();
    const { output, history } = await clock.runUntil(run({ clock }));
    expect(output).toBe(300);
    expect(clock.now() - start).toBe(300 * 60_000);
    expect(countTransitions(history)).toBeLessThanOrEqual(4 + 301 * 4);
  }, 60_000);
});

describe("refused", () => {
  it.each([
    ["await sleep();", "RLT1212"],
    ["await sleep({ milliseconds: 500 });", "RLT1212"],
    ["await sleep({ days: 400 });", "RLT1212"],
    ["const x = await sleep({ seconds: 1 }); await load(x);", "RLT1212"],
    ["sleep({ seconds: 1 });", "RLT1201"],
    ["await approval('a', { timeout: { seconds: i.n } });", "RLT1212"],
    ["await approval('a', { timeout: { milliseconds: 5 } });", "RLT1212"],
    ["await approval('a', { until: 1 });", "RLT1212"],
    ["await approval('a', i);", "RLT1212"],
    ["await approval(...i);", "RLT1212"],
    ["await waitForInput(z.number().max(i.n), 'a');", "RLT1213"],
    ["await waitForInput(z.number());", "RLT1212"],
    ["await waitForEvent('a', { show: 1 });", "RLT1212"],
  ])("%s is %s", async (body, code) => {
    const wrong = compileText(`${HEAD}export const f = flow(async (i: any) => { ${body} return 1; });`);
    await expect(wrong).rejects.toThrow(code);
  });
});
