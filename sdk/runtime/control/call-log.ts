import type { Json } from "../../model/json.ts";
import { runOfCall, type TaskEvent } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { ControlOptions } from "./control.ts";
import { type CallName, earlierRun, isAnswer, type Rerun, rootOf } from "./rerun.ts";

type Outcome = { ok: true; output: Json } | { ok: false; error: string; cause: string };

/** A call of a run that has ended: a task, a wait, a flow that was called. */
export interface LoggedCall {
  runId: string;
  step: string;
  frames: readonly number[];
  /** Places in the order of all beginnings and ends, which also tell the time: a thousandth of a millisecond each. */
  began: number;
  ended: number;
  /** Absent where it failed, and for what has no answer of its own. */
  result?: Json;
  /** Of a sleep: how long it was to be. */
  seconds?: number;
}

/**
 * The calls of runs on one machine, in their order, so that a later run can repeat one of them: a log beside the run, since
 * the engine's history has no results of a distributed Map's children.
 */
export class CallLog {
  readonly #write: (call: LoggedCall, root: string) => void;
  readonly #now: () => number;
  readonly #earlier: EarlierCalls | undefined;
  #last = 0;

  /** @param now milliseconds since the epoch */
  constructor(options: {
    write(call: LoggedCall, root: string): void;
    now(): number;
    earlier?: EarlierCalls | undefined;
  }) {
    this.#write = options.write;
    this.#now = options.now;
    this.#earlier = options.earlier;
  }

  /** The next place in the order. */
  place(): number {
    this.#last = Math.max(this.#last + 1, this.#now() * 1_000);
    return this.#last;
  }

  note(call: CallName, told: Pick<LoggedCall, "began" | "result" | "seconds">): void {
    const { runId, step, frames } = call;
    this.#write({ runId, step, frames, ...told, ended: this.place() }, rootOf(call));
  }

  /** What the earlier run had for the call; noted as this run's own, so that this run can be repeated, too. */
  async answer(call: CallName): Promise<{ result: Json } | undefined> {
    const found = await this.#earlier?.find(call);
    if (!found) return undefined;
    const { result = null, seconds } = found;
    const began = this.place();
    this.note(call, seconds === undefined ? { began, result } : { began, seconds });
    return { result };
  }

  /** A call of a task that is answered from the earlier run, or made and noted. */
  async through(given: unknown, make: () => Promise<Outcome>): Promise<Outcome> {
    const event = given as Partial<TaskEvent> | null;
    if (event?.kind !== "task" || event.undo) return make();
    const call = event as TaskEvent;
    const known = this.#earlier && (await this.answer(call));
    if (known) return { ok: true, output: known.result };
    const began = this.place();
    const outcome = await make();
    this.note(call, outcome.ok ? { began, result: outcome.output } : { began });
    return outcome;
  }

  /** The call of a flow: what is done in it has calls of its own. */
  async around<T>(started: unknown, make: () => Promise<T>): Promise<T> {
    const began = this.place();
    const outcome = await make();
    const call = flowCallOf((started as { Input?: unknown } | null)?.Input);
    if (call) this.note(call, { began });
    return outcome;
  }
}

/** Waits of a run, by its log: asked when they begin, noted when they are answered. */
export function loggedWaits(calls: CallLog): Required<Pick<ControlOptions, "answered" | "earlier">> {
  const began = new Map<string, number>();
  return {
    async earlier(event) {
      began.set(event.token, calls.place());
      const known = await calls.answer(event);
      return known && { output: known.result };
    },
    async answered(wait, result) {
      calls.note(wait, { began: began.get(wait.token) ?? calls.place(), result });
      began.delete(wait.token);
    },
  };
}

/** What a run had done, for one that repeats it. */
export class EarlierCalls {
  readonly #calls = new Map<string, LoggedCall>();
  readonly #rerun: Rerun;
  #end = 0;

  /**
   * @param from `step` or `step/frames`: the first call that is done anew
   * @throws RunletError RLT4025 where the run made no such call
   */
  constructor(of: string, calls: Iterable<LoggedCall>, from?: string) {
    for (const call of calls) {
      this.#end = Math.max(this.#end, call.ended);
      const known = this.#calls.get(keyOf(call));
      // A later attempt stands for a failed one; what is done is done.
      if (known?.result === undefined)
        this.#calls.set(keyOf(call), { ...call, began: known?.began ?? call.began });
    }
    this.#rerun = from === undefined ? { of } : { of, ...this.#cut(of, from) };
  }

  #cut(of: string, given: string): Pick<Rerun, "from" | "before"> {
    const [step = "", frames] = given.split("/");
    const own = [...this.#calls.values()].filter(({ runId }) => runId === of);
    const [first] = own
      .filter((call) => call.step === step && (frames === undefined || call.frames.join(".") === frames))
      .sort((a, b) => a.began - b.began);
    if (first) return { from: { step, frames: [...first.frames] }, before: first.began };
    const steps = [...new Set(own.map((call) => call.step))].join(", ");
    throw new RunletError(
      "RLT4025",
      `The run ${of} made no call "${given}"; it called ${steps === "" ? "nothing" : steps}.`,
    );
  }

  async find(call: CallName): Promise<LoggedCall | undefined> {
    if (rootOf(call) === this.#rerun.of) return undefined; // the earlier run itself, gone on with
    const runId = await earlierRun(call, this.#rerun.of);
    const found = this.#calls.get(keyOf({ ...call, runId }));
    if (!found || !isAnswer(call, this.#rerun, found.ended)) return undefined;
    if (found.seconds === undefined) return found.result === undefined ? undefined : found;
    const over = millis(found.began) + found.seconds * 1_000;
    return over <= millis(this.#rerun.before ?? this.#end) ? found : undefined;
  }
}

const millis = (place: number): number => Math.floor(place / 1_000);
const keyOf = ({ runId, step, frames }: CallName): string => `${runId}/${step}/${frames.join(".")}`;

/** The call of a flow, from the input of the run that it began: the key is the first of its callers. */
function flowCallOf(input: unknown): CallName | undefined {
  const [key, ...callers] = (input as { callers?: string[] } | null)?.callers ?? [];
  if (key === undefined) return undefined;
  const [, step = "", ...frames] = key.split("/");
  return { runId: runOfCall(key), step, frames: frames.map(Number), callers };
}
