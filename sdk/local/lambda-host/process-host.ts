import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type { Timer } from "../../model/clock.ts";
import type { Json } from "../../model/json.ts";
import { type Ending, isSpent } from "./child-messages.ts";
import {
  backlogMillis,
  byOldestCall,
  type Call,
  chooseEvicted,
  createPool,
  type FunctionPool,
  type InvokeOutcome,
  inLine,
  isHeldUp,
  isQuick,
  LONG_WAIT_MILLIS,
  learnService,
  liveCount,
  QUICK_MILLIS,
  SHORT_WAIT_MILLIS,
  shortestLine,
  type Worker,
  waitInOrder,
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
import type { Bound, LambdaProcess } from "./lambda-process.ts";
import { LongCalls } from "./long-calls.ts";
import { ProcessSupply, type SupplyOptions } from "./process-supply.ts";
import { Spares } from "./spares.ts";
import { Vigil } from "./vigil.ts";

/** Lambda gives a function 10 s to load before it counts the time against the function's own timeout. */
const INIT_SECONDS = 10;
/** What the start of a process takes on a machine that has nothing else to do. */
const LEAST_START_MILLIS = 50;
/** What it takes to bind one that runs. */
const BIND_MILLIS = 10;
/** How soon to look at a backlog again: it grows while slow calls run. */
const LOOK_AGAIN_MILLIS = 5;
interface HostOptions extends SupplyOptions {
  readonly requestId: () => string;
}

/** Queues calls, one line for each function, and hands them to processes; the policy of {@link LambdaHost}. */
export class ProcessHost implements LambdaHost {
  readonly #options: HostOptions;
  readonly #supply: ProcessSupply;
  readonly #spares: Spares;
  readonly #pools = new Map<string, FunctionPool>();
  /** Processes that start at the same time get in each other's way beyond the number of cores. */
  readonly #maxStarting = Math.max(2, availableParallelism());
  readonly #vigil = new Vigil();
  readonly #longCalls = new LongCalls(() => this.#busy());
  #sequence = 0;
  /**
   * What starts took of late. A backlog of less does not repay one; and where the machine is busy, starts take long, and more
   * processes would only get in the way of those that are there.
   */
  #startMillis = LEAST_START_MILLIS;
  #lookAgain: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#supply = new ProcessSupply(options);
    this.#spares = new Spares(this.#supply);
  }

  register(name: string, given: FunctionSpec): void {
    const spec = { ...given, bundleFile: resolve(given.bundleFile) };
    const pool = this.#pools.get(name);
    if (!pool) return void this.#pools.set(name, createPool(name, spec));
    pool.spec = spec;
    for (const worker of pool.idle.splice(0)) this.#supply.retire(worker.process);
    for (const { process } of pool.busy) void process.line.takeBack();
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
        cancel: () => undefined,
        settle: (outcome) => {
          signal?.removeEventListener("abort", onAbort);
          answer(outcome);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#wait(pool, call);
      this.#pump();
    });
  }

  #wait(pool: FunctionPool, call: Call): void {
    call.cancel = () => {
      removeFrom(pool.waiting, call);
      call.settle(killedFailure(call.requestId));
    };
    waitInOrder(pool, call);
  }

  async warm(count: number): Promise<void> {
    const cold = [...this.#pools.values()].filter((pool) => liveCount(pool) === 0);
    await this.#supply.warm(
      count,
      cold.map((pool) => pool.spec),
    );
  }

  processes(): { pid: number | undefined; functionName?: string; busy: boolean }[] {
    const busy = new Set(this.#busy());
    return this.#supply.processes().map((process) => ({
      pid: process.pid,
      busy: busy.has(process),
      ...(process.functionName === "" ? {} : { functionName: process.functionName }),
    }));
  }

  *#busy(): Iterable<LambdaProcess> {
    for (const pool of this.#pools.values()) for (const { process } of pool.busy) yield process;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#lookAgain);
    this.#spares.close();
    this.#longCalls.close();
    for (const pool of this.#pools.values()) {
      for (const call of pool.waiting.splice(0)) call.reject(closedError());
    }
    await this.#supply.close();
  }

  /** Gives waiting calls to processes, and gets processes where that is worth it; after every change. */
  #pump(settled = false): void {
    if (this.#closed) return;
    if (settled) this.#takeBackLate();
    const pools = byOldestCall(this.#pools.values());
    // A function without any process gets the next one that is free: none is kept busy with calls after its own.
    const first = pools.find((pool) => liveCount(pool) === 0)?.waiting[0]?.sequence;
    for (const pool of pools) {
      this.#give(pool, first ?? Number.POSITIVE_INFINITY);
      if (pool.waiting.length > 0) this.#grow(pool, settled);
    }
  }

  /** A quick call rather follows another one than wakes a process; and it rather waits in a process than in the host. */
  #give(pool: FunctionPool, first: number): void {
    if (pool.waiting.length === 0) return;
    const now = performance.now();
    for (let [call] = pool.waiting; call; [call] = pool.waiting) {
      const mayWait = call.sequence < first;
      const near = mayWait ? shortestLine(pool, now, SHORT_WAIT_MILLIS) : undefined;
      const worker =
        near ?? pool.idle.pop() ?? (mayWait ? shortestLine(pool, now, LONG_WAIT_MILLIS) : undefined);
      if (!worker) break;
      pool.waiting.shift();
      this.#serve(worker, call);
    }
    if (pool.waiting.length + inLine(pool) > 0) this.#lookAgainSoon();
  }

  /** A call that takes long holds nobody up who waits behind it. */
  #takeBackLate(): void {
    const now = performance.now();
    for (const pool of this.#pools.values()) {
      if (inLine(pool) === 0) continue;
      this.#lookAgainSoon();
      for (const { process } of pool.busy) {
        if (now - process.line.begunAt >= QUICK_MILLIS) void process.line.takeBack();
      }
    }
  }

  /**
   * One process at a time for a function: a start takes long enough for the queue to change meanwhile. Where nothing can be
   * expected of those that it has, one for each call that waits.
   */
  #grow(pool: FunctionPool, settled: boolean): void {
    const most = isHeldUp(pool, performance.now() - this.#startMillis) ? pool.waiting.length : 1;
    if (pool.starting.size >= most || this.#startingCount() >= this.#maxStarting) return;
    if (liveCount(pool) > 0) {
      const cost = this.#supply.isReady(pool.spec) ? BIND_MILLIS : this.#startMillis;
      const worthIt = settled && backlogMillis(pool, performance.now()) >= cost;
      if (!worthIt) {
        this.#lookAgainSoon();
        return;
      }
    }
    const process = this.#supply.take(pool.spec) ?? this.#takeFromOthers(pool);
    if (!process) return;
    void this.#start(pool, process);
    if (liveCount(pool) > 1) this.#spares.keep(pool.spec);
    if (most > 1) this.#grow(pool, settled);
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
    const bound = await process.bind(spec.bundleFile, environment);
    timer.cancel();
    pool.starting.delete(worker);
    if (bound.type === "ready") {
      const took = performance.now() - worker.lastUsedAt;
      this.#startMillis = Math.max(LEAST_START_MILLIS, (this.#startMillis + took) / 2);
      this.#spares.standBy(spec);
      return this.#ready(worker);
    }
    this.#supply.retire(process);
    // As on AWS, the call that made the function load gets the error; the next one tries again.
    const call = pool.waiting.shift();
    if (call && this.#closed) call.reject(closedError());
    else call?.settle(late ? timeoutFailure(call.requestId, spec.timeoutSeconds) : loadFailure(bound, call));
    this.#pump();
  }

  #serve(worker: Worker, call: Call): void {
    const { process, pool, spec } = worker;
    const { requestId, event } = call;
    const remainingMillis = spec.timeoutSeconds * 1_000;
    let cancelled = false;
    let killed: InvokeFailure | undefined;
    let timer: Timer | undefined;
    let running = false;
    const kill = async (why: InvokeFailure): Promise<void> => {
      // By now the process may be at the call behind this one, which has done nothing to be ended for.
      await process.line.takeBack();
      if (!running) return;
      killed ??= why;
      void process.kill();
    };
    pool.busy.add(worker);
    call.cancel = () => {
      cancelled = true;
      void process.line.takeBack();
    };
    const arn = functionArn(pool.name);
    const alone = isQuick(pool) && this.#isAlone(worker);
    process.give(
      { requestId, arn, event, remainingMillis, alone },
      {
        begun: () => {
          running = true;
          worker.lastUsedAt = performance.now();
          this.#longCalls.watch();
          if (alone) this.#vigil.begin();
          timer = this.#options.clock.schedule(
            remainingMillis,
            () => void kill(timeoutFailure(requestId, spec.timeoutSeconds)),
          );
          call.cancel = () => void kill(killedFailure(requestId));
          if (cancelled) call.cancel();
        },
        over: () => {
          this.#vigil.end();
          running = false;
          timer?.cancel();
          call.cancel = () => undefined; // whatever the process does now, it does for another
        },
        ended: (message) => {
          learnService(pool, message.millis);
          if (killed || (message.type === "threw" && isSpent(message.report, message.ending)))
            this.#retire(worker);
          else this.#release(worker);
          this.#finish(call, outcomeOf(message));
        },
        returned: () => {
          running = false;
          timer?.cancel();
          if (this.#closed) call.reject(closedError());
          else if (cancelled) call.settle(killedFailure(requestId));
          else this.#wait(pool, call);
          this.#release(worker);
        },
        broken: (end) => {
          timer?.cancel();
          pool.busy.delete(worker);
          this.#finish(call, this.#closed ? undefined : (killed ?? exitFailure(requestId, end)));
          this.#spares.keep(pool.spec);
          this.#pump();
        },
      },
    );
  }

  /** Whether nothing is under way but what this one is about to be given. */
  #isAlone(worker: Worker): boolean {
    for (const process of this.#busy()) if (process !== worker.process) return false;
    return worker.process.line.length === 0;
  }

  #finish(call: Call, outcome: InvokeOutcome | undefined): void {
    if (outcome) call.settle(outcome);
    else call.reject(closedError());
  }

  #retire(worker: Worker): void {
    worker.pool.busy.delete(worker);
    this.#supply.retire(worker.process);
    this.#pump();
  }

  #release(worker: Worker): void {
    const { pool, process } = worker;
    if (process.line.length === 0 && pool.busy.delete(worker)) this.#ready(worker);
    else this.#pump();
  }

  #ready(worker: Worker): void {
    const { pool, process, spec } = worker;
    if (spec !== pool.spec) this.#supply.retire(process);
    else if (process.alive) {
      // One that is slower than others from now on is the last choice.
      if (this.#longCalls.over(process)) pool.idle.push(worker);
      else pool.idle.unshift(worker);
    }
    this.#pump();
  }
}

const outcomeOf = (message: Ending): InvokeOutcome =>
  message.type === "answer" ? { ok: true, output: message.output } : functionFailure(message.report);

function loadFailure(bound: Exclude<Bound, { type: "ready" }>, call: Call): InvokeFailure {
  return bound.type === "ended" ? exitFailure(call.requestId, bound.end) : functionFailure(bound.report);
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
