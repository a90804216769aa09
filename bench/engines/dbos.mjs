// DBOS with PostgreSQL on this machine, fsync on.
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fibo, serve, WORKLOADS } from "../workloads.mjs";

const require = createRequire(join(process.env.RUNLET_PEERS, "package.json"));
const { DBOS } = require("@dbos-inc/dbos-sdk");
const folder = mkdtempSync(join(tmpdir(), "bench-dbos-"));
const data = join(folder, "data");
const PORT = 55433;
/** PostgreSQL refuses to run as root. */
const asPostgres = (...command) => {
  if (process.getuid() !== 0) return execFileSync(command[0], command.slice(1), { stdio: "pipe" });
  return execFileSync("runuser", ["-u", "postgres", "--", ...command], { stdio: "pipe", cwd: folder });
};

async function open() {
  if (process.getuid() === 0)
    chownSync(
      folder,
      ...execFileSync("id", ["-u", "postgres"])
        .toString()
        .trim()
        .split("\n")
        .flatMap((uid) => [Number(uid), Number(execFileSync("id", ["-g", "postgres"]).toString())]),
    );
  asPostgres("initdb", "-D", data, "-A", "trust", "-U", "postgres");
  asPostgres("pg_ctl", "-D", data, "-w", "-o", `-p ${PORT} -k ${folder}`, "-l", join(folder, "log"), "start");
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: `postgresql://postgres@127.0.0.1:${PORT}/dbos_sys`,
    runAdminServer: false,
    logLevel: "error",
  });
  const flows = Object.fromEntries(
    Object.entries(WORKLOADS).map(([name, workload]) => [
      name,
      DBOS.registerWorkflow(() => run(workload), { name }),
    ]),
  );
  await DBOS.launch();
  return {
    start(name) {
      const flow = flows[name];
      return flow(); // not as a method: DBOS looks at what it is called on
    },
    async close() {
      await DBOS.shutdown();
      asPostgres("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run({ steps, wide, n }) {
  const step = (i) => DBOS.runStep(async () => fibo(n), { name: `t${i}` });
  if (wide) {
    const all = await Promise.all(Array.from({ length: wide }, (_, i) => step(i)));
    return all.reduce((sum, one) => sum + one, 0);
  }
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += await step(i);
  return sum;
}

await serve(open);
