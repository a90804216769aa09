import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { type Clock, systemClock } from "../../model/clock.ts";
import type { Json } from "../../model/json.ts";
import { distFile } from "../../model/package-root.ts";
import type { InvokeOutcome } from "./function-pool.ts";
import type { FunctionSpec, LogLine } from "./function-spec.ts";
import { ProcessHost } from "./process-host.ts";

export interface LambdaHostOptions {
  /** Measures timeouts. Processes run in real time, so another clock is for tests only. @default the machine's */
  readonly clock?: Clock;
  /** Processes at the same time, warm ones included; about 45 MB each. @default 4 for each core, at least 16 */
  readonly maxProcesses?: number;
  /** Called for each line that a function writes. @default lines are dropped */
  onLog?(line: LogLine): void;
  /** Variables that every function gets. Nothing else of the host's environment reaches one, but PATH, HOME, TMPDIR. */
  readonly environment: Readonly<Record<string, string>>;
  /** The built `child.ts`. @default `dist/lambda-child.js` */
  readonly childFile?: string;
  /** Makes request ids. @default random UUIDs */
  readonly requestId?: () => string;
}

/** Lambda functions on one machine. Made by {@link createLambdaHost}. */
export interface LambdaHost {
  /** Makes a function known, or replaces it: calls that run go on with the bundle they have. */
  register(name: string, spec: FunctionSpec): void;
  /**
   * Invokes a function and waits for its answer; calls above what the processes can take wait in order.
   * It rejects only when the host is closed; an abort by the signal answers as a killed process does.
   */
  invoke(name: string, event: Json, options?: { signal?: AbortSignal }): Promise<InvokeOutcome>;
  /** Starts processes ahead of use until `count` wait to be bound; settles when they run. */
  warm(count: number): Promise<void>;
  /** What runs now, for consoles and tests. */
  processes(): { pid: number | undefined; functionName?: string; busy: boolean }[];
  /** Ends all processes; calls that wait or run reject. */
  close(): Promise<void>;
}

const LEAST_PROCESSES = 16;

/**
 * Runs bundles as AWS Lambda does, one process an environment, one invocation at a time in each, with Lambda's event,
 * context, variables, limits and errors. What a task does to its process (exit, crash, endless loop, memory) ends that
 * process and that invocation, and nothing else.
 *
 * @example
 * const host = createLambdaHost({ environment: { RUNLET_OBJECTS: "/data/objects" } });
 * host.register("etl-load", { bundleFile, timeoutSeconds: 60, memoryMb: 512, environment: {} });
 * const outcome = await host.invoke("etl-load", event); // { ok: true, output } or { ok: false, error, cause }
 * await host.close();
 */
export function createLambdaHost(options: LambdaHostOptions): LambdaHost {
  return new ProcessHost({
    childFile: options.childFile ?? distFile("lambda-child.js"),
    maxProcesses: options.maxProcesses ?? Math.max(LEAST_PROCESSES, 4 * availableParallelism()),
    environment: options.environment,
    clock: options.clock ?? systemClock,
    requestId: options.requestId ?? randomUUID,
    onLog: options.onLog && ((line) => options.onLog?.(line)),
  });
}
