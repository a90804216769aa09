import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { root } from "../cli/cli.ts";
import { awsProblems } from "../compiler/aws-validation.ts";
import { brokenRules } from "../compiler/definition-rules.ts";
import { type Refusal, same } from "./compare.ts";
import { fastProgram } from "./fast-expressions.ts";
import { FIGURES, noteFigures } from "./figures.ts";
import { ALIAS_MODULE, AliasGenerator } from "./generator-aliases.ts";
import { WideGenerator } from "./generator-wide.ts";
import { openPrograms } from "./harness.ts";
import { PRELUDE } from "./prelude.ts";
import { seedOf } from "./seed.ts";
import { HOSTILE, NO_INPUT, PRACTICE } from "./values.ts";

const RUNS = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 120);
const SEED = seedOf("RUNLET_FUZZ_SEED", "RUNLET_FUZZ_RUNS");
const IN_A_FILE = 40;
/** How often 2,000 programs have each construct. */
const LEAST = 100;

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
  const generator = new WideGenerator(draw);
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

/** One value after the other in the place of what an expression reads. */
const hostileInput = (draw: (below: number) => number): unknown => {
  const any = (): unknown => HOSTILE[draw(HOSTILE.length)];
  const keys = ["a", "b", "v", "w", "s", "flag", "list", "a b", "none"].filter(() => draw(12) > 0);
  const values = Object.fromEntries(keys.map((key) => [key, any()]));
  return {
    ...values,
    ...(draw(5) > 0 && {
      o: draw(3) === 0 ? any() : { x: draw(2) === 0 ? any() : { y: any() }, length: any() },
    }),
  };
};

const madeFast = fc.gen().map((g): Made => {
  const draw = (below: number): number => g(evenly, Math.max(0, below - 1));
  const text = fastProgram(draw);
  return {
    text,
    inputs: [PRACTICE[draw(PRACTICE.length)], ...Array.from({ length: 6 }, () => hostileInput(draw))],
    coverage: new Map(),
  };
});

/** Objects with several names and places. */
const madeAliasing = fc.gen().map((g): Made => {
  const draw = (below: number): number => g(evenly, Math.max(0, below - 1));
  const text = new AliasGenerator(draw).program();
  return { text, inputs: [{ flag: true }, { flag: false }], coverage: new Map() };
});

/** Programs that could see one object at two places: which of them are refused is not for the generator to know. */
const SHARED = new Set(["RLT1105", "RLT1101"]);
/** The same, and what is done to values that wait, to elements of a loop that changes its list, and in functions. */
const ALIASING = new Set([...SHARED, "RLT1104", "RLT1106", "RLT1203", "RLT1304"]);

/** What programs of one kind have in common. */
interface Part {
  module: string;
  refuses: readonly Refusal[];
  shared: ReadonlySet<string>;
}

const PART: Part = { module: "", refuses: REFUSES, shared: SHARED };
const ALIASES: Part = { module: ALIAS_MODULE, refuses: [...REFUSES, "RLT2008"], shared: ALIASING };

function isRefusedAsShared(text: string, { module, shared }: Part): boolean {
  const found = check(join(root, "program.ts"), `${PRELUDE}\n${module}\nexport const p = flow(${text});`);
  return found.length > 0 && found.every(({ code }) => shared.has(code));
}

interface Tally {
  /** Programs that were refused at once. */
  shared: number;
  runs: number;
  refused: number;
  answered: number;
}

/** One file of programs, each on its inputs; the differences of the first few that have any. */
async function wrongOnes(programs: readonly Made[], tally: Tally, part = PART): Promise<string> {
  const file = programs.filter(({ text }) => !isRefusedAsShared(text, part));
  tally.shared += programs.length - file.length;
  const flows = file.map(({ text }, i) => `export const p${i} = flow(${text});`);
  const opened = await openPrograms({ "main.ts": [part.module, ...flows].join("\n") });
  const { flows: compiled } = await opened.file(); // a program that does not compile is told once
  const wrong = [...compiled.flatMap(brokenRules), ...(await Promise.all(compiled.map(awsProblems))).flat()];
  for (const [i, { text, inputs }] of file.entries()) {
    try {
      const one = await same(opened, `p${i}`, inputs, { refuses: part.refuses });
      for (const key of ["runs", "refused", "answered"] as const) tally[key] += one[key];
    } catch (error) {
      wrong.push(`seed ${SEED}\n${text}\n${(error as Error).message}`);
    }
  }
  opened.close();
  return wrong.slice(0, 5).join("\n\n");
}

