import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { InvokeOutcome } from "../../sdk/local/lambda-host/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { errorOf, outputOf, type TestHost, testHost, until } from "./host-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Each call writes its number into a file when it begins, so that a second beginning shows. */
const BODY = `
  appendFileSync(event.file, event.n + "\\n");
  const end = Date.now() + (event.block ?? 0);
  while (Date.now() < end);
  if (event.sleep) await new Promise((r) => setTimeout(r, event.sleep));
  if (event.say) console.log("call", event.n);
  if (event.exit) process.exit(3);
  if (event.raise) setImmediate(() => { throw new Error("later"); });
  if (event.fail) throw new Error("no " + event.n);
  return { n: event.n, pid: process.pid, more: "x".repeat(event.size ?? 0) };`;
const HEAD = 'import { appendFileSync } from "node:fs";';

type Event = { n: number; [key: string]: Json };

async function lineHost(options: Parameters<typeof testHost>[0] = {}, timeoutSeconds = 30) {
  const host = await testHost(options);
  await host.add("f", BODY, { head: HEAD, timeoutSeconds });
  const file = join(await temporaryFolder(), "begun");
  writeFileSync(file, "");
  const begun = (): number[] => readFileSync(file, "utf8").split("\n").slice(0, -1).map(Number);
  const call = (event: Event, signal?: AbortSignal): Promise<InvokeOutcome> =>
    host.invoke("f", { file, ...event }, signal && { signal });
  await learn(call);
  return { host, call, begun };
}

/** Calls wait in a process only where such calls are known to be quick. */
async function learn(call: (event: Event) => Promise<InvokeOutcome>): Promise<void> {
  for (let n = -20; n < 0; n++) await call({ n });
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);

const busyPid = (host: TestHost): number => host.processes().find(({ busy }) => busy)?.pid as number;

describe("calls that wait in a process", () => {
  it("run in order, each once, one at a time", async () => {
    const { call, begun } = await lineHost({ maxProcesses: 1 });
    const outcomes = await Promise.all(numbers(0, 200).map((n) => call({ n, say: n % 50 === 0 })));
    expect(outcomes.map((outcome) => (outputOf(outcome) as { n: number }).n)).toEqual(numbers(0, 200));
    expect(begun().slice(20)).toEqual(numbers(0, 200));
  });

  it("are not held up by one that blocks the loop", async () => {
    const { call, begun } = await lineHost({ maxProcesses: 2 });
    const order: number[] = [];
    const calls = numbers(0, 41).map((n) =>
      call({ n, block: n === 10 ? 1_500 : 0 }).then((outcome) => {
        order.push(n);
        return outcome;
      }),
    );
    await Promise.all(calls);
    expect(order.at(-1)).toBe(10);
    expect(sorted(begun().slice(20))).toEqual(numbers(0, 41));
  });

  it("are not held up by one that waits", async () => {
    const { call, begun } = await lineHost({ maxProcesses: 2 });
    const slow = call({ n: 0, sleep: 1_500 });
    const quick = numbers(1, 30).map((n) => call({ n }));
    expect(await Promise.race([slow, Promise.all(quick).then(() => "quick")])).toBe("quick");
    await slow;
    expect(sorted(begun().slice(20))).toEqual(numbers(0, 30));
  });

  it("go elsewhere when the process ends itself, and only the one that did it fails", async () => {
    const { call, begun } = await lineHost({ maxProcesses: 2 });
    const outcomes = await Promise.all(numbers(0, 40).map((n) => call({ n, exit: n === 7 || n === 20 })));
    expect(outcomes.flatMap(({ ok }, n) => (ok ? [] : [n]))).toEqual([7, 20]);
    expect(errorOf(outcomes[7] as InvokeOutcome).error).toBe("Runtime.ExitError");
    expect(sorted(begun().slice(20))).toEqual(numbers(0, 40));
  });

  it("go elsewhere when the process is killed or throws outside of the handler", async () => {
    const { host, call, begun } = await lineHost({ maxProcesses: 2 });
    const calls = numbers(0, 40).map((n) => call({ n, raise: n === 5, block: n === 15 ? 300 : 0 }));
    await until(() => begun().includes(15), "the call begins");
    process.kill(busyPid(host), "SIGKILL");
    const failed = (await Promise.all(calls)).flatMap(({ ok }, n) => (ok ? [] : [n]));
    expect(failed.filter((n) => n !== 5).length).toBeLessThanOrEqual(1);
    expect(sorted(begun().slice(20))).toEqual(numbers(0, 40));
  });

  it("never begin when they were cancelled before", async () => {
    const { call, begun } = await lineHost({ maxProcesses: 1 });
    const abort = new AbortController();
    const calls = numbers(0, 30).map((n) =>
      call({ n, block: n === 0 ? 200 : 0 }, n % 3 === 2 ? abort.signal : undefined),
    );
    await until(() => begun().includes(0), "the first call begins");
    abort.abort();
    const outcomes = await Promise.all(calls);
    expect(outcomes.flatMap(({ ok }, n) => (ok ? [] : [n]))).toEqual(
      numbers(0, 30).filter((n) => n % 3 === 2),
    );
    expect(sorted(begun().slice(20))).toEqual(numbers(0, 30).filter((n) => n % 3 !== 2));
  });

  it("have their time from when they begin", async () => {
    const { call } = await lineHost({ maxProcesses: 1 }, 1);
    const outcomes = await Promise.all(numbers(0, 4).map((n) => call({ n, sleep: 600 })));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  });

  it("run by the bundle that is registered when they begin", async () => {
    const { host, call } = await lineHost({ maxProcesses: 2 });
    const calls = numbers(0, 20).map((n) => call({ n, block: n === 0 ? 100 : 0 }));
    await new Promise((resolve) => setImmediate(resolve));
    await host.add("f", "return { n: event.n, pid: process.pid, fresh: true };");
    const fresh = (await Promise.all(calls)).map((outcome) => "fresh" in (outputOf(outcome) as object));
    expect(fresh.slice(1).every(Boolean)).toBe(true);
  });

  it.skipIf(process.platform === "win32")(
    "go elsewhere when the process is stopped, and run once",
    async () => {
      const { host, call, begun } = await lineHost({ maxProcesses: 2 });
      const calls = numbers(0, 60).map((n) => call({ n, block: n === 3 ? 30 : 0 }));
      await until(() => begun().includes(3), "the call begins");
      const pid = busyPid(host);
      process.kill(pid, "SIGSTOP");
      const ended = await Promise.race([Promise.all(calls).then(() => 60), settledOf(calls, 2_000)]);
      process.kill(pid, "SIGCONT");
      expect(ended).toBeGreaterThanOrEqual(59);
      await Promise.all(calls);
      expect(sorted(begun().slice(20))).toEqual(numbers(0, 60));
    },
  );
});

