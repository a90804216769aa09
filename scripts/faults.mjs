// The faults, for longer than `npm test` does, with other seeds each time; seeds are printed.
//   npm run faults [-- --rounds 200]      kills, damage, limits, poison, journal histories
//   npm run simulate [-- --rounds 500]    stories of the simulator; --seed begins at a printed one
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string" }, seed: { type: "string" } },
  allowPositionals: true,
});
const [what = "faults"] = positionals;
const { rounds = what === "simulate" ? "500" : "200", seed } = values;
const env =
  what === "simulate"
    ? { RUNLET_SIMULATE_ROUNDS: rounds, ...(seed && { RUNLET_SIMULATE_SEED: seed }) }
    : { RUNLET_FAULT_KILLS: rounds, RUNLET_FAULT_ROUNDS: "2000", ...(seed && { RUNLET_FAULT_SEED: seed }) };
const files =
  what === "simulate" ? ["test/faults/simulator.test.ts"] : ["test/faults", "test/journal/random.test.ts"];
const { status } = spawnSync(join("node_modules", ".bin", "vitest"), ["run", ...files, "--maxWorkers=1"], {
  stdio: "inherit",
  env: { ...process.env, ...env },
});
process.exitCode = status ?? 1;
