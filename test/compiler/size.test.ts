import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DEFINITION_BYTES } from "../../sdk/asl/limits.ts";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { deployedBytes } from "../../sdk/compiler/emit/machine.ts";
import { type CompileResult, compileFile } from "../../sdk/compiler/index.ts";
import { loadDefinitions, writeFiles } from "./fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-size-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'import { flow, task } from "runlet";\nexport const t = task(async (x?: unknown) => x);\n';

async function compiled(name: string, body: string): Promise<{ result: CompileResult; text: () => string }> {
  const file = writeFiles({ "flow.ts": `${HEAD}export const f = flow(async () => {\n${body}\n});\n` })(
    "flow.ts",
  );
  const outDir = join(folder, name);
  const result = await compileFile(file, { outDir, load: loadDefinitions });
  return { result, text: () => readFileSync(join(outDir, "flows/f.asl.json"), "utf8") };
}

describe("the limit of a definition", () => {
  it("is measured without the blanks of the file that people read", async () => {
    const literal = `{ a: [${"{ b: 1 }, ".repeat(40)}] }`;
    const { result, text } = await compiled("blanks", `await t(${literal});\n`.repeat(900));
    expect(result.ok).toBe(true);
    expect(text().length).toBeGreaterThan(DEFINITION_BYTES);
    expect(JSON.stringify(JSON.parse(text())).length).toBeLessThan(DEFINITION_BYTES);
  });

  it("is told with its code where the definition itself is too large", async () => {
    const { result } = await compiled(
      "large",
      `await t(${JSON.stringify("x".repeat(1_000))});\n`.repeat(900),
    );
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toEqual(["RLT1402"]);
  });

  it("counts the ARNs that deploying puts in the place of placeholders, and what it escapes", () => {
    const machine = (Resource: string, Arguments: string): StateMachine => ({
      StartAt: "a",
      States: { a: { Type: "Task", Resource, Arguments, End: true } },
    });
    const placed = `arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:${"x".repeat(80)}`;
    expect(deployedBytes(machine("${T}", "a"))).toBe(JSON.stringify(machine(placed, "a")).length);
    expect(deployedBytes(machine("a", "1 ${x}"))).toBe(
      JSON.stringify(machine("a", "1 ")).length + "\\u0024{x}".length,
    );
    expect(deployedBytes(machine("a", "é"))).toBe(JSON.stringify(machine("a", "")).length + 2);
  });
});

describe("the file of a definition", () => {
  it("grows with its content, however deeply that is nested: deeper literals are inline steps", async () => {
    const nested = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
    const sizes = await Promise.all(
      [30, 300].map(async (levels) => {
        const { result, text } = await compiled(
          `nested${levels}`,
          `await t(${nested(levels)});\n`.repeat(20),
        );
        expect(result.ok).toBe(true);
        return text().length;
      }),
    );
    // Ten times as deep would be a hundred times as large, were each level on a line of its own.
    expect((sizes[1] ?? 0) / (sizes[0] ?? 1)).toBeLessThan(2);
  });
});
