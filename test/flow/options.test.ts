import { describe, expect, it } from "vitest";
import * as z from "zod";
import { backoff, flow, task } from "../../sdk/index.ts";

const work = async (): Promise<number> => 1;
const NONE = { delays: [], jitter: false, platform: { timeouts: true, crashes: true } };
type Options = Parameters<typeof task>[0] & object;
type FlowOptions = Record<string, unknown>;

describe("options of a task", () => {
  it("has the documented defaults", () => {
    expect(task(work).settings).toEqual({
      retry: NONE,
      timeoutSeconds: 900,
      memoryMb: 512,
      secrets: [],
    });
  });

  it("takes each option in its own unit", () => {
    const { settings } = task(
      {
        name: "load_rows-2",
        retries: 1_000,
        retryDelay: { minutes: 1, seconds: 30 },
        timeout: { minutes: 15 },
        memory: 10_240,
        secrets: ["db/main", "api.key"],
        description: "Loads rows.",
      },
      work,
    );
    expect(settings).toEqual({
      name: "load_rows-2",
      retry: { ...NONE, delays: Array(1_000).fill(90) },
      timeoutSeconds: 900,
      memoryMb: 10_240,
      secrets: ["db/main", "api.key"],
      description: "Loads rows.",
    });
  });

  it.each([
    [{ retry: 3 }, 'A task has no option "retry"; it has name, retries'],
    [{ retries: -1 }, "retries is -1; it must be a whole number from 0 to 1000"],
    [{ retries: 1.5 }, "retries is 1.5"],
    [{ retries: "3" }, 'retries is "3"'],
    [{ retries: 1_001 }, "retries is 1001"],
    [{ memory: 127 }, "memory is 127; it must be a whole number from 128 to 10240"],
    [{ memory: Number.NaN }, "memory is NaN"],
    [{ name: 1n }, "name is 1n"],
    [{ timeout: { minutes: 15, seconds: 1 } }, "timeout is 901 s; a Lambda function runs at most 900 s"],
    [{ timeout: { milliseconds: 500 } }, "timeout is 0.5 s; it must be whole seconds, at least 1"],
    [{ timeout: 60 }, "timeout is not a duration"],
    [{ timeout: { second: 1 } }, 'timeout has the unknown unit "second"'],
    [{ retryDelay: { milliseconds: 10 } }, "retryDelay is 0.01 s"],
    [{ retryDelay: [1, 2] }, "retryDelay[0] is not a duration"],
    [{ retryDelay: [] }, "retryDelay is an empty list"],
    [
      { retryDelay: [{ seconds: 1 }, { milliseconds: 1500 }] },
      "retryDelay[1] is 1.5 s; it must be whole seconds",
    ],
    [{ retryDelay: { days: 366 } }, "retryDelay is 31622400 s; no run lives longer than a year"],
    [
      { retries: 30, retryDelay: backoff({ seconds: 2 }) },
      "retryDelay: retry 25 would wait longer than a year",
    ],
    [{ retryDelay: 5 }, "retryDelay is no duration, no list of durations and no backoff(…)"],
    [{ retryDelay: null }, "retryDelay is no duration, no list of durations and no backoff(…)"],
    [{ retryIf: "TypeError" }, 'retryIf is "TypeError"; it is a list of error names or a function'],
    [{ retryIf: [TypeError] }, "retryIf is"],
    [{ name: "1st" }, 'name is "1st"'],
    [{ name: "a".repeat(41) }, "name is"],
    [{ name: "" }, 'name is ""'],
    [{ name: null }, "name is null"],
    [{ secrets: "db" }, "secrets is not a list of secret names"],
    [{ secrets: ["a b"] }, "secrets is not a list of secret names"],
    [{ description: 5 }, "description is 5; it must be a text"],
  ])("refuses %o", (options, message) => {
    expect(() => task(options as unknown as Options, work)).toThrow(`RLT4002: ${message}`);
  });

  it.each([undefined, 5, "x", {}])("refuses %j in place of a function", (given) => {
    expect(() => task({}, given as unknown as typeof work)).toThrow("RLT4002: A task needs a function");
  });

  it.each([null, undefined, 5, "x", []])("refuses %j in place of options", (given) => {
    expect(() => task(given as unknown as Options, work)).toThrow(
      "RLT4002: A task's options are not an object",
    );
    expect(() => flow(given as unknown as object, work)).toThrow(
      "RLT4002: A flow's options are not an object",
    );
  });
});

