import {
  type DurableEngine,
  type DurableExecution,
  type HistoryEvent,
  type InFlight,
  type IntegrationCall,
  type Outcome,
  openEngine,
} from "../engine/index.ts";
import type { Json } from "../model/json.ts";
import type { ExecutionInput } from "../model/protocol.ts";
import type { LocalBuild } from "./local-build.ts";

/** What is kept with a run, so that another process finds its functions. */
export interface RunNote {
  /** The folder of the build. */
  build: string;
  /** The file that was compiled. */
  file: string;
}

export interface DurableCloudOptions {
  /** Where runs are kept; the directory of `openEngine`. */
  directory: string;
  /** Named to others who are refused. */
  owner: string;
  /** Opens the build of a run. */
  openBuild: (buildDir: string) => LocalBuild;
  onEvent?: (executionArn: string, event: HistoryEvent) => void;
  /** The journal could not be written; the cloud goes on when it can. */
  onTrouble?: (error: unknown) => void;
}

/** Runs of any number of builds that outlast the process. */
export interface DurableCloud {
  /** What was in flight when it was opened; it stands until it is resumed. */
  readonly inFlight: readonly InFlight[];
  start(request: {
    flow: string;
    runId: string;
    input: ExecutionInput;
    note: RunNote;
  }): Promise<DurableExecution>;
  resume(arn: string): Promise<DurableExecution>;
  /** What was written since it was opened. */
  stats(): ReturnType<DurableEngine["stats"]>;
  /** Leaves what has not ended for another process. */
  close(): Promise<void>;
}

/** @throws RunletError as `openEngine` */
export async function openDurableCloud(options: DurableCloudOptions): Promise<DurableCloud> {
  const builds = new Map<string, LocalBuild>();
  const buildOf = (note: Json | undefined): LocalBuild => {
    const { build: folder } = note as unknown as RunNote;
    const known = builds.get(folder) ?? options.openBuild(folder);
    builds.set(folder, known);
    return known;
  };
  const engine: DurableEngine = await openEngine({
    directory: options.directory,
    owner: options.owner,
    integration: (call) => invoke(buildOf(call.note), call),
    resume: () => false,
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(options.onTrouble && { onTrouble: options.onTrouble }),
  });
  return {
    inFlight: engine.recovered,
    start: ({ flow, runId, input, note }) =>
      engine.start({
        definition: buildOf({ ...note }).definitionOf(flow),
        name: runId,
        stateMachineName: flow,
        input: { ...input },
        note: { ...note },
      }),
    resume(arn) {
      buildOf(engine.recovered.find((run) => run.arn === arn)?.note); // a build that is gone is told before anything is called
      return engine.resume(arn);
    },
    stats: () => engine.stats(),
    close: () => engine.close(),
  };
}

/** A call that ends with its host has no answer: whoever goes on with the run makes it again. */
async function invoke(build: LocalBuild, call: IntegrationCall): Promise<Outcome> {
  try {
    return await build.invoke(call);
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    return new Promise(() => undefined);
  }
}
