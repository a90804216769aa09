// Peak memory of a distributed Map in the engine alone, in memory or on a journal:
//   node --max-old-space-size=200 bench/distributed-map.mjs 100000 [--durable]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEngine, openEngine } from "../dist/engine.js";

const { values, positionals } = parseArgs({
  options: { durable: { type: "boolean" } },
  allowPositionals: true,
});
const n = Number(positionals[0] ?? 100_000);
const objects = new Map([["items", JSON.stringify(Array.from({ length: n }, (_, i) => i))]]);
const integration = async ({ resource, arguments: a }) => {
  if (resource.endsWith("getObject")) return { ok: true, output: { Body: objects.get(a.Key) } };
  if (resource.endsWith("putObject")) {
    objects.set(a.Key, a.Body);
    return { ok: true, output: {} };
  }
  return { ok: true, output: a.args[0] };
};
const definition = {
  QueryLanguage: "JSONata",
  StartAt: "m",
  States: {
    m: {
      Type: "Map",
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        Arguments: { Bucket: "b", Key: "items" },
        ReaderConfig: { InputType: "JSON" },
      },
      ItemSelector: {
        item: "{% $states.context.Map.Item.Value %}",
        index: "{% $states.context.Map.Item.Index %}",
        run: "{% $states.context.Execution.Name %}",
        room: 1000,
      },
      MaxConcurrency: 1000,
      ToleratedFailurePercentage: 100,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "t",
        States: {
          t: {
            Type: "Task",
            Resource: "arn:aws:lambda:us-east-1:000000000000:function:f",
            Arguments: { args: ["{% $states.input.item %}"] },
            Output: { i: "{% $states.input.index %}", v: "{% $states.result %}" },
            End: true,
          },
        },
      },
      ResultWriter: {
        Resource: "arn:aws:states:::s3:putObject",
        Arguments: { Bucket: "b", Prefix: "results" },
        WriterConfig: { Transformation: "COMPACT", OutputType: "JSONL" },
      },
      End: true,
    },
  },
};
let peak = 0;
const t = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 10);
const directory = mkdtempSync(join(tmpdir(), "runlet-map-"));
const engine = values.durable ? await openEngine({ directory, integration }) : createEngine({ integration });
const begin = performance.now();
const run = await engine.start({ definition, input: {} });
const result = await run.done;
clearInterval(t);
peak = Math.max(peak, process.memoryUsage().rss);
const millis = performance.now() - begin;
if (values.durable) await engine.close();
const written = values.durable ? await reopened() : "";
rmSync(directory, { recursive: true });
const megabytes = Math.round(peak / 1e6);
console.log(
  `${n} items, ${result.status}, ${(millis / 1_000).toFixed(1)} s, peak RSS ${megabytes} MB${written}`,
);

/** That it ended is on disk. */
async function reopened() {
  const again = await openEngine({ directory, integration });
  const { status } = again.describe(run.arn);
  await again.close();
  return `; opened again it is ${status}`;
}
