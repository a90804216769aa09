import { describe, expect, it, vi } from "vitest";
import { FinalError, RetryAfterError } from "../../sdk/flow/retry-errors.ts";
import { secret, taskContext } from "../../sdk/flow/task-context.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { INLINE_RESULT_BYTES, isReference, type Reference } from "../../sdk/model/protocol.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import { createTaskHandler, type TaskLike } from "../../sdk/runtime/task-handler.ts";
import { causeOf, failureOf, taskEvent } from "./as-lambda.ts";
import { memoryPorts } from "./memory-ports.ts";

const handlerOf = (fn: TaskLike["fn"], ports = memoryPorts()) =>
  createTaskHandler({ fn }, { name: "load", ports });

describe("a task as a Lambda function", () => {
  it("passes the arguments and answers the result", async () => {
    const handler = handlerOf(async (a: number, b: { c: string }) => ({
      sum: a + 1,
      c: b.c,
      gone: undefined,
    }));
    expect(await handler(taskEvent({ args: [1, { c: "x" }] }), {})).toEqual({ sum: 2, c: "x" });
  });

  it("answers null for nothing", async () => {
    expect(await handlerOf(() => undefined)(taskEvent(), {})).toBe(null);
    expect(await handlerOf(() => null)(taskEvent(), {})).toBe(null);
  });

  it("knows its call", async () => {
    const handler = handlerOf(() => {
      const { signal, log, ...context } = taskContext();
      return { ...context, aborted: signal.aborted, log: typeof log.info };
    });
    expect(await handler(taskEvent({ attempt: 3 }), {})).toEqual({
      runId: "run-1",
      step: "load",
      frames: [2, 0],
      attempt: 3,
      idempotencyKey: "run-1/load/2.0",
      secrets: {},
      aborted: false,
      log: "function",
    });
  });

  it("keeps calls at the same time apart", async () => {
    const handler = handlerOf(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return taskContext().frames;
    });
    const calls = [0, 1, 2, 3].map((frame) => handler(taskEvent({ frames: [frame] }), {}));
    expect(await Promise.all(calls)).toEqual([[0], [1], [2], [3]]);
  });

  it("refuses an event that no machine sent", async () => {
    const handler = handlerOf(() => 1);
    const events = [
      undefined,
      {},
      taskEvent({ args: 3 as never }),
      taskEvent({ frames: ["1"] as never }),
      { ...taskEvent(), runlet: 2 },
    ];
    for (const event of events) {
      expect((await failureOf(handler, event)).message).toMatch(/^RLT2004: /);
    }
  });

  it("refuses a result that JSON cannot carry, in the words of plain Node", async () => {
    const failure = await failureOf(
      handlerOf(() => ({ at: new Date(0) })),
      taskEvent(),
    );
    expect(failure.name).toBe("RunletError");
    expect(failure.message).toMatch(/^RLT2001: The result of a task holds a Date at \$\.at/);
  });
});

describe("errors", () => {
  it("cross with name, message and cause", async () => {
    const handler = handlerOf(() => {
      const cause = new RangeError("page 7", { cause: new Error("socket") });
      throw Object.assign(new Error("no load", { cause }), { name: "LoadError" });
    });
    expect(await failureOf(handler, taskEvent())).toEqual({
      name: "LoadError",
      message: "no load",
      cause: { name: "RangeError", message: "page 7", cause: { name: "Error", message: "socket" } },
    });
  });

  it("keep the frames of the author's code", async () => {
    const cause = await causeOf(
      handlerOf(function failingTask() {
        throw new Error("x");
      }),
      taskEvent(),
    );
    expect(JSON.parse(cause).trace[1]).toContain("failingTask");
  });

  it("are coded where something else than an error, or a reserved name, is thrown", async () => {
    const thrower = (value: unknown) =>
      handlerOf(() => {
        throw value;
      });
    expect((await failureOf(thrower("text"), taskEvent())).message).toMatch(/^RLT2006: /);
    expect((await failureOf(thrower(null), taskEvent())).message).toMatch(/^RLT2006: /);
    const reserved = Object.assign(new Error("x"), { name: "States.Timeout" });
    expect((await failureOf(thrower(reserved), taskEvent())).message).toMatch(/^RLT2005: /);
  });

  it("stay readable JSON below the length that Step Functions keeps", async () => {
    const long = "ü\n".repeat(40_000);
    const handler = handlerOf(() => {
      throw new Error(long, { cause: new Error(long) });
    });
    const cause = await causeOf(handler, taskEvent());
    expect(cause.length).toBeLessThan(32_768);
    expect((await failureOf(handler, taskEvent())).message.startsWith(long.slice(0, 5_000))).toBe(true);
  });
});

