import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll } from "vitest";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import type { Description } from "../../sdk/flow/describe.ts";
import { type CompiledFile, compileFlows } from "../../sdk/testing/index.ts";

const root = resolve(import.meta.dirname, "../..");

/** What the tests of a file leave behind; asked for here, since within a test it is too late to ask. */
const leavings: (() => void)[] = [];
afterAll(() => {
  for (const remove of leavings.splice(0)) remove();
});

/** Writes files to a folder of their own, which goes when the tests of the file are over. */
export function writeFiles(files: Record<string, string>): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "runlet-compiler-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  leavings.push(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** Compiles the text of one file. */
export async function compileText(text: string): Promise<CompiledFile> {
  const path = writeFiles({ "flow.ts": text });
  const compiled = await compileFlows(path("flow.ts"), { single: true });
  leavings.push(() => compiled.close());
  return compiled;
}

/** The names of the states that a run entered, in order. */
export const entered = (history: readonly HistoryEvent[]): string[] =>
  history.flatMap((event) =>
    "stateEnteredEventDetails" in event
      ? [String((event as { stateEnteredEventDetails: { name: string } }).stateEnteredEventDetails.name)]
      : [],
  );

/** Loads a definitions bundle in this process, as `compileFile` asks for it. */
export async function loadDefinitions(bundleFile: string): Promise<Description> {
  const { handler } = (await import(pathToFileURL(bundleFile).href)) as {
    handler: (event: unknown) => Promise<unknown>;
  };
  return (await handler({ op: "describe" })) as Description;
}
