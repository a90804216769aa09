// Durable execution side by side: the workloads of workloads.mjs on Runlet, and with --peers on others beside it, in
// interleaved rounds. Times are printed and never asserted: compare the ratios of one run.
//
//   node bench/engines.mjs [--rounds 5] [--only light40,single] [--json FILE]
//   node bench/engines.mjs --peers FOLDER [--engines restate,dbos]   FOLDER as `npm run bench:peers` makes it
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { fibo, WORKLOADS } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    engines: { type: "string", default: "restate,dbos,aws-durable,aws-local-stepfunctions,prefect" },
    peers: { type: "string" },
    json: { type: "string" },
  },
});
const here = import.meta.dirname;
const names = options.only?.split(",") ?? Object.keys(WORKLOADS);
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const quantile = (numbers, share) =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const median = (numbers) => quantile(numbers, 0.5);

/** What the machine gives just now: a sync of a little data, and fibo(33). */
function calibrate() {
  const folder = mkdtempSync(join(process.env.RUNLET_BENCH_DIRECTORY ?? tmpdir(), "runlet-calibrate-"));
  const handle = openSync(join(folder, "file"), "w");
  const syncs = Array.from({ length: 40 }, () => {
    writeSync(handle, Buffer.alloc(256, 1));
    const begin = performance.now();
    fdatasyncSync(handle);
    return performance.now() - begin;
  });
  closeSync(handle);
  rmSync(folder, { recursive: true });
  const begin = performance.now();
  fibo(33);
  return { fdatasync: median(syncs), fibo33: performance.now() - begin };
}

/** The Node that the peers need runs all of them, and Runlet beside them. */
const node = options.peers ? join(options.peers, "node_modules/node/bin/node") : process.execPath;

/** An engine in a process of its own. */
async function launch(name) {
  const program = name === "prefect" ? join(options.peers ?? "", "venv/bin/python") : node;
  const file = name === "prefect" ? "prefect-flows.py" : `${name}.mjs`;
  const child = spawn(program, [join(here, "engines", file)], {
    stdio: ["pipe", "pipe", process.env.RUNLET_BENCH_VERBOSE ? "inherit" : "ignore"],
    env: { ...process.env, RUNLET_PEERS: options.peers ?? "" },
    // A session of its own, as a service has: Linux shares cores out by session, and what else runs in this one would count.
    detached: true,
  });
  process.on("exit", () => child.kill("SIGKILL"));
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("@")) waiting.shift()?.(JSON.parse(line.slice(1)));
  });
  child.on("close", () => {
    for (const settle of waiting.splice(0)) settle({ error: "the process ended" });
  });
  const answer = () => new Promise((settle) => waiting.push(settle));
  const ready = await answer();
  if (!ready.ready) throw new Error(`${name}: ${ready.error}`);
  return {
    name,
    memory: () => memoryOf(child.pid),
    run(workload) {
      const reply = answer();
      child.stdin.write(`${workload}\n`);
      return reply;
    },
    close: () =>
      new Promise((done) => {
        child.on("close", done);
        child.stdin.write("close\n");
        setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
      }),
  };
}

/** Resident memory of a process without its children, in MB; nothing where the system does not say. */
function memoryOf(pid) {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1] ?? 0) / 1_024;
}

const asked = options.engines.split(",").filter((name) => name !== "runlet");
const wanted = ["runlet", ...(options.peers ? asked : [])];
const engines = [];
for (const name of wanted) {
  try {
    engines.push(await launch(name));
  } catch (error) {
    console.log(`${name} does not run here: ${error.message}`);
  }
}
const results = {};
const idle = engines.map(({ name, memory }) => [name, memory()]);
const calibrations = [];
const begun = loadavg().map((value) => value.toFixed(1));
for (const engine of engines) for (const name of names) if (!name.startsWith("flows")) await engine.run(name); // warm
for (let round = 0; round < Number(options.rounds); round++) {
  for (const name of names) {
    calibrations.push(calibrate());
    for (const engine of round % 2 ? [...engines].reverse() : engines) {
      const { millis, more, error } = await engine.run(name);
      results[name] ??= {};
      results[name][engine.name] ??= { millis: [], more: [] };
      const mine = results[name][engine.name];
      if (error) mine.error = error.split("\n")[0];
      else {
        mine.millis.push(millis);
        mine.more.push(more);
      }
    }
  }
}
await Promise.all(engines.map((engine) => engine.close()));

