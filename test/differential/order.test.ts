import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Call, type Outcome, openPrograms, type Programs } from "./harness.ts";

/** Flows whose calls all differ, so that each can be told in both ways of running. */
const PROGRAMS: Record<string, string> = {
  "a sequence": "async () => { await load(1); await load(2); return load(3); }",
  "arguments in order": "async () => send(await load(1), await load(2), [await load(3)])",
  "a map is a barrier":
    "async () => { await load('before'); await Promise.all([1, 2, 3].map(async (i) => { await load(`a${i}`); await load(`b${i}`); })); await load('after'); }",
  "task.map is a barrier":
    "async () => { const all = await load.map([1, 2, 3, 4]); await send(all); const more = await send.map([5, 6]); return price(more); }",
  "arms of an item":
    "async () => { await Promise.all([1, 2, 3].map(async (i) => { if (i === 2) { await load(`x${i}`); await load(`y${i}`); } else { await load(`z${i}`); } await load(`end${i}`); })); await load('after'); }",
  "nested maps":
    "async () => { await Promise.all([1, 2].map(async (i) => { await load(`outer${i}`); await Promise.all([1, 2].map(async (j) => load(`inner${i}${j}`))); await load(`close${i}`); })); await load('after'); }",
  "a map after a map":
    "async () => { await load.map([1, 2]); await Promise.all([3, 4].map(async (i) => { await load(i); await load(`${i}+`); })); }",
  "a failing item, and its siblings":
    "async () => { await load('before'); await Promise.all([1, 2, 3].map(async (i) => { await load(`a${i}`); if (i === 2) throw new Error('two'); await load(`b${i}`); })); await load('never'); }",
  "a list of calls is a barrier":
    "async () => { await load('before'); await Promise.all([load('a'), (async () => { await load('b1'); await load('b2'); })(), (async () => { await load('c1'); await load('c2'); })()]); await load('after'); }",
  "lists in a list":
    "async () => { await Promise.all([Promise.all([load(1), load(2)]), (async () => { await load(3); await Promise.all([load(4), load(5)]); await load(6); })()]); await load(7); }",
  "futures in series and in parallel":
    "async () => { const a = load.submit('a'); const b = load.submit('b'); const c = send.submit(a); const d = send.submit(b, c); const e = load.submit('e', { waitFor: [b] }); await d; await load('after d'); await e; await load('after e'); }",
  "a main line beside a future":
    "async () => { const p = load.submit('p'); await load('x'); await load('y'); await p; await load('z'); }",
  "a map of many items":
    "async () => { await load('before'); await Promise.all(range(1, 43).map(async (i) => { await load(`a${i}`); await load(`b${i}`); })); await load('after'); }",
  "a loop":
    "async () => { for (const i of [1, 2, 3]) { await load(`a${i}`); await load(`b${i}`); } await load('after'); }",
  "a loop of maps":
    "async () => { for (const i of [1, 2]) { await Promise.all([1, 2].map(async (j) => load(`${i}${j}`))); } await load('after'); }",
  "calls that are pushed into a list":
    "async () => { await load('before'); const ps = []; for (const x of [1, 2, 3]) ps.push(load(x)); await Promise.all(ps); await load('after'); }",
  "pushed, and awaited after something else":
    "async () => { const ps = []; for (const x of [1, 2, 3]) ps.push(load(x)); await price('beside'); await Promise.all(ps); await load('after'); }",
  "pushed, and awaited one by one":
    "async () => { const ps = []; for (const x of [1, 2, 3]) ps.push(load(x)); let t = 0; for (const p of ps) t += await p; await price(t); }",
  "submits of a list, awaited together and settled":
    "async () => { const ps = [1, 2].map((x) => load.submit(x)); await Promise.all(ps); const qs = [3, 4].map((x) => load.submit(x)); await load('between'); await Promise.allSettled(qs); await load('after'); }",
  "any list of calls is a barrier":
    "async () => { await load('before'); await Promise.all([...[1, 2].map((x) => load(x)), load('c')]); await load('after'); }",
  "bodies in a list of calls":
    "async () => { await load('before'); await Promise.all([1, 2].flatMap((x) => [price([x]), (async () => { await load(`a${x}`); await load(`b${x}`); })()])); await load('after'); }",
  "lists of calls in a list of calls":
    "async () => { await Promise.all([[1, 2], [3]].map((xs) => Promise.all(xs.map((x) => load(x))))); await load('after'); }",
  "lists of calls in a loop":
    "async () => { for (const i of [1, 2]) { await Promise.all([...[1, 2].map((j) => load(`${i}${j}`)), price([i])]); } await load('after'); }",
  "a handler":
    "async () => { try { await load(1); await pick('fail'); await load('never'); } catch (e) { await load(2); } await load(3); }",
};

const key = ({ task, args }: Call): string => `${task}${args}`;

/** Pairs of calls, the first of which had ended before the second began. */
function before({ calls }: Outcome): Set<string> {
  const pairs = calls.flatMap((a) =>
    calls.filter((b) => a.ended < b.began).map((b) => `${key(a)} < ${key(b)}`),
  );
  return new Set(pairs);
}

/** Numbers from 0 to 11, the same ones for the same seed. */
function latencies(seed: number): () => number {
  let state = seed * 7_919 + 17;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % 12;
  };
}

const SEEDS = [1, 2, 3, 4, 5, 6];

describe("happens-before", () => {
  let programs: Programs;
  const names = Object.keys(PROGRAMS);
  beforeAll(async () => {
    const flows = Object.values(PROGRAMS).map((flow, i) => `export const p${i} = flow(${flow});`);
    programs = await openPrograms({ "main.ts": flows.join("\n") });
  }, 60_000);
  afterAll(() => programs?.close());

  it.each(names)("%s: what plain Node orders, whatever tasks take, is ordered compiled", async (name) => {
    const flow = `p${names.indexOf(name)}`;
    let ordered: Set<string> | undefined;
    for (const seed of SEEDS) {
      const plain = before(await programs.plain(flow, {}, latencies(seed)));
      ordered = ordered ? new Set([...ordered].filter((pair) => plain.has(pair))) : plain;
    }
    expect(ordered?.size).toBeGreaterThan(0);
    for (const paths of ["fast", "slow"] as const) {
      for (const seed of SEEDS) {
        const seen = before(await programs.compiled(flow, {}, paths, latencies(seed)));
        expect(
          [...(ordered ?? [])].filter((pair) => !seen.has(pair)),
          `${paths}, seed ${seed}`,
        ).toEqual([]);
      }
    }
  });

  it("items of a map run side by side, in both", async () => {
    const flow = `p${names.indexOf("a map is a barrier")}`;
    for (const outcome of [
      await programs.plain(flow, {}, latencies(1)),
      await programs.compiled(flow, {}, "fast", latencies(1)),
    ]) {
      const [first, second] = ['load["a1"]', 'load["a2"]'].map((one) =>
        outcome.calls.find((call) => key(call) === one),
      );
      expect(first && second && first.began < second.ended && second.began < first.ended).toBe(true);
    }
  });
});
