import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { root } from "../cli/cli.ts";
import { EXAMPLES } from "../examples/folders.ts";
import { writeFiles } from "./fixture.ts";

const TEXT = `import { flow, task } from "runlet";
const load = task(async (x: number) => x);
export const f = flow(async (input: any) => {
  const "😀" = 1;
});
`;
const MISTAKE = TEXT.replace('const "😀" = 1;', 'return ["😀", fetch];');

/** The blocks of code of the page, so that what users copy is what is tested. */
const page = readFileSync(join(root, "docs/editors.md"), "utf8");
const blocks = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) =>
  code.replace('"runlet/compiler"', JSON.stringify(join(root, "sdk/compiler/index.ts"))),
);

describe("docs/editors.md", () => {
  const path = writeFiles({ "rule.mts": blocks[0] ?? "", "server.mts": blocks[1] ?? "", "flow.ts": "" });
  const file = path("flow.ts");

  it("its ESLint rule reports what check finds, columns from 0", async () => {
    const { flow } = (await import(path("rule.mts"))) as {
      flow: { create(context: object): { Program(): void } };
    };
    const reports: unknown[] = [];
    const context = {
      filename: file,
      sourceCode: { text: MISTAKE },
      report: (one: unknown) => reports.push(one),
    };
    flow.create(context).Program();
    expect(reports).toEqual([
      {
        message: expect.stringMatching(/^RLT1304 .* Move it into a task/),
        loc: { start: { line: 4, column: 16 }, end: { line: 4, column: 21 } },
      },
    ]);
    expect(MISTAKE.split("\n")[3]?.slice(16, 21)).toBe("fetch");
  });

  it("its language server answers with ranges from 0, and takes back what was mended", async () => {
    const { publishDiagnostics } = (await import(path("server.mts"))) as {
      publishDiagnostics(...args: string[]): { params: { diagnostics: object[] } };
    };
    expect(publishDiagnostics("file:///flow.ts", file, MISTAKE).params.diagnostics).toMatchObject([
      { code: "RLT1304", range: { start: { line: 3, character: 16 }, end: { line: 3, character: 21 } } },
    ]);
    const mended = MISTAKE.replace("fetch", "input");
    expect(publishDiagnostics("file:///flow.ts", file, mended).params.diagnostics).toEqual([]);
  });
});

describe("check on what is being typed", () => {
  it("a text that is no program gives a syntax error at its place", () => {
    const [first] = check("/nowhere/flow.ts", TEXT);
    expect(first).toMatchObject({ code: "RLT1001", line: 4 });
  });

  it.each(EXAMPLES)("never throws on a part of the example %s", (name) => {
    const file = join(root, "examples", name, "flow.ts");
    const text = readFileSync(file, "utf8");
    for (let at = 0; at < text.length; at += 17) {
      check(file, text.slice(0, at));
      check(file, text.slice(0, at) + text.slice(at + 9));
      check(file, `${text.slice(0, at)} await ( { ${text.slice(at)}`);
    }
  });
});
