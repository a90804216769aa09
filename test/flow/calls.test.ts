import { describe, expect, it } from "vitest";
import * as z from "zod";
import { backoff, flow, range, secret, task, taskContext } from "../../sdk/index.ts";
import { ManualClock, withEnvironment } from "../../sdk/testing/index.ts";

const failing = (times: number, error: () => unknown = () => new Error("not yet")) => {
  const at: number[] = [];
  const clock = new ManualClock(0);
  const fn = async (): Promise<string> => {
    at.push(clock.now() / 1_000);
    if (at.length <= times) throw error();
    return "done";
  };
  const run = <T>(call: () => Promise<T>, random = () => 0.5): Promise<T> =>
    clock.runUntil(withEnvironment({ clock, random }, call));
  return { at, fn, run };
};

describe("a task, called in Node", () => {
  it("carries arguments and result as JSON, and works on copies", async () => {
    const given = { a: 1, b: undefined, list: [undefined, -0] };
    const echo = task(async (value: typeof given) => {
      value.a = 2;
      return value;
    });
    expect(await echo(given)).toEqual({ a: 2, list: [null, 0] });
    expect(given.a).toBe(1);
    expect(await task(async () => undefined)()).toBeNull();
    await expect(task(async (at: unknown) => at)(new Date(0))).rejects.toThrow(
      "RLT2001: The arguments of a task holds a Date at $[0]",
    );
    await expect(task(async () => 1n)()).rejects.toThrow("RLT2001: The result of a task holds a bigint at $");
  });

  it("each attempt gets its own copy of the arguments", async () => {
    const seen: string[] = [];
    const { run } = failing(0);
    const t = task({ retries: 1 }, async (list: number[]) => {
      seen.push(JSON.stringify(list));
      list.push(9);
      if (seen.length === 1) throw new Error("again");
    });
    await run(() => t([1]));
    expect(seen).toEqual(["[1]", "[1]"]);
  });

  it("retries after constant, growing, capped and jittered delays", async () => {
    const constant = failing(2);
    await constant.run(task({ retries: 2, retryDelay: { seconds: 5 } }, constant.fn));
    expect(constant.at).toEqual([0, 5, 10]);
    const growing = failing(4);
    const retryDelay = backoff({ seconds: 2, max: { seconds: 6 } });
    await growing.run(task({ retries: 4, retryDelay }, growing.fn));
    expect(growing.at).toEqual([0, 2, 6, 12, 18]);
    const jittered = failing(2);
    await jittered.run(
      task({ retries: 2, retryDelay: backoff({ seconds: 2, jitter: "full" }) }, jittered.fn),
    );
    expect(jittered.at).toEqual([0, 1, 3]);
    const byDefault = failing(1);
    await byDefault.run(task({ retries: 1 }, byDefault.fn));
    expect(byDefault.at).toEqual([0, 1]);
  });

  it("gives up with the last error, its cause inside", async () => {
    const { at, fn, run } = failing(9, () => new RangeError("far", { cause: new TypeError("why") }));
    await expect(run(task({ retries: 2 }, fn))).rejects.toMatchObject({
      name: "RangeError",
      message: "far",
      cause: { name: "TypeError", message: "why" },
    });
    expect(at).toHaveLength(3);
  });

  it("does not repeat what another attempt would not mend", async () => {
    const { at, fn, run } = failing(9, () => "text");
    await expect(run(task({ retries: 5 }, fn))).rejects.toThrow('RLT2006: The string "text" was thrown.');
    expect(at).toHaveLength(1);
  });

  it("ends an attempt at its timeout, tells it by the signal, and retries it", async () => {
    const clock = new ManualClock(0);
    const reasons: unknown[] = [];
    const t = task({ timeout: { seconds: 2 }, retries: 1 }, async () => {
      const { signal } = taskContext();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      reasons.push((signal.reason as { code?: string }).code);
    });
    const call = withEnvironment({ clock }, () => t());
    await expect(clock.runUntil(call)).rejects.toMatchObject({ name: "TaskTimedOut", code: "RLT3004" });
    expect(reasons).toEqual(["RLT3004", "RLT3004"]);
    expect(clock.now()).toBe(5_000);
  });

  it("knows its call inside, and not outside", async () => {
    const { run } = failing(0);
    const keys: string[] = [];
    const t = task({ retries: 1 }, async () => {
      const { attempt, idempotencyKey } = taskContext();
      keys.push(`${attempt} ${idempotencyKey}`);
      if (attempt === 0) throw new Error("again");
    });
    await run(() => t());
    const [first = "", second = ""] = keys;
    expect(first.slice(2)).toBe(second.slice(2));
    expect([first[0], second[0]]).toEqual(["0", "1"]);
    expect(() => taskContext()).toThrow("RLT4007");
    expect(() => secret("x")).toThrow("RLT4007");
  });

  it("has only the secrets that it declares", async () => {
    process.env["RUNLET_SECRET_DB_MAIN"] = "s3cret";
    try {
      expect(await task({ secrets: ["db/main"] }, async () => secret("db/main"))()).toBe("s3cret");
      await expect(task(async () => secret("db/main"))()).rejects.toThrow("RLT3006");
    } finally {
      delete process.env["RUNLET_SECRET_DB_MAIN"];
    }
  });
});

