import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFile, formatDiagnostic } from "../compiler/index.ts";
import { createEngine, type HistoryEvent, type Integration } from "../engine/index.ts";
import type { Description } from "../flow/describe.ts";
import type { Clock } from "../model/clock.ts";
import { toError } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { decodeCause } from "../runtime/decode-cause.ts";
import { createInProcessFunctions } from "./in-process.ts";

export { withEnvironment } from "../flow/environment.ts";
export { ManualClock } from "../model/manual-clock.ts";

export interface CompiledRunOptions {
  /** The exported flow. @default the file's only one */
  flow?: string;
  /** Left out: the flow is called without an input. */
  input?: unknown;
  /** Virtual time: pass a {@link ManualClock} and the waits of retries take no time. @default the machine's clock */
  clock?: Clock;
  /** Answers instead of a task's own code, by task name; given the task's arguments. */
  tasks?: Record<string, (...args: never[]) => unknown>;
}

export interface CompiledRun {
  output: Json;
  history: readonly HistoryEvent[];
  /** Calls of tasks in the order in which they began, retries included. */
  calls: { task: string; step: string; frames: number[]; attempt: number; args: Json[] }[];
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
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const outDir = mkdtempSync(join(tmpdir(), "runlet-test-"));
  try {
    let definitions: (event: unknown) => Promise<unknown> = async () => ({});
    const load = async (bundleFile: string): Promise<Description> => {
      const module = (await import(bundleFile)) as { handler: typeof definitions };
      definitions = module.handler;
      return (await definitions({ op: "describe" })) as Description;
    };
    const compiled = await compileFile(path, { outDir, load });
    if (!compiled.ok)
      throw new RunletError("RLT5003", `${compiled.diagnostics.map(formatDiagnostic).join("\n\n")}\n`);
    const flow = options.flow ? compiled.flows.find(({ name }) => name === options.flow) : compiled.flows[0];
    if (!flow) throw new RunletError("RLT4004", `The file has no flow "${options.flow}".`);
    const event = { op: "parseInput", flow: flow.name, ...("input" in options && { input: options.input }) };
    const input = (await definitions(event)) as { input?: Json };
    const functions = createInProcessFunctions(outDir, compiled.manifest, options.tasks ?? {});
    const integration: Integration = (call) => functions.invoke(call);
    const engine = createEngine({ integration, ...(options.clock && { clock: options.clock }) });
    const execution = engine.start({ definition: functions.resolve(flow.definition), input: { ...input } });
    const result = await execution.done;
    if (result.status !== "SUCCEEDED") throw toError(decodeCause(result.cause, result.error));
    const output = await functions.resolveOutput(result.output);
    return { output, history: execution.history, calls: functions.calls };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
