import { join } from "node:path";
import type { HistoryEvent } from "../../engine/index.ts";
import type { LogLine } from "../../local/lambda-host/index.ts";
import { type LocalCloud, openLocalCloud } from "../../local/local-cloud.ts";
import { portsFromEnvironment, type Wait } from "../../runtime/index.ts";
import { writableFolder } from "../folders.ts";
import { interruption } from "../interrupt.ts";
import { projectRoot, workFolder } from "../source-path.ts";
import { Workshop } from "../workshop.ts";
import { CallFiles, callLog, repeated } from "./call-file.ts";
import { chooseFlow } from "./choose-flow.ts";
import { type FinishedRun, finishRun, secretVariables } from "./finished-run.ts";
import { startLocally } from "./local-start.ts";
import { Mailboxes } from "./mailbox.ts";

export interface RunFlowOptions {
  path: string;
  flow?: string;
  input: unknown;
  /** The run that this one repeats, and the step from which on everything is done anew. */
  rerun?: { of: string; from?: string };
  onEvent?(event: HistoryEvent, executionArn: string): void;
  /** The run, or a run within it, begins to wait. */
  onWait?(wait: Wait): void;
  onLog?(line: LogLine): void;
  onStart?(run: { flow: string; runId: string }): void;
}

/** The folders of a place where runs are kept; made before any work, so that a record always can be kept. */
export function dataFolders(dataDir: string): { runs: string; environment: { RUNLET_OBJECTS: string } } {
  const runs = writableFolder(join(writableFolder(dataDir, "The data folder"), "runs"), "The folder", 0o700);
  return { runs, environment: { RUNLET_OBJECTS: join(dataDir, "objects") } };
}

/** Compiles a file and runs one of its flows to the end, in this process; records are kept in `.runlet`. */
export async function runFlow(options: RunFlowOptions): Promise<FinishedRun> {
  const dataDir = workFolder(projectRoot(options.path));
  const { runs, environment } = dataFolders(dataDir);
  const { onLog, rerun } = options;
  const repeats = rerun && repeated(runs, rerun.of, rerun.from);
  const files = new CallFiles(runs);
  const workshop = new Workshop(options.path, { environment, ...(onLog && { onLog }) });
  try {
    void workshop.host.warm(2).catch(() => undefined); // one for the definitions, one for the first task
    const { flows, manifest, outDir: buildDir } = await workshop.compile(options.path);
    const flow = chooseFlow(flows, options.flow ?? repeats?.flow).name;
    const { host } = workshop;
    const { onEvent } = options;
    const mailboxes = new Mailboxes(dataDir, () => cloud.control);
    const cloud: LocalCloud = openLocalCloud({
      buildDir,
      host,
      objectsDir: environment.RUNLET_OBJECTS,
      calls: callLog(files, repeats),
      secretVariables,
      ...(onEvent && { onEvent }),
      checkAnswer: (key, value) => workshop.checkAnswer(key, value),
      onWait(wait) {
        mailboxes.open(wait.runId); // of a run within the run
        options.onWait?.(wait);
      },
    });
    const { objects } = portsFromEnvironment(environment);
    const execution = await startLocally({
      manifest,
      start: async (request) => cloud.start(request),
      flow,
      input: options.input,
      objects,
      repeats,
      parseInput: (name, input) => workshop.parseInput(name, input),
    });
    const { name: runId, history } = execution;
    options.onStart?.({ flow, runId });
    const stop = (): void => {
      for (const one of [execution, ...cloud.children])
        one.stop("Interrupted", `Ended by ${interruption.reason}.`);
    };
    if (interruption.aborted) stop();
    interruption.addEventListener("abort", stop, { once: true });
    mailboxes.open(runId);
    const result = await execution.done;
    const common = { manifest, objects, runs };
    const children: FinishedRun[] = [];
    // Those that the flow has started and not waited for, too: they live in this process, and new ones join the list.
    for (const { done, name, arn, history: events } of cloud.children) {
      const called = { flow: arn.split(":").at(-2) ?? "", runId: name, history: events };
      children.push(await finishRun({ ...common, ...called, result: await done }));
    }
    mailboxes.close();
    return await finishRun({ ...common, flow, runId, result, history, children });
  } finally {
    files.flush();
    await workshop.close();
  }
}
