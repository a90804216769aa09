import type { Json } from "../../model/json.ts";
import type { FunctionSpec } from "./function-spec.ts";
import type { InvokeFailure } from "./lambda-errors.ts";
import type { LambdaProcess } from "./lambda-process.ts";

/** What an invocation comes to: the handler's answer, or error and cause as Step Functions shows them. */
export type InvokeOutcome = { ok: true; output: Json } | InvokeFailure;

/** One invocation, from the moment it is asked for. */
export interface Call {
  /** Counts all calls of a host: the lower, the longer it waits. */
  readonly sequence: number;
  readonly requestId: string;
  readonly event: Json;
  /** Ends the call as its signal asks; what that takes changes when a process serves it. */
  cancel(): void;
  settle(outcome: InvokeOutcome): void;
  reject(error: Error): void;
}

/** A process that is bound to a function. */
export interface Worker {
  readonly process: LambdaProcess;
  readonly pool: FunctionPool;
  /** The registration that it was bound by; a newer one makes it stale. */
  readonly spec: FunctionSpec;
  /** When it last took a call, on the machine's steady clock. */
  lastUsedAt: number;
}

/** One function of a host: its queue and its processes. */
export interface FunctionPool {
  readonly name: string;
  spec: FunctionSpec;
  /** First in, first out. */
  readonly waiting: Call[];
  /** Ready, without a call; the last used one at the end. */
  readonly idle: Worker[];
  readonly busy: Set<Worker>;
  /** Being bound. */
  readonly starting: Set<Worker>;
  /** What a call takes, a moving average; unknown until one is done. */
  serviceMillis: number | undefined;
}

export const createPool = (name: string, spec: FunctionSpec): FunctionPool => ({
  name,
  spec,
  waiting: [],
  idle: [],
  busy: new Set(),
  starting: new Set(),
  serviceMillis: undefined,
});

export const liveCount = (pool: FunctionPool): number =>
  pool.idle.length + pool.busy.size + pool.starting.size;

/**
 * How long its processes will need for the calls that wait, from what calls took so far. Where all that run take
 * longer by now, that counts; one slow call among quick ones does not.
 */
export function backlogMillis(pool: FunctionPool, now: number): number {
  const running = [...pool.busy].map(({ process }) => now - process.line.begunAt);
  const service = Math.max(pool.serviceMillis ?? 0, running.length > 0 ? Math.min(...running) : 0);
  return ((pool.waiting.length + inLine(pool)) * service) / Math.max(1, liveCount(pool));
}

/** Whether it has processes, and each has been at one call since `since`. */
export function isHeldUp(pool: FunctionPool, since: number): boolean {
  if (pool.busy.size === 0 || pool.idle.length > 0) return false;
  return [...pool.busy].every(({ process }) => process.line.begunAt <= since);
}

/** Calls that its processes have, but that have not begun. */
export function inLine(pool: FunctionPool): number {
  let count = 0;
  for (const { process } of pool.busy) count += Math.max(0, process.line.length - 1);
  return count;
}

/** To wake a process that sleeps takes about as long as such a wait. */
export const SHORT_WAIT_MILLIS = 0.5;
/** A call waits in line for no longer than this, as far as one knows. */
export const LONG_WAIT_MILLIS = 5;
/** What has run for so long is not quick, whatever such calls took before. */
export const QUICK_MILLIS = 5;
const LONGEST_LINE = 64;
/** So little do calls take for which it is worth to stay awake. */
const INSTANT_MILLIS = 0.25;

/** Whether its calls are known to be over in an instant. */
export const isQuick = ({ serviceMillis }: FunctionPool): boolean =>
  serviceMillis !== undefined && serviceMillis < INSTANT_MILLIS;

/** The process that a call may wait in, in place of the host: where those before it will be done in so much time. */
export function shortestLine(pool: FunctionPool, now: number, mostMillis: number): Worker | undefined {
  const service = pool.serviceMillis;
  if (service === undefined) return undefined;
  const most = Math.min(LONGEST_LINE, mostMillis / Math.max(service, 0.001));
  let best: Worker | undefined;
  for (const worker of pool.busy) {
    const { line, alive } = worker.process;
    if (worker.spec !== pool.spec || !alive || line.closed || line.length >= most) continue;
    if (now - line.begunAt >= QUICK_MILLIS) continue;
    if (!best || line.length < best.process.line.length) best = worker;
  }
  return best;
}

/** Puts a call to those that wait, where its turn is. */
export function waitInOrder({ waiting }: FunctionPool, call: Call): void {
  const after = waiting.findLastIndex((other) => other.sequence < call.sequence);
  waiting.splice(after + 1, 0, call);
}

/**
 * Takes the time of a call into the average. Quicker calls count for more: the first ones in a process are slow, and a
 * process too many costs more than one that comes a little late.
 */
export function learnService(pool: FunctionPool, millis: number): void {
  const known = pool.serviceMillis ?? millis;
  const weight = millis < known ? 0.5 : 0.1;
  pool.serviceMillis = known + (millis - known) * weight;
}

/** Pools with waiting calls, the longest waiting call first. */
export function byOldestCall(pools: Iterable<FunctionPool>): FunctionPool[] {
  const oldest = (pool: FunctionPool): number => pool.waiting[0]?.sequence ?? Number.POSITIVE_INFINITY;
  return [...pools].filter((pool) => pool.waiting.length > 0).sort((a, b) => oldest(a) - oldest(b));
}

/**
 * The idle process to give up for another function: the least recently used one of a function that has nothing to do;
 * where the other has no process at all, also one whose function has, so that no function waits for ever.
 */
export function chooseEvicted(pools: Iterable<FunctionPool>, forPool: FunctionPool): Worker | undefined {
  const starved = liveCount(forPool) === 0;
  const candidates = [...pools]
    .filter((pool) => pool !== forPool && (starved || pool.waiting.length === 0))
    .flatMap((pool) => pool.idle);
  return candidates.reduce<Worker | undefined>(
    (least, worker) => (least && least.lastUsedAt <= worker.lastUsedAt ? least : worker),
    undefined,
  );
}
