import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CompiledFlow } from "../../compiler/index.ts";
import type { ExecutionResult, HistoryEvent } from "../../engine/index.ts";
import { secretVariable } from "../../flow/task-context.ts";
import type { LogLine } from "../../local/lambda-host/index.ts";
import { openLocalCloud } from "../../local/local-cloud.ts";
import type { Failure } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { decodeCause } from "../../runtime/decode-cause.ts";
import { portsFromEnvironment } from "../../runtime/index.ts";
import { resolveReferences } from "../../runtime/references.ts";
import { writableFolder } from "../folders.ts";
import { interruption } from "../interrupt.ts";
import { projectRoot, workFolder } from "../source-path.ts";
import { Workshop } from "../workshop.ts";
import { chooseFlow } from "./choose-flow.ts";
import { costOf, type RunCost } from "./cost.ts";
import { startLocally } from "./local-start.ts";
import { type RunStateEntry, runStates } from "./run-states.ts";

export interface RunFlowOptions {
  path: string;
  flow?: string;
  input: unknown;
  /** Where runs and large values are kept. @default `.runlet` in the project */
  dataDir?: string;
  onEvent?(event: HistoryEvent): void;
  onLog?(line: LogLine): void;
  onStart?(run: { flow: string; runId: string }): void;
}

export interface FinishedRun {
  flow: CompiledFlow;
  runId: string;
  status: "COMPLETED" | "FAILED" | "CANCELLED";
  output?: Json;
  error?: Failure;
  states: RunStateEntry[];
  cost: RunCost;
  /** The record of the run, with its history. */
  file: string;
}

/** Compiles a file and runs one of its flows to the end, on this machine. */
export async function runFlow(options: RunFlowOptions): Promise<FinishedRun> {
  // Before any work: a record that cannot be kept would be noticed when the run is over.
  const dataDir = options.dataDir ?? workFolder(projectRoot(options.path));
  const runs = writableFolder(join(writableFolder(dataDir, "The data folder"), "runs"), "The folder", 0o700);
  const environment = { RUNLET_OBJECTS: join(dataDir, "objects") };
  const workshop = new Workshop(options.path, {
    environment,
    ...(options.onLog && { onLog: options.onLog }),
  });
  try {
    void workshop.host.warm(2).catch(() => undefined); // one for the definitions, one for the first task
    const { flows, manifest, outDir } = await workshop.compile(options.path);
    const flow = chooseFlow(flows, options.flow);
    const cloud = openLocalCloud({
      buildDir: outDir,
      host: workshop.host,
      secretVariables,
      ...(options.onEvent && { onEvent: options.onEvent }),
    });
    const { objects } = portsFromEnvironment(environment);
    const execution = await startLocally({
      cloud,
      flow: flow.name,
      input: options.input,
      objects,
      parseInput: (name, input) => workshop.parseInput(name, input),
    });
    options.onStart?.({ flow: flow.name, runId: execution.name });
    const stop = (): void => execution.stop("Interrupted", `Ended by ${interruption.reason}.`);
    if (interruption.aborted) stop();
    interruption.addEventListener("abort", stop, { once: true });
    const ended = outcomeOf(await execution.done);
    if (ended.output !== undefined) ended.output = await resolveReferences(ended.output, objects);
    const finished = {
      flow,
      runId: execution.name,
      ...ended,
      states: runStates(execution.history, true),
      cost: costOf(execution.history, (resource) => memoryOf(manifest, resource)),
    };
    return { ...finished, file: writeRecord(runs, finished, execution.history) };
  } finally {
    await workshop.close();
  }
}

function outcomeOf(result: ExecutionResult): {
  status: FinishedRun["status"];
  output?: Json;
  error?: Failure;
} {
  if (result.status === "SUCCEEDED") return { status: "COMPLETED", output: result.output };
  const status = result.status === "ABORTED" ? "CANCELLED" : "FAILED";
  return { status, error: decodeCause(result.cause, result.error) };
}

/** Secrets that a function declares, from this process's environment. */
function secretVariables(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map(secretVariable).flatMap((variable) => {
      const value = process.env[variable];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}

const memoryOf = (manifest: Manifest, resource: string): number =>
  manifest.functions[resource.slice(resource.lastIndexOf(":") + 1)]?.memoryMb ?? 512;

function writeRecord(
  folder: string,
  run: Omit<FinishedRun, "file">,
  history: readonly HistoryEvent[],
): string {
  const file = join(folder, `${run.runId}.json`);
  const { flow, ...rest } = run;
  writeFileSync(file, `${JSON.stringify({ flow: flow.name, ...rest, history }, null, 2)}\n`, { mode: 0o600 });
  return file;
}
