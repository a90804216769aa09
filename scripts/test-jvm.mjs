// Every JSONata expression of the conformance cases on jsonata 2.0.6 and on the JVM. `npm run test:jvm [-- DIR …]`
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const { status } = spawnSync(
  join("node_modules", ".bin", "vitest"),
  ["run", "test/jvm", "--reporter=verbose", "--disable-console-intercept"],
  { stdio: "inherit", env: { ...process.env, RUNLET_JVM: process.argv.slice(2).join(":") } },
);
process.exitCode = status ?? 1;
