import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type CompiledFlow, compileFile } from "../compiler/index.ts";
import type { Description } from "../flow/describe.ts";
import { createLambdaHost, type LambdaHost, type LogLine } from "../local/lambda-host/index.ts";
import { toError } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { RunletError } from "../model/runlet-error.ts";
import { decodeCause } from "../runtime/decode-cause.ts";
import { refuseDiagnostics } from "./exit.ts";
import { projectName, projectRoot, workFolder } from "./source-path.ts";

const DEFINITIONS = "definitions";

/** Compiles on this machine: authors' code is loaded and run in processes of its own, never in the CLI's. */
export class Workshop {
  readonly host: LambdaHost;
  readonly root: string;
  readonly #folder: string;

  constructor(
    path: string,
    options: { environment?: Record<string, string>; onLog?: (line: LogLine) => void } = {},
  ) {
    this.root = projectRoot(path);
    const builds = join(workFolder(this.root), "build");
    mkdirSync(builds, { recursive: true });
    // A folder a command: two runs of one file at the same time do not replace each other's bundles.
    this.#folder = mkdtempSync(join(builds, "run-"));
    this.host = createLambdaHost({
      environment: options.environment ?? {},
      ...(options.onLog && { onLog: options.onLog }),
    });
  }

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
    const outcome = await this.host.invoke(DEFINITIONS, event);
    if (!outcome.ok) throw toError(decodeCause(outcome.cause, outcome.error));
    return (outcome.output as { input?: Json }).input;
  }

  async #load(bundleFile: string): Promise<Description> {
    this.host.register(DEFINITIONS, { bundleFile, timeoutSeconds: 30, memoryMb: 1024, environment: {} });
    const outcome = await this.host.invoke(DEFINITIONS, { op: "describe" });
    if (outcome.ok) return outcome.output as unknown as Description;
    const { name, message } = decodeCause(outcome.cause, outcome.error);
    throw new RunletError(
      "RLT5002",
      `The module failed while it was loaded: ${name}: ${message.trim().replace(/\.?$/, ".")}`,
    );
  }

  async close(): Promise<void> {
    await this.host.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