const sync = median(calibrations.map(({ fdatasync }) => fdatasync));
const syncs = calibrations.map(({ fdatasync }) => fdatasync);
console.log(
  `${options.rounds} interleaved rounds, Node ${spawnSync(node, ["--version"]).stdout.toString().trim()}; load ${begun.join(" ")} before, ${loadavg()
    .map((value) => value.toFixed(1))
    .join(
      " ",
    )} after; fdatasync ${sync.toFixed(2)} ms (${Math.min(...syncs).toFixed(2)} to ${Math.max(...syncs).toFixed(2)}), fibo(33) ${median(calibrations.map(({ fibo33 }) => fibo33)).toFixed(0)} ms`,
);
console.log(`memory when idle: ${idle.map(([name, mb]) => `${name} ${mb?.toFixed(0)} MB`).join(", ")}\n`);
console.log(
  "| workload | engine | median ms | spread ms | p99 ms | steps/s | fsyncs a step | times runlet |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
const rows = [];
for (const [name, byEngine] of Object.entries(results)) {
  const { steps, wide, flows = 1 } = WORKLOADS[name];
  const total = (steps ?? wide) * flows;
  const reference = byEngine.runlet?.millis.map(median);
  for (const [engine, { millis, more, error }] of Object.entries(byEngine)) {
    if (millis.length === 0) {
      console.log(`| ${name} | ${engine} | ${error} | | | | | |`);
      continue;
    }
    const rounds = millis.map(median);
    const all = millis.flat();
    const mid = median(rounds);
    const syncsAStep = more.map(({ fsyncs }) =>
      fsyncs === undefined ? undefined : fsyncs / total / (WORKLOADS[name].repeat ?? 1),
    );
    const ratio = median(rounds.map((value, round) => value / (reference?.[round] ?? value)));
    const row = {
      name,
      engine,
      median: mid,
      least: Math.min(...rounds),
      most: Math.max(...rounds),
      p99: quantile(all, 0.99),
      stepsPerSecond: (total / mid) * 1_000,
      fsyncs: syncsAStep[0] === undefined ? undefined : median(syncsAStep),
      ratio,
    };
    rows.push(row);
    console.log(
      `| ${name} | ${engine} | ${mid.toFixed(1)} | ${row.least.toFixed(1)} to ${row.most.toFixed(1)} | ${row.p99.toFixed(1)} | ${row.stepsPerSecond.toFixed(0)} | ${row.fsyncs?.toFixed(2) ?? ""} | ${engine === "runlet" ? "" : ratio.toFixed(2)} |`,
    );
  }
}
/** What one step of light40 waits for, one after the other: the sync of its result, its process, all else. */
function stepParts() {
  const { millis = [], more = [] } = results.light40?.runlet ?? {};
  const steps = WORKLOADS.light40.steps * WORKLOADS.light40.repeat;
  if (millis.length === 0) return;
  const whole = median(millis.map((round) => round.reduce((sum, one) => sum + one, 0) / steps));
  const inSync = median(more.map(({ syncMillis }) => syncMillis / steps));
  const inCall = median(more.map(({ callMillis }) => callMillis / steps));
  const rest = whole - inSync - inCall;
  console.log(
    `\na step of light40 takes ${whole.toFixed(2)} ms on average: ${inSync.toFixed(2)} for its sync (${sync.toFixed(2)} in a row, without anything between), ${inCall.toFixed(2)} for its process and back, ${rest.toFixed(2)} for the rest`,
  );
}

/** What was asked for, and whether this run shows it. */
function targets() {
  const row = (name, engine) => rows.find((one) => one.name === name && one.engine === engine);
  const judged = [];
  const atLeast = (what, name, engine, least) => {
    const ratio = row(name, engine)?.ratio;
    judged.push([what, ratio === undefined ? "not run" : `${ratio.toFixed(2)} times`, ratio >= least, ratio]);
  };
  const atMost = (what, value, most, unit) =>
    judged.push([
      what,
      value === undefined ? "not run" : `${value.toFixed(2)} ${unit}`,
      value <= most,
      value,
    ]);
  const inverse = (name) => row(name, "restate") && 1 / row(name, "restate").ratio;
  atLeast("durable steps a second, at least 2 times Restate's", "flows1000", "restate", 2);
  atLeast("at least 4 times DBOS's", "flows1000", "dbos", 4);
  atLeast("at least 50 times Prefect's", "flows1000", "prefect", 50);
  atMost("one step, p50, at most half of Restate's", inverse("single"), 0.5, "of it");
  atMost("light40, at most half of Restate's", inverse("light40"), 0.5, "of it");
  atMost("map1000, at most half of Restate's", inverse("map1000"), 0.5, "of it");
  const aStep = (name, steps) => row(name, "runlet") && row(name, "runlet").median / steps - sync;
  atMost("a step beyond one fdatasync, at most 1 ms (light40)", aStep("light40", 40), 1, "ms");
  atMost("the same (single, which has two syncs)", aStep("single", 1), 1, "ms");
  atMost("idle, under 120 MB", Object.fromEntries(idle).runlet, 120, "MB");
  console.log("\n| target | seen | |\n| --- | --- | --- |");
  for (const [what, seen, met, value] of judged)
    console.log(`| ${what} | ${seen} | ${value === undefined ? "" : met ? "met" : "**missed**"} |`);
}
stepParts();
if (options.peers) targets();
if (options.json) writeFileSync(options.json, `${JSON.stringify({ fdatasync: sync, rows }, null, 1)}\n`);
