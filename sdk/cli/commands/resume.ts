import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import pc from "picocolors";
import type { InFlight } from "../../engine/index.ts";
import { toFailure } from "../../model/failure.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused, EXIT } from "../exit.ts";
import { interruption } from "../interrupt.ts";
import { DurableRuns } from "../run/durable-flow.ts";
import type { FinishedRun } from "../run/finished-run.ts";
import { describe, interrupted } from "../run/in-flight.ts";
import { Progress } from "../run/progress.ts";
import { documentOf, formatLog, formatWait, print } from "./run.ts";

type Ended = FinishedRun | undefined;

/** `runlet resume DIR`: goes on with every run that was in flight; the exit code says whether all of them completed. */
export async function resumeCommand(dir: string, { json = false }: { json?: boolean }): Promise<number> {
  const dataDir = resolve(dir);
  if (!existsSync(join(dataDir, "journal"))) {
    throw new CommandRefused(
      new RunletError(
        "RLT4003",
        `There are no runs in ${dir}: \`runlet run FILE --data ${dir}\` keeps one there.`,
      ),
    );
  }
  const progress = new Progress(process.stderr, json);
  const runs = new DurableRuns(dataDir, (line) => progress.line(formatLog(line)));
  try {
    const inFlight = await runs.open({
      owner: `runlet resume ${dir}`,
      onEvent: (event, arn) => progress.onEvent(event, arn),
      onWait: (wait) => progress.line(formatWait(wait)),
      onTrouble: (error) => progress.line(pc.yellow(`! ${(error as Error).message}`)),
    });
    progress.line(inFlight.length === 0 ? `Nothing is in flight in ${dir}.` : `In flight in ${dir}:`);
    for (const run of inFlight) progress.line(`  ${describe(run)}`);
    const ends = await Promise.allSettled(inFlight.map((run) => runs.resume(run)));
    progress.end();
    if (interruption.aborted) return interrupted(dir, json);
    if (json)
      process.stdout.write(`${JSON.stringify({ runs: ends.map((end, n) => told(end, inFlight[n])) })}\n`);
    else ends.forEach((end, n) => void say(end, inFlight[n]));
    const completed = (end: PromiseSettledResult<Ended>): boolean =>
      end.status === "fulfilled" && end.value?.status === "COMPLETED";
    return ends.every(completed) ? EXIT.ok : EXIT.failed;
  } finally {
    await runs.close();
  }
}

function told(end: PromiseSettledResult<Ended>, run: InFlight | undefined): object {
  const who = { flow: run?.machine, runId: run?.name };
  if (end.status === "rejected") return { ...who, status: "RUNNING", error: toFailure(end.reason) };
  return end.value ? { ...who, ...documentOf(end.value) } : who;
}

function say(end: PromiseSettledResult<Ended>, run: InFlight | undefined): void {
  process.stderr.write(`\n${pc.bold(run?.machine ?? "")} ${pc.dim(`run ${run?.name}`)}\n`);
  if (end.status === "rejected") process.stderr.write(`${pc.red("✗")} ${toFailure(end.reason).message}\n`);
  else if (end.value) print(end.value);
}
