import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { same } from "./compare.ts";
import { openPrograms } from "./harness.ts";
import { seedOf } from "./seed.ts";

const SEED = seedOf("RUNLET_FUZZ_SEED", "RUNLET_FUZZ_RUNS");
/** The whole: `RUNLET_FUZZ_RUNS=500 npx vitest run test/differential/retry-options.test.ts`. */
const TASKS = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 30);
const IN_A_FILE = 50;
const RUNS = 8;

const NAMES = ["Busy", "Broken", "TimeoutError"];
const seconds = fc.integer({ min: 1, max: 400 }).map((s) => `{ seconds: ${s} }`);
const growing = fc
  .record({
    seconds: fc.integer({ min: 1, max: 60 }),
    factor: fc.constantFrom(1, 1.25, 2, 3.3),
    cap: fc.option(fc.integer({ min: 60, max: 600 })),
    jitter: fc.constantFrom("none", "full"),
  })
  .map(
    ({ seconds: s, factor, cap, jitter }) =>
      `backoff({ seconds: ${s}, factor: ${factor}, jitter: "${jitter}"${cap === null ? "" : `, max: { seconds: ${cap} }`} })`,
  );
const delay = fc.oneof(
  seconds,
  growing,
  fc.array(seconds, { minLength: 1, maxLength: 5 }).map((list) => `[${list.join(", ")}]`),
);
const condition = fc.oneof(
  fc.subarray(NAMES).map((names) => JSON.stringify(names)),
  fc.subarray(NAMES).map((names) => `(e, n) => ${JSON.stringify(names)}.includes(e.name) && n < 3`),
  fc.constant("() => { throw new Error('cannot judge'); }"),
);
const options = fc
  .record({
    retries: fc.option(fc.nat({ max: 6 })),
    retryDelay: fc.option(delay),
    retryIf: fc.option(condition),
  })
  .map(
    (one) =>
      `{ ${Object.entries(one)
        .flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]))
        .join(", ")} }`,
  );
const failure = fc.oneof(fc.constantFrom(...NAMES, "final", null), fc.nat({ max: 90 }));
const script = fc.array(failure, { maxLength: 8 });

const MODULE = `
import { FinalError, RetryAfterError } from "runlet";
const act = async (script) => {
  await call("act", [script]);
  const what = script[taskContext().attempt];
  if (what === undefined || what === null) return taskContext().attempt;
  if (what === "final") throw new FinalError("for good");
  if (typeof what === "number") throw new RetryAfterError("later", { seconds: what });
  const e = new Error(what); e.name = what; throw e;
};`;

describe("any retry options", () => {
  it(`attempts, their times and what is thrown at last are the same (seed ${SEED})`, async () => {
    const tasks = fc.sample(options, { numRuns: TASKS, seed: SEED });
    const inputs = fc.sample(script, { numRuns: RUNS, seed: SEED }).map((one) => ({ script: one }));
    let runs = 0;
    for (let at = 0; at < tasks.length; at += IN_A_FILE)
      runs += await runsOf(tasks.slice(at, at + IN_A_FILE), inputs);
    console.log(`${tasks.length} retry options, ${runs} runs compared, seed ${SEED}`);
    expect(runs).toBeGreaterThan(TASKS * RUNS);
  }, 3_600_000);
});

/** Runs flows with tasks of these options in Node and compiled; how often they were compared. */
async function runsOf(tasks: readonly string[], inputs: readonly unknown[]): Promise<number> {
  const flows = tasks.map(
    (given, i) => `export const t${i} = task(${given}, act);
      export const p${i} = flow(async ({ script }) => {
        try { await t${i}(script); } catch (e) { await load([e.name, e.message]); }
        return t${i}.map([[], script]); // no two items that fail: of one moment, the first item wins compiled
      });`,
  );
  const programs = await openPrograms({ "main.ts": [MODULE, ...flows].join("\n") });
  try {
    let runs = 0;
    for (const [i, given] of tasks.entries()) {
      try {
        runs += (await same(programs, `p${i}`, inputs)).runs;
      } catch (error) {
        throw new Error(`${given}: ${(error as Error).message}`);
      }
    }
    return runs;
  } finally {
    programs.close();
  }
}
