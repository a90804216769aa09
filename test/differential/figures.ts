import { appendFileSync } from "node:fs";
import type { Programs } from "./harness.ts";
import { reasonsOf } from "./reasons.ts";
import { PRACTICE } from "./values.ts";

const file = process.env["RUNLET_FIGURES"];

/** True while `npm run figures` asks for them. */
export const FIGURES = file !== undefined;

/** What a program says about the fast path; one JSON object a line. */
export interface Figure {
  kind: "matrix" | "written by hand" | "generated";
  name: string;
  /** Its usual inputs enter no inline step. */
  fast: boolean;
  /** It compiles with `inlineSteps: "refuse"`. */
  proven: boolean;
  /** Usual inputs, and those of them that enter one. */
  inputs: number;
  slow: number;
  /** Why, one line for each inline step entered. */
  reasons: string[];
}

export async function noteFigures(
  kind: Figure["kind"],
  name: string,
  programs: Programs,
  flow: string,
): Promise<void> {
  const compiled = (await programs.file()).flows.find((one) => one.name === flow);
  if (!compiled || file === undefined) return;
  const { inlineSteps } = compiled;
  const found: string[][] = [];
  if (inlineSteps.length > 0)
    for (const input of PRACTICE)
      found.push(await reasonsOf(await programs.history(flow, input), inlineSteps, input));
  const slow = found.filter((reasons) => reasons.length > 0).length;
  const figure: Figure = {
    kind,
    name,
    fast: slow === 0,
    proven: programs.proven().has(flow),
    inputs: PRACTICE.length,
    slow,
    reasons: found.flat(),
  };
  appendFileSync(file, `${JSON.stringify(figure)}\n`);
}
