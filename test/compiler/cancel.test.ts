import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import {
  type CompiledFile,
  type CompiledRun,
  ManualClock,
  type StartedRun,
} from "../../sdk/testing/index.ts";
import { compileText } from "./fixture.ts";

const HEAD = `import { approval, flow, sleep, task, waitForEvent } from "runlet";
export const step = task(async (name: unknown) => ({ did: name }));
export const undo = task({ retries: 2 }, async (done: Record<string, unknown>) => undefined);
export const child = flow(async (x: unknown) => { const a = await step(x); await sleep({ hours: 1 }); return a; });
`;
const CANCELLED = { name: "Runlet.Cancelled", message: "The run was cancelled." };

interface Cancelled {
  end: { name: string; message: string } | { value: Json };
  /** What tasks were called with. */
  began: unknown[];
  undone: unknown;
  seconds: number;
}

/** Runs a flow, cancelled after so many seconds, or when a task is called with a value. */
async function cancelled(
  file: CompiledFile,
  when: number | string,
  reach: (run: StartedRun) => Promise<void> = (run) => run.cancel(run.runId),
): Promise<Cancelled> {
  const clock = new ManualClock();
  const start = clock.now();
  const result: Cancelled = { end: { value: null }, began: [], undone: null, seconds: 0 };
  let started: StartedRun | undefined;
  const tasks = {
    step: async (name: unknown) => {
      result.began.push(name);
      if (name === when && started) await reach(started);
      return { did: name };
    },
    undo: (done: unknown) => {
      result.undone = done;
      return null;
    },
  };
  const onStart = (run: StartedRun): void => {
    started = run;
    if (typeof when === "number") clock.schedule(when * 1_000, () => void reach(run));
  };
  try {
    result.end = { value: (await clock.runUntil(file.run({ flow: "main", clock, tasks, onStart }))).output };
  } catch (thrown) {
    const { name, message } = thrown as Error;
    result.end = { name, message };
  }
  result.seconds = (clock.now() - start) / 1_000;
  return result;
}

const main = (body: string, options = "{ onCancel: undo }"): Promise<CompiledFile> =>
  compileText(`${HEAD}export const main = flow(${options}, async () => { ${body} });`);

