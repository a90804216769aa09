// Deploys the synthesized stack, by the CDK's own command line, into an AWS emulator that others wrote, and uses it as
// a caller would. IAM policies are enforced there, so a role that lacks a permission fails here and not first on AWS.
//
//   node scripts/emulator.mjs                                      the hand-made fixture, with all checks
//   node scripts/emulator.mjs --build DIR [--run FLOW --input JSON [--expect JSON] [--secret NAME=VALUE …]]
//                                                                  any build of the compiler
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deploymentChecks, fixtureChecks } from "../test/infra/emulator/checks.mjs";
import { installMinistack, startMinistack, Unavailable } from "../test/infra/emulator/ministack.mjs";
import { deploy, makeWorld } from "../test/infra/emulator/world.mjs";
import { makeFixtureBuild } from "../test/infra/fixture-build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values: options } = parseArgs({
  options: {
    build: { type: "string" },
    run: { type: "string" },
    input: { type: "string" },
    expect: { type: "string" },
    secret: { type: "string", multiple: true, default: [] },
  },
});

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const seconds = (since) => `${((Date.now() - since) / 1_000).toFixed(1)} s`;
const counts = { passed: 0, failed: 0 };

try {
  await main();
} catch (error) {
  if (error instanceof Unavailable) console.log(`skipped: ${error.message}`);
  else {
    counts.failed++;
    console.error(error.stdout ?? "", error.stderr ?? "", error);
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 ? 1 : 0);

async function main() {
  const program = installMinistack(root);
  const fixture = await makeFixtureBuild();
  const emulator = await startMinistack(program, root);
  process.once("SIGINT", () => emulator.stop());
  try {
    const began = Date.now();
    const buildFolder = options.build ? resolve(options.build) : fixture.build;
    const deployment = await deploy({ root, emulator, buildFolder, controlPlane: fixture.controlPlane });
    const world = makeWorld(emulator, deployment);
    const resources = Object.keys(world.template.Resources).length;
    console.log(
      `deployed ${resources} resources into ministack in ${seconds(began)}, bootstrap and synthesis included`,
    );
    const context = { root, world, deployment };
    for (const [name, check] of [...deploymentChecks, ...flowChecks()])
      await report(name, () => check(context), emulator);
  } finally {
    emulator.stop();
    fixture.remove();
  }
}

function flowChecks() {
  if (!options.build) return fixtureChecks;
  return options.run ? [[`a run of ${options.run}`, ({ world }) => runOf(world)]] : [];
}

async function report(name, check, emulator) {
  const began = Date.now();
  try {
    await check();
    counts.passed++;
    console.log(`ok   ${name} (${seconds(began)})`);
  } catch (error) {
    counts.failed++;
    console.log(`FAIL ${name}\n${error.stack}\n${emulator.log().split("\n").slice(-15).join("\n")}`);
  }
}

/** One run of a flow of the build, through the start door. */
async function runOf(world) {
  const { project } = JSON.parse(readFileSync(join(options.build, "manifest.json"), "utf8"));
  for (const secret of options.secret) {
    const [name, ...value] = secret.split("=");
    await world.makeSecret(`runlet/${project}/${name}`, value.join("="));
  }
  const payload = { flow: options.run, ...(options.input && { input: JSON.parse(options.input) }) };
  const { runId } = await world.invoke(world.outputs.ProjectStartFunctionArn, payload);
  const { status, error } = await world.ended(runId);
  const { output } = await world.execution(options.run, runId);
  console.log(`     ${runId} ${status} ${output ?? JSON.stringify(error)}`);
  if (options.expect) deepStrictEqual(JSON.parse(output), JSON.parse(options.expect));
  else deepStrictEqual(status, "COMPLETED");
}
