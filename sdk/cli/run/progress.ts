import pc from "picocolors";
import type { HistoryEvent } from "../../engine/index.ts";

/**
 * What happens while a run goes on, on stderr: one live line on a terminal, a line a finished state elsewhere.
 * Nothing of it goes to stdout, which carries the result.
 */
export class Progress {
  readonly #live: boolean;
  readonly #write: (text: string) => void;
  readonly #running = new Map<string, number>();
  readonly #named = new Set<string>();
  #finished = 0;

  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#live = stream.isTTY === true && process.env["CI"] === undefined;
    this.#write = quiet ? () => undefined : (text) => void stream.write(text);
  }

  onEvent(event: HistoryEvent): void {
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    const failure = event.lambdaFunctionFailedEventDetails ?? event.taskFailedEventDetails;
    if (entered !== undefined) this.#count(entered, 1);
    if (exited !== undefined) {
      this.#count(exited, -1);
      this.#finished++;
      // A map's states finish once an item; a line for the first is enough where lines cannot be drawn over.
      if (!this.#live && !this.#named.has(exited)) this.#write(`  ${pc.green("✓")} ${exited}\n`);
      this.#named.add(exited);
    }
    if (failure) this.line(`  ${pc.yellow("!")} ${failure.error ?? "failed"}`);
    if (this.#live) this.#draw();
  }

  /** A line of its own, above the live one. */
  line(text: string): void {
    this.#write(this.#live ? `\r\x1b[K${text}\n` : `${text}\n`);
  }

  end(): void {
    if (this.#live) this.#write("\r\x1b[K");
  }

  #count(name: string, by: number): void {
    const count = (this.#running.get(name) ?? 0) + by;
    if (count > 0) this.#running.set(name, count);
    else this.#running.delete(name);
  }

  #draw(): void {
    const names = [...this.#running].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
    const text = `  ${pc.cyan("▸")} ${this.#finished} states done; ${names.join(", ")}`;
    this.#write(`\r\x1b[K${text.slice(0, 118)}`);
  }
}
