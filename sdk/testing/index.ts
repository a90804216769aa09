import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type CompiledFlow, type CompileOptions, compileFile, formatDiagnostic } from "../compiler/index.ts";
import type { Description } from "../flow/describe.ts";
import { RunletError } from "../model/runlet-error.ts";
import type { CompiledRun, CompiledRunOptions } from "./compiled-run.ts";
import { InProcessFunctions } from "./in-process.ts";
import { runOnce } from "./run-once.ts";

export { withEnvironment } from "../flow/environment.ts";
export { ManualClock } from "../model/manual-clock.ts";
export type { CompiledRun, CompiledRunOptions, EndedRun, StartedRun } from "./compiled-run.ts";

/** A compiled file, to run its flows any number of times. */
export interface CompiledFile {
  flows: readonly CompiledFlow[];
  /**
   * Runs a flow on the embedded engine, tasks in this process.
   *
   * @throws the flow's own error, as calling it in Node does
   */
  run(options?: CompiledRunOptions): Promise<CompiledRun>;
  /** Removes the build. */
  close(): void;
}

type Definitions = (event: unknown) => Promise<unknown>;

/**
 * Compiles a file for tests that run it more than once.
 *
 * @param options `single`: all functions in one bundle, which is faster, but shares the module's variables between
 *   tasks; `paths`: `slow` and `raise` give the same answers by inline steps
 * @throws RunletError RLT5003 when it does not compile
 * @example
 * const compiled = await compileFlows(new URL("../flows/etl.ts", import.meta.url));
 * for (const pages of [1, 2]) expect((await compiled.run({ input: { pages } })).output).toEqual({ loaded: pages * 20 });
 * compiled.close();
 */
export async function compileFlows(
  file: URL | string,
  options: Pick<CompileOptions, "paths" | "single" | "segmentEvents"> = {},
): Promise<CompiledFile> {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const outDir = mkdtempSync(join(tmpdir(), "runlet-test-"));
  const close = (): void => rmSync(outDir, { recursive: true, force: true });
  try {
    let definitions: Definitions = async () => ({});
    const load = async (bundleFile: string): Promise<Description> => {
      definitions = ((await import(pathToFileURL(bundleFile).href)) as { handler: Definitions }).handler;
      return (await definitions({ op: "describe" })) as Description;
    };
    const compiled = await compileFile(path, { ...options, outDir, load });
    if (!compiled.ok)
      throw new RunletError("RLT5003", `${compiled.diagnostics.map(formatDiagnostic).join("\n\n")}\n`);
    const { flows, manifest } = compiled;
    const functions = new InProcessFunctions(
      outDir,
      manifest,
      options.single === true,
      (task, error, attempt) => definitions({ op: "retryIf", task, error, attempt }) as Promise<boolean>,
    );
    const machines = new Map(
      flows.flatMap(({ name, definition, continuation }) => [
        [name, functions.resolve(definition)] as const,
        ...(continuation ? [[`${name}-continue`, functions.resolve(continuation)] as const] : []),
      ]),
    );
    return { flows, close, run: (given = {}) => runOnce(functions, machines, definitions, given) };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Compiles a file and runs a flow of it on the embedded engine, tasks in this process: for tests. `runlet run` does the
 * same with a process a task.
 *
 * @throws the flow's own error, as calling it in Node does; RunletError RLT5003 when it does not compile
 * @example
 * const run = await runCompiled(new URL("../flows/etl.ts", import.meta.url), { input: { pages: 2 } });
 * expect(run.output).toEqual({ loaded: 40 });
 */
export async function runCompiled(
  file: URL | string,
  options: CompiledRunOptions = {},
): Promise<CompiledRun> {
  const compiled = await compileFlows(file);
  try {
    return await compiled.run(options);
  } finally {
    compiled.close();
  }
}
