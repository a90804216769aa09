import { createHash } from "node:crypto";
import type { Clock } from "../../sdk/model/clock.ts";
import type { Ids } from "../../sdk/model/ids.ts";
import { crossBoundary, type Json } from "../../sdk/model/json.ts";
import type { ExecutionInput } from "../../sdk/model/protocol.ts";
import type { StateType } from "../../sdk/model/run-state.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { Rerun } from "../../sdk/runtime/control/rerun.ts";
import { keyedRunId } from "../store/keys.ts";
import type { RunRecord, RunSource, RunStore } from "../store/run-record.ts";
import { type ObjectStore, packInput, storedExecutionInput, storedInput } from "./input.ts";

/** What asks for a run, whoever asks. */
export interface StartRequest {
  flow: string;
  /** JSON; left out where the flow is called without an input. */
  input?: unknown;
  /** The same key of the same flow answers with the same run, for as long as its record lives (91 days after its end). */
  idempotencyKey?: string;
  source: Exclude<RunSource, "direct">;
  /** Runs an earlier run again, with its input: what had been done there is answered from its records. */
  rerun?: { of: string; from?: string | undefined };
  /** The id to use, which is also the name of the execution. Default: a new one, or one made from the idempotency key. */
  runId?: string;
}

export interface StartResult {
  runId: string;
  /** `PENDING` for a run that was just started; what the record says for one that is there already. */
  status: StateType;
  /** True where the run was there already. */
  replayed: boolean;
}

/** Starts executions. One that has this name already counts as started: the name is the run id, and never used twice. */
export interface Machines {
  /** @throws StartRefused where no later try can succeed either */
  start(execution: { flow: string; runId: string; input: ExecutionInput }): Promise<void>;
}

export interface StartDeps {
  clock: Pick<Clock, "now">;
  ids: Pick<Ids, "runId">;
  hasFlow(flow: string): boolean;
  /**
   * The input as the flow's schema gives it; `undefined` where there is none.
   *
   * @throws RunletError RLT2004 that names the field
   */
  parseInput(flow: string, input: unknown): Json | undefined | Promise<Json | undefined>;
  /** Keeps what a run repeats where its calls look, before it begins. Safe to repeat. */
  keepRerun?(runId: string, rerun: Rerun): Promise<void>;
  /** The largest input that a flow's machine takes in place, in bytes. @default INLINE_RESULT_BYTES */
  roomOf?(flow: string): number | undefined;
  /**
   * What a run that repeats another one takes from it: flow, the execution's input, what is answered from its records.
   *
   * @throws RunletError RLT4025
   */
  earlier?(of: string, from: string | undefined): Promise<EarlierRun>;
  runs: Pick<RunStore, "create">;
  objects: ObjectStore;
  machines: Machines;
}

/** The ports of {@link StartDeps} that reach outside. */
export type StartPorts = Pick<
  StartDeps,
  "clock" | "ids" | "runs" | "objects" | "machines" | "earlier" | "keepRerun"
>;

export interface EarlierRun {
  flow: string;
  input: ExecutionInput;
  /** Kept with the run, where every call looks. */
  rerun: Rerun;
}

/** The service said no for good: no such machine, or an input that it will never take. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
}

/** The idempotency key or run id stands for another start already. */
export class StartConflict extends RunletError {}

/**
 * The one start door: schedule, API, event, SDK and CLI all start runs here.
 *
 * The run's record is written first and holds the input, so it is the promise to start. A crash after it leaves a
 * `PENDING` run that a start with the same key goes on with, and that the sweep starts where nobody does. Both name
 * the execution by the run id, so it starts once.
 *
 * @throws RunletError RLT4004 for an unknown flow, RLT2004 for an input that the schema refuses, RLT2001 to RLT2003
 *   for one that is not JSON, RLT2009 for one above 50 MiB, RLT4002 for a bad key or run id
 * @throws StartConflict where key or run id belong to a start of another flow or with another input
 * @example
 * const { runId } = await startRun({ flow: "etl", input: { pages: 3 }, source: "cli" }, deps);
 */
