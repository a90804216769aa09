import { describe, expect, test } from "vitest";
import { ExecutionNotRedrivable, type StatusEvent } from "../../../sdk/engine/index.ts";
import { sleepOn } from "../../../sdk/model/clock.ts";
import type { RunletError } from "../../../sdk/model/runlet-error.ts";
import { rejection } from "../../journal/harness.ts";
import { bad, LAMBDA, machine, ok, TOKEN } from "../run.ts";
import { distributed } from "../states/distributed.ts";
import { Desk, engineOf, type Work } from "./desk.ts";

const task = (fields: object = {}): object => ({ Type: "Task", Resource: LAMBDA, End: true, ...fields });
const one = machine({ A: task() } as never);
const token = machine({
  T: task({
    Resource: TOKEN,
    Arguments: "{% $states.context.Task.Token %}",
    TimeoutSeconds: 100,
    HeartbeatSeconds: 30,
  }),
} as never);
const echo: Work = (call) => ok(call.arguments);
const hang: Work = () => new Promise(() => undefined);

describe("starting", () => {
  test("F7: a name started 1,000 times at once is one run, and the same name with something else is refused", async () => {
    const desk = new Desk();
    const engine = engineOf(await desk.open(echo));
    const starts = Array.from({ length: 1_000 }, () =>
      engine.start({ definition: one, name: "same", input: { n: 1 } }),
    );
    const runs = await desk.until(Promise.all(starts));
    expect(new Set(runs.map(({ arn }) => arn)).size).toBe(1);
    expect(await desk.until(Promise.all(runs.map(({ done }) => done)))).toHaveLength(1_000);
    expect(desk.calls).toHaveLength(1);
    const refused = await rejection(engine.start({ definition: one, name: "same", input: { n: 2 } }));
    expect(refused.name).toBe("ExecutionAlreadyExists");
    const again = await desk.until(engine.start({ definition: one, name: "same", input: { n: 1 } }));
    expect(await desk.until(again.done)).toEqual({ status: "SUCCEEDED", output: { n: 1 } });
    desk.crash();
    const next = engineOf(await desk.open(echo));
    const third = await desk.until(next.start({ definition: one, name: "same", input: { n: 1 } }));
    expect(await desk.until(third.done)).toEqual({ status: "SUCCEEDED", output: { n: 1 } });
    expect(desk.calls).toHaveLength(1);
  });

  test("F5: a full disk refuses a start with a code, and takes it when there is room again", async () => {
    const desk = new Desk();
    let full = false;
    const plan = (operation: string): { error: string } | undefined =>
      full && operation === "write" ? { error: "ENOSPC" } : undefined;
    const engine = engineOf(await desk.open(echo, {}, plan as never));
    full = true;
    const refused = await rejection(engine.start({ definition: one, name: "a" }));
    expect(refused.code).toBe("RLT6005");
    expect(engine.list()).toEqual([]);
    full = false;
    const run = await desk.until(engine.start({ definition: one, name: "a" }));
    expect((await desk.until(run.done)).status).toBe("SUCCEEDED");
  });

  test.each(["ENOSPC", "EIO", "EMFILE"])(
    "F5: an answer that %s keeps from the disk is not lost",
    async (error) => {
      const desk = new Desk();
      let broken = false;
      const troubles: RunletError[] = [];
      const plan = (operation: string): { error: string } | undefined =>
        broken && ["write", "sync", "create"].includes(operation) ? { error } : undefined;
      const work: Work = async (call, clock) => {
        broken = true;
        await sleepOn(clock, 1_000);
        clock.schedule(20_000, () => {
          broken = false;
        });
        return ok(call.stateName);
      };
      const onTrouble = (trouble: unknown): void => void troubles.push(trouble as RunletError);
      const engine = engineOf(await desk.open(work, { onTrouble }, plan as never));
      const run = await desk.until(engine.start({ definition: one, name: "a" }));
      expect(await desk.until(run.done)).toEqual({ status: "SUCCEEDED", output: "A" });
      expect(desk.calls).toHaveLength(1);
      expect(new Set(troubles.map(({ code }) => code))).toEqual(new Set(["RLT6005"]));
      expect(desk.clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 1) + 20_000);
    },
  );
});

