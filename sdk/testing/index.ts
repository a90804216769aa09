import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type CompiledFlow, type CompileOptions, compileFile, formatDiagnostic } from "../compiler/index.ts";
import type { HistoryEvent } from "../engine/index.ts";
import type { Description } from "../flow/describe.ts";
import type { WaitRequest } from "../flow/wait.ts";
import type { Clock } from "../model/clock.ts";
import type { Json } from "../model/json.ts";
import type { ExecutionInput } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import type { LoggedCall } from "../runtime/control/call-log.ts";
import type { Control } from "../runtime/control/control.ts";
import { InProcessFunctions } from "./in-process.ts";
import { runOnce } from "./run-once.ts";

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
  /**
   * Answers what the flow waits for: inputs, approvals and events, as `withEnvironment({ answer })` does in plain Node.
   * `undefined` answers nothing. @default such a wait fails with RLT4021, unless `onStart` is there to answer
   */
  answer?: (request: WaitRequest) => unknown;
  /** Called when the run has begun, with what reaches it from outside. */
  onStart?: (run: StartedRun) => void;
  /** Given the history when the run has ended, also where it failed. */
  onEnd?: (history: readonly HistoryEvent[], run: EndedRun) => void;
  /** Runs an earlier run again: what had been done there is answered; from the step on, everything is done anew. */
  rerun?: { of: EndedRun; from?: string };
  /** Answers instead of a task's own code, by task name; given the task's arguments. */
  tasks?: Record<string, (...args: never[]) => unknown>;
}

/** A run that has ended, for one that repeats it: `rerun: { of }`. */
export interface EndedRun {
  runId: string;
  /** What its execution was given. */
  input: ExecutionInput;
  log: readonly LoggedCall[];
}

/** A run that has begun: who answers, sends, cancels, pauses. */
export interface StartedRun
  extends Pick<Control, "answer" | "send" | "cancel" | "pause" | "resume" | "list"> {
  runId: string;
}

export interface CompiledRun {
  ended: EndedRun;
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
