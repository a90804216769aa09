import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { root } from "../cli/cli.ts";

/** Without what this run of the tests says to its own processes. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/VITEST|^(TEST|NODE_ENV|MODE|DEV|PROD)$/.test(name)),
);

describe("bugs seeded into the compiler", () => {
  it("the quick one is found; all of them: npm run mutants", () => {
    const { status, stdout } = spawnSync(process.execPath, ["scripts/mutants.mjs", "--quick"], {
      cwd: root,
      encoding: "utf8",
      env: environment,
    });
    expect(stdout).toContain("1 of 1 mutants found");
    expect(status).toBe(0);
  }, 300_000);
});
