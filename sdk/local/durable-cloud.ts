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
import { type Control, gate } from "../runtime/index.ts";
import { answerNestedStart, isNestedStart } from "./durable-nested.ts";
import { keptWaitStore } from "./kept-wait-store.ts";
import { flowOf, type LocalBuild } from "./local-build.ts";
import { type LocalControlOptions, localControl } from "./local-control.ts";

/** What is kept with a run, so that another process finds its functions. */
export interface RunNote {
  /** The folder of the build. */
  build: string;
  /** The file that was compiled. */
  file: string;
  /** The run that started it, and the call by which it did. */
  parent?: string;
  call?: string;
}

export interface DurableCloudOptions extends LocalControlOptions {
  /** Where runs are kept; the directory of `openEngine`. */
  directory: string;
  /** Where is kept what was asked of runs: cancel, pause, events. */
  controlFile: string;
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
  /** Reaches what waits: answers, events, cancel, pause. */
  readonly control: Control;
  /** Runs that runs have started in this process. */
  readonly children: readonly DurableExecution[];
  start(request: {
    flow: string;
    runId: string;
    input: ExecutionInput;
    note: RunNote;
  }): Promise<DurableExecution>;
  resume(arn: string): Promise<DurableExecution>;
  /** Whether a run that has not ended needs the build. */
  needs(buildDir: string): boolean;
  /** What was written since it was opened. */
  stats(): ReturnType<DurableEngine["stats"]>;
  /** Leaves what has not ended for another process. */
  close(): Promise<void>;
}

/** @throws RunletError as `openEngine` */
export async function openDurableCloud(options: DurableCloudOptions): Promise<DurableCloud> {
  const builds = new Map<string, LocalBuild>();
  const buildOf = (note: Json | undefined): LocalBuild => {
    const { build: folder } = noteOf(note);
    const known = builds.get(folder) ?? options.openBuild(folder);
    builds.set(folder, known);
    return known;
  };
  const children: DurableExecution[] = [];
  const canPause = (runId: string): boolean => {
    const run = engine.list().find(({ name }) => name === runId);
    return run ? (buildOf(run.note).manifest.flows[run.machine]?.pausable ?? false) : false;
  };
  const waiting = localControl(
    () => engine,
    { ...options, canPause },
    await keptWaitStore(options.controlFile),
  );
  const family = new Family();
  const control = family.control(waiting.control);
  const nested = (call: IntegrationCall): Promise<Outcome> =>
    answerNestedStart(
      engine,
      async ({ stateMachineArn, name, input }) => {
        const flow = flowOf(stateMachineArn);
        const { build, file } = noteOf(call.note);
        const parent = rootOf(call);
        const note = { build, file, parent, call: call.id ?? "" };
        const definition = buildOf(call.note).definitionOf(flow);
        family.add(name, parent);
        const execution = await engine.start({ definition, name, stateMachineName: flow, input, note });
        await engine.resume(execution.arn); // one that an earlier process had started may stand still
        if (!children.some(({ arn }) => arn === execution.arn)) children.push(execution);
        return { execution, isOwn: noteOf(engine.describe(execution.arn).note).call === call.id };
      },
      call,
    );
  const integration = async (call: IntegrationCall): Promise<Outcome> => {
    const { calls } = options;
    if (isNestedStart(call.resource))
      return calls ? calls.around(call.arguments, () => nested(call)) : nested(call);
    if (waiting.answers(call.resource)) return waiting.integration(call);
    const make = (): Promise<Outcome> => invoke(buildOf(call.note), call);
    return (await gate(control, call.arguments)) ?? (calls ? calls.through(call.arguments, make) : make());
  };
  const engine: DurableEngine = await openEngine({
    directory: options.directory,
    owner: options.owner,
    integration,
    resume: () => false,
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(options.onTrouble && { onTrouble: options.onTrouble }),
  });
  for (const { name, note } of engine.recovered) {
    const { parent } = noteOf(note);
    if (parent !== undefined) family.add(name, parent);
  }
  return {
    inFlight: engine.recovered,
    control,
    children,
    start: ({ flow, runId, input, note }) =>
      engine.start({
        definition: buildOf({ ...note }).definitionOf(flow),
        name: runId,
        stateMachineName: flow,
        input: { ...input },
        note: { ...note },
      }),
    async resume(arn) {
      // A build that is gone is told before anything is called.
      buildOf(engine.recovered.find((run) => run.arn === arn)?.note);
      const execution = await engine.resume(arn);
      // This process has not heard of the waits that stand in the journal.
      for (const call of engine.waiting(arn))
        if (waiting.answers(call.resource)) await waiting.integration(call);
      return execution;
    },
    needs: (folder) =>
      engine.list().some(({ status, note }) => status === "RUNNING" && noteOf(note).build === folder),
    stats: () => engine.stats(),
    close: () => engine.close(),
  };
}

/** The run that a call belongs to: a distributed Map's child execution makes calls under a name of its own. */
const rootOf = (call: IntegrationCall): string =>
  call.id?.split(" ")[0]?.split(":").at(-1) ?? call.executionName;

const noteOf = (note: Json | undefined): RunNote => note as unknown as RunNote;

/** Which run started which: what is asked of one is asked of those that it has started too, and will start. */
class Family {
  readonly #parents = new Map<string, string>();

  add(runId: string, parent: string): void {
    this.#parents.set(runId, parent);
  }

  control(control: Control): Control {
    const state = async (runId: string): ReturnType<Control["state"]> => {
      for (let at: string | undefined = runId; at !== undefined; at = this.#parents.get(at)) {
        if ((await control.state(at)) === "CANCELLED") return "CANCELLED";
      }
      return control.state(runId);
    };
    const cancel = async (runId: string): Promise<void> => {
      await control.cancel(runId);
      for (const [child, parent] of this.#parents) if (parent === runId) await cancel(child);
    };
    return {
      ...control,
      state,
      cancel,
      async register(event) {
        if ((await state(event.runId)) === "CANCELLED") await control.cancel(event.runId);
        return control.register(event);
      },
    };
  }
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
