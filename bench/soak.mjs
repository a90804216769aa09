// The durable engine at a steady rate for a long time: memory, open files and latency must not grow. Prints a line a minute.
//   npm run soak [-- --minutes 30 --flight 8]
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEngine } from "../dist/engine.js";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, flight: { type: "string", default: "8" } },
});
const minutes = Number(values.minutes);
const directory = mkdtempSync(join(process.env.RUNLET_BENCH_DIRECTORY ?? tmpdir(), "runlet-soak-"));
const step = (name, next) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { step: name, of: "{% $states.input.n %}" },
  Output: "{% $states.input %}",
  ...(next ? { Next: next } : { End: true }),
});
const definition = {
  QueryLanguage: "JSONata",
  StartAt: "A",
  States: {
    A: step("A", "W"),
    W: { Type: "Wait", Seconds: "{% $states.input.n % 10 = 0 ? 1 : 0 %}", Next: "M" },
    M: {
      Type: "Map",
      Items: "{% [1..5] %}",
      ItemSelector: { n: "{% $states.context.Map.Item.Value %}" },
      ItemProcessor: { StartAt: "I", States: { I: step("I") } },
      Output: "{% $states.input %}",
      Next: "Z",
    },
    Z: step("Z"),
  },
};
const engine = await openEngine({
  directory,
  integration: async ({ arguments: args }) => ({ ok: true, output: { echo: args, more: "x".repeat(200) } }),
});
let count = 0;
let latencies = [];
async function caller() {
  while (performance.now() < minutes * 60_000) {
    const begin = performance.now();
    const n = ++count;
    const run = await engine.start({ definition, input: { n } });
    const result = await run.done;
    if (result.output?.n !== n) throw new Error(`run ${n} gave ${JSON.stringify(result)}`);
    if (n % 10 !== 0) latencies.push(performance.now() - begin);
    await new Promise((next) => setTimeout(next, 2)); // about 70 % of what it could do
  }
}
const samples = [];
const report = () => {
  global.gc?.();
  const sorted = latencies.sort((a, b) => a - b);
  latencies = [];
  const disk = readdirSync(directory).reduce(
    (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  const sample = {
    minute: performance.now() / 60_000,
    runs: count,
    rssMb: process.memoryUsage().rss / 1e6,
    heapMb: process.memoryUsage().heapUsed / 1e6,
    files: readdirSync("/proc/self/fd").length,
    diskMb: disk / 1e6,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  };
  samples.push(sample);
  console.log(
    Object.entries(sample)
      .map(([key, value]) => `${key} ${value.toFixed(key === "runs" || key === "files" ? 0 : 1)}`)
      .join(", "),
  );
};
const timer = setInterval(report, Math.min(60_000, minutes * 10_000));
await Promise.all(Array.from({ length: Number(values.flight) }, caller));
clearInterval(timer);
if (latencies.length > 0) report();
await engine.close();
rmSync(directory, { recursive: true });

const half = Math.floor(samples.length / 2);
const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
/** The middle of the slopes between any two samples: one that was taken amid a snapshot turns nothing. */
const middleSlope = (key, of) =>
  middle(
    of.flatMap((later, index) =>
      of.slice(0, index).map((earlier) => (later[key] - earlier[key]) / (later.minute - earlier.minute)),
    ),
  );
/** The line of least squares: every sample counts, also a peak. */
const leastSquares = (key, of) => {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [minute, value] = [mean(of.map((sample) => sample.minute)), mean(of.map((sample) => sample[key]))];
  const spread = of.reduce((sum, sample) => sum + (sample.minute - minute) ** 2, 0);
  return of.reduce((sum, sample) => sum + (sample.minute - minute) * (sample[key] - value), 0) / spread;
};
const p99 = (part) => middle(part.map((sample) => sample.p99));
const [first, second] = [samples.slice(0, half), samples.slice(half)];
const slopes = [
  ["all samples, middle slope", middleSlope("rssMb", samples)],
  ["second half, middle slope", middleSlope("rssMb", second)],
  ["second half, least squares", leastSquares("rssMb", second)],
];
const drift = p99(second) / p99(first);
console.log(
  `${count} runs in ${minutes} minutes; open files ${samples[0].files} to ${samples.at(-1).files}; p99 of a minute in the middle ${p99(first).toFixed(1)} ms in the first half, ${p99(second).toFixed(1)} in the second`,
);
for (const [how, slope] of slopes) console.log(`memory, ${how}: ${slope.toFixed(2)} MB a minute`);
console.log(
  `the heap after a collection, second half, least squares: ${leastSquares("heapMb", second).toFixed(2)} MB a minute`,
);
const missed = [
  // The strictest that a quiet run can hold.
  leastSquares("rssMb", second) < 1 ? [] : ["memory grows by 1 MB a minute or more"],
  samples.at(-1).files <= samples[0].files ? [] : ["open files grow"],
  drift < 1.2 ? [] : [`p99 rose by ${((drift - 1) * 100).toFixed(0)} %`],
].flat();
console.log(missed.length > 0 ? `missed: ${missed.join("; ")}` : "met: memory, open files, p99");
process.exitCode = missed.length > 0 && minutes >= 10 ? 1 : 0;
