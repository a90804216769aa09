// The property and fuzz tests of the engine, longer and elsewhere each time. `npm run fuzz [-- RUNS [SEED]]`; prints its seed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [runs = "5000", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
console.log(`fuzz: ${runs} runs, seed ${seed}; again: npm run fuzz -- ${runs} ${seed}`);
const { status } = spawnSync(
  join("node_modules", ".bin", "vitest"),
  ["run", "test/engine/fuzz.test.ts", "test/engine/properties.test.ts", "test/engine/scopes.test.ts"],
  { stdio: "inherit", env: { ...process.env, RUNLET_FUZZ_RUNS: runs, RUNLET_FUZZ_SEED: seed } },
);
process.exitCode = status ?? 1;
