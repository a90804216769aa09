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
// Why: each reason, by the programs whose usual inputs meet it.
const reasons = new Map();
for (const one of figures)
  for (const reason of new Set(one.reasons)) {
    const known = reasons.get(reason) ?? { programs: 0, example: one.name };
    reasons.set(reason, { ...known, programs: known.programs + 1 });
  }
const most = Number(process.env["RUNLET_FIGURES_REASONS"] ?? 20);
const ranked = [...reasons].sort(([, a], [, b]) => b.programs - a.programs).slice(0, most);
const line = (text) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
console.log("\n| programs | why usual inputs enter an inline step | one of them |\n| --- | --- | --- |");
for (const [reason, { programs, example }] of ranked)
  console.log(`| ${programs} | \`${line(reason).slice(0, 200)}\` | ${line(example).slice(0, 60)} |`);
if (process.env["RUNLET_FIGURES_SLOW"])
  for (const { kind, name, fast } of figures) if (!fast) console.log(`slow: ${kind}: ${name}`);
process.exitCode = status === 0 && figures.length > 0 ? 0 : 1;