describe("a cancelled run", () => {
  const body = `const order = await step("order");
    const parts = await Promise.all([1, 2].map(async (i) => step("part" + i)));
    await sleep({ hours: 1 });
    const decision = await approval("Ship?");
    try { const shipped = await step("ship"); return shipped; } catch (e) { await step("handler"); return null; }`;

  it.each([
    ["order", ["order"], { order: { did: "order" }, parts: [null, null] }, 0],
    [
      60,
      ["order", "part1", "part2"],
      { order: { did: "order" }, parts: [{ did: "part1" }, { did: "part2" }] },
      60,
    ],
    [
      3_700,
      ["order", "part1", "part2"],
      { order: { did: "order" }, parts: [{ did: "part1" }, { did: "part2" }] },
      3_700,
    ],
  ])(
    "at %s: begins nothing more, undoes what was done, ends at once",
    async (when, began, undone, seconds) => {
      expect(await cancelled(await main(body), when)).toEqual({ end: CANCELLED, began, undone, seconds });
    },
  );

  it("without onCancel it ends the same, past every handler", async () => {
    const file = await main(
      `try { const a = await step("a"); await step("b"); return a; } catch (e) { await step("handler"); return 1; }`,
      "{}",
    );
    expect(await cancelled(file, "a")).toMatchObject({ end: CANCELLED, began: ["a"], undone: null });
  });

  it("in the items of a map: none of them goes on, no handler and no allSettled sees it", async () => {
    const map = `[1, 2, 3].map(async (i) => { await step("x" + i); await sleep({ minutes: i * 5 }); return step("y" + i); })`;
    for (const all of [`await Promise.all(${map})`, `await Promise.allSettled(${map})`]) {
      const file = await main(
        `try { const r = ${all}; await step("after"); return 1; } catch (e) { await step("handler"); return 2; }`,
      );
      const seen = await cancelled(file, 120);
      expect(seen).toMatchObject({ end: CANCELLED, began: ["x1", "x2", "x3"], undone: {}, seconds: 120 });
    }
  });

  it("goes down to the runs of flows that it called", async () => {
    const file = await main(
      `const first = await step("first"); try { const r = await child("inner"); return r; } catch (e) { await step("handler"); return 2; }`,
    );
    const seen = await cancelled(file, 300);
    expect(seen).toEqual({
      end: CANCELLED,
      began: ["first", "inner"],
      undone: { first: { did: "first" } },
      seconds: 300,
    });
  });

  const FUTURES = `const now = Date.now(); const p = child("inner"), q = (async () => { await step("fn"); await sleep({ minutes: 10 }); return step("late"); })();
    const c = step("one").then((x) => step("chained")), d = now > 0 ? child("chosen") : step("other");
    const y = await step("beside");`;
  it.each([
    [
      "called flows, async functions, choices and chains that are awaited later",
      `${FUTURES} try { return [await p, await q, await c, await d, y]; } catch (e) { await step("handler"); return 2; }`,
      ["beside", "chained", "chosen", "fn", "inner", "one"],
    ],
    [
      "the same, all at once",
      `${FUTURES} const all = await Promise.allSettled([p, q, c, d]); await step("after"); return all.length;`,
      ["beside", "chained", "chosen", "fn", "inner", "one"],
    ],
    [
      "lists of them, one by one",
      `const ps = [1, 2].map((i) => child("x" + i)); try { for (const p of ps) { await p; await step("turn"); } return 1; } catch (e) { await step("handler"); return 2; }`,
      ["x1", "x2"],
    ],
    [
      "what is pushed",
      `const ps = []; for (const i of [1, 2]) ps.push(child("x" + i)); try { await Promise.all(ps); await step("after"); } finally { await step("finally"); } return 1;`,
      ["x1", "x2"],
    ],
    [
      "what is gone on with, a variable of which another call is awaited each time, a reduce that waits",
      `const p = step("one"); const q = p.then((x) => step("then"), (e) => step("handler")).catch((e) => step("catch")).finally(() => step("finally"));
       let next = step("first"); for (const x of [1, 2]) { await next; next = child("next" + x); await step("turn" + x); } try { await next; } catch (e) { await step("handler"); }
       return await [1, 2].reduce(async (before, x) => { const sum = await before; await step("reduce"); return sum + x; }, Promise.resolve(0));`,
      ["finally", "first", "next1", "one", "then", "turn1"],
    ],
    [
      "a promise that is gone on with, beside the turns of a reduce",
      `const p = child("inner"); const q = p.then((x) => step("then")).catch((e) => step("catch")).finally(() => step("finally"));
       return await Promise.all([q, [1, 2].reduce(async (before, x) => { const sum = await before; await child("turn" + x); await step("reduce"); return sum + x; }, Promise.resolve(0))]);`,
      ["inner", "turn1"],
    ],
    [
      "what nobody awaits",
      `const p = child("inner"); const y = await step("beside"); await step("next"); await sleep({ hours: 1 }); return y;`,
      ["beside", "inner", "next"],
    ],
  ])("ends futures: %s", async (_, text, began) => {
    const seen = await cancelled(await main(text), 120);
    expect({ ...seen, began: [...seen.began].sort() }).toMatchObject({ end: CANCELLED, began, seconds: 120 });
  });

  it("a flow with retries is not tried again, and a task with retries neither", async () => {
    const file = await main(
      `await step.with({ retries: 3 })("a"); await step.with({ retries: 3 })("b"); return 1;`,
      "{ retries: 3, onCancel: undo }",
    );
    const clock = new ManualClock();
    let run: StartedRun | undefined;
    const names: unknown[] = [];
    const act = async (name: unknown) => {
      names.push(name);
      await run?.cancel(run.runId);
    };
    const running = file.run({
      flow: "main",
      clock,
      tasks: { "step-w1": act },
      onStart: (one) => {
        run = one;
      },
    });
    await expect(clock.runUntil(running)).rejects.toMatchObject(CANCELLED);
    expect(names).toEqual(["a"]);
  });

  it("an undo that fails is told apart", async () => {
    const file = await main(`await step("a"); await step("b"); return 1;`);
    const clock = new ManualClock();
    let run: StartedRun | undefined;
    const step = () => run?.cancel(run.runId);
    const broken = (): never => {
      throw new RangeError("stuck");
    };
    const running = file.run({
      flow: "main",
      clock,
      tasks: { step, undo: broken },
      onStart: (one) => {
        run = one;
      },
    });
    await expect(clock.runUntil(running)).rejects.toMatchObject({
      name: "Runlet.CompensationFailed",
      message: "stuck",
    });
  });

  it("costs nothing on the happy path", async () => {
    const text = `const a = await step("a"); await sleep({ minutes: 5 }); try { return await step(a); } catch (e) { return 1; }`;
    const go = async (file: CompiledFile): Promise<readonly HistoryEvent[]> => {
      const clock = new ManualClock();
      const ran: CompiledRun = await clock.runUntil(file.run({ flow: "main", clock }));
      return ran.history;
    };
    const [plain, undone] = [await go(await main(text, "{}")), await go(await main(text))];
    expect(countTransitions(undone)).toBe(countTransitions(plain));
    expect(countTransitions(plain)).toBe(1 + 3);
  });
});

describe("onCancel", () => {
  it.each([
    ["{ onCancel: 5 }", "RLT1004"],
    ["{ onCancel: child }", "RLT1004"],
  ])("%s is refused", async (options, code) => {
    await expect(main("return 1;", options)).rejects.toThrow(code);
  });
});
