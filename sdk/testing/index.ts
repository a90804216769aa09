import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { StateMachine } from "../asl/types.ts";
import { type CompiledFlow, type CompileOptions, compileFile, formatDiagnostic } from "../compiler/index.ts";
import { createEngine, type HistoryEvent, type Integration, nestedExecutions } from "../engine/index.ts";
import type { Description } from "../flow/describe.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { toError } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { decodeCause } from "../runtime/decode-cause.ts";
import { InProcessFunctions } from "./in-process.ts";

export { withEnvironment } from "../flow/environment.ts";
export { ManualClock } from "../model/manual-clock.ts";

export interface CompiledRunOptions {
  /** The exported flow. @default the file's only one */
  flow?: string;
  /** Left out: the flow is called without an input. */
  input?: unknown;
  /** The id of the run. @default a new one */
  runId?: string;
  /** Virtual time: pass a {@link ManualClock} and the waits of retries take no time. @default the machine's clock */
  clock?: Clock;
  /** A number in [0, 1), for jitter. @default Math.random */
  random?: () => number;
  /** Answers instead of a task's own code, by task name; given the task's arguments. */
  tasks?: Record<string, (...args: never[]) => unknown>;
}

export interface CompiledRun {
  output: Json;
  history: readonly HistoryEvent[];
  /** Calls of tasks in the order in which they began, retries included. */
  calls: { runId: string; task: string; step: string; frames: number[]; attempt: number; args: Json[] }[];
  /** The runs of flows that the flow has called or started, in the order of their starts. */
  children: { runId: string; flow: string; history: readonly HistoryEvent[] }[];
}

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
  options: Pick<CompileOptions, "paths" | "single"> = {},
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
    const machines = new Map(flows.map(({ name, definition }) => [name, functions.resolve(definition)]));
    return { flows, close, run: (given = {}) => runOnce(functions, machines, definitions, given) };
  } catch (error) {
    close();
    throw error;
  }
}

async function runOnce(
  functions: InProcessFunctions,
  machines: ReadonlyMap<string, StateMachine>,
  definitions: Definitions,
  options: CompiledRunOptions,
): Promise<CompiledRun> {
  const [flow = ""] = options.flow === undefined ? machines.keys() : [options.flow];
  const definition = machines.get(flow);
  if (!definition) throw new RunletError("RLT4004", `The file has no flow "${flow}".`);
  const event = { op: "parseInput", flow, ...("input" in options && { input: options.input }) };
  const input = (await definitions(event)) as { input?: Json };
  const calls: CompiledRun["calls"] = [];
  const answer = functions.integration(options.tasks ?? {}, calls);
  const { clock } = options;
  const nested = nestedExecutions(
    ({ stateMachineArn, name, input: given }) => {
      const called = functions.flowOf(stateMachineArn);
      const machine = machines.get(called);
      if (!machine) throw new RunletError("RLT4004", `The file has no flow "${called}".`);
      return engine.start({
        definition: machine,
        input: given,
        stateMachineName: called,
        ...(name !== undefined && { name }),
      });
    },
    () => (clock ?? systemClock).now(),
  );
  const integration: Integration = (call) => {
    if (nested.answers(call.resource)) return nested.integration(call); // waits as long as the child does
    return clock?.during ? clock.during(answer(call)) : answer(call);
  };
  const { random } = options;
  const engine = createEngine({ integration, ...(clock && { clock }), ...(random && { random }) });
  const execution = engine.start({
    definition,
    input: { ...input },
    stateMachineName: flow,
    ...(options.runId !== undefined && { name: options.runId }),
  });
  const result = await execution.done;
  for (const child of nested.executions) await child.done; // those that nobody waits for, too: new ones join the list
  if (result.status !== "SUCCEEDED") throw toError(decodeCause(result.cause, result.error));
  const output = await functions.resolveOutput(result.output);
  const children = nested.executions.map(({ name, arn, history }) => ({
    runId: name,
    flow: arn.split(":").at(-2) ?? "",
    history,
  }));
  return { output, history: execution.history, calls, children };
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
