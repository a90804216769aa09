import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionResult, HistoryEvent } from "../../engine/index.ts";
import { secretVariable } from "../../flow/task-context.ts";
import type { Failure } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { CANCELLED } from "../../model/protocol.ts";
import { decodeCause } from "../../runtime/decode-cause.ts";
import type { ObjectStore } from "../../runtime/index.ts";
import { resolveReferences } from "../../runtime/references.ts";
import { costOf, type RunCost, totalCost } from "./cost.ts";
import { type RunStateEntry, runStates } from "./run-states.ts";

export interface FinishedRun {
  flow: string;
  runId: string;
  status: "COMPLETED" | "FAILED" | "CANCELLED";
  output?: Json;
  error?: Failure;
  states: RunStateEntry[];
  cost: RunCost;
  /** The record of the run, with its history. */
  file: string;
}

/** Says how a run ended, and keeps that with its history in the folder of records. */
export async function finishRun(options: {
  flow: string;
  runId: string;
  result: ExecutionResult;
  history: readonly HistoryEvent[];
  manifest: Manifest;
  objects: ObjectStore;
  /** The folder of records. */
  runs: string;
  /** Runs that this one started: their cost is its own. */
  children?: readonly FinishedRun[];
}): Promise<FinishedRun> {
  const { flow, runId, history, manifest, objects, runs } = options;
  const ended = outcomeOf(options.result);
  if (ended.output !== undefined) ended.output = await resolveReferences(ended.output, objects);
  const memoryOf = (resource: string): number =>
    manifest.functions[resource.slice(resource.lastIndexOf(":") + 1)]?.memoryMb ?? 512;
  const run = {
    flow,
    runId,
    ...ended,
    states: runStates(history, true),
    cost: totalCost([costOf(history, memoryOf), ...(options.children ?? []).map(({ cost }) => cost)]),
  };
  const file = join(runs, `${runId}.json`);
  writeFileSync(file, `${JSON.stringify({ ...run, history }, null, 2)}\n`, { mode: 0o600 });
  return { ...run, file };
}

function outcomeOf(result: ExecutionResult): Pick<FinishedRun, "status" | "output" | "error"> {
  if (result.status === "SUCCEEDED") return { status: "COMPLETED", output: result.output };
  const cancelled = result.status === "ABORTED" || result.error === CANCELLED;
  const status = cancelled ? "CANCELLED" : "FAILED";
  return { status, error: decodeCause(result.cause, result.error) };
}

/** Secrets that a function declares, from this process's environment. */
export function secretVariables(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map(secretVariable).flatMap((variable) => {
      const value = process.env[variable];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}
