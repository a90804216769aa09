import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { type CompiledFile, type EndedRun, ManualClock } from "../../sdk/testing/index.ts";
import { compileText } from "./fixture.ts";

const FILE = `import { approval, flow, sleep, task } from "runlet";
import * as z from "zod";
export const load = task(async (x: unknown) => x);
export const send = task({ retries: 2 }, async (...xs: unknown[]) => xs);
export const child = flow(async (x: number) => { const a = await load(x); const b = await send(a, "child"); return b; });
export const main = flow({ input: z.object({ n: z.number() }) }, async ({ n }) => {
  const first = await load(n);
  const items = await Promise.all([1, 2, 3].map(async (x) => { const a = await load(x * 10); return send(a); }));
  let sum = 0;
  for (const x of [1, 2, 3]) sum += await load(x);
  const decision = await approval("Go on?");
  await sleep({ hours: 1 });
  const inner = await child(n + 1);
  const last = await send(first, "last");
  return { first, items, sum, approved: decision.approved, inner, last };
});
export const wide = flow(async () => {
  const rows = await load.map(Array.from({ length: 60 }, (_, i) => i), { concurrency: 50 });
  return await send(rows.length);
});
export const failing = flow(async () => { try { await load("bad"); } catch (e) { await send("handler"); } return await load("end"); });
export const forms = flow(async () => {
  const p = load(5);
  const q = p.then((x) => send(x, "then")).catch((e) => send(e.message, "catch")).finally(() => send("finally"));
  let next = load(0);
  const pages = [];
  for (const i of [1, 2]) { const page = await next; next = load(i); pages.push(await send(page)); }
  const sum = await [10, 20].reduce(async (before, x) => { const so = await before; return so + (await load(x)); }, Promise.resolve(0));
  return { q: await q, pages, last: await next, sum };
});`;

interface Seen {
  called: string[];
  asked: number;
  seconds: number;
  end: Json | { name: string };
  ended: EndedRun | undefined;
  history: readonly HistoryEvent[];
}

