import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DIAGNOSTIC_PAGES, type DiagnosticPage } from "../../sdk/compiler/diagnostic-pages/index.ts";
import { compileFile, type Diagnostic } from "../../sdk/compiler/index.ts";
import { loadDefinitions } from "./fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Example = Exclude<DiagnosticPage, { retired: string }>;
const pages = Object.entries(DIAGNOSTIC_PAGES).flatMap(([code, page]) =>
  "retired" in page ? [] : [{ code, page }],
);

/** An example as a file: what is no whole file stands in a flow's body. */
function fileOf(text: string, { repeated }: Example): string {
  const whole = repeated
    ? text.replace(/^ *\/\/ …$/m, () => Array<string>(repeated.times).fill(repeated.line).join("\n"))
    : text;
  if (/^import /m.test(whole)) return `${whole}\n`;
  return `import { flow, task } from "runlet";
export const load = task(async (x?: any): Promise<any> => x);
export const save = task(async (x?: any): Promise<any> => x);
export const main = flow(async (input: any) => {
${whole}
});
`;
}

async function diagnosticsOf(code: string, which: "wrong" | "right", page: Example): Promise<Diagnostic[]> {
  const file = join(folder, `${code}-${which}.ts`);
  for (const [name, text] of Object.entries(page.files ?? {})) writeFileSync(join(folder, name), text);
  writeFileSync(file, fileOf(page[which], page));
  const compiled = await compileFile(file, {
    outDir: join(folder, `${code}-${which}`),
    load: loadDefinitions,
  });
  return compiled.ok ? [] : compiled.diagnostics;
}

describe("the page of each diagnostic", () => {
  it.each(pages)("$code: its wrong example gives it, and no other", async ({ code, page }) => {
    const diagnostics = await diagnosticsOf(code, "wrong", page);
    expect([...new Set(diagnostics.map((one) => one.code))], "of its codes").toEqual([code]);
  });

  it.each(pages)("$code: its right example compiles", async ({ code, page }) => {
    expect(await diagnosticsOf(code, "right", page)).toEqual([]);
  });
});
