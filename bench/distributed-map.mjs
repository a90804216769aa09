// Peak memory of a distributed Map in the engine alone: node --max-old-space-size=200 bench/distributed-map.mjs 100000
import { createEngine } from "runlet/engine";

const n = Number(process.argv[2]);
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
const engine = createEngine({ integration });
const r = await engine.start({ definition, input: {} }).done;
clearInterval(t);
console.log(n, r.status, "peak RSS MB", Math.round(Math.max(peak, process.memoryUsage().rss) / 1e6));
