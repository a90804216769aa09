import type { StateType } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { ScopeClosed } from "./errors.ts";
import type { EventDetails, EventType, HistoryEvent } from "./history.ts";
import type { RunContext } from "./run-context.ts";
import type { MapRun } from "./states/map/map-run.ts";
import type { Variables } from "./variables.ts";

/** The state that a scope is in, as far as aborting it must know, and going on in it after a redrive. */
export interface ActiveState {
  type: StateType;
  name: string;
  input: Json;
  entered: { id: number; previousEventId: number; timestamp: number };
  /** Branches or iterations that have begun and not ended well, by index. */
  children: Map<number, Scope>;
  /** What the others have put out, by index; with holes. */
  outputs: Json[];
  /** The last Map Run of a distributed Map. */
  mapRun?: MapRun;
  /** Where a redriven execution stood in this state: its first attempt goes on from there. */
  resumed: ActiveState | undefined;
}

/**
 * One thread of control: the execution, a branch of a Parallel, or an iteration of a Map. It owns its variables
 * (inner scopes begin with a snapshot of the outer one's, so a write can never leak out), the end of its chain of
 * events, and whatever it waits for.
 */
export class Scope {
  readonly run: RunContext;
  variables: Variables;
  /** The id that the next event of this scope names as its previous one. */
  last: number;
  active: ActiveState | undefined;
  /** When the task that it waits for runs out of time, and what records that it has. */
  deadline: { at: number; expired(): void } | undefined;
  /** Whether its own start is in the history: an iteration whose input cannot be made never begins. */
  begun = false;
  #closed = false;
  readonly #closers = new Set<() => void>();

  constructor(run: RunContext, variables: Variables, last: number) {
    this.run = run;
    this.variables = variables;
    this.last = last;
  }

  /**
   * A scope inside this one: it reads the outer variables as they are now.
   *
   * @param resumed the scope that it goes on from in a redriven execution; then it has that one's variables
   */
  fork(last: number, resumed?: Scope): Scope {
    return new Scope(this.run, resumed?.active ? resumed.variables : this.variables, last);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Records an event at the end of this scope's chain. A scope that was aborted records nothing more. */
  record(type: EventType, details: EventDetails = {}, previous = this.last): HistoryEvent {
    if (this.#closed) throw new ScopeClosed();
    const event = this.run.history.append(type, previous, details);
    this.last = event.id;
    return event;
  }

  /** Ends everything that waits in this scope. A group of branches that does closes those in turn. */
  close(): void {
    this.#closed = true;
    for (const closer of [...this.#closers]) closer();
  }

  /**
   * Waits for what `begin` sets up. `begin` gets the function that ends the wait and returns its clean-up, which runs
   * once, whether the wait ended by itself or because the scope was closed.
   */
  suspend<T>(begin: (settle: (value: T) => void) => () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new ScopeClosed());
      let cleanUp: (() => void) | undefined;
      let settled = false;
      const finish = (end: () => void): void => {
        if (settled) return;
        settled = true;
        this.#closers.delete(closer);
        cleanUp?.();
        end();
      };
      const closer = (): void => finish(() => reject(new ScopeClosed()));
      this.#closers.add(closer);
      cleanUp = begin((value) => finish(() => resolve(value)));
      if (settled) cleanUp();
    });
  }

  /** Sleeps on the engine's clock. */
  sleep(millis: number): Promise<void> {
    return this.suspend<void>((settle) => {
      const timer = this.run.clock.schedule(millis, settle);
      return () => timer.cancel();
    });
  }

  /**
   * Records what AWS records for each state that still runs in this scope, and closes it. All these events name the
   * one that brought the scope down.
   */
  abort(previous: number): void {
    const active = this.active;
    if (active && !this.#closed) {
      this.abortChildren(previous);
      if (active.mapRun?.running) this.run.history.append("MapRunAborted", previous, {});
      if (isAbortable(active.type)) this.run.history.append(`${active.type}StateAborted`, previous, {});
    }
    this.close();
  }

  /** Records of each task in this scope whose time is up that it timed out: nobody hears of it otherwise. */
  expire(now: number): void {
    const { deadline, active } = this;
    if (this.#closed) return;
    if (deadline && deadline.at <= now) deadline.expired();
    for (const child of active?.children.values() ?? []) child.expire(now);
  }

  /**
   * Ends the branches or iterations of the state that this scope is in, in order of index: the one that failed, if
   * one did, with its failure, the others as aborted.
   */
  abortChildren(previous: number, failed?: number): void {
    if (!this.active) return;
    const { type, name, children } = this.active;
    for (const [index, child] of [...children].sort(([a], [b]) => a - b)) {
      if (child.closed) continue; // its end is in the history already
      if (type === "Map" && child.begun)
        this.#recordIterationEnd(previous, { name, index }, index === failed);
      child.abort(previous);
    }
  }

  #recordIterationEnd(previous: number, details: { name: string; index: number }, failed: boolean): void {
    const { history } = this.run;
    if (failed) history.append("MapIterationFailed", previous, { mapIterationFailedEventDetails: details });
    else history.append("MapIterationAborted", previous, { mapIterationAbortedEventDetails: details });
  }
}

const isAbortable = (type: StateType): type is "Task" | "Wait" | "Map" | "Parallel" =>
  type === "Task" || type === "Wait" || type === "Map" || type === "Parallel";
