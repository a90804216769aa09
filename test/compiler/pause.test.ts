import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { ManualClock, type StartedRun } from "../../sdk/testing/index.ts";
import { compileText, entered } from "./fixture.ts";

const HEAD = `import { flow, sleep, task } from "runlet";
export const step = task(async (name: unknown) => name);
export const flaky = task({ retries: 2, retryDelay: { seconds: 5 } }, async (x: unknown) => x);
export const inner = flow(async (x: unknown) => await step(x));
`;
const open = (body: string, options = "{ pausable: true }") =>
  compileText(`${HEAD}export const main = flow(${options}, async (o: any) => { ${body} });`);

/** Pauses when a task is called with "a", and resumes 100 s later. */
async function paused(file: Awaited<ReturnType<typeof open>>, after?: (run: StartedRun) => Promise<void>) {
  const clock = new ManualClock();
  const start = clock.now();
  let run: StartedRun | undefined;
  const began: [name: unknown, seconds: number][] = [];
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
  const options = { flow: "main", clock, input: {}, tasks: { step: act, flaky: act }, onStart };
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
      (await open(text, "{}")).run({ flow: "main", input: {}, clock: new ManualClock() }),
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

  it.each([
    [
      "async functions, choices and chains that are awaited later",
      `const p = flaky("x"), q = (async () => { await step("a"); return step("b"); })(), c = step("c").then((v) => step(v + "d"));
       const d = o.none ? step("e") : flaky("f"); const y = await step("g"); return [await p, await q, await c, await d, y];`,
      ["x", "b", "cd", "f", "g"],
      ["a", "b", "c", "cd", "f", "g", "x"],
    ],
    [
      "lists of them, one by one",
      `const ps = ["a", "c"].map(async (k) => { const v = await step(k); return step(v === "a" ? "b" : v + 2); }); const out = []; for (const p of ps) { out.push(await p); await step("turn"); } return out;`,
      ["b", "c2"],
      ["a", "b", "c", "c2", "turn", "turn"],
    ],
    [
      "what is gone on with, another call each time, a reduce that waits",
      `const p = step("x"), q = p.then(async (x) => { await step("a"); return step("b"); }).finally(() => step("end"));
       let next = step("c"); const out = []; for (const k of ["d", "e"]) { out.push(await next); next = step(k); }
       const sum = await ["f", "g"].reduce(async (before, k) => (await before) + (await step(k)), ""); return [await q, out, await next, sum];`,
      ["b", ["c", "d"], "e", "fg"],
      ["a", "b", "c", "d", "e", "end", "f", "g", "x"],
    ],
    [
      "a called flow, whose own tasks go on",
      `const p = inner("i"), q = (async () => { await step("a"); return step("b"); })(); return [await p, await q];`,
      ["i", "b"],
      ["a", "b", "i"],
    ],
  ])("holds futures: %s", async (_, body, output, expected) => {
    const { ran, began } = await paused(await open(body));
    expect(ran).toMatchObject({ output });
    expect(began.map(([name]) => name).sort()).toEqual(expected);
    // What begins in the instant of the pause may come before it, or be held.
    expect(began.filter(([, seconds]) => seconds !== 0 && seconds !== 100)).toEqual([]);
    expect(began.find(([name]) => name === "a")).toEqual(["a", 0]);
    expect(began.find(([name]) => name === "b")).toEqual(["b", 100]);
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
