import { afterEach, describe, expect, it, vi } from "vitest";
import { sleepOn, systemClock } from "../../sdk/model/clock.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";

const DAY = 86_400_000;

describe("systemClock", () => {
  afterEach(() => void vi.useRealTimers());

  it("waits longer than setTimeout can (2^31 ms), to the millisecond", () => {
    vi.useFakeTimers();
    const rung = vi.fn();
    systemClock.schedule(60 * DAY, rung);
    vi.advanceTimersByTime(60 * DAY - 1);
    expect(rung).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(rung).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a long wait is cancelled in any of its legs", () => {
    vi.useFakeTimers();
    const rung = vi.fn();
    const timer = systemClock.schedule(60 * DAY, rung);
    vi.advanceTimersByTime(30 * DAY);
    timer.cancel();
    vi.advanceTimersByTime(60 * DAY);
    expect(rung).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a delay below zero is none", () => {
    vi.useFakeTimers();
    const rung = vi.fn();
    systemClock.schedule(-5, rung);
    vi.advanceTimersByTime(0);
    expect(rung).toHaveBeenCalledTimes(1);
  });
});

describe("ManualClock", () => {
  it("fires in the order of instants, then of making", () => {
    const clock = new ManualClock(0);
    const seen: string[] = [];
    clock.schedule(20, () => seen.push("late"));
    clock.schedule(10, () => seen.push("first"));
    clock.schedule(10, () => seen.push("second"));
    clock.schedule(5, () => seen.push("cancelled")).cancel();
    while (clock.step());
    expect(seen).toEqual(["first", "second", "late"]);
    expect(clock.now()).toBe(20);
  });

  it("a year of waiting passes at once", async () => {
    const clock = new ManualClock(0);
    await clock.runUntil(sleepOn(clock, 365 * DAY));
    expect(clock.now()).toBe(365 * DAY);
  });
});
