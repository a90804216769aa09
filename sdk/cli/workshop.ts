import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CompiledFlow, compileFile } from "../compiler/index.ts";
import type { Description } from "../flow/describe.ts";
import { createLambdaHost, type LambdaHost, type LogLine } from "../local/lambda-host/index.ts";
import { toError } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { decodeCause } from "../runtime/decode-cause.ts";
import { refuseDiagnostics } from "./exit.ts";
import { interruption } from "./interrupt.ts";
import { loadError } from "./load-error.ts";
import { projectName, projectRoot, workFolder } from "./source-path.ts";

const DEFINITIONS = "definitions";
const LOAD_SECONDS = 30;

/** Compiles on this machine: authors' code is loaded and run in processes of its own, never in the CLI's. */
export class Workshop {
  readonly host: LambdaHost;
  readonly root: string;
  readonly #folder: string;

  constructor(
    path: string,
    options: {
      environment?: Record<string, string>;
      onLog?: (line: LogLine) => void;
      /** Whether the build may outlast the command: what is kept is removed by whoever ends its run. */
      kept?: boolean;
    } = {},
  ) {
    this.root = projectRoot(path);
    const builds = join(workFolder(this.root), "build");
    mkdirSync(builds, { recursive: true });
    // A folder a command: two runs of one file at the same time do not replace each other's bundles.
    this.#folder = mkdtempSync(join(builds, options.kept ? "kept-" : `run-${process.pid}-`));
    removeAbandoned(builds);
    this.host = createLambdaHost({
      environment: options.environment ?? {},
      ...(options.onLog && { onLog: options.onLog }),
    });
    interruption.addEventListener("abort", this.#onInterruption, { once: true });
  }

  /** Whatever waits for a process of the host gets an error, so the command comes to its end. */
  readonly #onInterruption = (): void => void this.host.close();

  /** @throws CommandRefused with the diagnostics; RunletError RLT5001, RLT5002 */
  async compile(
    path: string,
    outDir = this.#folder,
  ): Promise<{ flows: CompiledFlow[]; manifest: Manifest; outDir: string }> {
    const load = (bundleFile: string): Promise<Description> => this.#load(bundleFile);
    const result = await compileFile(path, { outDir, load, project: projectName(this.root) });
    if (!result.ok) throw refuseDiagnostics(result.diagnostics);
    return result;
  }

  /** The input as the flow's schema gives it. @throws what the flow itself throws: RLT2004 and the like */
  async parseInput(flow: string, input: unknown): Promise<Json | undefined> {
    const event = { op: "parseInput", flow, ...(input === undefined ? {} : { input: input as Json }) };
    let outcome = await this.host.invoke(DEFINITIONS, event);
    if (outcome.ok) return (outcome.output as { input?: Json }).input;
    if (outcome.error === "Function.ResponseSizeTooLarge") {
      // More than a function may answer, which is no limit of a run's input.
      const answerFile = join(this.#folder, "input.json");
      outcome = await this.host.invoke(DEFINITIONS, { ...event, answerFile });
      if (outcome.ok) return (JSON.parse(readFileSync(answerFile, "utf8")) as { input?: Json }).input;
    }
    throw toError(decodeCause(outcome.cause, outcome.error));
  }

  /** What the schema of a wait for input says of an answer. */
  checkAnswer(key: string, value: unknown): Promise<unknown> {
    return checkAnswer(this.host, this.#folder, key, value);
  }

  async #load(bundleFile: string): Promise<Description> {
    registerDefinitions(this.host, bundleFile);
    const outcome = await this.host.invoke(DEFINITIONS, { op: "describe" });
    if (outcome.ok) return outcome.output as unknown as Description;
    throw loadError(decodeCause(outcome.cause, outcome.error), LOAD_SECONDS);
  }

  /** @param keep whether the build stays for another process to go on with */
  async close(keep = false): Promise<void> {
    interruption.removeEventListener("abort", this.#onInterruption);
    await this.host.close();
    if (!keep) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function registerDefinitions(host: LambdaHost, bundleFile: string): void {
  host.register(DEFINITIONS, { bundleFile, timeoutSeconds: LOAD_SECONDS, memoryMb: 1024, environment: {} });
}

/** What the schema of a wait for input says of an answer; asked of the definitions in a build. */
export async function checkAnswer(
  host: LambdaHost,
  buildDir: string,
  key: string,
  value: unknown,
): Promise<unknown> {
  registerDefinitions(host, join(buildDir, DEFINITIONS, "index.mjs"));
  const outcome = await host.invoke(DEFINITIONS, { op: "checkAnswer", key, value: value as Json });
  if (outcome.ok) return outcome.output ?? { value };
  throw toError(decodeCause(outcome.cause, outcome.error));
}

const ABANDONED_MILLIS = 3_600_000;

/** Folders of commands that were killed. Old ones only: in a container, the ids of others' processes mean nothing. */
function removeAbandoned(builds: string): void {
  for (const name of readdirSync(builds)) {
    const pid = Number(/^run-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid > 0 && isRunning(pid)) continue;
    const folder = join(builds, name);
    const madeAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (name.startsWith("run-") && Date.now() - madeAt > ABANDONED_MILLIS)
      rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
