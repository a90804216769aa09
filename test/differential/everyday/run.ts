import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check } from "../../../sdk/compiler/index.ts";
import { type Refusal, same } from "../compare.ts";
import { openPrograms, type Programs } from "../harness.ts";

const folder = import.meta.dirname;
const read = (name: string): string => readFileSync(join(folder, `${name}.ts`), "utf8");

interface Options {
  /** Flows that are refused today, with the code of the diagnostic. */
  refused?: Readonly<Record<string, string>>;
  /** Codes with which a run may be refused. */
  refuses?: readonly Refusal[];
}

/**
 * Flows as users write them, a file of them, in three forms: in plain Node, compiled, and compiled without the fast path
 * and with guards that fail. Each must have inputs; those of one file are one build.
 */
export function everyday(
  file: string,
  inputs: Readonly<Record<string, readonly unknown[]>>,
  options: Options = {},
): void {
  describe(`everyday flows: ${file}`, () => {
    const text = read(file);
    const names = [...text.matchAll(/^export const (\w+) = flow\(/gm)].map(([, name = ""]) => name);
    const compiled = names.filter((name) => !Object.hasOwn(options.refused ?? {}, name));
    let programs: Programs;

    beforeAll(async () => {
      const main = `export { ${compiled.join(", ")} } from "./${file}.ts";`;
      const refused = Object.keys(options.refused ?? {});
      programs = await openPrograms({
        "main.ts": main,
        [`${file}.ts`]: withoutFlows(text, refused),
        "tasks.ts": read("tasks"),
        "helpers.ts": read("helpers"),
      });
    }, 240_000);
    afterAll(() => programs?.close());

    it("has inputs for each flow", () => {
      expect(Object.keys(inputs).sort()).toEqual([...names].sort());
    });

    it("refuses the others with a code and nothing else", () => {
      const codes = check(join(folder, `${file}.ts`)).filter((one) => one.file.endsWith(`/${file}.ts`));
      const wrong = codes.map(({ line, code }) => `${nameAt(text, line)} ${code}`);
      for (const one of wrong) expect(Object.keys(options.refused ?? {})).toContain(one.split(" ")[0]);
      for (const [name, code] of Object.entries(options.refused ?? {}))
        expect(wrong).toContain(`${name} ${code}`);
    });

    it.each(compiled)(
      "%s",
      async (name) => {
        const own = flowText(text, name);
        const unordered = /Promise\.|\.map\(async/.test(own);
        const paths = ["fast", "slow", "raise"] as const;
        const { refuses = [] } = options;
        const tally = await same(programs, name, inputs[name] ?? [], { unordered, paths, refuses });
        expect(tally.runs).toBeGreaterThan(0);
      },
      240_000,
    );
  });
}

/** The flow in which a line stands. */
function nameAt(text: string, line: number): string {
  const head = text.split("\n").slice(0, line).join("\n");
  return [...head.matchAll(/^export const (\w+) = flow\(/gm)].at(-1)?.[1] ?? "";
}

/** From `export const name = flow(` to the end of the statement. */
function flowText(text: string, name: string): string {
  const start = text.indexOf(`export const ${name} = flow(`);
  const rest = text.slice(start);
  return rest.slice(0, rest.search(/\n\}?\);\n/) + 1).concat(/\n(\}?\);\n)/.exec(rest)?.[1] ?? "");
}

const withoutFlows = (text: string, names: readonly string[]): string =>
  names.reduce((left, name) => left.replace(flowText(left, name), ""), text);