export async function startRun(request: StartRequest, deps: StartDeps): Promise<StartResult> {
  const { flow } = request;
  if (!deps.hasFlow(flow)) throw new RunletError("RLT4004", `There is no flow "${flow}".`);
  const raw = request.input === undefined ? undefined : crossBoundary(request.input, "input of a flow");
  const runId = chooseRunId(request, deps.ids);
  const earlier = await earlierOf(request, deps);
  const packed = earlier
    ? storedInput(earlier.input)
    : await packInput(runId, await deps.parseInput(flow, raw), deps.objects, deps.roomOf?.(flow));
  const now = deps.clock.now();
  const record: RunRecord = {
    runId,
    flow,
    status: "PENDING",
    source: request.source,
    ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
    // Of the input as asked for: a schema may fill in the time or a random default, and then each parse differs.
    requestSha256: sha256(JSON.stringify(request.rerun ?? raw) ?? ""),
    input: packed.stored,
    ...(earlier && { rerun: earlier.rerun }),
    createdAt: now,
    updatedAt: now,
    position: 0,
  };
  const existing = await deps.runs.create(record);
  if (existing) return goOn(existing, record, deps);
  if (earlier) await keepRerun(runId, earlier.rerun, deps);
  await deps.machines.start({ flow, runId, input: packed.execution });
  return { runId, status: "PENDING", replayed: false };
}

/** @throws RunletError RLT4025, RLT4002 */
async function earlierOf(
  { flow, input, rerun }: StartRequest,
  deps: StartDeps,
): Promise<EarlierRun | undefined> {
  if (!rerun) return undefined;
  if (input !== undefined)
    throw new RunletError("RLT4002", "A run that repeats another one was given an input of its own.", {
      mend: "Leave the input out: the earlier run's is taken. For another input start a new run.",
    });
  const earlier = await deps.earlier?.(rerun.of, rerun.from);
  if (earlier?.flow === flow) return earlier;
  throw new RunletError("RLT4025", `The run ${rerun.of} is none of the flow "${flow}".`);
}

/** Answers a repeated start, and finishes the first one where it stopped between record and execution. */
async function goOn(existing: RunRecord, asked: RunRecord, deps: StartDeps): Promise<StartResult> {
  if (existing.flow !== asked.flow || existing.requestSha256 !== asked.requestSha256) {
    const what =
      asked.idempotencyKey === undefined ? `run id "${asked.runId}"` : `key "${asked.idempotencyKey}"`;
    throw new StartConflict("RLT4008", `The ${what} stands for a run with another input or flow already.`, {
      mend: "Use a new key for a new input; a key is for repeating the very same start.",
    });
  }
  if (existing.status === "PENDING") await launch(existing, deps);
  return { runId: existing.runId, status: existing.status, replayed: true };
}

/** Before the execution begins: a call that did not know of it would be made again. */
async function keepRerun(runId: string, rerun: Rerun, deps: Pick<StartDeps, "keepRerun">): Promise<void> {
  if (!deps.keepRerun) throw new Error("There is nowhere to keep what a run repeats.");
  await deps.keepRerun(runId, rerun);
}

/** What a launch needs. */
export type LaunchDeps = { machines: Pick<Machines, "start">; objects: Pick<ObjectStore, "get"> } & Pick<
  StartDeps,
  "keepRerun"
>;

/** Starts the execution of a recorded run, with the input that the record keeps. Safe to repeat. */
export async function launch(record: RunRecord, deps: LaunchDeps): Promise<void> {
  if (record.rerun) await keepRerun(record.runId, record.rerun, deps);
  const input = await storedExecutionInput(record.input, deps.objects);
  await deps.machines.start({ flow: record.flow, runId: record.runId, input });
}

function chooseRunId(request: StartRequest, ids: Pick<Ids, "runId">): string {
  const { flow, idempotencyKey, runId } = request;
  if (idempotencyKey !== undefined && runId !== undefined) {
    throw new RunletError("RLT4002", "A start was given both a run id and an idempotency key.", {
      mend: "Give one of them: the key makes the id.",
    });
  }
  if (runId !== undefined && !/^[A-Za-z0-9_-]{1,80}$/.test(runId)) {
    throw new RunletError("RLT4002", `"${runId}" is no run id: 1 to 80 letters, digits, "-" and "_".`);
  }
  if (idempotencyKey === undefined) return runId ?? ids.runId();
  if (idempotencyKey.trim() === "" || idempotencyKey.length > 256) {
    throw new RunletError("RLT4002", "An idempotency key has 1 to 256 characters, not all of them blank.");
  }
  return keyedRunId(flow, idempotencyKey);
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
