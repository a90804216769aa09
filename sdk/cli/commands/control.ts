import { resolve } from "node:path";
import type { ControlRequest } from "../../../functions/control/requests.ts";
import { EXIT } from "../exit.ts";
import { ask } from "../run/mailbox.ts";
import { projectRoot, workFolder } from "../source-path.ts";
import { readInput } from "./run.ts";

export interface ControlOptions {
  data?: string;
  json?: boolean;
  step?: string;
  frames?: string;
}

/** `runlet answer RUN JSON`, `send`, `cancel`, `pause`, `continue`, `waits`: reaches a run that is under way. */
export async function controlCommand(
  op: ControlRequest["op"],
  runId: string,
  given: { name?: string; value?: string },
  options: ControlOptions,
): Promise<number> {
  const dataDir =
    options.data === undefined ? workFolder(projectRoot(resolve("any.ts"))) : resolve(options.data);
  const reply = await ask(dataDir, requestOf(op, runId, given, options));
  if (options.json) process.stdout.write(`${JSON.stringify(reply)}\n`);
  else if (op === "waits") print(reply as { waits: Listed[] });
  else process.stderr.write("✓ done\n");
  return EXIT.ok;
}

function requestOf(
  op: ControlRequest["op"],
  runId: string,
  { name, value }: { name?: string; value?: string },
  { step, frames }: ControlOptions,
): ControlRequest {
  const given = value === undefined ? {} : { value: readInput(value) };
  if (op === "answers") {
    const place = frames === undefined ? {} : { frames: frames.split(".").map(Number) };
    return { op, runId, ...given, ...place, ...(step === undefined ? {} : { step }) };
  }
  if (op === "events")
    return { op, runId, name: name ?? "", ...("value" in given && { payload: given.value }) };
  return { op, runId };
}

interface Listed {
  step: string;
  frames: number[];
  wait: string;
  message?: string;
  show?: unknown;
}

function print({ waits }: { waits: Listed[] }): void {
  for (const { step, frames, wait, message = "", show } of waits) {
    const place = [step, ...frames].join("/");
    const shown = show === undefined ? "" : ` ${JSON.stringify(show)}`;
    process.stdout.write(`${place}: ${wait} ${message}${shown}\n`);
  }
  if (waits.length === 0) process.stderr.write("It waits for nothing.\n");
}
