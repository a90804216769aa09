import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../model/clock.ts";
import type { ExecutionInput } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CallLog, EarlierCalls, type LoggedCall } from "../../runtime/index.ts";

/** The calls of runs as lines beside their records, so that they can be repeated: `<run>.calls.jsonl`. */
export class CallFiles {
  readonly #folder: string;
  readonly #lines = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Kept until there is much of it: what a crash loses is called again. */
  write(call: LoggedCall, root: string): void {
    const lines = `${this.#lines.get(root) ?? ""}${JSON.stringify(call)}\n`;
    this.#lines.set(root, lines);
    if (lines.length > MOST_KEPT) this.flush();
  }

  flush(): void {
    for (const [root, lines] of this.#lines)
      appendFileSync(fileOf(this.#folder, root), lines, { mode: 0o600 });
    this.#lines.clear();
  }
}

/** The log of the calls that a process makes. */
export const callLog = (files: CallFiles, repeats: Repeated | undefined): CallLog =>
  new CallLog({
    write: (call, root) => files.write(call, root),
    now: () => systemClock.now(),
    earlier: repeats?.calls,
  });

const MOST_KEPT = 64 * 1_024;
const fileOf = (folder: string, runId: string): string => join(folder, `${runId}.calls.jsonl`);

/** What a run that repeats another one takes from it. */
export interface Repeated {
  runId: string;
  flow: string;
  input: ExecutionInput;
  calls: EarlierCalls;
}

/**
 * A run, from its record.
 *
 * @param from the step from which on everything is done anew
 * @throws RunletError RLT4025 where there is no such record, or no such call in it
 */
export function repeated(folder: string, runId: string, from?: string): Repeated {
  const file = join(folder, `${runId}.json`);
  if (!/^[\w-]+$/.test(runId) || !existsSync(file))
    throw new RunletError("RLT4025", `There is no record of the run ${runId} in ${folder}.`);
  const { flow, history } = JSON.parse(readFileSync(file, "utf8")) as {
    flow: string;
    history: { executionStartedEventDetails?: { input?: string } }[];
  };
  const input = JSON.parse(history[0]?.executionStartedEventDetails?.input ?? "{}") as ExecutionInput;
  const lines = existsSync(fileOf(folder, runId)) ? readFileSync(fileOf(folder, runId), "utf8") : "";
  const calls = lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as LoggedCall]));
  return { runId, flow, input, calls: new EarlierCalls(runId, calls, from) };
}
