import { describe, expect, test } from "vitest";
import {
  createEngine,
  type Execution,
  type ExecutionResult,
  validateDefinition,
} from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { ManualClock } from "../../../sdk/model/manual-clock.ts";
import { AuthorError, FakeCloud, RetryAfter, type TaskCode } from "./cloud.ts";
import { path, usage } from "./count.ts";
import { APPROVAL_SECONDS, DELAYS, orderMachine, SLEEP_SECONDS, SLOT_SECONDS } from "./machine.ts";

const order = { id: 7, items: ["a", "b", "c"] };
const tasks: Record<string, TaskCode> = {
  fetchOrder: ([id]) => ({ ...order, id: id ?? null }),
  reserve: ([item]) => ({ part: item ?? null }),
  ship: ([, parts, by]) => ({ shipped: parts ?? null, by: by ?? null }),
  undo: ([done]) => done ?? null,
};
const parts = order.items.map((part) => ({ part }));
const receipt = { shipped: parts, by: "ann" };

interface Setup {
  protocol?: boolean;
  tasks?: Record<string, TaskCode>;
  records?: Map<string, Json>;
  rerun?: { of: string; anew: string[] };
  name?: string;
  /** Set up before the start; `at` does something so many seconds after it. */
  prepare?: (cloud: FakeCloud, at: (seconds: number, action: () => void) => void) => void;
  decision?: Json;
  /** Seconds until the approval is answered; never for Infinity. */
  answerAfter?: number;
}

interface Ran {
  result: ExecutionResult;
  execution: Execution;
  cloud: FakeCloud;
  seconds: number;
}

const ANSWER_AT = SLEEP_SECONDS + 600;

async function run(setup: Setup = {}): Promise<Ran> {
  const clock = new ManualClock();
  const cloud = new FakeCloud(
    {
      tasks: { ...tasks, ...setup.tasks },
      retries: DELAYS.length,
      ...(setup.rerun ? { rerun: setup.rerun } : {}),
    },
    setup.records,
  );
  const engine = createEngine({
    clock,
    integration: cloud.integration,
    // That a sleep has ended nobody but the history knows; running again reads it there.
    onEvent: (_arn, event) => {
      if (event.type === "TaskStateExited" && event.stateExitedEventDetails?.name === "sleep") {
        cloud.records.set(`${setup.name ?? "run"}/sleep/`, null);
      }
    },
  });
  cloud.engine = engine;
  const at = (seconds: number, action: () => void): void => void clock.schedule(seconds * 1_000, action);
  setup.prepare?.(cloud, at);
  // Whoever approves looks again every ten minutes, so that a run that was held up is answered too.
  const answer = (): void => {
    cloud.answer(setup.decision ?? { approved: true, by: "ann" });
    if (clock.now() < start + 40 * 3_600_000) at(600, answer);
  };
  const start = clock.now();
  if (setup.answerAfter !== Number.POSITIVE_INFINITY) at(setup.answerAfter ?? ANSWER_AT, answer);
  const execution = engine.start({
    definition: orderMachine(setup.protocol ?? true),
    input: { input: { id: 7 } },
    name: setup.name ?? "run",
  });
  const result = await clock.runUntil(execution.done);
  return { result, execution, cloud, seconds: (clock.now() - start) / 1_000 };
}

const HAPPY = ["fetchOrder", "reserve.map", "reserve", "reserve", "reserve", "sleep", "approval", "ship"];
const done = { status: "SUCCEEDED", output: receipt };
const CANCELLED = { status: "FAILED", error: "Runlet.Cancelled", cause: "The run was cancelled." };

test("both machines are valid", () => {
  expect(validateDefinition(orderMachine(true))).toEqual([]);
  expect(validateDefinition(orderMachine(false))).toEqual([]);
});

describe("what the protocol costs", () => {
  test("on the happy path: no state entry, no transition", async () => {
    const [bare, full] = await Promise.all([run({ protocol: false }), run()]);
    expect(bare.result).toEqual(done);
    expect(full.result).toEqual(done);
    const [without, withIt] = [bare, full].map((ran) => usage(ran.execution.history));
    expect(path(full.execution.history)).toEqual(path(bare.execution.history));
    expect(withIt).toEqual(without);
    expect(withIt).toEqual({ entries: 8, retries: 0, transitions: 9 });
    expect(full.seconds).toBe(bare.seconds);
    // The one price: a sleep that can be cancelled registers its token.
    expect(full.cloud.invocations - bare.cloud.invocations).toBe(1);
  });

  test("in the definition: states that only a detour enters", () => {
    const [bare, full] = [orderMachine(false), orderMachine(true)].map((definition) =>
      JSON.stringify(definition),
    );
    const states = (text = ""): number => text.match(/"Type":/g)?.length ?? 0;
    expect([states(bare), states(full)]).toEqual([9, 19]);
    expect([bare?.length, full?.length]).toEqual([3_762, 9_372]);
  });
});

