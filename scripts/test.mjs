// The whole gate: build, types, lint, tests. The last line is `N passed, N failed, N skipped`; each check counts as one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "runlet-tests-"));
const report = join(folder, "vitest.json");
const shared = resolve(process.env.RUNLET_SHARED ?? "../shared");
const counts = { passed: 0, failed: 0, skipped: 0 };

function run(title, command, args, env = {}) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  return status === 0;
}

function check(title, command, args) {
  const ok = run(title, command, args);
  counts[ok ? "passed" : "failed"]++;
  return ok;
}

const bin = (name) => join("node_modules", ".bin", name);
check("build", "node", ["scripts/build.mjs"]);
check("types", bin("tsc"), ["-p", "tsconfig.json", "--noEmit"]);
check("lint", bin("biome"), ["check", "."]);
if (!existsSync(join(shared, "corpus")))
  console.log(`\nNo recordings in the shared folder: the tests that read them are skipped.`);
const ok = run(
  "tests",
  bin("vitest"),
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    RUNLET_SHARED: shared,
  },
);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  counts.skipped += numPendingTests;
  // A file that fails before its first test has no failed test to count.
  if (numFailedTests === 0 && numFailedTestSuites > 0)
    counts.failed += testResults.filter(({ status }) => status === "failed").length;
} else if (!ok) counts.failed++;
if (!ok && counts.failed === 0) counts.failed++;
rmSync(folder, { recursive: true, force: true });
console.log(
  `\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
