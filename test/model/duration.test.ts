import { describe, expect, it } from "vitest";
import { type Duration, toMillis, toWholeSeconds } from "../../sdk/model/duration.ts";

describe("durations", () => {
  it.each([
    [{}, 0],
    [{ milliseconds: 5 }, 5],
    [{ minutes: 1, seconds: 30 }, 90_000],
    [{ days: 1, hours: -1 }, 82_800_000],
    [{ hours: 0.5 }, 1_800_000],
  ] as [Duration, number][])("%j adds up to %i ms", (duration, expected) => {
    expect(toMillis(duration, "wait")).toBe(expected);
  });

  it.each([
    [{ second: 1 }, 'wait has the unknown unit "second"'],
    [{ seconds: "1" }, "wait.seconds is not a finite number"],
    [{ seconds: Number.NaN }, "wait.seconds is not a finite number"],
    [{ seconds: Number.POSITIVE_INFINITY }, "wait.seconds is not a finite number"],
    [{ seconds: undefined }, "wait.seconds is not a finite number"],
    [{ seconds: -1 }, "wait is negative"],
    [5, "wait is not a duration"],
    ["5s", "wait is not a duration"],
    [null, "wait is not a duration"],
    [[1], "wait is not a duration"],
  ])("refuses %j", (duration, message) => {
    expect(() => toMillis(duration as Duration, "wait")).toThrow(`RLT4002: ${message}`);
  });

  it("whole seconds only, of at least one", () => {
    expect(toWholeSeconds({ milliseconds: 2_000 }, "timeout")).toBe(2);
    expect(toWholeSeconds({ seconds: 0 }, "timeout", 0)).toBe(0);
    expect(() => toWholeSeconds({ milliseconds: 1_500 }, "timeout")).toThrow("RLT4002: timeout is 1.5 s");
    expect(() => toWholeSeconds({ seconds: 0 }, "timeout")).toThrow("RLT4002: timeout is 0 s");
  });
});
