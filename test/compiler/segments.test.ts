import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { ManualClock } from "../../sdk/testing/index.ts";
import { compileText } from "./fixture.ts";

const HEAD = `import { flow, sleep, task } from "runlet";
export const load = task(async (x: unknown) => x);
`;

/** 100,000 for the whole length, some 30 s; see docs/progress.md. */
const TURNS = Number(process.env["RUNLET_LOOP_TURNS"] ?? 12_000);

describe("long loops", () => {
  it(`${TURNS} turns end, as one run, under keys of their own, within the events of an execution`, async () => {
    const { run } = await compileText(`${HEAD}
      export const main = flow(async () => { let sum = 0; for (let i = 0; i < ${TURNS}; i++) { await load(i); sum += 1; } return sum; });`);
    const { output, children, calls, history } = await run({ runId: "long", tasks: { load: () => null } });
    expect(output).toBe(TURNS);
    expect(Math.max(history.length, ...children.map((child) => child.history.length))).toBeLessThan(25_000);
    expect(children.length).toBeGreaterThan(TURNS / 3_000);
    expect(new Set(calls.map(({ runId }) => runId))).toEqual(new Set(["long"]));
    expect(new Set(calls.map(({ step, frames }) => `${step}/${frames.join(".")}`)).size).toBe(TURNS);
  }, 300_000);

  it("a poll every minute for a week ends, in virtual time", async () => {
    const { run } = await compileText(`${HEAD}
      export const main = flow(async () => { let n = 0; while (true) { const done = await load(n); if (done === true) return n; n++; await sleep({ minutes: 1 }); } });`);
    const clock = new ManualClock();
    const start = clock.now();
    const polls = 7 * 24 * 60;
    const ran = await clock.runUntil(run({ clock, tasks: { load: (n: number) => n === polls } }));
    expect(ran.output).toBe(polls);
    expect(clock.now() - start).toBe(polls * 60_000);
  }, 300_000);

  it("costs nothing before it is needed, and then three transitions", async () => {
    const text = `${HEAD}export const main = flow(async (n: number) => { let i = 0; while (i < n) { await load(i); i++; } return i; });`;
    const { run, flows } = await compileText(text);
    const { history, children } = await run({ input: 50 });
    expect(children).toEqual([]);
    expect(countTransitions(history)).toBe(3 + 2 * 50);
    expect(flows[0]?.continuation?.StartAt).toBe("(go on)");
  });

  it("a flow without loops has one machine", async () => {
    const { flows } = await compileText(`${HEAD}export const main = flow(async () => load(1));`);
    expect(flows[0]?.continuation).toBeUndefined();
  });
});
