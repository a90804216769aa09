import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { runSuite, type SuiteResult } from "./runner/suite.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs the cases of a folder with these files: text, bytes, or a value that is written as JSON. */
export async function suiteOf(files: Record<string, unknown>): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), "runlet-conformance-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    );
  }
  return runSuite(folder);
}