describe("cancelled", () => {
  // Where the run stands when the cancellation arrives -> what has been done and must be undone.
  const places: [string, Json][] = [
    ["fetchOrder", {}],
    ["reserve/0", { order }],
    ["reserve/1", { order }],
    ["reserve/2", { order }],
    ["sleep", { order, parts }],
    ["approval", { order, parts }],
    ["ship", { order, parts }],
  ];

  test.each(places)("before %s: nothing more is begun, what was done is undone", async (place, undone) => {
    let undo: Json = null;
    const ran = await run({
      tasks: {
        undo: ([value]) => {
          undo = value ?? null;
          return null;
        },
      },
      prepare: (cloud) => {
        cloud.onStep = (where) => {
          if (where === place) cloud.cancel();
        };
      },
    });
    expect(ran.result).toEqual(CANCELLED);
    expect(undo).toEqual(undone);
    expect(ran.cloud.executed).not.toContain(`${place}#0`);
    expect(path(ran.execution.history).slice(-2)).toEqual(["cancelled", "ended as cancelled"]);
  });

  test.each([
    ["the sleep", 1_000, 1_000],
    ["the approval", SLEEP_SECONDS + 60, SLEEP_SECONDS + 60],
  ])("during %s: at once, not when the wait is over", async (_what, cancelAt, endsAt) => {
    const ran = await run({ prepare: (cloud, at) => at(cancelAt, () => cloud.cancel()) });
    expect(ran.result).toEqual(CANCELLED);
    expect(ran.seconds).toBe(endsAt);
    expect(ran.cloud.executed.at(-1)).toBe("undo#0");
  });

  test("while it is paused", async () => {
    const ran = await run({
      prepare: (cloud, at) => {
        cloud.paused = true;
        at(500, () => cloud.cancel());
      },
    });
    expect(ran.result).toEqual(CANCELLED);
    expect(ran.cloud.executed).toEqual(["undo#0"]);
  });

  test("in one item of the map: the other item is aborted, the map's own Catch leads on", async () => {
    const ran = await run({
      prepare: (cloud) => {
        cloud.onStep = (where) => {
          if (where === "reserve/1") cloud.cancel();
        };
      },
    });
    const types = ran.execution.history.map((event) => event.type);
    expect(types.filter((type) => type === "MapIterationFailed")).toHaveLength(1);
    expect(ran.execution.history.filter((event) => event.type === "MapStateFailed")).toHaveLength(1);
    expect(ran.result).toEqual(CANCELLED);
  });

  test("a compensation that fails is told from one that succeeds", async () => {
    const ran = await run({
      tasks: {
        undo: () => {
          throw new AuthorError("Broken", "no");
        },
      },
      prepare: (cloud) => cloud.cancel(),
    });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "Runlet.CompensationFailed" });
  });
});

describe("paused", () => {
  test.each(["fetchOrder", "reserve/1", "ship"])(
    "before %s: it waits, and goes on at the same task",
    async (place) => {
      const ran = await run({
        prepare: (cloud, at) => {
          let once = true;
          cloud.onStep = (where) => {
            if (where !== place || !once) return;
            once = false;
            cloud.paused = true;
            at(20_000, () => cloud.resume());
          };
        },
      });
      expect(ran.result).toEqual(done);
      expect(ran.seconds).toBeGreaterThanOrEqual(20_000);
      expect(ran.cloud.executed.filter((call) => call.startsWith(place))).toEqual([`${place}#0`]);
      const { entries, transitions } = usage(ran.execution.history);
      const held = path(ran.execution.history).filter((name) => name.endsWith(": held")).length;
      // The wait, and the task once more; other items of the map that began meanwhile are held as well.
      expect(held).toBeGreaterThanOrEqual(1);
      expect([entries, transitions]).toEqual([8 + 2 * held, 9 + 2 * held]);
    },
  );
});

