#!/usr/bin/env node
import { spawn } from "node:child_process";
import { once } from "node:events";
// Seeds each bug of test/mutants/mutants.mjs into a copy of the compiler, and sees whether the suite finds it:
// `npm run mutants [part of a name …]`. Fails where one is not found, or where its text is no longer in the source.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { MUTANTS, QUICK } from "../test/mutants/mutants.mjs";

const root = resolve(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const chosen = wanted.includes("--quick")
  ? MUTANTS.filter(({ name }) => QUICK.includes(name))
  : MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

const folder = mkdtempSync(join(tmpdir(), "runlet-mutants-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const part of [
  "sdk",
  "test",
  "functions",
  "examples",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
])
  if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true });
// A copy of what bundles are made of: somebody may build anew in the meantime.
cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

/** A suite that does not end has found the bug as well: a loop that is never left holds up its process. */
const LONGEST_MS = 10 * 60_000;

/** @returns how many tests failed; -1 where they did not run */
async function failures(tests, only) {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const args = [
    "run",
    ...tests,
    "--reporter=json",
    `--outputFile=${report}`,
    "--bail=1",
    "--exclude=test/mutants/**",
    ...(only === undefined ? [] : ["-t", only]),
  ];
  // A group of its own, so that the processes that run the tests end with it.
  const vitest = spawn(join(folder, "node_modules/.bin/vitest"), args, {
    cwd: folder,
    stdio: "ignore",
    detached: true,
  });
  const timer = setTimeout(() => process.kill(-vitest.pid, "SIGKILL"), LONGEST_MS);
  const [, signal] = await once(vitest, "exit");
  clearTimeout(timer);
  if (signal !== null) return 1;
  if (!existsSync(report)) return -1;
  const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
  return numFailedTests + numPassedTests === 0 ? -1 : numFailedTests;
}

/** A mutant without any bug: the tests must pass where nothing is wrong, or finding a bug says nothing. */
const sound = new Map();
const isSound = async (test, only) => {
  const key = `${test} ${only}`;
  if (!sound.has(key)) sound.set(key, (await failures([test], only)) === 0);
  return sound.get(key);
};

async function firstThatFails(tests, only) {
  for (const test of tests) if ((await failures([test], only)) > 0) return test;
  return undefined;
}

let missed = 0;
for (const { name, file, from, to, tests, only } of chosen) {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const places = text.split(from).length - 1;
  let verdict = "";
  if (places !== 1) verdict = `STALE: its text stands ${places} times in ${file}`;
  else {
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    const found = await firstThatFails(tests, only);
    writeFileSync(path, text);
    verdict = found ? `found by ${found}` : `NOT FOUND by ${tests.join(" ")}`;
    if (found && !(await isSound(found, only))) verdict = `UNSOUND: ${found} fails without it`;
  }
  if (!verdict.startsWith("found")) missed++;
  console.log(`${name}: ${verdict}`);
}
console.log(`${chosen.length - missed} of ${chosen.length} mutants found`);
process.exitCode = missed === 0 && chosen.length > 0 ? 0 : 1;
