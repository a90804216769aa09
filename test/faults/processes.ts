import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { StateMachine } from "../../sdk/asl/types.ts";
import type { Description, ExecutionResult } from "../../sdk/engine/index.ts";

/** What the server says; see `server.ts`. */
export interface Said {
  say:
    | "open"
    | "stands"
    | "accepted"
    | "refused"
    | "ended"
    | "gave up"
    | "lost"
    | "trouble"
    | "list"
    | "history"
    | "failed";
  at: number;
  name?: string;
  code?: string;
  millis?: number;
  inFlight?: number;
  result?: ExecutionResult;
  runs?: Description[];
  /** The first so many events of a run, and their checksum. */
  events?: number;
  digest?: string;
}

/** One line of the oracle: run, step, attempt, process, time. */
export type Step = [run: string, step: string, attempt: number, pid: number, at: number];

const HERE = new URL(".", import.meta.url).pathname;

let labs = 0;

/** A folder with the server's program, a data directory and an oracle. */
export class FaultLab {
  readonly folder = mkdtempSync(join(tmpdir(), "runlet-faults-"));
  readonly oracle = join(this.folder, "oracle");
  readonly data: string;
  readonly servers: Server[] = [];
  /** Beside the tests, since it imports libraries. */
  readonly program = join(HERE, `.server-${process.pid}-${++labs}.mjs`);

  /** @param options.data the data directory. Default: one in the folder */
  constructor(options: { data?: string } = {}) {
    this.data = options.data ?? join(this.folder, "data");
  }

  async prepare(): Promise<void> {
    const bundle = (entry: string, outfile: string): Promise<unknown> =>
      build({
        ...{
          entryPoints: [entry],
          outfile,
          bundle: true,
          platform: "node",
          format: "esm",
          logLevel: "silent",
        },
        external: ["jsonata", "ulid"],
        absWorkingDir: join(HERE, "../.."),
      });
    await bundle(join(HERE, "server.ts"), this.program);
    await bundle(join(HERE, "../../sdk/local/lambda-host/child.ts"), join(this.folder, "child.mjs"));
    writeFileSync(join(this.folder, "index.mjs"), TASK);
  }

  /** @param hosted whether tasks run in processes of their own, as `runlet run`'s do */
  server({ lease = 10_000, hosted = false } = {}): Server {
    const files = hosted ? [join(this.folder, "child.mjs"), join(this.folder, "index.mjs")] : [];
    const args = [this.program, this.data, this.oracle, String(lease), ...files];
    const server = new Server(spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] }));
    this.servers.push(server);
    return server;
  }

  steps(): Step[] {
    if (!existsSync(this.oracle)) return [];
    const lines = readFileSync(this.oracle, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Step);
  }

  remove(): void {
    for (const server of this.servers) server.kill();
    rmSync(this.program, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Server {
  readonly said: Said[] = [];
  readonly ended: Promise<void>;
  readonly child: ChildProcess;
  readonly startedAt = Date.now();
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    let rest = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) this.said.push(JSON.parse(part) as Said);
      for (const look of this.#waiting) look();
    });
    child.stdin?.on("error", () => undefined); // killed while it was written to
    this.ended = new Promise((resolve) => {
      child.on("close", () => {
        for (const look of this.#waiting) look();
        resolve();
      });
    });
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
  }

  start(name: string, definition: StateMachine, input: object): void {
    this.child.stdin?.write(`${JSON.stringify({ start: name, definition, input })}\n`);
  }

  /** Waits until it has said what is wanted; rejects when it ends before. */
  until(wanted: (said: Said) => boolean): Promise<Said> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.said.find(wanted);
        if (found) resolve(found);
        else if (this.child.exitCode !== null || this.child.signalCode !== null) {
          reject(new Error(`The server ended: ${JSON.stringify(this.said.at(-1))}`));
        } else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The first so many events of a run, as a checksum. */
  async history(name: string, count: number): Promise<Said> {
    this.child.stdin?.write(`${JSON.stringify({ history: name, count })}\n`);
    return this.until((said) => said.say === "history" && said.name === name && said.events === count);
  }

  async list(): Promise<Description[]> {
    const before = this.said.length;
    this.child.stdin?.write(`${JSON.stringify({ list: true })}\n`);
    const { runs = [] } = await this.until(
      (said) => said.say === "list" && this.said.indexOf(said) >= before,
    );
    return runs;
  }
}

const step = (name: string, fields: object, millis: number): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { step: name, path: "{% $states.input.path %}", millis },
  Output: "{% $states.input %}",
  ...fields,
});

export const SEQUENCE = ["A", "B", "C", "D", "E"];

/** Five steps, and a map of four items with two steps each. */
export function mixedMachine(millis = 5): StateMachine {
  const after = (index: number): object => ({ Next: SEQUENCE[index + 1] ?? "M" });
  const states = Object.fromEntries(SEQUENCE.map((name, index) => [name, step(name, after(index), millis)]));
  return {
    QueryLanguage: "JSONata",
    StartAt: "A",
    States: {
      ...states,
      M: {
        Type: "Map",
        Items: "{% [0..3] %}",
        ItemSelector: { path: "{% $states.input.path & '.' & $string($states.context.Map.Item.Index) %}" },
        ItemProcessor: {
          StartAt: "I",
          States: {
            I: step("I", { Next: "J" }, millis),
            J: step("J", { End: true }, millis),
          },
        },
        Output: "{% $states.result.path %}",
        End: true,
      },
    },
  } as unknown as StateMachine;
}

/** The steps that a run of it takes. */
export function stepsOf(name: string): string[] {
  const items = [0, 1, 2, 3].flatMap((item) => [`${name}.${item} I`, `${name}.${item} J`]);
  return [...SEQUENCE.map((one) => `${name} ${one}`), ...items];
}

/** The task in a process of its own: poisons are told by their arguments. */
const TASK = `import { appendFileSync } from "node:fs";
export const handler = async ({ step, path, millis = 2, poison }) => {
  appendFileSync(process.env.ORACLE, JSON.stringify([path, path + " " + step, 0, process.pid, Date.now()]) + "\\n");
  if (poison === "throws") throw new RangeError("always");
  if (poison === "never") await new Promise(() => setInterval(() => undefined, 1e6));
  if (poison === "blocks") for (;;);
  if (poison === "exits") process.exit(3);
  if (poison === "memory") for (const held = []; ; ) held.push(new Array(1e6).fill(Math.random()));
  await new Promise((resolve) => setTimeout(resolve, millis));
  return path + " " + step;
};
`;
