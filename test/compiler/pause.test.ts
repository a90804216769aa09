import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { ManualClock, type StartedRun } from "../../sdk/testing/index.ts";
import { compileText, entered } from "./fixture.ts";

const HEAD = `import { flow, sleep, task } from "runlet";
export const step = task(async (name: unknown) => name);
export const flaky = task({ retries: 2, retryDelay: { seconds: 5 } }, async (x: unknown) => x);
`;
const open = (body: string, options = "{ pausable: true }") =>
  compileText(`${HEAD}export const main = flow(${options}, async (o: any) => { ${body} });`);

/** Pauses when a task is called with "a", and resumes 100 s later. */
async function paused(file: Awaited<ReturnType<typeof open>>, after?: (run: StartedRun) => Promise<void>) {
  const clock = new ManualClock();
  const start = clock.now();
  let run: StartedRun | undefined;
  const began: unknown[] = [];
  const act = async (name: unknown): Promise<unknown> => {
    began.push([name, (clock.now() - start) / 1_000]);
    if (name === "a" && run) {
      const { runId, pause, resume } = run;
      await pause(runId);
      const one = run;
      clock.schedule(100_000, () => void (after ? after(one) : resume(runId)));
    }
    return name;
  };
  const onStart = (one: StartedRun): void => {
    run = one;
  };
  const options = { clock, input: {}, tasks: { step: act, flaky: act }, onStart };
  const ran = await clock.runUntil(file.run(options).catch((error: Error) => ({ error })));
  return { ran, began };
}

describe("a paused run", () => {
  it("holds at its next task, for as long as it takes, and goes on there: two transitions a held call", async () => {
    const text = `const a = await step("a"); const b = await step("b" + (o.none ?? "")); return [a, b];`;
    const { ran, began } = await paused(await open(text));
    expect(ran).toMatchObject({ output: ["a", "b"] });
    expect(began).toEqual([
      ["a", 0],
      ["b", 100],
    ]);
    const { history } = ran as unknown as { history: never[] };
    expect(entered(history)).toEqual(["step", "step 2", "step 2 held", "step 2"]);
    const free = await new ManualClock().runUntil(
      (await open(text, "{}")).run({ input: {}, clock: new ManualClock() }),
    );
    expect(countTransitions(history)).toBe(countTransitions(free.history) + 2);
  });

  it("holds the items of a map, and counts no attempt", async () => {
    const { ran, began } = await paused(
      await open(
        `await step("a"); const all = await Promise.all([1, 2].map(async (i) => flaky(i))); return all;`,
      ),
    );
    expect(ran).toMatchObject({ output: [1, 2] });
    expect(began).toEqual([
      ["a", 0],
      [1, 100],
      [2, 100],
    ]);
  });

  it("can be cancelled, past its handlers", async () => {
    const body = `await step("a"); try { await step("b"); return 1; } catch (e) { await step("handler"); return 2; }`;
    const { ran, began } = await paused(await open(body), (run) => run.cancel(run.runId));
    expect(ran).toMatchObject({ error: { name: "Runlet.Cancelled" } });
    expect(began).toEqual([["a", 0]]);
  });

  it("is refused where the flow does not say so", async () => {
    const { ran } = await paused(await open(`await step("a"); return 1;`, "{}"));
    expect(ran).toMatchObject({ error: { message: expect.stringContaining("RLT4024") } });
  });
});