describe("large values", () => {
  const rows = (n: number) => Array.from({ length: n }, (_, i) => `row ${i} äöü`);

  it("are answered as a reference, and read back", async () => {
    const ports = memoryPorts();
    const answer = await handlerOf(() => rows(40_000), ports)(taskEvent(), {});
    expect(isReference(answer)).toBe(true);
    const reference = answer as Reference;
    expect(reference["$runlet.ref"].key).toMatch(/^results\/run-1\/load\/2\.0-0-[0-9a-f]{16}\.json$/);
    expect(reference["$runlet.ref"].bytes).toBeGreaterThan(INLINE_RESULT_BYTES);
    const count = handlerOf((a: { deep: { list: string[] }[] }) => a.deep[0]?.list.length, ports);
    const nested = taskEvent({ args: [{ deep: [{ list: reference as never }] }] });
    expect(await count(nested, {})).toBe(40_000);
  });

  it("stay inline up to the cap, counted in bytes", async () => {
    const handler = handlerOf((n: number) => "x".repeat(n));
    expect(isReference(await handler(taskEvent({ args: [INLINE_RESULT_BYTES - 2] }), {}))).toBe(false);
    expect(isReference(await handler(taskEvent({ args: [INLINE_RESULT_BYTES - 1] }), {}))).toBe(true);
    const wide = handlerOf((n: number) => "ü".repeat(n));
    expect(isReference(await wide(taskEvent({ args: [INLINE_RESULT_BYTES / 2] }), {}))).toBe(true);
  });

  it("may be the arguments that an inline step computed, which win", async () => {
    const ports = memoryPorts();
    const big = (await handlerOf(() => rows(40_000), ports)(taskEvent(), {})) as Reference;
    const lists = handlerOf((n: number) => Array(n).fill("list"), ports);
    const args = (await lists(taskEvent({ args: [60_000] }), {})) as Reference;
    const count = handlerOf((...all: unknown[]) => all.length, ports);
    expect(await count(taskEvent({ args: [1], slow: args }), {})).toBe(60_000);
    expect(await count(taskEvent({ args: [1], slow: [] }), {})).toBe(0);
    expect(await count(taskEvent({ args: [1], slow: null }), {})).toBe(1);
    const inner = handlerOf((a: unknown[], b: unknown[]) => a.length + b.length, ports);
    expect(await inner(taskEvent({ args: [big as never, big as never] }), {})).toBe(80_000);
  });

  it("are refused when they are missing or damaged", async () => {
    const ports = memoryPorts();
    const reference = (await handlerOf(() => rows(40_000), ports)(taskEvent(), {})) as Reference;
    const count = handlerOf((a: unknown[]) => a.length, ports);
    const { key } = reference["$runlet.ref"];
    ports.files.set(key, new TextEncoder().encode("[]"));
    expect((await failureOf(count, taskEvent({ args: [reference as never] }))).message).toMatch(/^RLT3007: /);
    ports.files.delete(key);
    expect((await failureOf(count, taskEvent({ args: [reference as never] }))).message).toMatch(/^RLT3007: /);
  });

  it("fail the call where an argument is a failed future", async () => {
    const run = vi.fn(() => 1);
    const Cause = JSON.stringify({ errorType: "LoadError", errorMessage: "page 3", trace: [] });
    const args = [{ pages: [1, { "$runlet.error": { Error: "LoadError", Cause, At: "" } }] }] as never;
    expect(await failureOf(handlerOf(run), taskEvent({ args }))).toEqual({
      name: "LoadError",
      message: "page 3",
    });
    expect(run).not.toHaveBeenCalled();
  });
});

