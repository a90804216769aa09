import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsProblems } from "../compiler/aws-validation.ts";
import { brokenRules } from "../compiler/definition-rules.ts";
import { type Refusal, same } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { inputsFor } from "./values.ts";

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
    };

export interface SuiteOptions {
  /** Further files beside `main.ts`. */
  files?: Record<string, string>;
  /** @default 26 */
  inputs?: number;
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
      programs = await openPrograms({ ...options.files, "main.ts": [...modules, ...flows].join("\n") });
    }, 60_000);
    afterAll(() => programs?.close());

    it("its definitions keep the rules", async () => {
      for (const paths of ["fast", "slow", "raise"] as const) {
        const { flows } = await programs.file(paths);
        expect(flows.flatMap(brokenRules)).toEqual([]);
        expect((await Promise.all(flows.map(awsProblems))).flat()).toEqual([]);
      }
    }, 60_000);

    it.each(entries)(
      "$name",
      async ({ flow, body, inputs, refuses, start }) => {
        const tally = await same(
          programs,
          flow,
          inputs ?? inputsFor(body, options.inputs ?? 26, start),
          refuses ? { refuses } : {},
        );
        expect(tally.runs).toBeGreaterThan(0);
      },
      60_000,
    );
  });
}
