import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DurableExecution, HistoryEvent, InFlight } from "../../engine/index.ts";
import { type DurableCloud, openDurableCloud, type RunNote } from "../../local/durable-cloud.ts";
import { createLambdaHost, type LambdaHost, type LogLine } from "../../local/lambda-host/index.ts";
import { type LocalBuild, openBuild } from "../../local/local-build.ts";
import type { Manifest } from "../../model/manifest.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { type ObjectStore, portsFromEnvironment, type Wait } from "../../runtime/index.ts";
import { interruption } from "../interrupt.ts";
import { checkAnswer, Workshop } from "../workshop.ts";
import { CallFiles, callLog, type Repeated, repeated } from "./call-file.ts";
import { chooseFlow } from "./choose-flow.ts";
import { type FinishedRun, finishRun, secretVariables } from "./finished-run.ts";
import { startLocally } from "./local-start.ts";
import { Mailboxes } from "./mailbox.ts";
import { dataFolders, type RunFlowOptions } from "./run-flow.ts";

/** Runs that are kept in a data folder, so that another process can go on with them. */
export class DurableRuns {
  readonly #dataDir: string;
  readonly #runs: string;
  readonly #environment: { RUNLET_OBJECTS: string };
  readonly #objects: ObjectStore;
  readonly #hosts: LambdaHost[] = [];
  readonly #builds = new Map<string, { build: LocalBuild; host: LambdaHost }>();
  readonly #mailboxes: Mailboxes;
  readonly #files: CallFiles;
  readonly #onLog: ((line: LogLine) => void) | undefined;
  #cloud: DurableCloud | undefined;
  #repeats: Repeated | undefined;

  constructor(dataDir: string, onLog?: (line: LogLine) => void) {
    const { runs, environment } = dataFolders(dataDir);
    this.#dataDir = dataDir;
    this.#runs = runs;
    this.#environment = environment;
    this.#files = new CallFiles(runs);
    this.#objects = portsFromEnvironment(environment).objects;
    this.#onLog = onLog;
    this.#mailboxes = new Mailboxes(dataDir, () => this.#open.control);
  }

