import type { StateMachine } from "../../asl/types.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import { sleepOn } from "../../model/clock.ts";
import type { Json } from "../../model/json.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { ActivityWork } from "../activities.ts";
import {
  type Execution,
  ExecutionNotRedrivable,
  type ExecutionResult,
  redrivable,
  redriveExecution,
  type Standing,
  standing,
  startExecution,
} from "../execution.ts";
import type { HistoryEvent } from "../history.ts";
import type { Integration, IntegrationCall, Outcome } from "../integration.ts";
import { detached } from "../json-text.ts";
import { refuseLateRedrive } from "../redrive-rules.ts";
import { type TokenOutcome, unknownToken } from "../tokens.ts";
import { answerOf, defectOf } from "./answers.ts";
import { type Answer, type Input, isInput, type RunRecord } from "./records.ts";
import type { RunLog } from "./run-log.ts";
import { contextOf } from "./run-setting.ts";
import { seededIds } from "./seeded.ts";
import { type Offer, type OpenCall, type OpenTimer, type Outside, World } from "./world.ts";

/** What a run that goes on needs of its engine. */
export interface RunHost {
  /** Milliseconds since the epoch; never goes back, not even from one process to the next. */
  now(): number;
  readonly clock: Clock;
  readonly integration: Integration;
  readonly onEvent: (executionArn: string, event: HistoryEvent) => void;
  readonly region: string;
  readonly account: string;
  activityExists(arn: string, at: number): boolean;
  /** Calls of all runs that are under way. */
  readonly calls: { open: number };
  /** Adds to the run's records; resolves when it is on disk. `alone`: nothing else is under way. */
  append(log: RunLog, text: string, alone: boolean): Promise<void>;
  /** Whether this process is the owner still: asked before anything is done to the world. */
  owned(): boolean;
  /** The journal could not be written; it is tried again. */
  troubled(error: RunletError): void;
  tokenOpened(token: string, run: LiveRun): void;
  tokenClosed(token: string): void;
  offer(arn: string, work: ActivityWork): () => void;
  ended(run: LiveRun, result: ExecutionResult): void;
}

const FIRST_RETRY_MILLIS = 100;
const LAST_RETRY_MILLIS = 5_000;

/** An input before the journal has said when it is. */
export type Body<I = Input> = I extends Input ? Omit<I, "at"> : never;

interface Arrival {
  input: Input;
  taken(mattered: boolean): void;
  refused(error: unknown): void;
}

/**
 * A run in memory: an execution in a {@link World}, and what feeds it. An input is on disk before the execution sees it,
 * so whatever the execution does follows from what is on disk.
 */
export class LiveRun implements Outside {
  readonly log: RunLog;
  /** How it ended, as far as the inputs go that were let in. */
  result: ExecutionResult | undefined;
  readonly #host: RunHost;
  readonly #world: World;
  readonly #inbox: Arrival[] = [];
  readonly #aborts = new Map<number, AbortController>();
  readonly #submissions = new Map<number, Promise<unknown>>();
  readonly #timers = new Map<number, Timer>();
  readonly #offers = new Map<string, () => void>();
  /** Tokens whose end is on its way to the disk. */
  readonly #settling = new Set<string>();
  readonly #note: Json | undefined;
  #execution: Execution;
  #busy = false;
  /** There while an input cannot be written. */
  #stuck: Promise<void> | undefined;
  #halted = false;

  /** @param live false for a run that is to be replayed first */
  constructor(host: RunHost, log: RunLog, definition: StateMachine, live: boolean) {
    const { start } = log;
    const ids = seededIds(start.seed);
    const activityExists = (arn: string, at: number): boolean => host.activityExists(arn, at);
    this.#host = host;
    this.log = log;
    this.#note = start.note;
    this.#world = new World({ time: start.at, uuid: ids.uuid, activityExists });
    if (live) this.#world.outside = this;
    this.#execution = startExecution(contextOf(host, log.arn, start, definition, this.#world, ids));
    this.#watch();
    this.#settle();
  }

  get history(): readonly HistoryEvent[] {
    return this.#execution.history;
  }

