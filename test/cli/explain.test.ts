import { describe, expect, it } from "vitest";
import { cli } from "./cli.ts";

describe("runlet explain", () => {
  it("prints the page of a code, in whatever case it is typed", async () => {
    const { code, stdout, stderr } = await cli(["explain", "rlt1105"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const part of ["# RLT1105: A value changed in place", "## Why", "## Wrong", "## Right"])
      expect(stdout).toContain(part);
  });

  it("prints the page of a run-time error", async () => {
    expect((await cli(["explain", "RLT2009"])).stdout).toContain("# RLT2009: A payload above the limit");
  });

  it("refuses what is no code", async () => {
    const { code, stdout, stderr } = await cli(["explain", "RLT9999"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain('There is no code "RLT9999"');
  });
});
