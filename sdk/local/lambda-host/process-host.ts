import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type { Json } from "../../model/json.ts";
import type { FromChild } from "./child-messages.ts";
import {
  backlogMillis,
  byOldestCall,
  type Call,
  chooseEvicted,
  createPool,
  type FunctionPool,
  type InvokeOutcome,
  learnService,
  liveCount,
  type Worker,
} from "./function-pool.ts";
import type { FunctionSpec } from "./function-spec.ts";
import { functionArn, functionEnvironment } from "./lambda-environment.ts";
import {
  exitFailure,
  functionFailure,
  type InvokeFailure,
  killedFailure,
  timeoutFailure,
  unknownFunctionFailure,
} from "./lambda-errors.ts";
import type { LambdaHost } from "./lambda-host.ts";
import type { LambdaProcess, Reply } from "./lambda-process.ts";
import { ProcessSupply, type SupplyOptions } from "./process-supply.ts";

/** Lambda gives a function 10 s to load before it counts the time against the function's own timeout. */
const INIT_SECONDS = 10;
/** A backlog of less does not repay the start of a process, which takes about as long. */
const WORTH_A_PROCESS_MILLIS = 50;
/** How soon to look at a backlog again: it grows while slow calls run. */
const LOOK_AGAIN_MILLIS = 5;

interface HostOptions extends SupplyOptions {
  readonly requestId: () => string;
}

