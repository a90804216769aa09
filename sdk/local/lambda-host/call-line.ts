import type { Ending, FromChild, Invocation } from "./child-messages.ts";
import type { ProcessEnd } from "./lambda-errors.ts";

/** What becomes of a call that a process was given. `begun` comes first, unless `returned` does. */
export interface Turn {
  begun(): void;
  /** It does not run any more; `ended` follows when its output was read. */
  over(): void;
  ended(message: Ending): void;
  /** It has not begun, and never will in this process. */
  returned(): void;
  /** The process ended while it ran. */
  broken(end: ProcessEnd): void;
}

interface Place {
  readonly turn: number;
  readonly of: Turn;
  begun: boolean;
}

export interface LineChannel {
  /** Sends messages, in one write. */
  send(messages: readonly string[]): void;
  /** Takes back every turn below this one that has not begun. */
  takeBack(below: number): void;
  /** How often anything was heard of the process. */
  heard(): number;
}

/**
 * The calls that a process was given: the first one runs, the others wait there, so that the process need not wait for
 * the host between two of them. Those that wait can be taken back, even from a process that is blocked.
 */
export class CallLine {
  readonly #channel: LineChannel;
  #places: Place[] = [];
  #unsent: string[] = [];
  #count = 0;
  #takingBack: Promise<void> | undefined;
  /** When the one that runs began, on the machine's steady clock. */
  begunAt = 0;

  constructor(channel: LineChannel) {
    this.#channel = channel;
  }

  get length(): number {
    return this.#places.length;
  }

  /** Whether it is being emptied. */
  get closed(): boolean {
    return this.#takingBack !== undefined;
  }

  give(invocation: Invocation, of: Turn): void {
    const turn = ++this.#count;
    const inLine = this.#places.length > 0;
    const place: Place = { turn, of, begun: false };
    this.#places.push(place);
    const message = JSON.stringify({ type: "invoke", turn, inLine, ...invocation });
    if (!inLine) {
      this.#channel.send([message]); // first, since the process has nothing to do until then
      this.#begin(place);
      return;
    }
    // What is given in one turn of the event loop goes in one write: there is work until then.
    if (this.#unsent.push(message) === 1) setImmediate(() => this.#sendAll());
  }

  /** Takes in what the process says of its calls. */
  hear(message: Exclude<FromChild, { type: "up" | "ready" | "unloadable" }>): Turn | undefined {
    switch (message.type) {
      case "begun":
        return this.#begin(this.#find(message.turn));
      case "returned":
        return void this.#leave(this.#find(message.turn))?.of.returned();
      default: {
        const place = this.#leave(this.#places[0]);
        place?.of.over();
        if (message.next !== undefined) this.#begin(this.#find(message.next));
        return place?.of;
      }
    }
  }

  /** Afterwards each call either has begun or was returned. */
  takeBack(): Promise<void> {
    if (this.#places.length < 2) return this.#takingBack ?? Promise.resolve();
    this.#takingBack ??= this.#return().finally(() => {
      this.#takingBack = undefined;
    });
    return this.#takingBack;
  }

  /** The process is gone, and what it said was read. */
  end(end: ProcessEnd): void {
    for (const { begun, of } of this.#places.splice(0)) {
      if (begun) of.broken(end);
      else of.returned();
    }
  }

  async #return(): Promise<void> {
    this.#unsent = [];
    this.#channel.takeBack(this.#count + 1);
    await this.quiet();
    const waiting = this.#places.filter(({ begun }) => !begun);
    this.#places = this.#places.filter(({ begun }) => begun);
    for (const { of } of waiting) of.returned();
  }

  /** Settles when a whole turn of the event loop has passed in which nothing came: then all that was said is heard. */
  async quiet(): Promise<void> {
    await turnOfLoop();
    for (;;) {
      const before = this.#channel.heard();
      await turnOfLoop();
      if (this.#channel.heard() === before) return;
    }
  }

  #begin(place: Place | undefined): undefined {
    if (!place) return;
    place.begun = true;
    this.begunAt = performance.now();
    place.of.begun();
  }

  #find(turn: number): Place | undefined {
    return this.#places.find((place) => place.turn === turn);
  }

  #leave(place: Place | undefined): Place | undefined {
    if (place) this.#places.splice(this.#places.indexOf(place), 1);
    return place;
  }

  #sendAll(): void {
    const messages = this.#unsent;
    this.#unsent = [];
    if (messages.length > 0) this.#channel.send(messages);
  }
}

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
