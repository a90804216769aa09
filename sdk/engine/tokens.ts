import type { Ids } from "../model/ids.ts";
import type { Json } from "../model/json.ts";

/** What the holder of a task token reported. */
export type TokenOutcome =
  | { ok: true; output: Json }
  | { ok: false; error: string | undefined; cause: string | undefined };

/** Whoever waits for a token's holder. */
export interface TokenWaiter {
  settle: (outcome: TokenOutcome) => void;
  beat: () => void;
}

/** Where a run gets task tokens, and says who waits for them. */
export interface TokenDesk {
  create(): string;
  /** Makes the token answer to this waiter; the result takes that back. */
  open(token: string, waiter: TokenWaiter): () => void;
}

/** Why a token was refused, by the name that the service gives: SendTaskSuccess and its sisters throw it. */
export class TaskTokenError extends Error {
  override readonly name: "InvalidToken" | "TaskTimedOut";

  constructor(name: "InvalidToken" | "TaskTimedOut") {
    super(
      name === "InvalidToken"
        ? "Invalid Token: 'Invalid token'"
        : "Task Timed Out: 'Provided task does not exist anymore'",
    );
    this.name = name;
  }
}

export const TOKEN_PREFIX = "runlet-token-";

/** The task tokens of one engine. */
export class Tokens implements TokenDesk {
  readonly #ids: Ids;
  readonly #waiting = new Map<string, TokenWaiter>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  create(): string {
    return `${TOKEN_PREFIX}${this.#ids.uuid()}`;
  }

  /** Makes the token answer to this waiter; the result takes that back. */
  open(token: string, waiter: TokenWaiter): () => void {
    this.#waiting.set(token, waiter);
    return () => void this.#waiting.delete(token);
  }

  settle(token: string, outcome: TokenOutcome): void {
    const waiter = this.#find(token);
    this.#waiting.delete(token);
    waiter.settle(outcome);
  }

  beat(token: string): void {
    this.#find(token).beat();
  }

  #find(token: string): TokenWaiter {
    const waiter = this.#waiting.get(token);
    if (!waiter) throw unknownToken(token);
    return waiter;
  }
}

/** A token of ours that nobody waits for has been used, has timed out or belonged to an execution that ended. */
export const unknownToken = (token: string): TaskTokenError =>
  new TaskTokenError(token.startsWith(TOKEN_PREFIX) ? "TaskTimedOut" : "InvalidToken");