describe("no slot", () => {
  test("the run waits for one and goes on", async () => {
    const ran = await run({
      prepare: (cloud, at) => {
        cloud.slots = 0;
        at(120, () => cloud.freeSlot());
      },
    });
    expect(ran.result).toEqual(done);
    expect(path(ran.execution.history).slice(0, 3)).toEqual(["fetchOrder", "fetchOrder: held", "fetchOrder"]);
  });

  test("two items and one slot: one works, one waits, both end", async () => {
    const ran = await run({
      prepare: (cloud) => {
        cloud.slots = 1;
      },
    });
    expect(ran.result).toEqual(done);
    expect(path(ran.execution.history)).toContain("reserve: held");
  });

  test("a wake-up that is lost costs five minutes, not the run", async () => {
    const ran = await run({
      prepare: (cloud, at) => {
        cloud.slots = 0;
        at(10, () => {
          cloud.slots = undefined; // freed, and nobody was told
        });
      },
    });
    expect(ran.result).toEqual(done);
    expect(ran.execution.history.find((event) => event.type === "TaskTimedOut")?.timestamp).toBe(
      (ran.execution.history[0]?.timestamp ?? 0) + SLOT_SECONDS * 1_000,
    );
  });
});

describe("retries", () => {
  /** Tells when each attempt began, in seconds, and fails as the list says. */
  const failing = (errors: (Error | undefined)[]) => {
    const attempts: number[] = [];
    const code: TaskCode = (_args, attempt) => {
      attempts.push(attempt);
      const error = errors[attempts.length - 1];
      if (error) throw error;
      return order;
    };
    return { attempts, code };
  };

  test("the delays of a finite list, one retrier each", async () => {
    const { attempts, code } = failing([new AuthorError("A"), new AuthorError("B")]);
    const ran = await run({ tasks: { fetchOrder: code } });
    expect(ran.result).toEqual(done);
    expect(attempts).toEqual([0, 1, 2]);
    const starts = ran.execution.history.flatMap((event) =>
      event.type === "LambdaFunctionScheduled" && event.id < 12 ? [event.timestamp] : [],
    );
    expect(starts.map((at) => (at - (starts[0] ?? 0)) / 1_000)).toEqual([0, 2, 32]);
    expect(usage(ran.execution.history)).toEqual({ entries: 8, retries: 2, transitions: 11 });
  });

  test("the last attempt fails with the author's own name", async () => {
    const errors = [1, 2, 3].map((n) => new AuthorError(`E${n}`, `m${n}`));
    const ran = await run({ tasks: { fetchOrder: failing(errors).code } });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "E3" });
    expect(ran.result).toHaveProperty("cause", expect.stringContaining('"errorMessage":"m3"'));
  });

  test("a retry-after waits as told and counts", async () => {
    const { attempts, code } = failing([new RetryAfter(77), new RetryAfter(5)]);
    const ran = await run({ tasks: { fetchOrder: code } });
    expect(ran.result).toEqual(done);
    expect(attempts).toEqual([0, 1, 2]);
    expect(path(ran.execution.history).slice(0, 5)).toEqual([
      "fetchOrder",
      "fetchOrder: retry after",
      "fetchOrder",
      "fetchOrder: retry after",
      "fetchOrder",
    ]);
    const waits = ran.execution.history.filter((event) => event.type.startsWith("WaitState"));
    expect(waits.map((event) => (event.timestamp - (waits[0]?.timestamp ?? 0)) / 1_000)).toEqual([
      0, 77, 77, 82,
    ]);
    expect(usage(ran.execution.history)).toEqual({ entries: 12, retries: 0, transitions: 13 });
  });

  test("attempts are counted over retries, detours and items, though leaving a state resets its retriers", async () => {
    const { attempts, code } = failing([new AuthorError("A"), new RetryAfter(9), new AuthorError("C")]);
    const ran = await run({ tasks: { fetchOrder: code } });
    expect(attempts).toEqual([0, 1, 2]);
    expect(ran.result).toMatchObject({ status: "FAILED", error: "C" });

    const items: string[] = [];
    const inMap = await run({
      tasks: {
        reserve: ([item], attempt) => {
          items.push(`${item}${attempt}`);
          if (item === "b" && attempt === 0) throw new RetryAfter(3);
          if (item === "b" && attempt === 1) throw new AuthorError("X");
          return { part: item ?? null };
        },
      },
    });
    expect(inMap.result).toEqual(done);
    expect(items.filter((call) => call.startsWith("b"))).toEqual(["b0", "b1", "b2"]);
  });

  test("a pause is no attempt", async () => {
    const { attempts, code } = failing([new RetryAfter(1)]);
    const ran = await run({
      tasks: { fetchOrder: code },
      prepare: (cloud, at) => {
        cloud.paused = true;
        at(100, () => cloud.resume());
      },
    });
    expect(ran.result).toEqual(done);
    expect(attempts).toEqual([0, 1]);
  });

  test("an item that fails for good settles; the others go on", async () => {
    const ran = await run({
      tasks: {
        reserve: ([item]) => {
          if (item === "b") throw new AuthorError("Sold", "out");
          return { part: item ?? null };
        },
      },
    });
    const shipped = (ran.result as unknown as { output: { shipped: Json[] } }).output.shipped;
    expect(shipped[0]).toEqual({ part: "a" });
    expect(shipped[1]).toHaveProperty(["$runlet.error", "Error"], "Sold");
    expect(shipped[2]).toEqual({ part: "c" });
  });
});