describe("time", () => {
  it("aborts the signal before the task's timeout, and gives up at it", async () => {
    const clock = new ManualClock(0);
    const aborts: number[] = [];
    const fn = () =>
      new Promise(() => {
        taskContext().signal.addEventListener("abort", () => aborts.push(clock.now()));
      });
    const handler = createTaskHandler(
      { fn },
      { name: "slow", timeoutSeconds: 10, clock, ports: memoryPorts() },
    );
    const failure = await clock.runUntil(failureOf(handler, taskEvent()));
    expect(failure.message).toMatch(/^RLT3004: A task ran longer than 10 s\./);
    expect(aborts).toEqual([9_500]);
    expect(clock.now()).toBe(10_000);
  });

  it("keeps the platform's deadline too, and says why the task stopped", async () => {
    const clock = new ManualClock(0);
    const fn = () =>
      new Promise((_, reject) => {
        taskContext().signal.addEventListener("abort", () => reject(new Error("stopped by the signal")));
      });
    const ports = memoryPorts();
    const handler = createTaskHandler({ fn }, { name: "slow", clock, ports });
    const failure = await clock.runUntil(
      failureOf(handler, taskEvent(), { getRemainingTimeInMillis: () => 60_000 }),
    );
    expect(failure.message).toMatch(/^RLT3004: /);
    expect(failure.cause).toEqual({ name: "Error", message: "stopped by the signal" });
    expect(clock.now()).toBe(58_000);
    expect([...ports.records.values()][0]).toMatchObject({ status: "FAILED", stateName: "TimedOut" });
  });

  it("takes a result that comes after the signal", async () => {
    const clock = new ManualClock(0);
    const fn = () =>
      new Promise((resolve) => {
        taskContext().signal.addEventListener("abort", () => resolve("partial"));
      });
    const handler = createTaskHandler(
      { fn },
      { name: "slow", timeoutSeconds: 10, clock, ports: memoryPorts() },
    );
    expect(await clock.runUntil(handler(taskEvent(), {}))).toBe("partial");
  });
});

describe("secrets", () => {
  const ports = () => memoryPorts({ token: 's3cr3t"x', unused: "other" });
  const handlerWith = (fn: TaskLike["fn"], made = ports()) =>
    createTaskHandler({ fn }, { name: "load", secrets: ["token"], ports: made });

  it("reach the task that declares them, and no other", async () => {
    expect(await handlerWith(() => secret("token").length)(taskEvent(), {})).toBe(8);
    expect(
      (
        await failureOf(
          handlerWith(() => secret("unused")),
          taskEvent(),
        )
      ).message,
    ).toMatch(/^RLT3006: The secret "unused" is not declared/);
  });

  it("are missed where the task asks for one that is not set, as in plain Node", async () => {
    expect(await handlerWith(() => 1, memoryPorts())(taskEvent(), {})).toBe(1);
    const asking = handlerWith(() => secret("token"), memoryPorts());
    expect((await failureOf(asking, taskEvent())).message).toMatch(/^RLT3006: /);
  });

  it("are taken out of errors, records and log lines", async () => {
    const made = ports();
    const log = vi.spyOn(console, "info").mockImplementation(() => {});
    const handler = handlerWith(() => {
      taskContext().log.info(`with ${secret("token")}`, { url: encodeURIComponent(secret("token")) });
      throw new Error(`401 for ${secret("token")}`, { cause: new Error(secret("token")) });
    }, made);
    const cause = await causeOf(handler, taskEvent());
    const written = log.mock.calls.flat().join("\n");
    log.mockRestore();
    const record = JSON.stringify([...made.records.values()]);
    expect(`${cause}${written}${record}`).not.toContain("s3cr3t");
    expect(JSON.parse(cause).errorMessage).toBe("401 for [secret token]");
    expect(JSON.parse(written)).toMatchObject({ level: "info", message: "with [secret token]", attempt: 0 });
  });
});