/** How many have settled after a while. */
async function settledOf(calls: Promise<unknown>[], millis: number): Promise<number> {
  let count = 0;
  for (const call of calls) void call.then(() => count++);
  await new Promise((resolve) => setTimeout(resolve, millis));
  return count;
}

const ROUNDS = Number(process.env["RUNLET_LINE_ROUNDS"] ?? 3);
const SEED = Number(process.env["RUNLET_LINE_SEED"] ?? Date.now() % 1_000_000);

describe("whatever calls and callers do", () => {
  it(`each call begins once at most, and answers for itself (seed ${SEED})`, {
    timeout: 60_000,
  }, async () => {
    for (let round = 0; round < ROUNDS; round++) await story(seeded(SEED + round));
  });
});

async function story(random: () => number): Promise<void> {
  const { host, call, begun } = await lineHost({ maxProcesses: 1 + Math.floor(random() * 3) });
  const aborted = new Set<number>();
  const events = numbers(0, 150).map((n): Event => ({ n, ...kindOf(random()) }));
  const calls = events.map(async (event) => {
    if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 80));
    const abort = new AbortController();
    if (random() < 0.1) setTimeout(() => abort.abort(), random() * 100);
    abort.signal.addEventListener("abort", () => aborted.add(event.n));
    return call(event, abort.signal);
  });
  let kills = 0;
  const killer = setInterval(() => {
    const pid = busyPid(host);
    if (pid === undefined || random() < 0.7) return;
    const signal = random() < 0.5 ? "SIGKILL" : "SIGSTOP";
    if (signal === "SIGKILL") kills++;
    send(pid, signal);
    setTimeout(() => send(pid, "SIGCONT"), 20);
  }, 40);
  const outcomes = await Promise.all(calls);
  clearInterval(killer);
  const all = begun().slice(20);
  expect(new Set(all).size).toBe(all.length);
  for (const [n, outcome] of outcomes.entries()) {
    if (outcome.ok) expect(outcome.output).toMatchObject({ n });
    if (events[n]?.["fail"] && !outcome.ok && outcome.error === "Error")
      expect(outcome.cause).toContain(`no ${n}`);
  }
  // What a process was sent as its only call, and was killed before it began, fails with the process.
  const lost = outcomes.flatMap(({ ok }, n) => (ok || aborted.has(n) || all.includes(n) ? [] : [n]));
  expect(lost.length).toBeLessThanOrEqual(kills);
  await host.close();
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone
  }
}

function kindOf(at: number): { [key: string]: Json } {
  if (at < 0.03) return { exit: true };
  if (at < 0.06) return { raise: true };
  if (at < 0.1) return { block: 20 };
  if (at < 0.14) return { sleep: 15 };
  if (at < 0.2) return { fail: true };
  if (at < 0.3) return { say: true };
  if (at < 0.34) return { size: 400_000 };
  return {};
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
