// Installs the peers outside of the package, in a temporary folder, and runs the workloads on all of them side by side.
//   npm run bench:peers [-- --rounds 5 --only light40,single --engines restate,dbos]
// Needs npm, and for DBOS PostgreSQL's programs, for Prefect Python; what does not install is left out and said.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = process.env.RUNLET_PEERS ?? join(tmpdir(), "runlet-peers");
const PACKAGES = [
  "node@22",
  "@restatedev/restate-server@1.7.12",
  "@restatedev/restate-sdk@1.17.2",
  "@dbos-inc/dbos-sdk@5.3.0",
  "pg@8",
  "aws-local-stepfunctions@3.0.0",
  "@aws/durable-execution-sdk-js@2.4.0",
  "@aws/durable-execution-sdk-js-testing@1.1.4",
];
// Prefect's server names a parameter that later versions of FastAPI have dropped.
const PYTHON = ["prefect==3.8.8", "fastapi==0.139.0"];

const run = (command, args, cwd = process.cwd()) =>
  spawnSync(command, args, { cwd, stdio: "inherit" }).status === 0;
mkdirSync(folder, { recursive: true });
if (!existsSync(join(folder, "node_modules/node/bin/node"))) {
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  if (!run("npm", ["install", "--no-audit", "--no-fund", ...PACKAGES], folder)) process.exit(1);
}
if (!existsSync(join(folder, "venv/bin/prefect"))) {
  if (run("python3", ["-m", "venv", "venv"], folder))
    run("venv/bin/pip", ["install", "-q", ...PYTHON], folder);
}
const ok = run(process.execPath, ["bench/engines.mjs", "--peers", folder, ...process.argv.slice(2)]);
process.exitCode = ok ? 0 : 1;