describe("options of a flow", () => {
  it("has the documented defaults", () => {
    expect(flow(work).settings).toEqual({ retry: NONE, schedules: [], inlineSteps: "allow" });
  });

  it("takes each option", () => {
    const made = flow(
      {
        name: "nightly",
        input: z.object({ a: z.number() }),
        description: "Every night.",
        schedules: [{ expression: "cron(0 6 * * ? *)", timezone: "Europe/Berlin", input: { a: 1 } }],
        inlineSteps: "refuse",
      },
      work,
    );
    expect(made.settings).toEqual({
      retry: NONE,
      name: "nightly",
      description: "Every night.",
      schedules: [{ expression: "cron(0 6 * * ? *)", timezone: "Europe/Berlin", input: { a: 1 } }],
      inlineSteps: "refuse",
    });
    expect(made.schema).toBeDefined();
  });

  it.each([
    [{ retry: 1 }, 'A flow has no option "retry"; it has name, input'],
    [{ retries: 1.5 }, "retries is 1.5; it must be a whole number from 0 to 1000"],
    [{ retries: 1, retryDelay: { milliseconds: 500 } }, "retryDelay is 0.5 s; it must be whole seconds"],
    [{ retries: 1, retryIf: () => true }, "retryIf of a flow is a function; name the errors"],
    [{ retries: 1, retryDelay: backoff({ seconds: 1, jitter: "full" }) }, "retryDelay of a flow has jitter"],
    [{ name: "a b" }, 'name is "a b"'],
    [{ description: {} }, "description is {}; it must be a text"],
    [{ inlineSteps: "never" }, 'inlineSteps is "never"; it is "allow" or "refuse"'],
    [{ input: {} }, "input is no schema"],
    [{ input: null }, "input is no schema"],
    [{ schedules: "rate(1 hour)" }, "schedules is not a list"],
    [{ schedules: [null] }, "schedules[0] is not an object"],
    [{ schedules: ["rate(1 hour)"] }, "schedules[0] is not an object"],
    [{ schedules: [{}] }, "The schedule undefined is no cron(…), rate(…) or at(…) expression"],
    [{ schedules: [{ expression: "rate(1 week)" }] }, 'The schedule "rate(1 week)" is no cron'],
    [{ schedules: [{ expression: "rate(1 hour)", zone: "UTC" }] }, 'schedules[0] has no option "zone"'],
    [
      { schedules: [{ expression: "rate(1 hour)", timezone: "Mars/Base" }] },
      'schedules[0]: "Mars/Base" is no time zone',
    ],
    [{ schedules: [{ expression: "rate(1 hour)", timezone: 1 }] }, "schedules[0]: 1 is no time zone"],
    [
      { schedules: [{ expression: "rate(1 hour)", input: { at: 1n } }] },
      "The input of schedules[0] holds a bigint at $.at",
    ],
  ] as [FlowOptions, string][])("refuses %o", (options, message) => {
    expect(() => flow(options, work)).toThrow(`RLT4002: ${message}`);
  });
});

describe("backoff", () => {
  const delays = (retryDelay: object, retries = 5) => task({ retries, retryDelay }, work).settings.retry;

  it("doubles unless told otherwise", () => {
    expect(delays(backoff({ seconds: 2 }))).toMatchObject({ delays: [2, 4, 8, 16, 32], jitter: false });
    const all = backoff({ minutes: 1, factor: 1.5, max: { minutes: 4 }, jitter: "full" });
    expect(delays(all)).toMatchObject({ delays: [60, 90, 135, 203, 240], jitter: true });
  });

  it("a list is its own number of retries; its last delay repeats; more delays than retries are not used", () => {
    const list = [{ seconds: 1 }, { seconds: 10 }];
    expect(task({ retryDelay: list }, work).settings.retry.delays).toEqual([1, 10]);
    expect(delays(list, 4).delays).toEqual([1, 10, 10, 10]);
    expect(delays(list, 1).delays).toEqual([1]);
  });

  it.each([
    [{ second: 2 }, 'backoff has no option "second"'],
    [{ seconds: 0 }, "backoff is 0 s"],
    [{}, "backoff is 0 s"],
    [{ milliseconds: 100 }, "backoff is 0.1 s"],
    [{ seconds: 2, factor: 0.5 }, "backoff's factor is 0.5; it must be at least 1"],
    [{ seconds: 2, factor: "2" }, "backoff's factor is 2"],
    [{ seconds: 2, factor: Number.POSITIVE_INFINITY }, "backoff's factor is Infinity"],
    [{ seconds: 2, jitter: "some" }, 'backoff\'s jitter is "some"'],
    [{ seconds: 2, max: { seconds: 1 } }, "backoff's max is 1 s; it must be whole seconds, at least 2"],
    [{ seconds: 2, max: 5 }, "backoff's max is not a duration"],
    [null, "backoff needs an object"],
    [5, "backoff needs an object"],
  ])("refuses %j", (rule, message) => {
    expect(() => backoff(rule as unknown as Parameters<typeof backoff>[0])).toThrow(`RLT4002: ${message}`);
  });
});
