// aws-local-stepfunctions: the same kind of machine in memory, without durability, tasks in the same process.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fibo, serve, WORKLOADS } from "../workloads.mjs";

const require = createRequire(join(process.env.RUNLET_PEERS, "package.json"));
const { StateMachine } = require("aws-local-stepfunctions");
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:fibo";

function machineOf({ steps, wide, n }) {
  const task = { Type: "Task", Resource: ARN };
  if (wide) {
    const Iterator = { StartAt: "T", States: { T: { ...task, End: true } } };
    return {
      input: { items: Array.from({ length: wide }, () => n) },
      definition: { StartAt: "M", States: { M: { Type: "Map", ItemsPath: "$.items", Iterator, End: true } } },
    };
  }
  const states = Array.from({ length: steps }, (_, i) => [
    `T${i}`,
    {
      ...task,
      InputPath: "$.n",
      ResultPath: `$.s${i}`,
      ...(i + 1 < steps ? { Next: `T${i + 1}` } : { End: true }),
    },
  ]);
  return { input: { n }, definition: { StartAt: "T0", States: Object.fromEntries(states) } };
}

const open = async () => {
  const machines = Object.fromEntries(
    Object.entries(WORKLOADS).map(([name, workload]) => {
      const { input, definition } = machineOf(workload);
      return [name, { input, machine: new StateMachine(definition) }];
    }),
  );
  return {
    async start(name) {
      const { machine, input } = machines[name];
      const execution = machine.run(input, {
        overrides: {
          taskResourceLocalHandlers: Object.fromEntries(
            [...Array(41).keys()].map((i) => [`T${i}`, fibo]).concat([["T", fibo]]),
          ),
        },
      });
      const result = await execution.result;
      const all = Array.isArray(result)
        ? result
        : Object.entries(result).flatMap(([key, value]) => (key === "n" ? [] : value));
      return all.reduce((sum, one) => sum + one, 0);
    },
  };
};
await serve(open);