  /** Takes the folder over, and says what was in flight in it. @throws RunletError RLT6001 and its like */
  async open(options: {
    owner: string;
    onEvent?: (event: HistoryEvent, executionArn: string) => void;
    onWait?: (wait: Wait) => void;
    onTrouble?: (error: unknown) => void;
    rerun?: RunFlowOptions["rerun"];
  }): Promise<readonly InFlight[]> {
    const { owner, onEvent, onTrouble, rerun } = options;
    this.#repeats = rerun && repeated(this.#runs, rerun.of, rerun.from);
    this.#cloud = await openDurableCloud({
      directory: join(this.#dataDir, "journal"),
      controlFile: join(this.#dataDir, "control.json"),
      checkAnswer: (key, value) => this.#checkAnswer(key, value),
      onWait: (wait) => {
        this.#mailboxes.open(wait.runId);
        options.onWait?.(wait);
      },
      owner,
      calls: callLog(this.#files, this.#repeats),
      openBuild: (folder) => this.#openBuild(folder, this.#newHost()),
      ...(onEvent && { onEvent: (arn: string, event: HistoryEvent) => onEvent(event, arn) }),
      ...(onTrouble && { onTrouble }),
    });
    // What runs on is left for the next process: its calls end with this one and have no answer.
    interruption.addEventListener("abort", this.#leave, { once: true });
    return this.#cloud.inFlight;
  }

  /** Compiles a file and runs one of its flows to the end. Nothing when it was interrupted: then it is in flight. */
  async run(options: RunFlowOptions): Promise<FinishedRun | undefined> {
    const { path, onStart } = options;
    const environment = this.#environment;
    const workshop = new Workshop(path, {
      environment,
      kept: true,
      ...(this.#onLog && { onLog: this.#onLog }),
    });
    let started = false;
    try {
      void workshop.host.warm(2).catch(() => undefined);
      const { flows, manifest, outDir } = await workshop.compile(path);
      const repeats = this.#repeats;
      const flow = chooseFlow(flows, options.flow ?? repeats?.flow).name;
      this.#openBuild(outDir, workshop.host);
      const execution = await startLocally({
        manifest,
        start: (request) => this.#open.start({ ...request, note: { build: outDir, file: path } }),
        flow,
        input: options.input,
        objects: this.#objects,
        repeats,
        parseInput: (name, input) => workshop.parseInput(name, input),
      });
      started = true;
      onStart?.({ flow, runId: execution.name });
      return await this.#toEnd(execution, { flow, build: outDir });
    } finally {
      await workshop.close(started);
    }
  }

  /** Goes on with a run that was in flight. Nothing when it was interrupted again. @throws RunletError RLT6010, RLT5004 */
  async resume(run: InFlight): Promise<FinishedRun | undefined> {
    if (run.error) throw run.error;
    const { build } = run.note as unknown as RunNote;
    const execution = await this.#open.resume(run.arn);
    return this.#toEnd(execution, { flow: run.machine, build });
  }

  async close(): Promise<void> {
    interruption.removeEventListener("abort", this.#leave);
    await this.#cloud?.close();
    this.#files.flush();
    await Promise.all(this.#hosts.map((host) => host.close()));
    this.#mailboxes.close(); // last: whoever asked has had time to read the reply
  }

  readonly #leave = (): void => void this.#cloud?.close();

  get #open(): DurableCloud {
    if (!this.#cloud) throw new Error("The data folder is not open.");
    return this.#cloud;
  }

  #newHost(): LambdaHost {
    const host = createLambdaHost({
      environment: this.#environment,
      ...(this.#onLog && { onLog: this.#onLog }),
    });
    this.#hosts.push(host);
    return host;
  }

  #openBuild(buildDir: string, host: LambdaHost): LocalBuild {
    const known = this.#builds.get(buildDir)?.build;
    if (known) return known;
    if (!existsSync(join(buildDir, "manifest.json"))) {
      throw new RunletError("RLT5004", `The build ${buildDir} of a run in flight is not there.`, {
        mend: "Put the folder back and resume again, or start the flow anew; the run stays in flight until then.",
      });
    }
    const objectsDir = this.#environment.RUNLET_OBJECTS;
    const build = openBuild({ buildDir, host, objectsDir, secretVariables });
    this.#builds.set(buildDir, { build, host });
    return build;
  }

  async #toEnd(
    execution: DurableExecution,
    { flow, build }: { flow: string; build: string },
  ): Promise<FinishedRun | undefined> {
    const { name: runId, history } = execution;
    this.#mailboxes.open(runId);
    const result = await execution.done.catch((error: unknown) => {
      if (interruption.aborted && (error as RunletError).code === "RLT6008") return undefined;
      throw error;
    });
    if (!result) return undefined;
    const { manifest } = (this.#builds.get(build) as { build: LocalBuild }).build;
    const common = { manifest, objects: this.#objects, runs: this.#runs };
    const children = await this.#endsOfChildren(runId, common);
    const finished = await finishRun({ ...common, flow, runId, result, history, children });
    // The runs of one start share a build; the last one removes it.
    if (!this.#open.needs(build)) rmSync(build, { recursive: true, force: true });
    return finished;
  }

  /** Those that the flow has started and not waited for, too: new ones join the list meanwhile. */
  async #endsOfChildren(
    runId: string,
    common: { manifest: Manifest; objects: ObjectStore; runs: string },
  ): Promise<FinishedRun[]> {
    const ended: FinishedRun[] = [];
    for (const { done, name, arn, history } of this.#open.children) {
      if (name === runId) continue;
      const result = await done.catch(() => undefined);
      if (!result) continue; // left in flight
      ended.push(
        await finishRun({ ...common, flow: arn.split(":").at(-2) ?? "", runId: name, history, result }),
      );
    }
    return ended;
  }

  /** What the schema of a wait says of an answer: asked in the build that has the flow. */
  async #checkAnswer(key: string, value: unknown): Promise<unknown> {
    const flow = key.slice(0, key.indexOf("/"));
    for (const [folder, { build, host }] of this.#builds) {
      if (!Object.hasOwn(build.manifest.flows, flow)) continue;
      return checkAnswer(host, folder, key, value);
    }
    return { value };
  }
}