describe("the slow path", () => {
  test("a guard that raises leads to the inline step and back: two transitions", async () => {
    const ran = await run({ decision: "yes" });
    expect(ran.result).toEqual({ status: "SUCCEEDED", output: { shipped: parts, by: null } });
    expect(path(ran.execution.history).slice(-3)).toEqual(["ship", "ship: inline", "ship"]);
    expect(usage(ran.execution.history).transitions).toBe(11);
  });

  test("its answer and the attempts survive a pause, a retry-after and a retry", async () => {
    const attempts: number[] = [];
    const ran = await run({
      decision: "yes",
      tasks: {
        ship: (args, attempt) => {
          attempts.push(attempt);
          if (attempt === 0) throw new RetryAfter(4);
          if (attempt === 1) throw new AuthorError("Once more");
          return tasks["ship"]?.(args, attempt) ?? null;
        },
      },
      prepare: (cloud, at) => {
        let once = true;
        cloud.onStep = (where) => {
          if (where !== "ship" || !once) return;
          once = false;
          cloud.paused = true;
          at(50_000, () => cloud.resume());
        };
      },
    });
    expect(ran.result).toEqual({ status: "SUCCEEDED", output: { shipped: parts, by: null } });
    expect(attempts).toEqual([0, 1, 2]);
    expect(path(ran.execution.history).slice(7)).toEqual([
      "ship",
      "ship: inline",
      "ship",
      "ship: held",
      "ship",
      "ship: retry after",
      "ship",
    ]);
    expect(usage(ran.execution.history)).toEqual({ entries: 14, retries: 1, transitions: 16 });
  });
});

test("an approval that nobody gives times out", async () => {
  const ran = await run({ answerAfter: Number.POSITIVE_INFINITY });
  expect(ran.result).toEqual({
    status: "FAILED",
    error: "TimeoutError",
    cause: "Nobody answered within 4 hours.",
  });
  expect(ran.seconds).toBe(SLEEP_SECONDS + APPROVAL_SECONDS);
});

describe("run again", () => {
  test("from a step: earlier keys are answered from the records, later ones are not", async () => {
    const first = await run({ name: "first" });
    const again = await run({
      name: "second",
      records: first.cloud.records,
      rerun: { of: "first", anew: ["ship"] },
      answerAfter: Number.POSITIVE_INFINITY,
    });
    expect(first.result).toEqual(done);
    expect(again.result).toEqual(done);
    expect(again.cloud.executed).toEqual(["ship#0"]);
    expect(again.seconds).toBe(0);
    expect(path(again.execution.history).toSorted()).toEqual(HAPPY.toSorted());
  });

  test("after a failure: only what had not been done is done", async () => {
    let broken = true;
    const ship: TaskCode = (args) => {
      if (broken) throw new AuthorError("Strike");
      return tasks["ship"]?.(args, 0) ?? null;
    };
    const first = await run({ name: "first", tasks: { ship } });
    broken = false;
    const again = await run({
      name: "second",
      tasks: { ship },
      records: first.cloud.records,
      rerun: { of: "first", anew: [] },
      answerAfter: Number.POSITIVE_INFINITY,
    });
    expect(first.result).toMatchObject({ status: "FAILED", error: "Strike" });
    expect(again.result).toEqual(done);
    expect(again.cloud.executed).toEqual(["ship#0"]);
  });

  test("keys: equal over attempts, distinct for items", async () => {
    let failed = false;
    const ran = await run({
      tasks: {
        reserve: ([item]) => {
          if (item === "a" && !failed) {
            failed = true;
            throw new AuthorError("Once");
          }
          return { part: item ?? null };
        },
      },
    });
    expect([...ran.cloud.records.keys()]).toEqual(
      expect.arrayContaining([
        "run/fetchOrder/",
        "run/reserve/0",
        "run/reserve/1",
        "run/reserve/2",
        "run/ship/",
      ]),
    );
    expect([...ran.cloud.records.keys()]).toHaveLength(7); // the sleep's and the approval's among them
  });
});