/** Queues calls, one line for each function, and hands them to processes; the policy of {@link LambdaHost}. */
export class ProcessHost implements LambdaHost {
  readonly #options: HostOptions;
  readonly #supply: ProcessSupply;
  readonly #pools = new Map<string, FunctionPool>();
  /** Processes that start at the same time get in each other's way beyond the number of cores. */
  readonly #maxStarting = Math.max(2, availableParallelism());
  #sequence = 0;
  #lookAgain: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#supply = new ProcessSupply(options);
  }

  register(name: string, given: FunctionSpec): void {
    const spec = { ...given, bundleFile: resolve(given.bundleFile) };
    const pool = this.#pools.get(name);
    if (!pool) return void this.#pools.set(name, createPool(name, spec));
    pool.spec = spec;
    for (const worker of pool.idle.splice(0)) this.#supply.retire(worker.process);
  }

  invoke(name: string, event: Json, { signal }: { signal?: AbortSignal } = {}): Promise<InvokeOutcome> {
    const requestId = this.#options.requestId();
    const pool = this.#pools.get(name);
    if (this.#closed) return Promise.reject(closedError());
    if (!pool) return Promise.resolve(unknownFunctionFailure(functionArn(name), requestId));
    if (signal?.aborted) return Promise.resolve(killedFailure(requestId));
    return new Promise((answer, reject) => {
      const onAbort = (): void => call.cancel();
      const call: Call = {
        ...{ sequence: this.#sequence++, requestId, event, reject },
        cancel: () => {
          pool.waiting.splice(pool.waiting.indexOf(call), 1);
          call.settle(killedFailure(requestId));
        },
        settle: (outcome) => {
          signal?.removeEventListener("abort", onAbort);
          answer(outcome);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      pool.waiting.push(call);
      this.#pump();
    });
  }

  async warm(count: number): Promise<void> {
    const cold = [...this.#pools.values()].filter((pool) => liveCount(pool) === 0);
    await this.#supply.warm(
      count,
      cold.map((pool) => pool.spec),
    );
  }

  processes(): { pid: number | undefined; functionName?: string; busy: boolean }[] {
    const busy = new Set(
      [...this.#pools.values()].flatMap((pool) => [...pool.busy].map(({ process }) => process)),
    );
    return this.#supply.processes().map((process) => ({
      pid: process.pid,
      busy: busy.has(process),
      ...(process.functionName === "" ? {} : { functionName: process.functionName }),
    }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#lookAgain);
    for (const pool of this.#pools.values()) {
      for (const call of pool.waiting.splice(0)) call.reject(closedError());
    }
    await this.#supply.close();
  }

  /** Gives waiting calls to idle processes, and gets processes where that is worth it; after every change. */
  #pump(settled = false): void {
    if (this.#closed) return;
    for (const pool of byOldestCall(this.#pools.values())) {
      while (pool.waiting.length > 0 && pool.idle.length > 0) {
        const worker = pool.idle.pop();
        const call = pool.waiting.shift();
        if (worker && call) void this.#serve(worker, call);
      }
      if (pool.waiting.length > 0) this.#grow(pool, settled);
    }
  }

  /** One process at a time for a function: a start takes long enough for the queue to change meanwhile. */
  #grow(pool: FunctionPool, settled: boolean): void {
    if (pool.starting.size > 0 || this.#startingCount() >= this.#maxStarting) return;
    if (liveCount(pool) > 0) {
      const worthIt = settled && backlogMillis(pool, performance.now()) >= WORTH_A_PROCESS_MILLIS;
      if (!worthIt) {
        this.#lookAgainSoon();
        return;
      }
    }
    const process = this.#supply.take(pool.spec) ?? this.#takeFromOthers(pool);
    if (process) void this.#start(pool, process);
  }

  /**
   * Looks at queues after a while, when answers that have arrived are taken in (timers come before them in a turn of
   * the event loop): while the host itself was busy, every call looks long.
   */
  #lookAgainSoon(): void {
    this.#lookAgain ??= setTimeout(() => {
      setImmediate(() => {
        this.#lookAgain = undefined;
        this.#pump(true);
      });
    }, LOOK_AGAIN_MILLIS);
  }

  #takeFromOthers(pool: FunctionPool): LambdaProcess | undefined {
    const evicted = chooseEvicted(this.#pools.values(), pool);
    if (!evicted) return undefined;
    removeFrom(evicted.pool.idle, evicted);
    this.#supply.retire(evicted.process);
    return this.#supply.take(pool.spec);
  }

  #startingCount(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.starting.size, 0);
  }

  async #start(pool: FunctionPool, process: LambdaProcess): Promise<void> {
    const { spec } = pool;
    const worker: Worker = { process, pool, spec, lastUsedAt: performance.now() };
    pool.starting.add(worker);
    process.functionName = pool.name;
    void process.ended.then(() => removeFrom(pool.idle, worker));
    const { clock } = this.#options;
    let late = false;
    const timer = clock.schedule((INIT_SECONDS + spec.timeoutSeconds) * 1_000, () => {
      late = true;
      void process.kill();
    });
    const instance = { date: new Date(clock.now()), id: randomUUID() };
    const environment = functionEnvironment(pool.name, spec, instance);
    const reply = await process.ask({ type: "bind", file: spec.bundleFile, environment });
    timer.cancel();
    pool.starting.delete(worker);
    if ("message" in reply && reply.message.type === "ready") return this.#release(worker);
    this.#supply.retire(process);
    // As on AWS, the call that made the function load gets the error; the next one tries again.
    const call = pool.waiting.shift();
    if (call && this.#closed) call.reject(closedError());
    else call?.settle(late ? timeoutFailure(call.requestId, spec.timeoutSeconds) : loadFailure(reply, call));
    this.#pump();
  }

  async #serve(worker: Worker, call: Call): Promise<void> {
    const { process, pool, spec } = worker;
    const { requestId, event } = call;
    const remainingMillis = spec.timeoutSeconds * 1_000;
    let killed: InvokeFailure | undefined;
    const kill = (why: InvokeFailure): void => {
      killed ??= why;
      void process.kill();
    };
    pool.busy.add(worker);
    worker.lastUsedAt = performance.now();
    call.cancel = () => kill(killedFailure(requestId));
    const timer = this.#options.clock.schedule(remainingMillis, () =>
      kill(timeoutFailure(requestId, spec.timeoutSeconds)),
    );
    const reply = await process.ask({
      type: "invoke",
      requestId,
      arn: functionArn(pool.name),
      event,
      remainingMillis,
    });
    timer.cancel();
    pool.busy.delete(worker);
    learnService(pool, performance.now() - worker.lastUsedAt);
    if ("end" in reply) {
      this.#finish(call, this.#closed ? undefined : (killed ?? exitFailure(requestId, reply.end)));
      return this.#pump();
    }
    if (killed || isSpent(reply.message)) {
      this.#supply.retire(process);
      this.#pump();
    } else this.#release(worker);
    this.#finish(call, outcomeOf(reply.message));
  }

  #finish(call: Call, outcome: InvokeOutcome | undefined): void {
    if (outcome) call.settle(outcome);
    else call.reject(closedError());
  }

  #release(worker: Worker): void {
    const { pool, process } = worker;
    if (worker.spec !== pool.spec) this.#supply.retire(process);
    else if (process.alive) pool.idle.push(worker);
    this.#pump();
  }
}

function outcomeOf(message: FromChild): InvokeOutcome {
  if (message.type === "answer") return { ok: true, output: message.output };
  if (message.type === "threw" || message.type === "unloadable") return functionFailure(message.report);
  throw new Error(`A process answered "${message.type}" to an invocation.`);
}

function loadFailure(reply: Reply, call: Call): InvokeFailure {
  if ("end" in reply) return exitFailure(call.requestId, reply.end);
  if (reply.message.type === "unloadable") return functionFailure(reply.message.report);
  throw new Error(`A process answered "${reply.message.type}" while it was bound.`);
}

/**
 * Whether a process must not be used again: it ends by itself, or its task gave up on time (RLT3004) and left the
 * author's function running, which Lambda would freeze.
 */
function isSpent(message: FromChild): boolean {
  return message.type === "threw" && (message.ending || message.report.errorMessage.startsWith("RLT3004:"));
}

function closedError(): Error {
  const error = new Error("The host of Lambda functions was closed.");
  error.name = "AbortError";
  return error;
}

function removeFrom<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
