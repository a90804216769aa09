import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIds } from "../../sdk/model/ids.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";

describe("ids", () => {
  it("run ids sort by the order of their making, also within a millisecond", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 50 }), (pauses) => {
        let now = Date.UTC(2026, 0, 1);
        const ids = createIds({ now: () => now, schedule: () => ({ cancel: () => undefined }) });
        const made = pauses.map((pause) => {
          now += pause;
          return ids.runId();
        });
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
        for (const id of made) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
      }),
    );
  });

  it("uuids are of version 4 and come from the given randomness", () => {
    const ids = () => createIds(new ManualClock(0), () => 0.5);
    expect(ids().uuid()).toBe(ids().uuid());
    expect(ids().uuid()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
