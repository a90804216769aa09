import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsProblems } from "../compiler/aws-validation.ts";
import { brokenRules } from "../compiler/definition-rules.ts";
import { type Refusal, same } from "./compare.ts";
import { FIGURES, noteFigures } from "./figures.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { seedOf } from "./seed.ts";
import { agreeOnMutants, type Mutant, statementMutants } from "./statement-mutants.ts";
import { inputsFor } from "./values.ts";

/** `all`, or how many of a suite's statements are deleted, each in a mutant of its own; by default in some suites only. */
const MUTANTS = process.env["RUNLET_MUTANTS"];
const MUTANT_SEED = seedOf("RUNLET_MUTANT_SEED", "RUNLET_MUTANTS");
/** Inputs of a program that has none of its own; each program begins elsewhere among them; `RUNLET_INPUTS` asks for more. */
const INPUTS = Number(process.env["RUNLET_INPUTS"] ?? 26);
const ONE_SUITE_IN = 5;
const USUALLY = 4;

/** A flow's function, or that and what belongs to it. */
export type Program =
  | string
  | {
      flow: string;
      /** Declarations of the module; a name used by two programs must be the same text. */
      module?: string | readonly string[];
      /** The flow's options. */
      options?: string;
      /** @default practice and hostile values for the keys that the program names */
      inputs?: readonly unknown[];
      refuses?: readonly Refusal[];
      /** On usual inputs it has no end, so that it says nothing about them. */
      endless?: true;
    };

export interface SuiteOptions {
  /** Further files beside `main.ts`. */
  files?: Record<string, string>;
  /** @default {@link INPUTS} */
  inputs?: number;
  /** Events after which loops go on in another execution. @default the compiler's */
  segmentEvents?: number;
}

/** One test a program; all programs of a suite are one file, since a build costs more than a run. */
export function suite(title: string, table: Record<string, Program>, options: SuiteOptions = {}): void {
  describe(title, () => {
    let programs: Programs;
    const entries = Object.entries(table).map(([name, program], i) => {
      const given = typeof program === "string" ? { flow: program } : program;
      return { ...given, name, flow: `p${i}`, body: given.flow, start: i * 5 };
    });
    beforeAll(async () => {
      const modules = [...new Set(entries.flatMap(({ module }) => module ?? []))];
      const flows = entries.map(
        ({ flow, body, options: own }) =>
          `export const ${flow} = flow(${own === undefined ? "" : `${own}, `}${body});`,
      );
      const segments = options.segmentEvents === undefined ? {} : { segmentEvents: options.segmentEvents };
      programs = await openPrograms(
        { ...options.files, "main.ts": [...modules, ...flows].join("\n") },
        segments,
      );
    }, 240_000);
    afterAll(() => programs?.close());

    it("its definitions keep the rules", async () => {
      for (const paths of ["fast", "slow", "raise"] as const) {
        const { flows } = await programs.file(paths);
        expect(flows.flatMap(brokenRules)).toEqual([]);
        // The others are for tests: nobody deploys them.
        if (paths === "fast") expect((await Promise.all(flows.map(awsProblems))).flat()).toEqual([]);
      }
    }, 240_000);

    const sample = sampleOf(title, entries);
    it.runIf(sample.length > 0)(
      `statement mutants, seed ${MUTANT_SEED} (RUNLET_MUTANT_SEED)`,
      async () => {
        const module = [...new Set(entries.flatMap((entry) => entry.module ?? []))].join("\n");
        const tally = await agreeOnMutants(programs, module, sample, options.files);
        console.log(`statement mutants of ${title}: ${JSON.stringify(tally)}`);
      },
      1_200_000,
    );

    it.runIf(FIGURES)(
      "figures",
      async () => {
        for (const { name, flow } of entries.filter((entry) => !entry.endless))
          await noteFigures(title === "each construct" ? "matrix" : "written by hand", name, programs, flow);
      },
      600_000,
    );

    it.each(entries)(
      "$name",
      async ({ flow, body, inputs, refuses, start }) => {
        const tally = await same(programs, flow, inputs ?? inputsFor(body, options.inputs ?? INPUTS, start), {
          ...(refuses && { refuses }),
          unordered: /Promise\.|\.submit|\.map\(async/.test(body),
        });
        expect(tally.runs).toBeGreaterThan(0);
      },
      240_000,
    );
  });
}

type Entry = { name: string; flow: string; body: string; inputs?: readonly unknown[]; start: number };

/** Programs of a suite without one of their statements: all, or some by the seed. */
function sampleOf(
  title: string,
  entries: readonly Entry[],
): (Mutant & { flow: string; inputs: readonly unknown[] })[] {
  const random = seeded(`${title} ${entries.map(({ name }) => name).join()} ${MUTANT_SEED}`);
  if (FIGURES || (MUTANTS === undefined && random() > 1 / ONE_SUITE_IN)) return [];
  const all = entries.flatMap(({ flow, body, inputs, start }) =>
    // Programs of hundreds of statements have no more to tell than their first ones.
    (body.length > 3_000 ? [] : statementMutants(body)).map((mutant) => ({
      ...mutant,
      flow,
      inputs: inputs ?? inputsFor(body, 6, start),
    })),
  );
  if (MUTANTS === "all") return all;
  const most = Number(MUTANTS ?? USUALLY);
  const chosen = new Map(all.map((mutant) => [random(), mutant]));
  return [...chosen]
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, mutant]) => mutant);
}

/** Numbers from 0 to 1 that a text decides (mulberry32 over a hash). */
function seeded(text: string): () => number {
  let state = [...text].reduce(
    (hash, char) => Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619),
    2_166_136_261,
  );
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
