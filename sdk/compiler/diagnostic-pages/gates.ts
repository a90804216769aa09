import type { DiagnosticPage } from "./page.ts";

/** RLT14xx: gates on what is emitted. */
export const GATE_PAGES = {
  RLT1401: {
    why: 'With `inlineSteps: "refuse"` a flow has no Lambda besides its tasks: an expression must be one that JSONata answers as JavaScript does, for every value that may come. Reading members, tests, choices, literals, loops over known lists, callbacks that compare and build, and what they throw, are such; arithmetic and texts of values whose type nobody knows are not.',
    wrong: `import { flow, task } from "runlet";
export const load = task(async (text: string) => text);
export const etl = flow({ inlineSteps: "refuse" }, async (input: { text: string }) => await load(input.text.padStart(8)));`,
    right: `import { flow, task } from "runlet";
export const load = task(async (text: string) => text.padStart(8));
export const etl = flow({ inlineSteps: "refuse" }, async (input: { text: string }) => await load(input.text));`,
  },
  RLT1402: {
    why: "Step Functions takes no definition above 1 MB. A step costs about a kilobyte, so only a generated flow gets there.",
    wrong: "// …\nreturn 1;",
    right: 'for (const id of input.ids) await load({ id, kind: "a row of the table" });\nreturn 1;',
    repeated: { line: 'await load({ id: input.id, kind: "a row of the table" });', times: 2_400 },
  },
} as const satisfies Record<string, DiagnosticPage>;
