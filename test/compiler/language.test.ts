import { join } from "node:path";
import { expect, it } from "vitest";
import { analyse } from "../../sdk/compiler/analyse.ts";
import { identityEdits } from "../../sdk/compiler/bundle/identity-edits.ts";
import { helpersOf } from "../../sdk/compiler/check/helper.ts";
import { emitFlow } from "../../sdk/compiler/compile.ts";
import type { Description } from "../../sdk/flow/describe.ts";
import { NO_RETRIES } from "../../sdk/flow/retry.ts";

const LANGUAGE = JSON.stringify(new Intl.Collator().resolvedOptions().locale);

const TEXT = `import { flow } from "runlet";
const byName = (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true });
export const sorted = flow(async (xs) => [xs.toSorted(byName), xs.toSorted((a, b) => a.x.localeCompare((b.x)))]);
`;

it("a comparison without a language has that of the machine that compiles, wherever it runs", () => {
  const analysis = analyse(join(import.meta.dirname, "main.ts"), TEXT);
  const [flow] = analysis.flows;
  if (!flow) throw new Error("The flow does not compile.");
  const described = { sorted: { settings: { retry: NO_RETRIES }, hasSchema: false } };
  const { inlineSteps } = emitFlow(
    analysis,
    flow,
    { tasks: {}, flows: described } as unknown as Description,
    {},
  );
  expect(inlineSteps.map(({ code }) => code).join()).toContain(`a.x.localeCompare((b.x), ${LANGUAGE})`);
  const edits = [...helpersOf(analysis.reader)].flatMap(identityEdits);
  const at = TEXT.indexOf("undefined");
  expect(edits).toEqual([{ start: at, end: at + "undefined".length, with: LANGUAGE }]);
});