const inFiles = (programs: readonly Made[]): (readonly [number, Made[]])[] =>
  Array.from(
    { length: Math.ceil(programs.length / IN_A_FILE) },
    (_, i) => [i, programs.slice(i * IN_A_FILE, (i + 1) * IN_A_FILE)] as const,
  );

describe(`random programs, seed ${SEED} (RUNLET_FUZZ_SEED), ${RUNS} runs (RUNLET_FUZZ_RUNS)`, () => {
  const programs = fc.sample(made, { numRuns: RUNS, seed: SEED });
  const tally: Tally = { shared: 0, runs: 0, refused: 0, answered: 0 };

  it.each(inFiles(programs))(
    "file %i",
    async (_, file) => {
      expect(await wrongOnes(file, tally)).toBe("");
    },
    300_000,
  );

  it.runIf(FIGURES)(
    "figures",
    async () => {
      for (const [, file] of inFiles(programs.filter(({ text }) => !isRefusedAsShared(text, PART)))) {
        const opened = await openPrograms({
          "main.ts": file.map(({ text }, i) => `export const p${i} = flow(${text});`).join("\n"),
        });
        for (const [i, { text }] of file.entries()) await noteFigures("generated", text, opened, `p${i}`);
        opened.close();
      }
    },
    600_000,
  );

  it("covers the grammar, and mostly answers", () => {
    const coverage = new Map<string, number>();
    for (const one of programs)
      for (const [construct, count] of one.coverage)
        coverage.set(construct, (coverage.get(construct) ?? 0) + count);
    const counted = [...coverage].sort().map(([construct, count]) => `${construct} ${count}`);
    console.log(
      `seed ${SEED}: ${RUNS} programs, ${tally.shared} refused since they share objects, ${tally.runs} compiled runs, ${tally.refused} refused at run time, ${tally.answered} answered in Node; ${counted.join(", ")}`,
    );
    expect(tally.shared * 10).toBeLessThan(Math.max(programs.length, 20));
    expect(coverage.size).toBeGreaterThan(RUNS >= 100 ? 40 : 10);
    if (RUNS >= 2_000) expect([...coverage].filter(([, count]) => count < LEAST)).toEqual([]);
    expect(tally.answered * 10).toBeGreaterThan(programs.length);
  });
});

describe(`random expressions over values of any type, seed ${SEED}`, () => {
  const programs = fc.sample(madeFast, { numRuns: Math.ceil(RUNS / 2), seed: SEED });
  const tally: Tally = { shared: 0, runs: 0, refused: 0, answered: 0 };

  it.each(inFiles(programs))(
    "file %i",
    async (_, file) => {
      expect(await wrongOnes(file, tally)).toBe("");
    },
    300_000,
  );

  it("answers for most", () => {
    expect(tally.answered * 3).toBeGreaterThan(programs.length);
  });
});

describe(`random programs that alias, seed ${SEED}`, () => {
  const programs = fc.sample(madeAliasing, { numRuns: Math.ceil(RUNS / 2), seed: SEED });
  const tally: Tally = { shared: 0, runs: 0, refused: 0, answered: 0 };

  it.each(inFiles(programs))(
    "file %i",
    async (_, file) => {
      expect(await wrongOnes(file, tally, ALIASES)).toBe("");
    },
    300_000,
  );

  it("a part of them compiles, and answers", () => {
    console.log(
      `seed ${SEED}: ${programs.length} that alias, ${tally.shared} refused, ${tally.runs} compiled runs, ${tally.refused} refused at run time, ${tally.answered} answered in Node`,
    );
    expect(tally.shared).toBeLessThan(programs.length * 0.8);
    expect(tally.answered * 4).toBeGreaterThan(programs.length);
  });
});
