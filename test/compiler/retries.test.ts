import { describe, expect, it } from "vitest";
import type { Retrier, StateMachine, TaskState } from "../../sdk/asl/types.ts";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { createEngine, type Outcome } from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/testing/index.ts";
import { compileText, entered } from "./fixture.ts";

const HEAD = `import { backoff, flow, FinalError, RetryAfterError, task } from "runlet";
const act = async (what: unknown) => { if (what === "later") throw new RetryAfterError("later", { seconds: 9 }); if (what) throw new Error("no"); return 1; };
export const steady = task({ retries: 3, retryDelay: { seconds: 5 } }, act);
export const growing = task({ retries: 4, retryDelay: backoff({ seconds: 2, max: { seconds: 8 } }) }, act);
export const once = task(act);
`;
const fails = (times: number, error: () => Error) => {
  let left = times;
  return () => {
    if (left-- > 0) throw error();
    return 1;
  };
};

describe("what retries cost", () => {
  it("one transition a retry, two a wait of the task's own; nothing on the happy path", async () => {
    const { run } = await compileText(
      `${HEAD}export const f = flow(async () => { const a = await steady(0); return once(a); });`,
    );
    const cost = async (steady: () => unknown): Promise<number> => {
      const clock = new ManualClock();
      const { history } = await clock.runUntil(run({ clock, tasks: { steady, once: () => 0 } }));
      return countTransitions(history);
    };
    const { RetryAfterError } = await import("../../sdk/index.ts");
    const happy = await cost(() => 1);
    expect(happy).toBe(3);
    expect(await cost(fails(2, () => new Error("x")))).toBe(happy + 2);
    expect(await cost(fails(2, () => new RetryAfterError("x", { seconds: 4 })))).toBe(happy + 4);
  });

  it("three transitions a retry of the flow, and nothing on the happy path", async () => {
    const text = `${HEAD}export const f = flow(OPTIONS, async () => { const a = await once(0); return once(a); });`;
    const plain = await compileText(text.replace("OPTIONS", "{}"));
    const retried = await compileText(text.replace("OPTIONS", "{ retries: 2, retryDelay: { seconds: 60 } }"));
    const clock = new ManualClock();
    const go = async (file: typeof plain, once: () => unknown): Promise<string[]> =>
      entered((await clock.runUntil(file.run({ clock, tasks: { once } }))).history);
    expect(await go(retried, () => 1)).toEqual(await go(plain, () => 1));
    const before = clock.now();
    expect(
      await go(
        retried,
        fails(1, () => new Error("x")),
      ),
    ).toEqual(["once", "(retry)", "(retry: wait)", "once", "once 2"]);
    expect(clock.now() - before).toBe(60_000);
  });

  it("a task without retries has neither retrier nor detour of its own; equal delays share a retrier", async () => {
    const { flows } = await compileText(
      `${HEAD}export const f = flow(async () => { await once(0); await steady(0); return growing(0); });`,
    );
    const States: StateMachine["States"] = flows[0]?.definition.States ?? {};
    expect(Object.keys(States)).toEqual([
      "once",
      "steady",
      "steady retry after",
      "growing",
      "growing retry after",
    ]);
    const own = (name: string): Retrier[] =>
      ((States[name] as TaskState).Retry ?? []).filter(({ ErrorEquals: [first = ""] }) =>
        first.startsWith("Runlet.Retry."),
      );
    expect(own("once")).toEqual([]);
    expect(own("steady").map(({ ErrorEquals, MaxAttempts }) => [ErrorEquals.length, MaxAttempts])).toEqual([
      [3, 3],
    ]);
    expect(own("growing").map(({ IntervalSeconds, MaxAttempts }) => [IntervalSeconds, MaxAttempts])).toEqual([
      [2, 1],
      [4, 1],
      [8, 2],
    ]);
    expect(flows[0]?.detourStates.toSorted().reverse()).toEqual([
      "steady retry after",
      "growing retry after",
    ]);
  });
});

describe("what no wrapper reports", () => {
  const run = async (
    task: string,
    errors: string[],
  ): Promise<{ attempts: unknown[]; status: string; seconds: number }> => {
    const { flows } = await compileText(`${HEAD}
      export const onlyBusy = task({ retries: 3, retryIf: ["Busy"] }, act);
      export const crashes = task({ retries: 3, retryIf: (e) => e.name === "TaskCrashed" }, act);
      export const f = flow(async () => { await ${task}(0); return 1; });`);
    const definition = JSON.parse(
      JSON.stringify(flows[0]?.definition).replace(
        /\$\{\w+\}/g,
        "arn:aws:lambda:us-east-1:000000000000:function:x",
      ),
    );
    const attempts: unknown[] = [];
    const clock = new ManualClock();
    const start = clock.now();
    const engine = createEngine({
      clock,
      random: () => 0.5,
      integration: async ({ arguments: event }): Promise<Outcome> => {
        attempts.push((event as { attempt: number }).attempt);
        const error = errors[attempts.length - 1];
        return error === undefined ? { ok: true, output: 1 } : { ok: false, error, cause: "x" };
      },
    });
    const { status } = await clock.runUntil(engine.start({ definition, input: {} }).done);
    return { attempts, status, seconds: (clock.now() - start) / 1_000 };
  };

  it.each([
    ["steady", ["Runtime.ExitError", "States.Timeout", "Lambda.Unknown"], [0, 1, 2, 3], "SUCCEEDED", 15],
    [
      "steady",
      ["Runtime.ExitError", "Runtime.ExitError", "Runtime.ExitError", "Runtime.ExitError"],
      [0, 1, 2, 3],
      "FAILED",
      15,
    ],
    ["onlyBusy", ["Runtime.ExitError"], [0], "FAILED", 0],
    ["crashes", ["Runtime.OutOfMemory"], [0, 1], "SUCCEEDED", 1],
    ["crashes", ["Sandbox.Timedout"], [0], "FAILED", 0],
    ["once", ["Lambda.TooManyRequestsException", "Lambda.ServiceException"], [0, 1, 2], "SUCCEEDED", 1.5],
    ["once", ["Runtime.ExitError"], [0], "FAILED", 0],
    ["steady", ["RangeError"], [0], "FAILED", 0],
  ])("%s after %j: attempts %j, %s", async (task, errors, attempts, status, seconds) => {
    expect(await run(task, errors)).toEqual({ attempts, status, seconds });
  });
});

describe("with", () => {
  it("is refused with values of the flow, and with options that do not exist", async () => {
    const wrong = compileText(
      `${HEAD}export const f = flow(async (input: { n: number }) => { await once.with({ retries: input.n })(1); await once.with({ retry: 1 })(1); return 1; });`,
    );
    await expect(wrong).rejects.toThrow(/RLT1211/);
    const unknown = compileText(
      `${HEAD}export const f = flow(async () => { await once.with({ retry: 1 })(1); return 1; });`,
    );
    await expect(unknown).rejects.toThrow(/RLT1004.*has no option "retry"/s);
  });

  it("makes one function of one text, and steps named after the task", async () => {
    const { flows, run } = await compileText(
      `${HEAD}export const f = flow(async () => { await once.with({ retries: 1 })(0); await once.with({ retries: 1 })(0); await once.with({ retries: 2 })(0); return once(0); });`,
    );
    const resources = Object.values(flows[0]?.definition.States ?? {}).flatMap((state) =>
      state.Type === "Task" ? [state.Resource] : [],
    );
    expect(new Set(resources).size).toBe(3);
    expect((await run()).calls.map(({ step }) => step)).toEqual(["once", "once-2", "once-3", "once-4"]);
  });
});
