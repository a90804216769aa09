// Restate: its server from npm with its log in a directory, handlers by its SDK in this process (Node 22).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fibo, serve, WORKLOADS } from "../workloads.mjs";

process.env.RESTATE_LOGGING = "ERROR";
const peers = process.env.RUNLET_PEERS;
const require = createRequire(join(peers, "package.json"));
const restate = require("@restatedev/restate-sdk");
const folder = mkdtempSync(join(tmpdir(), "bench-restate-"));
const PORTS = { ingress: 18080, admin: 19070, service: 19080 };

async function run(ctx, { steps, wide, n }) {
  if (wide) {
    const all = Array.from({ length: wide }, (_, i) => ctx.run(`t${i}`, () => fibo(n)));
    return (await restate.RestatePromise.all(all)).reduce((sum, one) => sum + one, 0);
  }
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += await ctx.run(`t${i}`, () => fibo(n));
  return sum;
}

async function open() {
  const handlers = Object.fromEntries(
    Object.entries(WORKLOADS).map(([name, workload]) => [name, (ctx) => run(ctx, workload)]),
  );
  const endpoint = restate.endpoint().bind(restate.service({ name: "bench", handlers }));
  await endpoint.listen(PORTS.service);
  const server = spawn(join(peers, "node_modules/.bin/restate-server"), [], {
    cwd: folder,
    env: {
      ...process.env,
      RESTATE_BASE_DIR: folder,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${PORTS.ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${PORTS.admin}`,
      RESTATE_LOG_FILTER: "error",
    },
    stdio: "ignore",
    detached: true, // what npm installs starts the server proper: both go, as a group
  });
  const kill = () => {
    try {
      process.kill(-server.pid, "SIGKILL");
    } catch {
      // gone
    }
  };
  process.on("exit", kill);
  process.on("SIGTERM", () => process.exit(1));
  const body = JSON.stringify({ uri: `http://127.0.0.1:${PORTS.service}` });
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${PORTS.admin}/deployments`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      if (answer.ok) break;
      if (tries > 100) throw new Error(await answer.text());
    } catch (error) {
      if (tries > 100) throw error;
    }
    await new Promise((next) => setTimeout(next, 300));
  }
  return {
    async start(name) {
      const answer = await fetch(`http://127.0.0.1:${PORTS.ingress}/bench/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
    close() {
      kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
await serve(open);
