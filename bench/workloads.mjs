// The workloads, after Windmill's benchmark (fibonacci in each task) and the fan-outs and throughput beside it. Every engine
// runs the same tasks; every result is checked.

export const fibo = (n) => (n <= 1 ? n : fibo(n - 1) + fibo(n - 2));

/**
 * `steps` are sequential tasks of fibo(n); `wide` runs so many at once; `flows` runs so many, `inFlight` at a time.
 * `repeat` runs it so often in a round, one after the other; the round counts by its median.
 */
export const WORKLOADS = {
  light40: { steps: 40, n: 10, repeat: 5 },
  long10: { steps: 10, n: 33, repeat: 2 },
  single: { steps: 1, n: 10, repeat: 20 },
  map20: { wide: 20, n: 10, repeat: 10 },
  map1000: { wide: 1_000, n: 10, repeat: 2 },
  flows1000: { steps: 5, n: 10, flows: 1_000, inFlight: 50 },
};

/** What a run of it must give: the sum of its tasks' results. */
export const expected = ({ steps, wide, n }) => (steps ?? wide) * fibo(n);

/**
 * Runs a workload on an engine.
 *
 * @param start starts one run of the named workload and resolves with its result when it has ended
 * @returns milliseconds: of the one run, of each of the repeated ones, or of all flows together
 */
export async function measure(name, start) {
  const workload = WORKLOADS[name];
  const wanted = expected(workload);
  const once = async () => {
    const begin = performance.now();
    const result = await start(name);
    if (result !== wanted) throw new Error(`${name} gave ${JSON.stringify(result)} and not ${wanted}`);
    return performance.now() - begin;
  };
  if (workload.repeat) {
    const all = [];
    for (let n = 0; n < workload.repeat; n++) all.push(await once());
    return all;
  }
  if (!workload.flows) return [await once()];
  const begin = performance.now();
  let next = 0;
  const caller = async () => {
    while (next++ < workload.flows) await once();
  };
  await Promise.all(Array.from({ length: workload.inFlight }, caller));
  return [performance.now() - begin];
}

/** Serves workloads over standard input: a name a line in, `{ name, millis, more }` a line out. */
export async function serve(open) {
  const { createInterface } = await import("node:readline");
  const say = (value) => process.stdout.write(`@${JSON.stringify(value)}\n`);
  const engine = await open();
  say({ ready: true, pid: process.pid });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "close") break;
    try {
      const before = engine.counts?.() ?? {};
      const millis = await measure(line, engine.start);
      const after = engine.counts?.() ?? {};
      const more = Object.fromEntries(
        Object.entries(after).map(([key, value]) => [key, value - before[key]]),
      );
      say({ name: line, millis, more });
    } catch (error) {
      say({ name: line, error: String(error?.stack ?? error) });
    }
  }
  await engine.close?.();
  process.exit(0);
}
