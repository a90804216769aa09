import type { Readable } from "node:stream";
import { LOG_MARK } from "./child-messages.ts";

/** Longer lines are passed on in pieces, as CloudWatch takes no event above 256 KB. */
const LONGEST_LINE = 262_144;

/** Reads a process's output by lines and knows whose they are; see `markOutput` for the other end. */
export class LogReader {
  readonly #onLine: (text: string, requestId: string | undefined) => void;
  #rest = "";
  #requestId: string | undefined;
  #ended = new Set<string>();
  #waiting = new Map<string, () => void>();
  #closed = false;

  constructor(stream: Readable, onLine: (text: string, requestId: string | undefined) => void) {
    this.#onLine = onLine;
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => this.#take(text));
    stream.on("error", () => this.close());
    stream.on("close", () => this.close());
  }

  /** Settles when all that the invocation wrote was passed on, or when nothing can come any more. */
  flushed(requestId: string): Promise<void> {
    if (this.#closed || this.#ended.delete(requestId)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(requestId, resolve));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
    for (const resolve of this.#waiting.values()) resolve();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
    while (this.#rest.length > LONGEST_LINE) {
      this.#line(this.#rest.slice(0, LONGEST_LINE));
      this.#rest = this.#rest.slice(LONGEST_LINE);
    }
  }

  #line(line: string): void {
    if (!line.startsWith(LOG_MARK)) {
      this.#onLine(line, this.#requestId);
      return;
    }
    const mark = line.slice(LOG_MARK.length);
    this.#requestId = mark.startsWith("/") ? undefined : mark;
    if (mark.startsWith("/")) this.#end(mark.slice(1));
  }

  #end(requestId: string): void {
    const resolve = this.#waiting.get(requestId);
    if (!resolve) return void this.#ended.add(requestId);
    this.#waiting.delete(requestId);
    resolve();
  }
}
