import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelGrid } from "../../examples/model-grid/flow.ts";
import { mapReduce, parallelProcessing } from "../../examples/parallel-processing/flow.ts";
import { partialBatch } from "../../examples/partial-batch/flow.ts";
import { textAnalysis } from "../../examples/text-analysis/flow.ts";
import { compileFlows } from "../../sdk/testing/index.ts";
import { root } from "../cli/cli.ts";

const path = (name: string): string => join(root, "examples", name, "flow.ts");
const ROWS = [1, 2, 3].map((id) => ({ id, amount: id === 2 ? "two" : `${id}.5` }));
const DOCUMENTS = ["One. Two words!\n\nAnother paragraph, longer than that.", "", "Ende gut. Alles gut?"];

describe("examples of fan-out, in Node and compiled, on the fast path and by inline steps alone", () => {
  const cases: [string, string, (input: never) => Promise<unknown>, unknown[], unknown][] = [
    ["parallel-processing", "parallelProcessing", parallelProcessing, [], 1_440],
    ["parallel-processing", "mapReduce", mapReduce, [{ texts: ["a b", "b c b"] }], { a: 1, b: 3, c: 1 }],
    ["parallel-processing", "mapReduce", mapReduce, [{ texts: [] }], {}],
    [
      "model-grid",
      "modelGrid",
      modelGrid,
      [{ datasets: ["line", "bow"], degrees: [1, 2, 3] }],
      [expect.objectContaining({ degree: 1 }), expect.objectContaining({ degree: 2 })],
    ],
    [
      "partial-batch",
      "partialBatch",
      partialBatch,
      [{ rows: ROWS }],
      { imported: [expect.anything(), expect.anything()], lost: ['Row 2: "two" is no amount.'] },
    ],
    ["partial-batch", "partialBatch", partialBatch, [{ rows: [] }], { imported: [], lost: [] }],
    ["text-analysis", "textAnalysis", textAnalysis, [{ documents: DOCUMENTS }], expect.any(Array)],
  ];

  it.each(cases)("%s: %s", async (folder, flow, plain, args, expected) => {
    const answer = await (plain as (...input: unknown[]) => Promise<unknown>)(...args);
    expect(answer).toEqual(expected);
    for (const paths of ["fast", "slow"] as const) {
      const compiled = await compileFlows(path(folder), { paths, single: true });
      const given = args.length > 0 ? { input: args[0] } : {};
      const { output, calls } = await compiled.run({ flow, ...given });
      compiled.close();
      expect(output, paths).toEqual(answer);
      const keys = calls
        .filter(({ attempt }) => attempt === 0)
        .map(({ step, frames }) => `${step}/${frames.join(".")}`);
      expect(new Set(keys).size, "idempotency keys are distinct").toBe(keys.length);
    }
  });
});
