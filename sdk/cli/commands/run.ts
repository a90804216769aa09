import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import pc from "picocolors";
import type { LogLine } from "../../local/lambda-host/index.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { Wait } from "../../runtime/index.ts";
import { CommandRefused, EXIT, refuseUsage } from "../exit.ts";
import { interruptedCode, interruption } from "../interrupt.ts";
import { formatCost } from "../run/cost.ts";
import type { FinishedRun } from "../run/finished-run.ts";
import { inFlightLines, interrupted } from "../run/in-flight.ts";
import { printable } from "../run/printable.ts";
import { Progress } from "../run/progress.ts";
import { type RunFlowOptions, runFlow } from "../run/run-flow.ts";
import { formatTimeline } from "../run/timeline.ts";
import { timelinePage } from "../run/timeline-html.ts";
import { flowFile } from "../source-path.ts";

export interface RunOptions {
  flow?: string;
  input?: string;
  json?: boolean;
  data?: string;
  open?: boolean;
  rerun?: string;
  from?: string;
}

/** `runlet run FILE`: compiles a file and runs a flow of it; the exit code says how the run ended. */
export async function runCommand(file: string, options: RunOptions): Promise<number> {
  const path = flowFile(file);
  if (options.data === "") throw refuseUsage("The folder of --data is empty.");
  if (options.from !== undefined && options.rerun === undefined)
    throw refuseUsage("--from goes with --rerun RUN.");
  const input = readInput(options.input);
  const progress = new Progress(process.stderr, options.json === true);
  const request = {
    path,
    input,
    ...(options.rerun !== undefined && { rerun: rerunOf(options.rerun, options.from) }),
    ...(options.flow !== undefined && { flow: options.flow }),
    onEvent: (event, arn) => progress.onEvent(event, arn),
    onWait: (wait) => progress.line(formatWait(wait)),
    onLog: (line) => progress.line(formatLog(line)),
    onStart: ({ flow, runId }) => progress.line(`${pc.bold(flow)} ${pc.dim(`run ${runId}`)}`),
  } satisfies RunFlowOptions;
  const run =
    options.data === undefined
      ? await runFlow(request)
      : await runDurably(request, resolve(options.data), progress);
  progress.end();
  if (!run) return interrupted(options.data ?? "", options.json === true);
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(run))}\n`);
  else print(run);
  if (options.open) openPage(run, options.json === true);
  if (run.status === "COMPLETED") return EXIT.ok;
  return interruption.aborted ? interruptedCode() : EXIT.failed;
}

const rerunOf = (of: string, from: string | undefined): { of: string; from?: string } => ({
  of,
  ...(from !== undefined && { from }),
});

/** The same, kept in a data folder: a crash leaves it in flight, and `runlet resume` goes on with it. */
async function runDurably(
  request: RunFlowOptions,
  dataDir: string,
  progress: Progress,
): Promise<FinishedRun | undefined> {
  const { DurableRuns } = await import("../run/durable-flow.ts");
  const runs = new DurableRuns(dataDir, request.onLog);
  try {
    const inFlight = await runs.open({
      owner: `runlet run ${request.path}`,
      ...(request.onEvent && { onEvent: request.onEvent }),
      ...(request.onWait && { onWait: request.onWait }),
      ...(request.rerun && { rerun: request.rerun }),
      onTrouble: (error) => progress.line(pc.yellow(`! ${(error as Error).message}`)),
    });
    for (const line of inFlightLines(inFlight, dataDir)) progress.line(line);
    return await runs.run(request);
  } finally {
    await runs.close();
  }
}

/** @throws CommandRefused RLT4003, RLT4005 */
export function readInput(given: string | undefined): unknown {
  if (given === undefined) return undefined;
  // Editors of some systems begin a file with a byte order mark, which is no part of the JSON.
  const text = given.startsWith("@") ? readFile(given.slice(1)).replace(/^\uFEFF/, "") : given;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandRefused(
      new RunletError("RLT4005", `The input is not JSON: ${(error as Error).message}.`),
    );
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CommandRefused(
      new RunletError("RLT4003", `The input file "${path}" was not found or cannot be read.`),
    );
  }
}

/** The one JSON document of `--json`. */
export function documentOf({ status, output, error, runId, states }: FinishedRun): object {
  const shown = states.map(({ attempts: _, ...state }) => state);
  return { status, ...(error ? { error } : { output }), runId, states: shown };
}

export const formatLog = ({ functionName, text }: LogLine): string =>
  `  ${pc.dim(`${functionName.replace(/^task-/, "")} │`)} ${text}`;

/** Who reads it may answer. */
export function formatWait({ runId, wait, message = "", show }: Wait): string {
  const shown = show === undefined ? "" : ` ${pc.dim(JSON.stringify(show).slice(0, 200))}`;
  const how = {
    input: `runlet answer ${runId} JSON`,
    approval: `runlet answer ${runId} '{"approved":true}'`,
    event: `runlet send ${runId} ${message} JSON`,
    sleep: "",
    hold: `runlet continue ${runId}`,
  }[wait];
  const what = wait === "sleep" ? "sleeps" : `waits: ${printable(message)}`;
  return `  ${pc.cyan("…")} ${what}${shown}${how === "" ? "" : pc.dim(`  ${how}`)}`;
}

export function print(run: FinishedRun): void {
  const { stderr, stdout } = process;
  stderr.write(`\n${formatTimeline(run.states)}\n\n`);
  if (run.error) {
    stderr.write(
      `${pc.red(`✗ ${run.status}`)} ${pc.bold(printable(run.error.name))}: ${printable(run.error.message)}\n`,
    );
    for (let cause = run.error.cause; cause; cause = cause.cause)
      stderr.write(`  caused by ${printable(`${cause.name}: ${cause.message}`)}\n`);
  } else {
    stderr.write(`${pc.green(`✓ ${run.status}`)}\n`);
    stdout.write(`${JSON.stringify(run.output, null, 2)}\n`);
  }
  stderr.write(`\n${formatCost(run.cost)}\n${pc.dim(`Record: ${run.file}`)}\n`);
}

function openPage(run: FinishedRun, quiet: boolean): void {
  const file = run.file.replace(/\.json$/, ".html");
  const result = JSON.stringify(run.error ?? run.output ?? null, null, 2);
  const { flow, runId, status, states, cost } = run;
  const page = timelinePage({
    flow,
    runId,
    status,
    states,
    result,
    cost: formatCost(cost),
  });
  writeFileSync(file, page, { mode: 0o600 });
  if (!quiet) process.stderr.write(`Timeline: ${file}\n`);
  const opener = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  // Where there is no browser to open, the path above is enough.
  if (process.stderr.isTTY)
    spawn(opener, [file], { stdio: "ignore", detached: true })
      .on("error", () => undefined)
      .unref();
}
