import pc from "picocolors";
import type { HistoryEvent } from "../../engine/index.ts";
import { decodeCause } from "../../runtime/decode-cause.ts";
import { printable } from "./printable.ts";

const REDRAW_MILLIS = 50;
const MESSAGE_LENGTH = 200;

/**
 * What happens while a run goes on, on stderr: one live line on a terminal, a line a finished state elsewhere.
 * Nothing of it goes to stdout, which carries the result.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #write: (text: string) => void;
  readonly #running = new Map<string, number>();
  readonly #named = new Set<string>();
  /** The state that an event belongs to, by event: events name the one before them, not their state. */
  readonly #stateOf = new Map<string, string>();
  readonly #failures = new Set<string>();
  #finished = 0;
  #drawnAt = 0;

  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#stream = stream;
    const { CI, TERM } = process.env;
    this.#live = stream.isTTY === true && CI === undefined && TERM !== "dumb" && !quiet;
    this.#write = quiet ? () => undefined : (text) => void stream.write(text);
  }

  /** @param executionArn tells runs within runs apart: each counts its events from 1 */
  onEvent(event: HistoryEvent, executionArn: string): void {
    const [key, before] = [event.id, event.previousEventId].map((id) => `${executionArn} ${id}`) as [
      string,
      string,
    ];
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    const state = entered ?? exited ?? this.#stateOf.get(before);
    if (state !== undefined) this.#stateOf.set(key, state);
    const failure = event.lambdaFunctionFailedEventDetails ?? event.taskFailedEventDetails;
    if (entered !== undefined) this.#count(entered, 1);
    if (exited !== undefined) {
      this.#count(exited, -1);
      this.#finished++;
      // A map's states finish once an item; a line for the first is enough where lines cannot be drawn over.
      const isFailed = this.#failures.has(before);
      if (!this.#live && !isFailed && !this.#named.has(exited)) this.#write(`  ${pc.green("✓")} ${exited}\n`);
      if (!isFailed) this.#named.add(exited);
    }
    if (failure) this.#failures.add(key);
    if (failure) this.#fail(state ?? "task", failure);
    if (this.#live) this.#draw();
  }

  /** A line of its own, above the live one. */
  line(text: string): void {
    this.#write(this.#live ? `\r\x1b[K${text}\n` : `${text}\n`);
    this.#drawnAt = 0;
  }

  end(): void {
    if (this.#live) this.#write("\r\x1b[K");
  }

  #fail(state: string, failure: { error?: string | undefined; cause?: string | undefined }): void {
    const { name, message } = decodeCause(failure.cause, failure.error);
    const [first = ""] = message.split("\n");
    const text = first.length > MESSAGE_LENGTH ? `${first.slice(0, MESSAGE_LENGTH)}…` : first;
    this.line(`  ${pc.yellow("!")} ${printable(`${state}: ${name}${text === "" ? "" : `: ${text}`}`)}`);
  }

  #count(name: string, by: number): void {
    const count = (this.#running.get(name) ?? 0) + by;
    if (count > 0) this.#running.set(name, count);
    else this.#running.delete(name);
  }

  /** As wide as the terminal and no wider: a line that wraps cannot be drawn over. */
  #draw(): void {
    const now = performance.now();
    if (now - this.#drawnAt < REDRAW_MILLIS) return;
    this.#drawnAt = now;
    const names = [...this.#running].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
    const text = `${this.#finished} states done; ${names.join(", ")}`;
    const room = Math.max(10, (this.#stream.columns || 80) - 5);
    this.#write(`\r\x1b[K  ${pc.cyan("▸")} ${text.slice(0, room)}`);
  }
}
