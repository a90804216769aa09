import { describe, expect, it } from "vitest";
import { idempotencyKey } from "../../sdk/model/protocol.ts";
import { EXAMPLES } from "./folders.ts";
import { rows, tried, tryOut } from "./tried.ts";

describe("examples/README.md", () => {
  it("has a row for each example", () => {
    expect(rows.map((row) => /\[([\w-]+)\]/.exec(row)?.[1]).sort()).toEqual([...EXAMPLES].sort());
    expect(tried.length).toBeGreaterThan(9);
  });

  it.each(tried)(
    "$name: $flow completes with the input to try, each call with a key of its own",
    async (example) => {
      const { output, calls } = await tryOut(example);
      expect(output).toBeTypeOf("object");
      const keys = calls.filter(({ attempt }) => attempt === 0).map(idempotencyKey);
      expect(new Set(keys).size).toBe(keys.length);
    },
  );
});
