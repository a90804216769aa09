import type { Clock } from "../../model/clock.ts";
import type { FunctionSpec, LogLine } from "./function-spec.ts";
import { earlyEnvironment, processEnvironment } from "./lambda-environment.ts";
import { LambdaProcess } from "./lambda-process.ts";
import { createOrphanGuard } from "./orphan-guard.ts";
import { TakenBack } from "./taken-back.ts";

export interface SupplyOptions {
  readonly childFile: string;
  readonly maxProcesses: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onLog: ((line: LogLine) => void) | undefined;
}

/** A process that runs and is not bound to a function yet. */
interface Blank {
  readonly process: LambdaProcess;
  readonly kind: string;
}

/** Makes processes, at most so many, and keeps blank ones ahead of use. */
export class ProcessSupply {
  readonly #options: SupplyOptions;
  readonly #guard = createOrphanGuard();
  readonly #takenBack = new TakenBack();
  /** All that exist; those on their way out are not in `#alive`. */
  readonly #all = new Set<LambdaProcess>();
  readonly #alive = new Set<LambdaProcess>();
  #blanks: Blank[] = [];

  constructor(options: SupplyOptions) {
    this.#options = options;
  }

  /** A process that may be bound to the function, or none where there is no room. */
  take(spec: FunctionSpec): LambdaProcess | undefined {
    const kind = kindOf(spec);
    const ready = this.#blanks.find((blank) => blank.kind === kind);
    if (ready) {
      this.#blanks = this.#blanks.filter((blank) => blank !== ready);
      return ready.process;
    }
    if (this.#isFull() && !this.#dropBlank()) return undefined;
    return this.#spawn(spec);
  }

  /** Ends a process; its place is free at once. */
  retire(process: LambdaProcess): void {
    this.#alive.delete(process);
    void process.kill();
  }

  /** Starts blank processes until `count` are there, for these functions first; settles when they run. */
  async warm(count: number, specs: readonly FunctionSpec[]): Promise<void> {
    for (let turn = 0; this.#blanks.length < count && !this.#isFull(); turn++) {
      const spec = specs[turn % Math.max(1, specs.length)] ?? DEFAULT_SPEC;
      this.#blanks.push({ process: this.#spawn(spec), kind: kindOf(spec) });
    }
    await Promise.all(this.#blanks.map((blank) => blank.process.up));
  }

  /** How many stand by. */
  get blanks(): number {
    return this.#blanks.length;
  }

  /** Whether a process for the function is there, and need not be started. */
  isReady(spec: FunctionSpec): boolean {
    return this.#blanks.some(({ kind, process }) => kind === kindOf(spec) && process.isUp);
  }

  processes(): LambdaProcess[] {
    return [...this.#alive];
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((process) => process.kill()));
    await this.#guard.close();
    this.#takenBack.close();
  }

  #isFull(): boolean {
    return this.#alive.size >= this.#options.maxProcesses;
  }

  #dropBlank(): boolean {
    const blank = this.#blanks.shift();
    if (blank) this.retire(blank.process);
    return blank !== undefined;
  }

  #spawn(spec: FunctionSpec): LambdaProcess {
    const { childFile, environment, clock, onLog } = this.#options;
    const process = new LambdaProcess({
      childFile,
      memoryMb: spec.memoryMb,
      environment: processEnvironment(environment, earlyEnvironment(spec)),
      guard: this.#guard,
      takenBack: this.#takenBack,
      onLine: (stream, text, requestId) => {
        const line: LogLine = { functionName: process.functionName, stream, text, at: clock.now() };
        if (requestId !== undefined) line.requestId = requestId;
        onLog?.(line);
      },
    });
    this.#all.add(process);
    this.#alive.add(process);
    void process.ended.then(() => {
      this.#all.delete(process);
      this.#alive.delete(process);
      this.#blanks = this.#blanks.filter((blank) => blank.process !== process);
    });
    return process;
  }
}

const DEFAULT_SPEC: FunctionSpec = { bundleFile: "", timeoutSeconds: 1, memoryMb: 512, environment: {} };

/** What a process cannot change once it runs: two functions that agree on it may use each other's blanks. */
const kindOf = (spec: FunctionSpec): string => JSON.stringify([spec.memoryMb, earlyEnvironment(spec)]);
