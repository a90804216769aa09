import {
  type Engine,
  type IntegrationCall,
  type Outcome,
  TaskTokenError,
} from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { type InlineEvent, idempotencyKey, type TaskEvent } from "../../../sdk/model/protocol.ts";
import { WAIT } from "./machine.ts";

/**
 * What stands around the machine in experiment E2: the wrapper around task code and the control function, as far as
 * the protocol needs them. Errors come out as Lambda gives them: the type as the name, JSON as the cause.
 */

/** The author's code of a task. `after` fails with a retry-after of so many seconds. */
export type TaskCode = (args: Json[], attempt: number) => Json | Promise<Json>;

/** An author's error with a name of its own. */
export class AuthorError extends Error {
  constructor(name: string, message = "") {
    super(message);
    this.name = name;
  }
}

export class RetryAfter extends Error {
  readonly seconds: number;
  constructor(seconds: number) {
    super("later");
    this.seconds = seconds;
  }
}

interface WaitPayload {
  kind: "hold" | "sleep" | "approval";
  runId: string;
  step: string;
  frames: number[];
  token: string;
  reason?: string;
}

interface Options {
  tasks: Record<string, TaskCode>;
  /** How many retries the delay list of the tasks has. */
  retries: number;
  /** Running again: keys of this earlier run, but not of these steps, are answered from its records. */
  rerun?: { of: string; anew: string[] };
}

export class FakeCloud {
  readonly #options: Options;
  engine: Engine | undefined;
  /** Results by idempotency key, approvals and finished sleeps among them; outlives a run. */
  readonly records: Map<string, Json>;
  /** Calls that reached the author's code: `step/frames#attempt`. */
  readonly executed: string[] = [];
  /** Everything that Lambda was asked for. */
  invocations = 0;
  /** Who waits, oldest first. */
  readonly waiting: WaitPayload[] = [];
  cancelRequested = false;
  paused = false;
  /** Free slots; undefined for no limit. */
  slots: number | undefined;
  /** Called before each task attempt and each wait, with `step/frames`. */
  onStep: (where: string) => void = () => undefined;

  constructor(options: Options, records = new Map<string, Json>()) {
    this.#options = options;
    this.records = records;
  }

  readonly integration = async (call: IntegrationCall): Promise<Outcome> => {
    this.invocations++;
    if (call.resource.endsWith(":inline")) return this.#runInline(call.arguments as unknown as InlineEvent);
    if (call.resource !== WAIT) return this.#runTask(call.arguments as unknown as TaskEvent);
    this.#register((call.arguments as unknown as { Payload: WaitPayload }).Payload);
    return { ok: true, output: { StatusCode: 200, Payload: null } };
  };

  /** The author's own `decision.by`. Pure code needs no controls and no records. */
  async #runInline({ values }: InlineEvent): Promise<Outcome> {
    const { decision } = values as { decision: { by?: Json } };
    return { ok: true, output: { a0: decision.by ?? null } };
  }

  /** The wrapper: controls first, then the record, then the author's code. */
  async #runTask(event: TaskEvent): Promise<Outcome> {
    const { step, frames, attempt } = event;
    this.onStep([step, ...frames].join("/"));
    const recorded = this.#recorded(event);
    if (recorded !== undefined) return { ok: true, output: recorded };
    // What undoes a cancelled run must not be stopped by the cancellation.
    if (step !== "undo") {
      if (this.cancelRequested) return failed("Runlet.Cancelled", JSON.stringify({ attempt }));
      if (this.paused) return failed("Runlet.Paused", JSON.stringify({ attempt }));
      if (this.slots === 0) return failed("Runlet.NoSlot", JSON.stringify({ attempt }));
    }
    if (this.slots !== undefined) this.slots--;
    try {
      this.executed.push(`${[step, ...frames].join("/")}#${attempt}`);
      const code = this.#options.tasks[step];
      const output = (await code?.(event.args as Json[], attempt)) ?? null;
      this.records.set(idempotencyKey(event), output);
      return { ok: true, output };
    } catch (thrown) {
      return this.#encode(thrown as Error, attempt);
    } finally {
      if (this.slots !== undefined) this.freeSlot();
    }
  }

  /** While attempts are left an error takes a name that a retrier knows; the last one keeps its own. */
  #encode(error: Error, attempt: number): Outcome {
    const left = attempt < this.#options.retries;
    if (left && error instanceof RetryAfter) {
      return failed("Runlet.RetryAfter", JSON.stringify({ attempt, seconds: error.seconds }));
    }
    return failed(left ? `Runlet.Retry.${attempt + 1}` : error.name, error.message);
  }

  #recorded(key: { runId: string; step: string; frames: number[] }): Json | undefined {
    const own = this.records.get(idempotencyKey(key));
    const { rerun } = this.#options;
    if (own !== undefined || rerun === undefined || rerun.anew.includes(key.step)) return own;
    return this.records.get(idempotencyKey({ ...key, runId: rerun.of }));
  }

  /** The control function: answers at once where there is nothing to wait for, else keeps the token. */
  #register(wait: WaitPayload): void {
    this.onStep([wait.step, ...wait.frames].join("/"));
    const recorded = wait.kind === "hold" ? undefined : this.#recorded(wait);
    if (this.cancelRequested) this.#fail(wait.token);
    else if (recorded !== undefined) this.engine?.sendTaskSuccess(wait.token, recorded);
    else this.waiting.push(wait);
  }

  #fail(token: string): void {
    this.#send(() =>
      this.engine?.sendTaskFailure(token, { error: "Runlet.Cancelled", cause: "The run was cancelled." }),
    );
  }

  /** Ends a wait; false where nobody waits any more, because a sleep is over or a wait has timed out. */
  #send(send: () => void): boolean {
    try {
      send();
      return true;
    } catch (thrown) {
      if (thrown instanceof TaskTokenError) return false;
      throw thrown;
    }
  }

  /** Ends the oldest wait of a kind that is still one: a wake-up must not be spent on a dead token. */
  #end(kind: WaitPayload["kind"], output: Json, reason?: string): void {
    for (;;) {
      const index = this.waiting.findIndex(
        (wait) => wait.kind === kind && (!reason || wait.reason === reason),
      );
      const [wait] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (!wait) return;
      if (!this.#send(() => this.engine?.sendTaskSuccess(wait.token, output))) continue;
      if (kind === "approval") this.records.set(idempotencyKey(wait), output);
      return;
    }
  }

  /** Cancels: every wait ends at once, every task that has not begun refuses to. */
  cancel(): void {
    this.cancelRequested = true;
    for (const { token } of this.waiting.splice(0)) this.#fail(token);
  }

  resume(): void {
    this.paused = false;
    while (this.waiting.some((wait) => wait.reason === "Runlet.Paused"))
      this.#end("hold", null, "Runlet.Paused");
  }

  freeSlot(): void {
    this.slots = (this.slots ?? 0) + 1;
    this.#end("hold", null, "Runlet.NoSlot");
  }

  answer(decision: Json): void {
    this.#end("approval", decision);
  }
}

/** A failure as the Lambda service reports it. */
function failed(errorType: string, errorMessage: string): Outcome {
  return { ok: false, error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace: [] }) };
}
