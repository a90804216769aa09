import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ControlRequest, perform } from "../../../functions/control/requests.ts";
import { toFailure } from "../../model/failure.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { Control } from "../../runtime/index.ts";

/**
 * How other commands reach a run that lives in another process: requests and replies as files in the run's folder,
 * which is there as long as the run is.
 */
const POLL_MILLIS = 100;
const PATIENCE_MILLIS = 10_000;

/** Replies outlast the run: the answer that ends a run is told all the same. Whoever asked takes them away. */
const repliesOf = (dataDir: string): string => join(dataDir, "control", "replies");

const folderOf = (dataDir: string, runId: string): string => join(dataDir, "control", runId);

/** The mailboxes of a run and of the runs within it. */
export class Mailboxes {
  readonly #open = new Map<string, { close(): void }>();
  readonly #dataDir: string;
  readonly #control: () => Control;

  constructor(dataDir: string, control: () => Control) {
    this.#dataDir = dataDir;
    this.#control = control;
  }

  open(runId: string): void {
    if (!this.#open.has(runId)) this.#open.set(runId, openMailbox(this.#dataDir, runId, this.#control()));
  }

  close(): void {
    for (const mailbox of this.#open.values()) mailbox.close();
    this.#open.clear();
  }
}

/** Serves a run's requests until it is closed. */
function openMailbox(dataDir: string, runId: string, control: Control): { close(): void } {
  const folder = folderOf(dataDir, runId);
  const replies = repliesOf(dataDir);
  for (const one of [folder, replies]) mkdirSync(one, { recursive: true, mode: 0o700 });
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (const name of readdirSync(folder).filter((one) => one.endsWith(".request.json")))
        await serve({ folder, replies, name }, runId, control);
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), POLL_MILLIS);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serve(
  { folder, replies, name }: { folder: string; replies: string; name: string },
  runId: string,
  control: Control,
): Promise<void> {
  const request = JSON.parse(readFileSync(join(folder, name), "utf8")) as ControlRequest;
  rmSync(join(folder, name));
  const reply = await perform({ ...request, runId }, control).then(
    (answer) => ({ answer: answer ?? null }),
    (thrown: unknown) => ({ error: toFailure(thrown) }),
  );
  write(replies, name.replace(".request.", ".reply."), reply);
}

/** Whole at once: nobody reads half a file. */
function write(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, `${name}.part`), JSON.stringify(value), { mode: 0o600 });
  renameSync(join(folder, `${name}.part`), join(folder, name));
}

/** Sends a request to a run. @throws RunletError RLT4023 where no such run is under way; what the run answered */
export async function ask(dataDir: string, request: ControlRequest): Promise<unknown> {
  const folder = folderOf(dataDir, request.runId);
  const id = `${Date.now()}-${process.pid}`;
  try {
    write(folder, `${id}.request.json`, request);
  } catch (error) {
    throw new RunletError("RLT4023", `No run ${request.runId} is under way in ${dataDir}.`, { cause: error });
  }
  for (let waited = 0; waited < PATIENCE_MILLIS; waited += POLL_MILLIS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    const reply = readReply(join(repliesOf(dataDir), `${id}.reply.json`));
    if (reply === undefined) continue;
    if (!reply.error) return reply.answer;
    throw Object.assign(new Error(reply.error.message), { name: reply.error.name });
  }
  throw new RunletError("RLT4023", `The run ${request.runId} did not answer; its process may have ended.`);
}

interface Reply {
  answer?: unknown;
  error?: { name: string; message: string };
}

function readReply(file: string): Reply | undefined {
  try {
    const reply = JSON.parse(readFileSync(file, "utf8")) as Reply;
    rmSync(file);
    return reply;
  } catch {
    return undefined;
  }
}