describe("tokens", () => {
  async function waiting(desk: Desk, options = {}): Promise<string> {
    const engine = engineOf(await desk.open(echo, options));
    await desk.until(engine.start({ definition: token, name: "t" }));
    await desk.settle();
    return desk.calls[0]?.taskToken ?? "";
  }

  test("a token outlasts crashes, and ends its task once", async () => {
    const desk = new Desk();
    const held = await waiting(desk);
    for (let crash = 0; crash < 3; crash++) {
      desk.crash();
      await desk.open(echo);
    }
    const engine = engineOf(desk.processes.at(-1) as never);
    expect(desk.calls).toHaveLength(1); // the submission was answered and is not repeated
    await desk.until(engine.sendTaskHeartbeat(held));
    const both = [engine.sendTaskSuccess(held, { yes: true }), engine.sendTaskSuccess(held, "no")];
    const settled = await desk.until(Promise.allSettled(both));
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    const [run] = engine.list();
    expect(await desk.until(engine.find(run?.arn ?? "")?.done as never)).toEqual({
      status: "SUCCEEDED",
      output: { yes: true },
    });
    expect((await rejection(engine.sendTaskSuccess(held, 1))).name).toBe("TaskTimedOut");
    expect((await rejection(engine.sendTaskSuccess("other", 1))).name).toBe("InvalidToken");
  });

  test("its timeout counts the time in which no process ran, its heartbeat does not", async () => {
    const desk = new Desk();
    await waiting(desk);
    desk.crash();
    await desk.until(sleepOn(desk.clock, 60_000));
    const engine = engineOf(await desk.open(echo));
    const { arn } = engine.list()[0] as { arn: string };
    await desk.until(engine.find(arn)?.done as never);
    const timedOut = (await desk.until(engine.history(arn))).find(({ type }) => type === "TaskTimedOut");
    // 30 s after the second process came, not at once; the timeout of 100 s would have come later.
    expect(timedOut?.timestamp).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1) + 90_000);
    expect(timedOut?.timestamp).toBeLessThan(Date.UTC(2026, 0, 1) + 100_000);
  });

  test("two tokens of one run cannot be guessed from each other", async () => {
    const desk = new Desk();
    const engine = engineOf(await desk.open(echo));
    for (const name of ["a", "b"]) await desk.until(engine.start({ definition: token, name }));
    await desk.settle();
    const [a, b] = desk.calls.map(({ taskToken }) => taskToken);
    expect(a).not.toBe(b);
    expect(a).toMatch(/^runlet-token-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe("activities", () => {
  const activity = "arn:aws:states:us-east-1:000000000000:activity:a";
  const machineOf = machine({ A: task({ Resource: activity, HeartbeatSeconds: 50 }) } as never);

  test("a worker's task is taken once, whatever crashes, and its token stays good", async () => {
    const desk = new Desk();
    const engine = engineOf(await desk.open(echo));
    expect(await desk.until(engine.createActivity("a"))).toBe(activity);
    await desk.until(engine.start({ definition: machineOf, input: { n: 1 }, name: "r" }));
    desk.crash();
    const second = engineOf(await desk.open(echo));
    const work = await desk.until(second.getActivityTask(activity, "w"));
    expect(work?.input).toBe('{"n":1}');
    desk.crash();
    const third = engineOf(await desk.open(echo));
    expect(third.recovered[0]?.states).toMatchObject([{ name: "A", type: "Task" }]);
    const none = third.getActivityTask(activity);
    await desk.settle();
    await desk.until(third.sendTaskSuccess(work?.taskToken ?? "", "done"));
    const { arn } = third.list()[0] as { arn: string };
    expect(await desk.until(third.find(arn)?.done as never)).toEqual({ status: "SUCCEEDED", output: "done" });
    expect(await desk.until(none)).toBeUndefined();
    const types = (await desk.until(third.history(arn))).map(({ type }) => type);
    expect(types.filter((type) => type === "ActivityStarted")).toHaveLength(1);
  });

  test("a run replayed after its activity was deleted sees it as it was", async () => {
    const desk = new Desk();
    const engine = engineOf(await desk.open(echo));
    await desk.until(engine.createActivity("a"));
    const early = await desk.until(engine.start({ definition: machineOf, name: "early" }));
    await desk.until(engine.deleteActivity(activity));
    const late = await desk.until(engine.start({ definition: machineOf, name: "late" }));
    expect(await desk.until(late.done)).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    desk.crash();
    const second = engineOf(await desk.open(echo));
    expect(second.recovered.map(({ name }) => name)).toEqual(["early"]);
    expect((await desk.until(second.history(early.arn))).at(-1)?.type).toBe("ActivityScheduled");
  });
});

describe("stop and redrive", () => {
  const two = machine({ A: task({ Next: "B", End: undefined }), B: task() } as never);

  test("a stop is on disk when it is acknowledged", async () => {
    const desk = new Desk();
    const run = await desk.until(engineOf(await desk.open(hang)).start({ definition: one, name: "s" }));
    await desk.until(run.stop("Why", "because"));
    desk.crash();
    const second = engineOf(await desk.open(hang));
    const result = await desk.until(second.find(run.arn)?.done as never);
    expect(result).toEqual({ status: "ABORTED", error: "Why", cause: "because" });
    expect(desk.calls).toHaveLength(1);
    expect(desk.calls[0]?.signal.aborted).toBe(true);
  });

  test("a redrive after a crash goes on in the state that failed, and outlasts the next crash", async () => {
    const desk = new Desk();
    const failing: Work = (call) => (call.stateName === "B" ? bad("E", "c") : ok("a"));
    const run = await desk.until(engineOf(await desk.open(failing)).start({ definition: two, name: "r" }));
    expect(await desk.until(run.done)).toMatchObject({ status: "FAILED", error: "E" });
    desk.crash();
    const second = engineOf(await desk.open(hang));
    const again = await desk.until(second.redrive(run.arn));
    await desk.settle();
    expect((await rejection(second.redrive(run.arn))) as Error).toBeInstanceOf(ExecutionNotRedrivable);
    desk.crash();
    const third = engineOf(await desk.open(echo));
    expect(third.recovered[0]?.calls).toMatchObject([{ state: "B" }]);
    expect(await desk.until(third.find(again.arn)?.done as never)).toEqual({
      status: "SUCCEEDED",
      output: "a",
    });
    expect(desk.calls.map(({ stateName }) => stateName)).toEqual(["A", "B", "B", "B"]);
    const types = (await desk.until(third.history(run.arn))).map(({ type }) => type);
    expect(types.filter((type) => type === "ExecutionRedriven")).toHaveLength(1);
    expect((await rejection(third.redrive(run.arn))) as Error).toBeInstanceOf(ExecutionNotRedrivable);
  });
});

// docs/verify-on-aws.md V43
test("a redrive of a distributed Map outlasts a crash: children that had ended well are not run again", async () => {
  const desk = new Desk();
  const children = machine({
    M: distributed({ Items: "{% [1..3] %}", MaxConcurrency: 1 }, { I: task({ End: true }) }),
  } as never);
  const failing: Work = (call) => (call.arguments === 2 ? bad("E", "c") : ok(call.arguments));
  const run = await desk.until(engineOf(await desk.open(failing)).start({ definition: children, name: "m" }));
  expect(await desk.until(run.done)).toMatchObject({ status: "FAILED" });
  desk.crash();
  await desk.until(engineOf(await desk.open(hang)).redrive(run.arn));
  await desk.settle();
  desk.crash();
  const third = engineOf(await desk.open(echo));
  expect(await desk.until(third.find(run.arn)?.done as never)).toEqual({
    status: "SUCCEEDED",
    output: [1, 2, 3],
  });
  expect(desk.calls.map((call) => call.arguments)).toEqual([1, 2, 2, 2, 3]);
  const types = (await desk.until(third.history(run.arn))).map(({ type }) => type);
  expect(types.filter((type) => type.startsWith("MapRun"))).toEqual([
    "MapRunStarted",
    "MapRunFailed",
    "MapRunRedriven",
    "MapRunSucceeded",
  ]);
});

// docs/verify-on-aws.md V1
test("no redrive more than 14 days after the end", async () => {
  const desk = new Desk();
  const engine = engineOf(await desk.open(() => bad("E", "c")));
  const run = await desk.until(engine.start({ definition: one, name: "late" }));
  await desk.until(run.done);
  await desk.until(new Promise<void>((done) => void desk.clock.schedule(14.1 * 86_400_000, done)));
  expect(String(await rejection(engine.redrive(run.arn)))).toContain("more than 14 days ago");
});

describe("status events", () => {
  test("those of a run come in order, again where a crash came between, and none is left out", async () => {
    const desk = new Desk();
    const heard: StatusEvent[] = [];
    let refuse = 1;
    const onStatus = async (event: StatusEvent): Promise<void> => {
      if (refuse-- > 0) throw new Error("not now");
      heard.push(event);
    };
    const run = await desk.until(
      engineOf(await desk.open(echo, { onStatus })).start({ definition: one, name: "r" }),
    );
    await desk.until(run.done);
    await desk.until(sleepOn(desk.clock, 5_000));
    expect(heard.map(({ status, sequence }) => [status, sequence])).toEqual([
      ["RUNNING", 1],
      ["SUCCEEDED", 2],
    ]);
    desk.crash();
    await desk.open(echo, { onStatus });
    await desk.settle();
    // Whether the last one was taken was not on disk yet, or was: never is one left out.
    expect(heard.slice(2).map(({ sequence }) => sequence)).toEqual(heard.length > 2 ? [2] : []);
    desk.crash();
    const deaf = await desk.open(hang, { onStatus: () => new Promise(() => undefined) });
    await desk.until(engineOf(deaf).start({ definition: one, name: "q" }));
    await desk.settle();
    desk.crash();
    heard.length = 0;
    await desk.open(echo, { onStatus });
    await desk.until(sleepOn(desk.clock, 5_000));
    expect(heard.filter(({ name }) => name === "q").map(({ status }) => status)).toEqual([
      "RUNNING",
      "SUCCEEDED",
    ]);
  });
});

describe("what is kept", () => {
  test("ended runs leave the journal within the retention, and what goes on stays whatever it was", async () => {
    const desk = new Desk();
    const options = { retention: { runs: 3 }, snapshotBytes: 2_000, segmentBytes: 1_000 };
    const work: Work = (call) => (call.executionName === "long" ? hang(call, desk.clock) : ok("x"));
    const engine = engineOf(await desk.open(work, options));
    await desk.until(engine.start({ definition: one, name: "long" }));
    for (let n = 0; n < 40; n++) {
      const run = await desk.until(engine.start({ definition: one, name: `short-${n}`, input: { n } }));
      await desk.until(run.done);
      await desk.settle(10);
    }
    expect(engine.list().map(({ name }) => name)).toEqual(["long", "short-37", "short-38", "short-39"]);
    expect(desk.disk.listing().filter((name) => name.startsWith("segment")).length).toBeLessThan(6);
    desk.crash();
    const second = engineOf(await desk.open(echo, options));
    expect(second.list().map(({ name }) => name)).toContain("long");
    expect(second.list().length).toBeLessThanOrEqual(4);
    const { arn } = second.list().at(-1) as { arn: string };
    expect(second.describe(arn)).toMatchObject({
      name: "short-39",
      status: "SUCCEEDED",
      output: "x",
      input: { n: 39 },
    });
    expect((await desk.until(second.history(arn))).at(-1)?.type).toBe("ExecutionSucceeded");
    expect(() => second.describe(arn.replace("39", "1"))).toThrow("RLT6011");
    const long = second.find(second.list()[0]?.arn ?? "");
    expect((await desk.until(long?.done as never)) as object).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("one owner", () => {
  test("F3: an owner that lost its lease acknowledges nothing and calls nothing", async () => {
    const desk = new Desk();
    const first = await desk.open((_, clock) => sleepOn(clock, 60_000).then(() => ok("late")), {
      leaseMillis: 1_000,
    });
    const engine = engineOf(first);
    const run = await desk.until(engine.start({ definition: one, name: "a" }));
    expect((await rejection(desk.open(echo))).code).toBe("RLT6001");
    desk.processes.pop();
    // The first one stops: its timers do not fire, and its lease ends.
    first.alive = false;
    await desk.until(sleepOn(desk.clock, 5_000));
    const second = engineOf(await desk.open(echo));
    expect(await desk.until(second.find(run.arn)?.done as never)).toMatchObject({ status: "SUCCEEDED" });
    first.alive = true;
    const calls = desk.calls.length;
    const refused = await rejection(desk.until(engine.start({ definition: one, name: "b" })));
    expect(refused.code).toBe("RLT6004");
    expect((await rejection(desk.until(run.done))).code).toBe("RLT6004");
    expect(desk.calls.length).toBe(calls);
    expect(second.list().map(({ name }) => name)).toEqual(["a"]);
  });

  test("a clock that was set back between two processes shortens and lengthens no wait", async () => {
    const desk = new Desk();
    const wait = machine({ W: { Type: "Wait", Seconds: 100, Next: "A" }, A: task() } as never);
    const run = await desk.until(engineOf(await desk.open(echo)).start({ definition: wait, name: "w" }));
    desk.crash();
    desk.skew = -3_600_000;
    const engine = engineOf(await desk.open(echo));
    const began = desk.clock.now();
    await desk.until(engine.find(run.arn)?.done as never);
    expect(desk.clock.now() - began).toBeGreaterThanOrEqual(90_000);
    expect(desk.clock.now() - began).toBeLessThanOrEqual(101_000);
  });

  test("a directory of a newer format is refused before anything in it changes", async () => {
    const desk = new Desk();
    await desk.open(echo);
    desk.crash();
    const marker = desk.disk.file("ENGINE");
    if (marker) marker.cache = Buffer.from("Runlet engine, format 4. …");
    const before = desk.disk.listing();
    const refused = await rejection(desk.open(echo));
    expect(refused.code).toBe("RLT6002");
    expect(refused.message).toContain("format 4; this version of Runlet knows format 3");
    expect(desk.disk.listing()).toEqual(before);
  });
});
