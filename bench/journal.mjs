// The journal beside the raw floor, append + fdatasync on the same disk, in one interleaved run. Figures are printed with
// the machine's load and never asserted: compare the ratios.
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const ROUNDS = Number(process.env.RUNLET_BENCH_ROUNDS ?? 7);
const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(process.env.RUNLET_BENCH_DIRECTORY ?? tmpdir(), "runlet-journal-bench-"));
const bundle = join(folder, "journal.mjs");
await build({
  entryPoints: [join(root, "sdk/journal/index.ts")],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "esm",
});
const { openJournal } = await import(pathToFileURL(bundle).href);
const sync = promisify(fdatasync);

const event = (n) => ({
  id: n,
  type: "TaskStateExited",
  timestamp: 1_767_225_600_000 + n,
  details: { name: "fetchPage", output: { rows: n % 7, ok: true, note: "x".repeat(60) } },
});
const line = Buffer.from(
  `${JSON.stringify(event(1_000))}\n`.padEnd(24 + 6 + JSON.stringify(event(1_000)).length),
);

let files = 0;
/** Raw: `count` records, a sync after every `group` of them. */
async function raw(count, group) {
  const handle = openSync(join(folder, `raw-${files++}`), "a");
  const begin = performance.now();
  for (let n = 0; n < count; n += group) {
    for (let i = 0; i < group; i++) writeSync(handle, line);
    await sync(handle);
  }
  const micros = ((performance.now() - begin) * 1_000) / count;
  closeSync(handle);
  return { micros, fsyncs: count / group / count };
}

/** The journal: `count` records from `flight` callers, each of which awaits its record before the next. */
async function journal(count, flight) {
  const directory = join(folder, `journal-${files++}`);
  const opened = await openJournal({ directory, owner: "bench", replay: () => {} });
  let next = 0;
  const caller = async () => {
    while (next < count) await opened.append("01K0000000000000000000000", event(next++));
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: flight }, caller));
  const micros = ((performance.now() - begin) * 1_000) / count;
  const { batches, records } = opened.stats();
  await opened.close();
  return { micros, fsyncs: batches / records };
}

async function recovery(count) {
  const directory = join(folder, `journal-${files++}`);
  const first = await openJournal({ directory, owner: "bench", replay: () => {} });
  for (let n = 0; n < count; n += 10_000) {
    await first.appendAll(
      Array.from({ length: Math.min(10_000, count - n) }, (_, i) => ({ stream: "run", value: event(n + i) })),
    );
  }
  await first.close();
  const begin = performance.now();
  let seen = 0;
  const second = await openJournal({ directory, owner: "bench", replay: () => void seen++ });
  const micros = ((performance.now() - begin) * 1_000) / seen;
  await second.close();
  return { micros, fsyncs: 0 };
}

const cases = {
  "raw append + fdatasync, one by one": () => raw(200, 1),
  "journal, 1 caller": () => journal(200, 1),
  "raw, a sync per 50": () => raw(5_000, 50),
  "journal, 50 callers": () => journal(5_000, 50),
  "raw, a sync per 1,000": () => raw(20_000, 1_000),
  "journal, 1,000 callers": () => journal(20_000, 1_000),
  recovery: () => recovery(50_000),
};
const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
const load = () =>
  loadavg()
    .map((value) => value.toFixed(2))
    .join(" ");
const before = load();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) results[name].push(await run());
}
rmSync(folder, { recursive: true, force: true });

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const micros = (name) => results[name].map((result) => result.micros);
console.log(
  `record ${line.length} bytes on disk, ${ROUNDS} interleaved rounds, load before ${before}, after ${load()}, ${availableParallelism()} cores`,
);
for (const name of Object.keys(cases)) {
  const all = micros(name);
  const fsyncs = median(results[name].map((result) => result.fsyncs));
  console.log(
    `${name.padEnd(36)} median ${median(all).toFixed(1)} µs/record (${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}), ${Math.round(1e6 / median(all))} records/s, ${fsyncs.toFixed(4)} fsyncs/record`,
  );
}
for (const [mine, floor] of [
  ["journal, 1 caller", "raw append + fdatasync, one by one"],
  ["journal, 50 callers", "raw, a sync per 50"],
  ["journal, 1,000 callers", "raw, a sync per 1,000"],
]) {
  const ratios = micros(mine).map((value, round) => value / micros(floor)[round]);
  console.log(
    `${mine}: ${median(ratios).toFixed(2)} times the raw floor (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
}
