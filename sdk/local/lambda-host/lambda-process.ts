import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { CallLine, type Turn } from "./call-line.ts";
import {
  type Ending,
  encodeFrame,
  encodeFrames,
  FROM_CHILD_DESCRIPTOR,
  type FromChild,
  type Invocation,
  type LogStream,
  readFrames,
  TO_CHILD_DESCRIPTOR,
} from "./child-messages.ts";
import type { ProcessEnd } from "./lambda-errors.ts";
import { LogReader } from "./log-reader.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import type { TakenBack } from "./taken-back.ts";

/** How long the end of an answer's output is waited for, where a task closed its own output. */
const FLUSH_MILLIS = 1_000;
/** How long output is read on after a process is gone: programs that it started may hold the pipes open. */
const DRAIN_MILLIS = 200;

export interface ProcessOptions {
  childFile: string;
  memoryMb: number;
  environment: Record<string, string>;
  guard: OrphanGuard;
  takenBack: TakenBack;
  onLine(stream: LogStream, text: string, requestId: string | undefined): void;
}

/** Below it, a Lambda function has less than one core. */
const ONE_CORE_MB = 1_769;

/**
 * V8's settings. Its collector takes a thread for each core, and no longer than needed where it has one: a task that fills its
 * memory would otherwise leave no core to the calls of other runs, until it ends.
 */
const flags = (memoryMb: number): string[] => [
  `--max-old-space-size=${memoryMb}`,
  ...(memoryMb < ONE_CORE_MB ? ["--single-threaded-gc"] : []),
];

/** What binding a process came to: what it said, or how it ended. */
export type Bound = Extract<FromChild, { type: "ready" | "unloadable" }> | { type: "ended"; end: ProcessEnd };

/** One process that runs functions, seen from the host. It runs one call at a time. */
export class LambdaProcess {
  readonly pid: number | undefined;
  /** The function that it is bound to; empty while it is blank. */
  functionName = "";
  /** Settles when it runs, or has failed to. */
  readonly up: Promise<void>;
  isUp = false;
  /** Settles when it is gone and its output is read. */
  readonly ended: Promise<ProcessEnd>;
  /** The calls that it was given. */
  readonly line: CallLine;
  readonly #child: ChildProcess;
  readonly #calls: Socket;
  readonly #answers: Socket;
  readonly #logs: Record<LogStream, LogReader>;
  #end: ProcessEnd | undefined;
  #bound: ((bound: Bound) => void) | undefined;
  #heard = 0;
  #killed = false;
  readonly #slot: number;

  constructor(options: ProcessOptions) {
    const { childFile, memoryMb, environment, guard, takenBack, onLine } = options;
    this.#slot = takenBack.takeSlot();
    this.#child = spawn(process.execPath, [...flags(memoryMb), childFile], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "overlapped", "overlapped", takenBack.descriptor],
      // A group of its own: Ctrl-C reaches the host only, and the group ends with the programs that a task started.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.pid = this.#child.pid;
    if (this.pid !== undefined) guard.watch(this.pid);
    this.#calls = this.#child.stdio[TO_CHILD_DESCRIPTOR] as unknown as Socket;
    this.#answers = this.#child.stdio[FROM_CHILD_DESCRIPTOR] as unknown as Socket;
    const reader = (name: LogStream): LogReader =>
      new LogReader(this.#child[name] as Socket, (text, requestId) => onLine(name, text, requestId));
    this.#logs = { stdout: reader("stdout"), stderr: reader("stderr") };
    this.line = new CallLine({
      send: (messages) => void this.#calls.write(encodeFrames(messages)),
      takeBack: (below) => takenBack.write(this.#slot, below),
      heard: () => this.#heard,
    });
    this.ended = this.#watchEnd(guard);
    void this.ended.then(() => takenBack.giveSlot(this.#slot));
    this.up = this.#watchMessages();
  }

  /** Whether it can be given calls. */
  get alive(): boolean {
    return this.#end === undefined && !this.#killed;
  }

  /** Binds it to a function. */
  bind(file: string, environment: Record<string, string>): Promise<Bound> {
    return new Promise((resolve) => {
      if (this.#end) return resolve({ type: "ended", end: this.#end });
      this.#bound = resolve;
      const message = { type: "bind", file, environment, slot: this.#slot };
      this.#calls.write(encodeFrame(JSON.stringify(message)));
    });
  }

  /** Gives it a call, which runs when those before it have ended. Its output is read before it is told as ended. */
  give(invocation: Invocation, turn: Turn): void {
    this.line.give(invocation, turn);
  }

  /** Ends it, with all that it started, at once. */
  kill(): Promise<ProcessEnd> {
    this.#killed = true;
    if (this.#end === undefined) this.#signalGroup();
    return this.ended;
  }

  #signalGroup(): void {
    try {
      if (this.pid === undefined || process.platform === "win32") this.#child.kill("SIGKILL");
      else process.kill(-this.pid, "SIGKILL");
    } catch {
      this.#child.kill("SIGKILL"); // gone, or not yet the leader of its group
    }
  }

  #watchMessages(): Promise<void> {
    // The end of the process says more.
    for (const pipe of [this.#calls, this.#answers]) pipe.on("error", () => undefined);
    return new Promise((resolve) => {
      void this.ended.then(() => resolve());
      this.#answers.on("data", () => this.#heard++);
      readFrames(this.#answers, (json) => {
        const message = JSON.parse(json) as FromChild;
        if (message.type === "up") {
          this.isUp = true;
          resolve();
        } else if (message.type === "ready" || message.type === "unloadable") this.#tellBound(message);
        else {
          const turn = this.line.hear(message);
          if (turn && "logs" in message) this.#tellEnded(turn, message);
        }
      });
    });
  }

  #tellBound(bound: Bound): void {
    const tell = this.#bound;
    this.#bound = undefined;
    tell?.(bound);
  }

  #tellEnded(turn: Turn, message: Ending): void {
    if (message.logs.length === 0) turn.ended(message);
    else void this.#flushed(message.logs, message.requestId).then(() => turn.ended(message));
  }

  async #watchEnd(guard: OrphanGuard): Promise<ProcessEnd> {
    const closed = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    const end = await new Promise<ProcessEnd>((resolve) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.once("error", (error) => resolve({ code: null, signal: null, reason: error.message }));
    });
    this.#end = end;
    if (this.pid !== undefined) {
      this.#signalGroup();
      guard.forget(this.pid);
      await settledWithin(closed, DRAIN_MILLIS);
    }
    await this.line.quiet();
    for (const log of Object.values(this.#logs)) log.close();
    for (const stream of this.#child.stdio) stream?.destroy();
    this.#tellBound({ type: "ended", end });
    this.line.end(end);
    return end;
  }

  async #flushed(streams: LogStream[], requestId: string): Promise<void> {
    const all = Promise.all(streams.map((stream) => this.#logs[stream].flushed(requestId)));
    await settledWithin(all, FLUSH_MILLIS);
  }
}

async function settledWithin(promise: Promise<unknown>, millis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