describe("task.map, called in Node", () => {
  const double = task(async (n: number) => n * 2);

  it("gives results in the order of the items, none for none", async () => {
    expect(await double.map([3, 1, 2])).toEqual([6, 2, 4]);
    expect(await double.map([])).toEqual([]);
  });

  it("settles every call, and throws the first failure in time", async () => {
    const { run } = failing(0);
    const clock = new ManualClock(0);
    let calls = 0;
    const t = task({ retries: 1 }, async (n: number) => {
      if (taskContext().attempt === 0) calls++;
      if (n === 1 && taskContext().attempt === 1) throw new Error("late");
      if (n === 1) throw new Error("early, retried");
      if (n === 3) throw Object.assign(new Error("x"), { name: "States.Mine" });
      return n;
    });
    await expect(clock.runUntil(withEnvironment({ clock }, () => t.map([1, 2, 3, 4])))).rejects.toThrow(
      "RLT2005",
    );
    expect(calls).toBe(4);
    await expect(run(() => double.map([1]))).resolves.toEqual([2]);
  });

  it("keeps to its concurrency", async () => {
    let running = 0;
    let most = 0;
    const t = task(async (_n: number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    await t.map(range(1, 20), { concurrency: 3 });
    expect(most).toBe(3);
  });

  it.each([
    ["x", {}, "map was called with something that is not an array"],
    [[1], { concurrency: 0 }, "map's concurrency is 0; it must be a whole number of 1 to 10000"],
    [[1], { concurrency: 1.5 }, "map's concurrency is 1.5"],
    [[1], { concurrent: 2 }, 'map has no option "concurrent"'],
  ])("refuses %j with %j", async (items, options, message) => {
    await expect(
      double.map(items as unknown as number[], options as { concurrency?: number }),
    ).rejects.toThrow(`RLT4002: ${message}`);
  });
});

describe("a flow, called in Node", () => {
  it("checks its input, names each wrong field, and fills defaults in", async () => {
    const etl = flow(
      { input: z.object({ pages: z.number(), tags: z.array(z.string()).default([]) }) },
      async (input) => input,
    );
    expect(await etl({ pages: 2 })).toEqual({ pages: 2, tags: [] });
    const wrong = { pages: "two", tags: ["a", 5] } as unknown as { pages: number };
    await expect(etl(wrong)).rejects.toThrow(/RLT2004: .*input\.pages: .*; input\.tags\[1\]: /);
    await expect(etl(undefined as unknown as { pages: number })).rejects.toThrow("RLT2004");
  });

  it("passes on what a schema made, as JSON, or refuses it", async () => {
    const trimmed = flow({ input: z.string().transform((text) => text.trim()) }, async (text) => text);
    expect(await trimmed("  a ")).toBe("a");
    const dated = flow({ input: z.string().transform((text) => new Date(text)) }, async () => 1);
    await expect(dated("2026-01-01")).rejects.toThrow("RLT2001: The input of a flow holds a Date at $");
  });

  it("crosses input and result, and throws coded errors", async () => {
    const echo = flow(async (input: unknown) => ({ input, nothing: undefined }));
    expect(await echo({ a: undefined })).toEqual({ input: {} });
    await expect(echo({ at: 1n })).rejects.toThrow("RLT2001: The input of a flow holds a bigint at $.at");
    await expect(echo({ "$runlet.ref": 1 })).rejects.toThrow("RLT2002");
    await expect(
      flow(async () => {
        throw "text";
      })(),
    ).rejects.toThrow("RLT2006");
    expect(await flow(async () => {})()).toBeNull();
  });
});

describe("range", () => {
  it.each([
    [
      [1, 3],
      [1, 2, 3],
    ],
    [[3, 1], []],
    [
      [-1, 1],
      [-1, 0, 1],
    ],
    [
      [0, 10, 4],
      [0, 4, 8],
    ],
    [[5, 5], [5]],
  ] as [[number, number, number?], number[]][])("%j gives %j", (args, expected) => {
    expect(range(...args)).toEqual(expected);
  });

  it.each([
    [[1.5, 3]],
    [[1, Number.NaN]],
    [[1, 3, 0]],
    [[1, 3, -1]],
    [[1, Number.POSITIVE_INFINITY]],
    [[1, 100_001]],
  ])("refuses %j", (args) => {
    expect(() => range(...(args as [number, number, number?]))).toThrow("RLT4002: range(");
  });
});