describe("records", () => {
  it("are written once an attempt, at its end", async () => {
    const clock = new ManualClock(5_000);
    const ports = memoryPorts();
    const handler = createTaskHandler({ fn: () => 41 }, { name: "load", clock, ports });
    await handler(taskEvent({ attempt: 1 }), { awsRequestId: "id-1" });
    expect([...ports.records]).toEqual([
      [
        "run-1/load/2.0",
        {
          ...{ runId: "run-1", step: "load", frames: [2, 0], attempt: 1, startedAt: 5_000, endedAt: 5_000 },
          ...{ status: "COMPLETED", stateName: "Completed", result: 41, requestId: "id-1" },
          expiresAt: 5 + 30 * 86_400,
        },
      ],
    ]);
  });

  it("answer a later attempt, and a run that repeats, without running the task", async () => {
    const ports = memoryPorts();
    const run = vi.fn(() => ({ rows: "x".repeat(20_000) }));
    const repeats = { asked: async (run: string) => (run === "run-2" ? { rerun: { of: "run-1" } } : {}) };
    const handler = handlerOf(run, { ...ports, controls: repeats });
    const first = await handler(taskEvent(), {});
    expect(ports.reads.states).toBe(0);
    expect(await handler(taskEvent({ attempt: 1 }), {})).toEqual(first);
    expect(await handler(taskEvent({ runId: "run-2" }), {})).toEqual(first);
    expect(run).toHaveBeenCalledTimes(1);
    expect(ports.files.size).toBe(1); // above what a record holds, though not above what travels
  });

  it("answer null, and references, as they were", async () => {
    const ports = memoryPorts();
    const run = vi.fn((big: boolean) => (big ? "x".repeat(300_000) : null));
    const handler = handlerOf(run, ports);
    for (const [step, big] of [
      ["small", false],
      ["large", true],
    ] as const) {
      const first = await handler(taskEvent({ step, args: [big] }), {});
      expect(await handler(taskEvent({ step, args: [big], attempt: 1 }), {})).toEqual(first);
    }
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("of a failure do not answer", async () => {
    const ports = memoryPorts();
    let calls = 0;
    const handler = handlerOf(() => {
      if (calls++ === 0) throw new Error("first");
      return "second";
    }, ports);
    await failureOf(handler, taskEvent());
    expect([...ports.records.values()][0]).toMatchObject({
      status: "FAILED",
      error: { name: "Error", message: "first" },
    });
    expect(await handler(taskEvent({ attempt: 1 }), {})).toBe("second");
  });

  it("that cannot be written do not fail the task", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const ports = {
      ...memoryPorts(),
      states: { record: () => Promise.reject(new Error("throttled")), find: async () => undefined },
    };
    expect(await createTaskHandler({ fn: () => 1 }, { name: "load", ports })(taskEvent(), {})).toBe(1);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});

describe("what follows a failed attempt", () => {
  const named = async (thrown: Error, event: object, retryIf?: TaskLike["retryIf"]): Promise<string[]> => {
    const fn = (): never => {
      throw thrown;
    };
    const handler = createTaskHandler({ fn, retryIf }, { name: "load", ports: memoryPorts() });
    const { errorType, errorMessage } = JSON.parse(await causeOf(handler, taskEvent(event)));
    return [errorType, errorMessage];
  };

  it("is asked for by number while the machine has retries, and nothing is after the last", async () => {
    expect(await named(new RangeError("x"), {})).toEqual(["RangeError", "x"]);
    expect(await named(new RangeError("x"), { retries: 2 })).toEqual(["Runlet.Retry.1", "x"]);
    expect(await named(new RangeError("x"), { retries: 2, attempt: 1 })).toEqual(["Runlet.Retry.2", "x"]);
    expect(await named(new RangeError("x"), { retries: 2, attempt: 2 })).toEqual(["RangeError", "x"]);
    expect(await named(new RangeError("x"), { retries: 2, attempt: 9 })).toEqual(["RangeError", "x"]);
  });

  it("is nothing for final errors, for Runlet's own, and for those that are not worth it", async () => {
    const retries = 5;
    expect(await named(new FinalError("x"), { retries })).toEqual(["FinalError", "x"]);
    expect((await named(new RunletError("RLT4002", "x"), { retries }))[0]).toBe("RunletError");
    expect(await named(new RangeError("x"), { retries }, ["TypeError"])).toEqual(["RangeError", "x"]);
    expect(await named(new RangeError("x"), { retries }, () => false)).toEqual(["RangeError", "x"]);
    expect(await named(new RangeError("x"), { retries }, async (e) => e instanceof RangeError)).toEqual([
      "Runlet.Retry.1",
      "x",
    ]);
  });

  it("is a wait of the error's own, with the attempt, whatever retryIf says", async () => {
    const after = new RetryAfterError("x", { minutes: 1 });
    const note = JSON.stringify({ attempt: 1, seconds: 60 });
    expect(await named(after, { retries: 2, attempt: 1 }, [])).toEqual(["Runlet.RetryAfter", note]);
    expect(await named(after, { retries: 2, attempt: 2 })).toEqual(["RetryAfterError", "x"]);
  });

  it("is nothing where an argument is a failure: plain Node never makes the call", async () => {
    const failed = { "$runlet.error": { Error: "RangeError", Cause: "x", At: "2026" } };
    const handler = handlerOf(() => 1);
    const cause = JSON.parse(await causeOf(handler, taskEvent({ retries: 3, args: [failed] })));
    expect(cause.errorType).toBe("RangeError");
  });

  it("what the author threw can be read from the cause, secrets taken out", async () => {
    const handler = handlerOf(() => {
      throw new RangeError("page 7", { cause: new TypeError("inner") });
    });
    const failure = await failureOf(handler, taskEvent({ retries: 1 }));
    expect(failure).toEqual({
      name: "RangeError",
      message: "page 7",
      cause: { name: "TypeError", message: "inner" },
    });
  });
});

describe("who is let in", () => {
  const handlerFor = (asked: "CANCELLED" | "PAUSED" | undefined) => {
    const began: unknown[] = [];
    const ports = { ...memoryPorts(), controls: { asked: async () => (asked ? { control: asked } : {}) } };
    const fn = (): number => began.push(1);
    return { began, ports, handler: createTaskHandler({ fn }, { name: "load", ports }) };
  };

  it("nobody of a cancelled run, whatever its retries, but for the undo; no attempt is recorded", async () => {
    const { began, handler, ports } = handlerFor("CANCELLED");
    const cause = JSON.parse(await causeOf(handler, taskEvent({ retries: 3 })));
    expect(cause).toMatchObject({ errorType: "Runlet.Cancelled", errorMessage: "The run was cancelled." });
    expect([began, ports.records.size]).toEqual([[], 0]);
    expect(await handler({ ...taskEvent(), undo: true }, {})).toBe(1);
  });

  it("of a paused run, who cannot be held; the others are told their attempt", async () => {
    const { began, handler } = handlerFor("PAUSED");
    const cause = JSON.parse(await causeOf(handler, taskEvent({ pausable: true, attempt: 2, retries: 5 })));
    expect(cause).toMatchObject({ errorType: "Runlet.Paused", errorMessage: '{"attempt":2}' });
    expect(began).toEqual([]);
    expect(await handler(taskEvent(), {})).toBe(1);
  });

  it("everybody else", async () => {
    expect(await handlerFor(undefined).handler(taskEvent(), {})).toBe(1);
  });
});
