import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPRESSIONS } from "../compiler/forms/expressions.ts";
import { same } from "./compare.ts";
import { CONSTANTS, CONSTRUCTS } from "./constructs.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { POSITIONS } from "./positions.ts";
import { provenFlows } from "./refusing.ts";
import { THROWING } from "./throwing.ts";
import { inputsFor } from "./values.ts";

const REFUSES = ["RLT3005", "RLT2001", "RLT2010"] as const;

const table = [
  ...Object.entries(POSITIONS).flatMap(([position, place]) =>
    Object.entries(CONSTRUCTS).map(([name, text]) => [`${position}: ${name}`, place(text)] as const),
  ),
  ...EXPRESSIONS.map(
    (text) => [text, `async (raw) => { const it = ${text}; await send(it); return it; }`] as const,
  ),
  ...[
    // A later case's test threw though an earlier one was taken.
    "async (raw) => { switch (raw.s) { case 'text': return 1; case raw.none.x: return 2; default: return 3; } }",
    "async (raw) => { let x; if (raw.flag) x = raw.a; await load(1); return [x === undefined, x ?? 'none']; }",
    "async (raw) => { let x = raw.flag ? undefined : raw.o; await load(1); return x.x; }",
    "async (raw) => { let y = 0; try { y = 1; y = raw.none.x; } catch (e) { await load(y); } return y; }",
    ...THROWING,
  ].map((text) => [text, text] as const),
];

const flows = table.map(([name, text], i) => ({ name, text, flow: `p${i}` }));
const source = (options: (flow: string) => string): string =>
  [CONSTANTS, ...flows.map(({ text, flow }) => `export const ${flow} = flow(${options(flow)}${text});`)].join(
    "\n",
  );

/** Programs without one inline step, over all values: what JavaScript throws is thrown without JavaScript. */
describe("flows that refuse inline steps", () => {
  const proven = provenFlows(source(() => ""));
  const programs = flows.filter(({ flow }) => proven.has(flow));
  let opened: Programs;
  beforeAll(async () => {
    const text = programs.map(
      ({ text: body, flow }) => `export const ${flow} = flow({ inlineSteps: "refuse" }, ${body});`,
    );
    opened = await openPrograms({ "main.ts": [CONSTANTS, ...text].join("\n") });
  }, 240_000);
  afterAll(() => opened?.close());

  it("are a good part of the matrix", () => {
    expect(programs.length).toBeGreaterThan(100);
  });

  it.each(programs)(
    "$name",
    async ({ text, flow }) => {
      const tally = await same(opened, flow, inputsFor(text, 30), { refuses: REFUSES, paths: ["fast"] });
      expect(tally.runs).toBeGreaterThan(0);
    },
    60_000,
  );
});