describe("a run that repeats another one", () => {
  let file: CompiledFile;
  beforeAll(async () => {
    file = await compileText(FILE);
  }, 60_000);
  afterAll(() => file.close());

  /** @param fails whether a call fails, by task and arguments */
  async function run(
    flow: string,
    options: { input?: Json; rerun?: { of: EndedRun; from?: string } },
    fails: (call: string) => boolean = () => false,
  ): Promise<Seen> {
    const clock = new ManualClock();
    const start = clock.now();
    const seen: Seen = { called: [], asked: 0, seconds: 0, end: null, ended: undefined, history: [] };
    const task =
      (name: string) =>
      async (...args: Json[]): Promise<Json> => {
        const call = `${name} ${JSON.stringify(args)}`;
        seen.called.push(call);
        if (fails(call)) throw new RangeError("not today");
        return name === "load" ? (args[0] ?? null) : args;
      };
    try {
      const { output } = await clock.runUntil(
        file.run({
          ...options,
          flow,
          clock,
          tasks: { load: task("load"), send: task("send") },
          answer: () => {
            seen.asked++;
            return { approved: true, by: "ann" };
          },
          onEnd: (history, ended) => Object.assign(seen, { history, ended }),
        }),
      );
      seen.end = output;
    } catch (thrown) {
      seen.end = { name: (thrown as Error).name };
    }
    seen.seconds = (clock.now() - start) / 1_000;
    return seen;
  }
  const ended = ({ ended: one }: Seen): EndedRun => {
    if (!one) throw new Error("It has not ended.");
    return one;
  };
  const ANSWER = {
    first: 7,
    items: [[10], [20], [30]],
    sum: 6,
    approved: true,
    inner: [8, "child"],
    last: [7, "last"],
  };

  it("does only what did not complete, where no step is named", async () => {
    const broken = await run("main", { input: { n: 7 } }, (call) => call.includes("last"));
    expect(broken.end).toEqual({ name: "RangeError" });
    expect(broken.called).toHaveLength(1 + 6 + 3 + 2 + 3);
    const again = await run("main", { rerun: { of: ended(broken) } });
    expect(again.end).toEqual(ANSWER);
    expect(again.called).toEqual(['send [7,"last"]']);
    expect([again.asked, again.seconds]).toEqual([0, 0]);
  });

  it("begins anew at a step: calls before it, in items, turns, waits and called flows, are not made again", async () => {
    const whole = await run("main", { input: { n: 7 } });
    expect(whole.end).toEqual(ANSWER);
    const from = async (step: string): Promise<[string[], number, number]> => {
      const again = await run("main", { rerun: { of: ended(whole), from: step } });
      expect(again.end, step).toEqual(ANSWER);
      return [again.called, again.asked, again.seconds];
    };
    expect(await from("send-2")).toEqual([['send [7,"last"]'], 0, 0]);
    expect(await from("child")).toEqual([["load [8]", 'send [8,"child"]', 'send [7,"last"]'], 0, 0]);
    const [afterWait, asked, seconds] = await from("approval");
    expect([afterWait.length, asked, seconds]).toEqual([3, 1, 3_600]);
    expect((await from("load-3/1"))[0]).toEqual([
      "load [2]",
      "load [3]",
      "load [8]",
      'send [8,"child"]',
      'send [7,"last"]',
    ]);
    expect((await from("load-3"))[0]).toHaveLength(6);
    expect((await from("load"))[0]).toHaveLength(whole.called.length);
    const [fromItem] = await from("send/1");
    expect(fromItem).toContain("send [20]");
    expect(fromItem).not.toContain("load [10]");
  });

  it("may itself be repeated", async () => {
    const broken = await run("main", { input: { n: 7 } }, (call) => call === "load [3]");
    const second = await run("main", { rerun: { of: ended(broken) } }, (call) => call.includes("last"));
    expect(second.called[0]).toBe("load [3]");
    const third = await run("main", { rerun: { of: ended(second) } });
    expect([third.end, third.called]).toEqual([ANSWER, ['send [7,"last"]']]);
  });

  it("answers the items of a distributed map, and makes those anew that failed", async () => {
    const broken = await run("wide", {}, (call) => call === "load [17]" || call === "load [59]");
    expect(broken.end).toEqual({ name: "RangeError" });
    const again = await run("wide", { rerun: { of: ended(broken) } });
    expect(again.called.toSorted()).toEqual(["load [17]", "load [59]", "send [60]"]);
    expect(again.end).toEqual([60]);
  });

  it("makes a call anew that failed and was caught", async () => {
    const first = await run("failing", {}, (call) => call === 'load ["bad"]');
    expect(first.called).toEqual(['load ["bad"]', 'send ["handler"]', 'load ["end"]']);
    const again = await run("failing", { rerun: { of: ended(first) } });
    expect([again.end, again.called]).toEqual(["end", ['load ["bad"]']]);
  });

  it("answers what is gone on with, another call each time, and the turns of a reduce", async () => {
    const whole = await run("forms", {});
    expect(whole.end).toEqual({ q: [5, "then"], pages: [[0], [1]], last: 2, sum: 30 });
    for (const failing of whole.called) {
      const broken = await run("forms", {}, (call) => call === failing);
      const again = await run("forms", { rerun: { of: ended(broken) } });
      const caught = failing === "load [5]" || failing.includes("then");
      // What was caught, and gone on behind, is another story than that of the whole run.
      expect(again.end, failing).toEqual(whole.end);
      if (!caught) expect(new Set(again.called), failing).toContain(failing);
      const first = broken.called.filter((call) => call !== failing);
      if (!caught)
        expect(
          again.called.filter((call) => first.includes(call)),
          failing,
        ).toEqual([]);
    }
  });

  it("costs what the first run cost: the machine is the same", async () => {
    const whole = await run("main", { input: { n: 7 } });
    const again = await run("main", { rerun: { of: ended(whole) } });
    expect(again.called).toEqual([]);
    expect(again.end).toEqual(ANSWER);
    expect(countTransitions(again.history)).toBe(countTransitions(whole.history));
  });

  it("says which steps there are, where it is to begin at none of them", async () => {
    const whole = await run("main", { input: { n: 7 } });
    await expect(file.run({ flow: "main", rerun: { of: ended(whole), from: "nothing" } })).rejects.toThrow(
      /^RLT4025: The run .* made no call "nothing"; it called load, .*send-2/,
    );
  });
});
