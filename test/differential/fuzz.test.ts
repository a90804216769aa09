import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { same } from "./compare.ts";
import { Generator } from "./generator.ts";
import { openPrograms } from "./harness.ts";
import { HOSTILE, NO_INPUT, PRACTICE } from "./values.ts";

const RUNS = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 200);
const SEED = Number(process.env["RUNLET_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const IN_A_FILE = 40;

/** Codes for values that a flow body cannot keep as they are: see `known-differences.md`. */
const REFUSES = ["RLT3005", "RLT2001", "RLT2003", "RLT2009", "RLT2010"] as const;

interface Made {
  text: string;
  inputs: unknown[];
  coverage: ReadonlyMap<string, number>;
}

const evenly = (most: number): fc.Arbitrary<number> => fc.noBias(fc.nat({ max: most }));

const made = fc.gen().map((g): Made => {
  const draw = (below: number): number => g(evenly, Math.max(0, below - 1));
  const generator = new Generator(draw);
  const text = generator.program();
  const [practice = {}] = PRACTICE;
  const hostile = (): unknown => HOSTILE[draw(HOSTILE.length)];
  const keys = Object.keys(practice);
  const bent = Object.fromEntries(
    keys.filter(() => draw(10) > 0).map((key) => [key, draw(4) === 0 ? hostile() : practice[key]]),
  );
  return {
    text,
    inputs: [PRACTICE[draw(PRACTICE.length)], bent, draw(8) === 0 ? NO_INPUT : { ...practice, o: hostile() }],
    coverage: generator.coverage,
  };
});

describe(`random programs, seed ${SEED} (RUNLET_FUZZ_SEED), ${RUNS} runs (RUNLET_FUZZ_RUNS)`, () => {
  const programs = fc.sample(made, { numRuns: RUNS, seed: SEED });
  const files = Array.from({ length: Math.ceil(RUNS / IN_A_FILE) }, (_, i) =>
    programs.slice(i * IN_A_FILE, (i + 1) * IN_A_FILE),
  );
  const tally = { runs: 0, refused: 0, answered: 0 };

  it.each(files.map((file, i) => [i, file] as const))(
    "file %i",
    async (_, file) => {
      const flows = file.map(({ text }, i) => `export const p${i} = flow(${text});`);
      const opened = await openPrograms({ "main.ts": flows.join("\n") });
      await opened.file(); // a program that does not compile is told once
      const wrong: string[] = [];
      for (const [i, { text, inputs }] of file.entries()) {
        try {
          const one = await same(opened, `p${i}`, inputs, { refuses: REFUSES });
          for (const key of ["runs", "refused", "answered"] as const) tally[key] += one[key];
        } catch (error) {
          wrong.push(`seed ${SEED}\n${text}\n${(error as Error).message}`);
        }
      }
      opened.close();
      expect(wrong.slice(0, 5).join("\n\n")).toBe("");
    },
    120_000,
  );

  it("covers the grammar, and mostly answers", () => {
    const coverage = new Map<string, number>();
    for (const one of programs)
      for (const [construct, count] of one.coverage)
        coverage.set(construct, (coverage.get(construct) ?? 0) + count);
    console.log(
      `seed ${SEED}: ${RUNS} programs, ${tally.runs} compiled runs, ${tally.refused} refused at run time, ${tally.answered} answered in Node; ${[
        ...coverage,
      ]
        .sort()
        .map(([construct, count]) => `${construct} ${count}`)
        .join(", ")}`,
    );
    expect(coverage.size).toBeGreaterThan(RUNS >= 100 ? 40 : 10);
    expect(tally.answered * 10).toBeGreaterThan(programs.length);
  });
});
