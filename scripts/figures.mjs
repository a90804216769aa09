#!/usr/bin/env node
// How much of the differential programs runs without inline steps: `npm run figures [test files]`. The seed of the generated
// ones is RUNLET_FUZZ_SEED, 1 unless given.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "runlet-figures-"));
const file = join(folder, "figures.jsonl");
writeFileSync(file, "");
const tests = process.argv.slice(2);
const seed = process.env["RUNLET_FUZZ_SEED"] ?? "1";
const { status } = spawnSync(
  join("node_modules", ".bin", "vitest"),
  ["run", "--reporter=dot", "-t", "figures", ...(tests.length > 0 ? tests : ["test/differential"])],
  {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, RUNLET_FIGURES: file, RUNLET_FUZZ_SEED: seed },
  },
);
const figures = readFileSync(file, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
rmSync(folder, { recursive: true });

const share = (part, whole) => `${part} of ${whole} (${((100 * part) / Math.max(1, whole)).toFixed(1)} %)`;
const sum = (list, pick) => list.reduce((total, one) => total + pick(one), 0);
console.log(
  '| programs | usual inputs enter no inline step | of their runs | compile with inlineSteps: "refuse" |',
);
console.log("| --- | --- | --- | --- |");
for (const kind of ["matrix", "written by hand", "generated"]) {
  const own = figures.filter((one) => one.kind === kind);
  const runs = sum(own, ({ inputs }) => inputs);
  console.log(
    `| ${kind} | ${share(own.filter(({ fast }) => fast).length, own.length)} | ${share(runs - sum(own, ({ slow }) => slow), runs)} | ${share(own.filter(({ proven }) => proven).length, own.length)} |`,
  );
}
if (process.env["RUNLET_FIGURES_SLOW"])
  for (const { kind, name, fast } of figures) if (!fast) console.log(`slow: ${kind}: ${name}`);
process.exitCode = status === 0 && figures.length > 0 ? 0 : 1;
