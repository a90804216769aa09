import { afterEach, describe, expect, test } from "vitest";
import { sleepOn } from "../../../sdk/model/clock.ts";
import { ManualClock } from "../../../sdk/model/manual-clock.ts";
import { LAMBDA, machine, ok } from "../run.ts";
import { Desk, engineOf, type Process, type Work } from "./desk.ts";

const HOUR = 3_600_000;
const echo: Work = (call) => ok(call.arguments);
/** So long that renewals of the lease do not outnumber all else in years of virtual time. */
const LEASE = { leaseMillis: 400 * 24 * HOUR };

/** Waits, and then calls once. */
const waiting = (wait: object): never =>
  machine({
    W: { Type: "Wait", ...wait, Next: "A" },
    A: { Type: "Task", Resource: LAMBDA, Arguments: "{% $states.context.State.EnteredTime %}", End: true },
  } as never) as never;

class Morning extends Desk {
  override readonly clock: ManualClock;

  constructor(at: string) {
    super();
    this.clock = new ManualClock(Date.parse(at));
  }

  /** The next process, with the time zone that it was started in. */
  async next(zone = "UTC"): Promise<Process> {
    process.env["TZ"] = zone;
    return this.open(echo, LEASE);
  }

  /** Runs a wait from its start to its end; `crashes` are instants at which the machine loses power on the way. */
  async through(
    wait: object,
    crashes: string[] = [],
    zones = ["UTC"],
  ): Promise<{ end: string; result: unknown }> {
    let engine = engineOf(await this.next(zones[0]));
    const { arn } = await this.until(engine.start({ definition: waiting(wait), name: "w" }));
    for (const [index, crash] of crashes.entries()) {
      await this.until(sleepOn(this.clock, Date.parse(crash) - this.clock.now()));
      expect(engine.find(arn)?.history.at(-1)?.type).toBe("WaitStateEntered");
      this.crash();
      engine = engineOf(await this.next(zones[index + 1] ?? zones[0]));
    }
    const result = await this.until(engine.find(arn)?.done as Promise<unknown>);
    return { end: new Date(this.clock.now()).toISOString(), result };
  }
}

const zone = process.env["TZ"];
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

describe("F8: leap days", () => {
  test("a day from the 28th of February ends on the 29th where there is one, and on the 1st of March where there is none", async () => {
    for (const [from, to] of [
      ["2028-02-28T12:00:00.000Z", "2028-02-29T12:00:00.000Z"],
      ["2027-02-28T12:00:00.000Z", "2027-03-01T12:00:00.000Z"],
      ["2100-02-28T12:00:00.000Z", "2100-03-01T12:00:00.000Z"],
    ] as const) {
      const { end, result } = await new Morning(from).through({ Seconds: 86_400 });
      expect([end, result]).toEqual([to, { status: "SUCCEEDED", output: to }]);
    }
  });

  test("a wait until the 29th ends then, over a crash too; a 29th that does not exist fails the run", async () => {
    const until = "2028-02-29T23:59:59.500Z";
    const there = await new Morning("2028-02-27T00:00:00Z").through({ Timestamp: until }, [
      "2028-02-29T23:59:58Z",
    ]);
    expect(there.end).toBe(until);
    const none = await new Morning("2027-02-27T00:00:00Z").through({
      Timestamp: "{% '2027-02-29T00:00:00Z' %}",
    });
    expect(none.result).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
  });
});

describe("F8: summer time", () => {
  // The day on which clocks go forward, the one on which they go back, and an hour of each that is not there or there twice.
  const DAYS = [
    ["Europe/Berlin", "2026-03-28T23:30:00Z", "2026-10-24T22:30:00Z"],
    ["America/New_York", "2026-03-08T05:30:00Z", "2026-11-01T04:30:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T14:30:00Z", "2026-04-04T13:30:00Z"],
  ] as const;

  test.each(DAYS)(
    "a day in %s has 86,400 seconds, and an instant is the same in every zone",
    async (zone, ...days) => {
      for (const day of days) {
        const began = Date.parse(day);
        process.env["TZ"] = zone;
        // Or the zone of this process could not be changed, and nothing would have been tried.
        expect(new Date(began).getTimezoneOffset()).not.toBe(new Date(began + 24 * HOUR).getTimezoneOffset());
        const after = (hours: number): string => new Date(began + hours * HOUR).toISOString();
        // Half of it in the zone, half in another one, in which the machine came up again.
        const zones = [zone, "Pacific/Auckland", zone];
        const seconds = await new Morning(day).through({ Seconds: 86_400 }, [after(1), after(12)], zones);
        expect([seconds.end, seconds.result]).toEqual([
          after(24),
          { status: "SUCCEEDED", output: after(24) },
        ]);
        for (const hours of [1.5, 2, 2.5, 3]) {
          const until = new Date(began + (hours + 2) * HOUR).toISOString().replace("Z", "+02:00");
          const instant = await new Morning(day).through({ Timestamp: until }, [after(1)], zones);
          expect([until, instant.end]).toEqual([until, after(hours)]);
        }
        process.env["TZ"] = "UTC";
      }
    },
  );
});

describe("F8: sleeps beyond what a timer of JavaScript holds (2^31 ms, 24.8 days)", () => {
  test("of ten years, with power failures after four and shortly before the end", async () => {
    const until = "2036-01-01T00:00:00.000Z";
    const desk = new Morning("2026-01-01T00:00:00Z");
    const { end, result } = await desk.through({ Timestamp: until }, [
      "2030-02-28T00:00:00Z",
      "2035-12-31T23:59:59Z",
    ]);
    expect([end, result]).toEqual([until, { status: "SUCCEEDED", output: until }]);
    expect(desk.calls.length).toBe(1);
  });

  test("of the longest number of seconds, over a crash", async () => {
    const { end } = await new Morning("2026-01-01T00:00:00Z").through({ Seconds: 99_999_999 }, [
      "2027-01-01T00:00:00Z",
    ]);
    expect(end).toBe("2029-03-03T09:46:39.000Z");
  });
});

test("F8: a time of day that is set forward and back while a run waits moves no wait", async () => {
  for (const skew of [HOUR, -HOUR, 365 * 24 * HOUR, -365 * 24 * HOUR]) {
    const desk = new Morning("2026-01-01T00:00:00Z");
    const engine = engineOf(await desk.next());
    const run = await desk.until(engine.start({ definition: waiting({ Seconds: 7_200 }), name: "w" }));
    await desk.until(sleepOn(desk.clock, HOUR));
    desk.skew = skew;
    await desk.until(run.done);
    expect(new Date(desk.clock.now()).toISOString()).toBe("2026-01-01T02:00:00.000Z");
  }
});
