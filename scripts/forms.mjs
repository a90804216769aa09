#!/usr/bin/env node
// Every expression that the differential tests evaluate, with the values that it met, once more on a JVM implementation of
// JSONata, since AWS's engine is one: `npm run test:forms [test files]`. Says so, and ends well, where java or mvn is missing.
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { canonical, jvmEngine } from "../test/experiments/e1/engines.mjs";

const jvm = jvmEngine();
if (jvm.skipped) {
  console.log(`skipped: ${jvm.skipped}`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "runlet-forms-"));
const file = join(folder, "evaluations.jsonl");
writeFileSync(file, "");
const tests = process.argv.slice(2);
const { status } = spawnSync(
  join("node_modules", ".bin", "vitest"),
  ["run", "--reporter=dot", ...(tests.length > 0 ? tests : ["test/differential", "test/examples"])],
  { stdio: "inherit", env: { ...process.env, RUNLET_FORMS: file } },
);

/** Variables and literals taken out: what is left is the form. */
const formOf = (expr) =>
  expr
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replaceAll(/`[^`]*`|\$\w+(?:\.\w+)*|\b\d[\w.+-]*/g, (part) =>
      /^\$[a-z]+$/.test(part) && !/\d|_/.test(part) ? part : "…",
    );

const forms = new Map();
const wrong = [];
let evaluations = 0;
for await (const line of createInterface({ input: createReadStream(file) })) {
  const { expr, bindings, outcome } = JSON.parse(line);
  const answer = await jvm.evaluate(expr, bindings, 100);
  evaluations++;
  const form = formOf(expr);
  forms.set(form, (forms.get(form) ?? 0) + 1);
  const same = "error" in outcome ? "error" in answer : canonical(outcome) === canonical(answer);
  if (!same) wrong.push({ form, expr, bindings, outcome, answer });
}
jvm.close();
rmSync(folder, { recursive: true, force: true });
const byForm = new Map(wrong.map((one) => [one.form, one]));
for (const one of [...byForm.values()].slice(0, 20)) console.log(JSON.stringify(one, null, 1));
console.log(
  `${evaluations} evaluations of ${forms.size} forms on ${jvm.name}, depth at most 100: ${wrong.length} differ from jsonata 2.0.6, in ${byForm.size} forms`,
);
process.exitCode = status === 0 && wrong.length === 0 && evaluations > 0 ? 0 : 1;
