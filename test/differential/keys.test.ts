import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taskContext } from "../../sdk/flow/task-context.ts";
import { type CompiledFile, type CompiledRun, ManualClock } from "../../sdk/testing/index.ts";
import { openPrograms } from "./harness.ts";
import { keysProgram } from "./keys.ts";
import { keysOverCrash, keysOverRedrive } from "./keys-engine.ts";
import { seedOf } from "./seed.ts";

/** The whole: `RUNLET_KEYS=2000 npx vitest run test/differential/keys.test.ts`. */
const FLOWS = Number(process.env["RUNLET_KEYS"] ?? 40);
const SEED = seedOf("RUNLET_KEYS_SEED", "RUNLET_KEYS");
const IN_A_FILE = 50;
const ONE_IN = 4;

const MODULE = `
export const again = task({ retries: 2, retryDelay: { seconds: 1 } }, async (...args) => args[0]);
export const fail = task(async (x) => { throw new RangeError("always"); });
export const child = flow(async (n) => { const a = await load(n); for (const x of [1, 2]) await load(a, x); await Promise.all([1, 2].map(async (y) => load(y, n))); return a; });
`;

const programs = fc.sample(
  fc.gen().map((g) => keysProgram((below) => g(() => fc.noBias(fc.nat({ max: Math.max(0, below - 1) }))))),
  { numRuns: FLOWS, seed: SEED },
);

type Calls = CompiledRun["calls"];
const keyOf = ({ runId, step, frames }: Calls[number]): string => `${runId}/${step}/${frames.join(".")}`;

/** Runs a flow; the calls that fail, by number, are tried again by the machine. */
async function callsOf(
  file: CompiledFile,
  flow: string,
  flag: boolean,
  failing: (key: string) => boolean,
): Promise<Calls> {
  const clock = new ManualClock();
  const task = async (...args: unknown[]): Promise<unknown> => args[0];
  const again = async (...args: unknown[]): Promise<unknown> => {
    const { attempt, idempotencyKey } = taskContext();
    if (attempt === 0 && failing(idempotencyKey)) throw new Error("once more");
    return args[0];
  };
  const { calls } = await clock.runUntil(
    file.run({ flow, input: { flag }, clock, runId: "run", tasks: { load: task, again } as never }),
  );
  return calls;
}

const hash = (text: string): number =>
  [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 9_973, 7);

const sorted = (calls: Calls): string[] => [...new Set(calls.map(keyOf))].sort();

describe(`idempotency keys, seed ${SEED} (RUNLET_KEYS_SEED)`, () => {
  it(`of ${FLOWS} generated flows are distinct, and equal after retries`, async () => {
    let calls = 0;
    let retried = 0;
    for (let at = 0; at < programs.length; at += IN_A_FILE) {
      const part = programs.slice(at, at + IN_A_FILE);
      const flows = part.map((text, i) => `export const p${i} = flow(${text});`);
      const opened = await openPrograms({ "main.ts": [MODULE, ...flows].join("\n") });
      try {
        const file = await opened.file();
        for (const [i, text] of part.entries()) {
          for (const flag of [true, false]) {
            const first = await callsOf(file, `p${i}`, flag, () => false);
            const keys = first.map(keyOf);
            expect(new Set(keys).size, `seed ${SEED}\n${text}`).toBe(keys.length);
            // Some fail at first: attempts more, the same keys.
            const second = await callsOf(file, `p${i}`, flag, (key) => hash(key) % 3 === 0);
            expect(sorted(second), `seed ${SEED}\n${text}`).toEqual(sorted(first));
            const attempts = second.map((one) => `${keyOf(one)} ${one.attempt}`);
            expect(new Set(attempts).size, `seed ${SEED}\n${text}`).toBe(attempts.length);
            calls += keys.length;
            retried += second.length - first.length;
          }
        }
      } finally {
        opened.close();
      }
      if (FLOWS > IN_A_FILE)
        console.log(`${at + part.length} flows, ${calls} calls, ${retried} attempts more, seed ${SEED}`);
    }
    console.log(`${FLOWS} flows, ${calls} calls, ${retried} attempts more, seed ${SEED}`);
    expect(calls).toBeGreaterThan(FLOWS * 4);
  }, 3_600_000);

  it(`of every ${ONE_IN}th flow are the same after a crash of the durable engine, and after a redrive`, async () => {
    const part = programs.filter((_, i) => i % ONE_IN === 0);
    const flows = part.map((text, i) => `export const p${i} = flow(${text});`);
    const opened = await openPrograms({ "main.ts": [MODULE, ...flows].join("\n") });
    const calling = part.filter((text) => text.includes("child(")).length;
    const tally = { flows: part.length, calling, crashes: 0, redrives: 0, redriven: 0 };
    try {
      const file = await opened.file();
      for (const [i, text] of part.entries()) {
        const keys = sorted(await callsOf(file, `p${i}`, true, () => false));
        const at = hash(text) % keys.length;
        const crashed = await keysOverCrash(file, `p${i}`, at);
        expect(crashed, `seed ${SEED}, crash at call ${at}\n${text}`).toEqual(keys);
        tally.crashes++;
        // A flow that is called and fails has ended, as the redrive of its caller finds it: a call of the run itself fails.
        const own = keys.filter((key) => key.startsWith("run/"));
        const { keys: after, succeeded } = await keysOverRedrive(file, `p${i}`, own[at % own.length] ?? "");
        tally.redrives++;
        if (succeeded) tally.redriven++;
        // A failure that a map or a branch has settled fails again: then nothing was called that was not to be.
        if (succeeded) expect(after, `seed ${SEED}, redrive\n${text}`).toEqual(keys);
        else
          expect(
            after.filter((key) => !keys.includes(key)),
            `seed ${SEED}, redrive\n${text}`,
          ).toEqual([]);
      }
    } finally {
      opened.close();
    }
    console.log(JSON.stringify(tally));
    if (part.length > 2) expect(tally.redriven).toBeGreaterThan(0);
    expect(tally.crashes).toBe(tally.flows);
  }, 3_600_000);
});
