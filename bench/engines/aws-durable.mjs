// AWS's durable execution SDK on its local test runner: in memory, without skipping time.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fibo, serve, WORKLOADS } from "../workloads.mjs";

const require = createRequire(join(process.env.RUNLET_PEERS, "package.json"));
const { withDurableExecution } = require("@aws/durable-execution-sdk-js");
const { LocalDurableTestRunner } = require("@aws/durable-execution-sdk-js-testing");

async function open() {
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false, checkpointDelay: 0 });
  const handlers = Object.fromEntries(
    Object.entries(WORKLOADS).map(([name, workload]) => [
      name,
      withDurableExecution(async (_, context) => run(context, workload)),
    ]),
  );
  return {
    async start(name) {
      const runner = new LocalDurableTestRunner({ handlerFunction: handlers[name] });
      const execution = await runner.run({ payload: {} });
      return execution.getResult();
    },
    close: () => LocalDurableTestRunner.teardownTestEnvironment(),
  };
}

async function run(context, { steps, wide, n }) {
  if (wide) {
    const items = Array.from({ length: wide }, (_, i) => i);
    const all = await context.map("wide", items, (inner) => inner.step("t", async () => fibo(n)));
    return all.getResults().reduce((sum, one) => sum + one, 0);
  }
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += await context.step(`t${i}`, async () => fibo(n));
  return sum;
}

await serve(open);
