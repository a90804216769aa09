import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import {
  CHANNEL_DESCRIPTOR,
  encodeFrame,
  type FromChild,
  type LogStream,
  readFrames,
  type ToChild,
} from "./child-messages.ts";
import type { ProcessEnd } from "./lambda-errors.ts";
import { LogReader } from "./log-reader.ts";
import type { OrphanGuard } from "./orphan-guard.ts";

/** How long the end of an answer's output is waited for, where a task closed its own output. */
const FLUSH_MILLIS = 1_000;
/** How long output is read on after a process is gone: programs that it started may hold the pipes open. */
const DRAIN_MILLIS = 200;

export interface ProcessOptions {
  childFile: string;
  memoryMb: number;
  environment: Record<string, string>;
  guard: OrphanGuard;
  onLine(stream: LogStream, text: string, requestId: string | undefined): void;
}

/** Either what the process said, or how it ended. */
export type Reply = { message: FromChild } | { end: ProcessEnd };

/** One process that runs functions, seen from the host. It is asked one thing at a time. */
export class LambdaProcess {
  readonly pid: number | undefined;
  /** The function that it is bound to; empty while it is blank. */
  functionName = "";
  /** Settles when it runs, or has failed to. */
  readonly up: Promise<void>;
  /** Settles when it is gone and its output is read. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #channel: Socket;
  readonly #logs: Record<LogStream, LogReader>;
  #end: ProcessEnd | undefined;
  #waiting: ((reply: Reply) => void) | undefined;

  constructor(options: ProcessOptions) {
    const { childFile, memoryMb, environment, guard, onLine } = options;
    this.#child = spawn(process.execPath, [`--max-old-space-size=${memoryMb}`, childFile], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "overlapped"],
      // A group of its own: Ctrl-C reaches the host only, and the group ends with the programs that a task started.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.pid = this.#child.pid;
    if (this.pid !== undefined) guard.watch(this.pid);
    this.#channel = this.#child.stdio[CHANNEL_DESCRIPTOR] as Socket;
    const reader = (name: LogStream): LogReader =>
      new LogReader(this.#child[name] as Socket, (text, requestId) => onLine(name, text, requestId));
    this.#logs = { stdout: reader("stdout"), stderr: reader("stderr") };
    this.ended = this.#watchEnd(guard);
    this.up = this.#watchMessages();
  }

  /** Whether it can still be asked. */
  get alive(): boolean {
    return this.#end === undefined;
  }

  /** Sends a message and waits for the reply to it, its output included. */
  async ask(message: ToChild): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve) => {
      if (this.#end) return resolve({ end: this.#end });
      this.#waiting = resolve;
      this.#channel.write(encodeFrame(JSON.stringify(message)));
    });
    if ("message" in reply && "logs" in reply.message) {
      const { logs, requestId } = reply.message;
      if (logs.length > 0) await this.#flushed(logs, requestId);
    }
    return reply;
  }

  /** Ends it, with all that it started, at once. */
  kill(): Promise<ProcessEnd> {
    if (this.alive) this.#signalGroup();
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
    this.#channel.on("error", () => undefined); // the end of the process says more
    return new Promise((resolve) => {
      void this.ended.then(() => resolve());
      readFrames(this.#channel, (json) => {
        const message = JSON.parse(json) as FromChild;
        if (message.type === "up") return resolve();
        this.#reply({ message });
      });
    });
  }

  #reply(reply: Reply): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(reply);
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
    for (const log of Object.values(this.#logs)) log.close();
    for (const stream of this.#child.stdio) stream?.destroy();
    this.#reply({ end });
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
