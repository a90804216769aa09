import { appendFileSync } from "node:fs";
import type { Programs } from "./harness.ts";
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
}

export async function noteFigures(
  kind: Figure["kind"],
  name: string,
  programs: Programs,
  flow: string,
): Promise<void> {
  const compiled = (await programs.file()).flows.find((one) => one.name === flow);
  if (!compiled || file === undefined) return;
  const inline = new Set(compiled.inlineSteps.map(({ state }) => state));
  let slow = 0;
  if (inline.size > 0)
    for (const input of PRACTICE)
      if ((await programs.entered(flow, input)).some((state) => inline.has(state))) slow++;
  const figure: Figure = {
    kind,
    name,
    fast: slow === 0,
    proven: inline.size === 0,
    inputs: PRACTICE.length,
    slow,
  };
  appendFileSync(file, `${JSON.stringify(figure)}\n`);
}
