import { expect, test } from "vitest";
import { simulate } from "./simulator.ts";

/** `npm run simulate` goes through more seeds, others each time; RUNLET_SIMULATE_SEED begins at one that was printed. */
const rounds = Number(process.env["RUNLET_SIMULATE_ROUNDS"] ?? 12);
const first = Number(process.env["RUNLET_SIMULATE_SEED"] ?? (rounds > 12 ? Date.now() % 1_000_000 : 1));

test(`${rounds} stories from seed ${first} on hold what must hold`, {
  timeout: 60_000 + rounds * 5_000,
}, async () => {
  const sums = { runs: 0, crashes: 0, calls: 0, repeated: 0, faults: 0, events: 0 };
  for (let seed = first; seed < first + rounds; seed++) {
    const { digest: _, ...counts } = await simulate(seed);
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += counts[key];
  }
  console.log(`simulated ${rounds} stories from seed ${first}: ${JSON.stringify(sums)}`);
  expect(sums.crashes).toBeGreaterThan(rounds);
  expect(sums.runs).toBeGreaterThan(rounds);
});

test("the same seed gives the same story, to the byte on disk", async () => {
  expect((await simulate(7)).digest).toBe((await simulate(7)).digest);
  expect((await simulate(7)).digest).not.toBe((await simulate(8)).digest);
});