  /** Where the run stands: its active states, and the calls that have not been answered. */
  standing(): { states: Standing[]; calls: { state: string; resource: string; attempt: number }[] } {
    const calls = [...this.#world.calls.values()].map(({ request }) => ({
      state: request.stateName,
      resource: request.resource,
      attempt: request.attempt,
    }));
    return { states: standing(this.#execution), calls };
  }

  /** The calls that handed out a token which nobody has used. */
  waiting(): IntegrationCall[] {
    const { handedOut, tokens, calls } = this.#world;
    const open = new Set([...calls.values()].map(({ request }) => request.taskToken));
    // One whose submission has no answer is made again anyway.
    return [...handedOut].flatMap(([token, call]) => (tokens.has(token) && !open.has(token) ? [call] : []));
  }

  /** Lets the inputs of the log in, one by one. @throws RunletError RLT6010 */
  async replay(): Promise<void> {
    await turn();
    for (const text of this.log.texts.slice()) {
      const record = JSON.parse(text) as RunRecord;
      if (!isInput(record)) continue;
      this.#apply(record);
      await turn();
    }
  }

  /** Takes a run that has ended up again. @throws ExecutionNotRedrivable; RunletError as `submit` */
  async redrive(): Promise<void> {
    redrivable(this.#execution);
    refuseLateRedrive(this.#execution.history, this.#host.now());
    this.#world.outside = this;
    if (await this.submit({ is: "redrive" })) return;
    throw new ExecutionNotRedrivable("The execution runs.");
  }

  /** Does what the replayed run waits for: calls are made again, timers set, tokens and work offered. */
  goOn(): void {
    const world = this.#world;
    if (this.result || this.#halted || world.outside) return;
    world.outside = this;
    for (const timer of [...world.timers.values()].sort((a, b) => a.due - b.due)) this.timerSet(timer);
    for (const token of world.tokens.keys()) this.tokenOpened(token);
    for (const offer of world.offers.values()) this.offered(offer);
    for (const call of world.calls.values()) this.callOpened(call);
  }

  /**
   * Writes an input and lets it in.
   *
   * @returns whether anything still waited for it
   * @throws RunletError RLT6005 and its like when it could not be written: then it has not happened
   */
  async submit(body: Body): Promise<boolean> {
    const text = JSON.stringify({ ...body, at: this.#host.now() });
    // Timers and tokens may come many at a time; what no answer follows comes alone.
    await this.#host.append(this.log, text, body.is === "answer" && this.#host.calls.open === 0);
    if (this.#halted) throw closedError();
    return new Promise((taken, refused) => {
      // What is let in is what was written: the caller may have changed its objects meanwhile.
      this.#inbox.push({ input: JSON.parse(text) as Input, taken, refused });
      if (!this.#busy) this.#next();
    });
  }

  /** Ends all that is done for the run in this process, and nothing of the run itself. */
  halt(error: RunletError): void {
    if (this.#halted) return;
    this.#halted = true;
    this.#world.outside = undefined;
    for (const timer of this.#timers.values()) timer.cancel();
    for (const takeBack of this.#offers.values()) takeBack();
    for (const abort of this.#aborts.values()) abort.abort();
    for (const token of this.#world.tokens.keys()) this.#host.tokenClosed(token);
    for (const { refused } of this.#inbox.splice(0)) refused(error);
    this.log.abandon(error);
  }

  async settleToken(token: string, outcome: TokenOutcome): Promise<void> {
    if (!this.#world.tokens.has(token) || this.#settling.has(token)) throw unknownToken(token);
    if (outcome.ok) detached(outcome.output); // refused before it is written
    this.#settling.add(token);
    try {
      if (!(await this.submit({ is: "token", token, outcome }))) throw unknownToken(token);
    } finally {
      this.#settling.delete(token);
    }
  }

  async beat(token: string): Promise<void> {
    if (!this.#world.tokens.has(token) || this.#settling.has(token)) throw unknownToken(token);
    if (!(await this.submit({ is: "beat", token }))) throw unknownToken(token);
  }

  callOpened(call: OpenCall): void {
    // Whoever owns the journal now makes the call.
    if (!this.#host.owned()) return;
    const { id, request, check } = call;
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#host.calls.open++;
    const submitted = (output: Json): void => this.#submitted(id, output);
    const invoke = async (): Promise<Outcome> =>
      this.#host.integration({
        ...request,
        id: `${this.log.arn} ${id}`,
        signal: abort.signal,
        ...(request.submitted ? { submitted } : {}),
        ...(this.#note === undefined ? {} : { note: this.#note }),
      });
    const answered = async (outcome: Answer): Promise<void> => {
      this.#over(id);
      if (this.#submissions.has(id)) await this.#submissions.get(id);
      this.#submissions.delete(id);
      await this.#insist({ is: "answer", call: id, check, outcome }, () => this.#world.calls.has(id));
    };
    void invoke().then(
      (outcome) => answered(answerOf(request, outcome)),
      (defect: unknown) => answered(defectOf(defect)),
    );
  }

  callClosed({ id }: OpenCall): void {
    const abort = this.#aborts.get(id);
    this.#over(id);
    abort?.abort();
  }

  #over(id: number): void {
    if (this.#aborts.delete(id)) this.#host.calls.open--;
  }

  timerSet(timer: OpenTimer): void {
    const { clock } = this.#host;
    const fire = (): void => {
      this.#timers.delete(timer.id);
      void this.#insist({ is: "timer", timer: timer.id }, () => this.#world.timers.has(timer.id));
    };
    // The limit of a call begins when the call is made: not when its cause was on its way to the disk, nor before a crash.
    const delay = timer.restarts ? timer.delay : Math.max(0, timer.due - this.#host.now());
    this.#timers.set(timer.id, clock.schedule(delay, fire));
  }

  timerGone({ id }: OpenTimer): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  tokenOpened(token: string): void {
    this.#host.tokenOpened(token, this);
  }

  tokenClosed(token: string): void {
    this.#host.tokenClosed(token);
  }

  offered({ arn, work }: Offer): void {
    const { token, input } = work;
    const started = async (worker: string | undefined): Promise<boolean> => {
      const wanted = (): boolean => this.#world.offers.has(token);
      if (!wanted()) return false;
      try {
        return await this.submit({ is: "taken", token, ...(worker === undefined ? {} : { worker }) });
      } catch (error) {
        if (!wanted()) return false;
        throw error;
      }
    };
    this.#offers.set(token, this.#host.offer(arn, { token, input, started }));
  }

  withdrawn({ work }: Offer): void {
    this.#offers.get(work.token)?.();
    this.#offers.delete(work.token);
  }

  #submitted(id: number, output: Json): void {
    if (this.#submissions.has(id)) return;
    const written = this.#insist({ is: "submitted", call: id, output }, () => this.#world.calls.has(id));
    this.#submissions.set(id, written);
  }

  /**
   * For what has happened already and must not be lost: written until nobody waits for it any more. While that fails,
   * what happens later waits behind it: an answer that came in time is not late because a disk was full.
   */
  async #insist(body: Body, wanted: () => boolean): Promise<void> {
    while (this.#stuck) await this.#stuck;
    if (this.#halted || !wanted()) return;
    try {
      await this.submit(body);
    } catch (error) {
      if (!(error instanceof RunletError)) throw error;
      if (error.code === "RLT6006" && body.is === "answer") {
        return this.#insist({ ...body, outcome: defectOf(error) }, wanted);
      }
      if (error.code !== "RLT6005") return; // this process is no owner any more
      this.#host.troubled(error);
      if (this.#stuck) return this.#insist(body, wanted);
      this.#stuck = this.#persist(body, wanted).finally(() => {
        this.#stuck = undefined;
      });
      return this.#stuck;
    }
  }

  async #persist(body: Body, wanted: () => boolean): Promise<void> {
    for (let delay = FIRST_RETRY_MILLIS; ; delay = Math.min(2 * delay, LAST_RETRY_MILLIS)) {
      await sleepOn(this.#host.clock, delay);
      if (this.#halted || !wanted()) return;
      try {
        await this.submit(body);
        return;
      } catch (error) {
        if (!(error instanceof RunletError)) throw error;
        if (error.code !== "RLT6005") return;
        this.#host.troubled(error);
      }
    }
  }

  /** One input in a turn of the event loop: all that follows from one has happened before the next, as in a replay. */
  #next(): void {
    const item = this.#inbox.shift();
    if (!item) return;
    try {
      item.taken(this.#apply(item.input));
    } catch (error) {
      item.refused(error);
    }
    this.#settle();
  }

  #settle(): void {
    this.#busy = true;
    setImmediate(() => {
      this.#busy = false;
      if (this.#inbox.length > 0) this.#next();
    });
  }

  #apply(input: Input): boolean {
    const mattered = this.#world.apply(input);
    if (input.is === "stop") {
      const runs = this.result === undefined;
      this.#execution.stop(input.error, input.cause);
      return runs;
    }
    return input.is === "redrive" ? this.#beginAgain() : mattered;
  }

  #beginAgain(): boolean {
    try {
      this.#execution = redriveExecution(this.#execution);
    } catch (error) {
      if (error instanceof ExecutionNotRedrivable) return false; // another one was faster
      throw error;
    }
    this.result = undefined;
    this.#watch();
    return true;
  }

  #watch(): void {
    const execution = this.#execution;
    void execution.done.then((result) => {
      this.result = result;
      if (this.#world.outside) this.#host.ended(this, result);
    });
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const closedError = (): RunletError => new RunletError("RLT6008", "The engine was closed.");
