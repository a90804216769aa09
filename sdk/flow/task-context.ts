import { AsyncLocalStorage } from "node:async_hooks";
import type { Json } from "../model/json.ts";
import { idempotencyKey } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log lines of a task: one JSON object a line, with run, step and attempt, secrets taken out. */
export type TaskLog = {
  readonly [level in LogLevel]: (message: string, fields?: Record<string, Json>) => void;
};

/** What a task may know of the call that it serves; see {@link taskContext}. */
export interface TaskContext {
  /** The run: the name of the execution; `direct-<uuid>` where the task is called in plain Node. */
  readonly runId: string;
  /** The call site, such as `fetchPage` or `fetchPage-2`. */
  readonly step: string;
  /** Map indexes and loop turns that lead to this call, outermost first. */
  readonly frames: readonly number[];
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** Equal over attempts, crashes and redrives of this call, different for every other: hand it to what you call. */
  readonly idempotencyKey: string;
  /** Aborted shortly before the task runs out of time; pass it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** The secrets that the task declares and that are set, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly log: TaskLog;
}

/**
 * The holder is found by a registered symbol, not by module: `runlet` and `runlet/runtime` are two built files, and
 * both carry a copy of this one.
 */
const HOLDER = Symbol.for("runlet.taskContext");

function holder(): AsyncLocalStorage<TaskContext> {
  const shared = globalThis as { [HOLDER]?: AsyncLocalStorage<TaskContext> };
  shared[HOLDER] ??= new AsyncLocalStorage<TaskContext>();
  return shared[HOLDER];
}

/** Runs `body`, and all that it awaits, as the body of a task; what is not given gets the values of plain Node. */
export function runInTaskContext<T>(given: Partial<TaskContext>, body: () => T): T {
  const { runId = `direct-${crypto.randomUUID()}`, step = "task", frames = [], attempt = 0 } = given;
  let ownSignal: AbortSignal | undefined;
  let ownLog: TaskLog | undefined;
  const context: TaskContext = {
    runId,
    step,
    frames,
    attempt,
    idempotencyKey: given.idempotencyKey ?? idempotencyKey({ runId, step, frames }),
    get signal() {
      ownSignal ??= given.signal ?? new AbortController().signal;
      return ownSignal;
    },
    secrets: given.secrets ?? {},
    get log() {
      ownLog ??= given.log ?? createTaskLog({ runId, step, frames, attempt });
      return ownLog;
    },
  };
  return holder().run(context, body);
}

export const isInTask = (): boolean => holder().getStore() !== undefined;

/**
 * The call that the running task serves.
 *
 * @throws RunletError RLT4007 when no task is running
 * @example
 * const load = task(async (rows: Row[]) => {
 *   const { idempotencyKey, signal } = taskContext();
 *   await fetch(url, { method: "POST", headers: { "Idempotency-Key": idempotencyKey }, signal });
 * });
 */
export function taskContext(): TaskContext {
  const context = holder().getStore();
  if (!context) throw new RunletError("RLT4007", "taskContext() was called while no task was running.");
  return context;
}

/**
 * The value of a secret that the task declares. It is taken out of error messages and of `taskContext().log` lines.
 *
 * @throws RunletError RLT4007 outside a task, RLT3006 for a secret that is not declared or not set
 * @example
 * const load = task({ secrets: ["warehouse"] }, async (rows: Row[]) => connect(secret("warehouse")));
 */
export function secret(name: string): string {
  const context = holder().getStore();
  if (!context) throw new RunletError("RLT4007", `secret("${name}") was called while no task was running.`);
  const { secrets } = context;
  if (Object.hasOwn(secrets, name)) return secrets[name] as string;
  throw new RunletError("RLT3006", `The secret "${name}" is not declared by the task, or not set.`);
}

/** The environment variable that holds a secret on one machine: `db/main` is in `RUNLET_SECRET_DB_MAIN`. */
export function secretVariable(name: string): string {
  return `RUNLET_SECRET_${name.toUpperCase().replace(/[-./]/g, "_")}`;
}

/** A log that writes JSON lines with `call` in each; `redact` sees every line before it is written. */
export function createTaskLog(
  call: { runId: string; step: string; frames: readonly number[]; attempt: number },
  redact: (line: string) => string = (line) => line,
): TaskLog {
  const { runId, step, frames, attempt } = call;
  const write = (level: LogLevel) => (message: string, fields?: Record<string, Json>) => {
    console[level](redact(JSON.stringify({ level, message, runId, step, frames, attempt, ...fields })));
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
