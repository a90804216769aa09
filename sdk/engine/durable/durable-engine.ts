import type { StateMachine } from "../../asl/types.ts";
import type { JournalStats } from "../../journal/index.ts";
import type { Clock } from "../../model/clock.ts";
import type { Ids } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { Activities, type ActivityTask } from "../activities.ts";
import { ExecutionNotRedrivable, type ExecutionResult } from "../execution.ts";
import type { HistoryEvent } from "../history.ts";
import type { IntegrationCall } from "../integration.ts";
import { Machines, type Resolved, StateMachineError } from "../machines.ts";
import { ownInput } from "../own-input.ts";
import { unknownToken } from "../tokens.ts";
import { acceptDefinition } from "../validate.ts";
import { Arns } from "./arns.ts";
import { describe } from "./describe.ts";
import { DurableMachines } from "./durable-machines.ts";
import type { Ledger } from "./ledger.ts";
import { LiveRun, type RunHost } from "./live-run.ts";
import { Outbox } from "./outbox.ts";
import type { StartRecord } from "./records.ts";
import { RunLog } from "./run-log.ts";
import { seededIds } from "./seeded.ts";
import type {
  Description,
  DurableEngineOptions,
  DurableExecution,
  InFlight,
  StartDetails,
  StartMachineRequest,
  StartRequest,
} from "./types.ts";

/** Runs state machines that outlast the process; made by `openEngine`. */
export class DurableEngine {
  /** What had not ended when the engine was opened, as it stood then. */
  readonly recovered: InFlight[] = [];
  /** State machines by name, with versions and aliases; `startMachine` starts one. */
  readonly machines: DurableMachines;
  readonly #options: DurableEngineOptions;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #activities: Activities;
  readonly #machines: Machines;
  readonly #tokens = new Map<string, LiveRun>();
  readonly #accepting = new Map<RunLog, Promise<void>>();
  readonly #host: RunHost;
  readonly #outbox: Outbox | undefined;
  readonly #arns: Arns;
  #ahead = 0;
  #last = 0;
  #closed: RunletError | undefined;

  /** Not for callers: use `openEngine`. */
  constructor(options: DurableEngineOptions, ledger: Ledger, clock: Clock, ids: Ids) {
    this.#options = options;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#ids = ids;
    this.#activities = new Activities(clock);
    const { region = "us-east-1", accountId: account = "000000000000" } = options;
    this.#arns = new Arns(region, account);
    // An alias's choice is written with the run that it was made for.
    this.#machines = new Machines(this.#arns.machine(""), () => seededIds(ids.uuid()).random());
    this.machines = new DurableMachines(this.#machines, ledger, (name) => this.#arns.machine(name));
    this.#host = {
      region,
      account,
      clock,
      now: () => this.#now(),
      integration: options.integration,
      onEvent: options.onEvent ?? (() => undefined),
      activityExists: (arn, at) => ledger.activityExists(arn, at),
      calls: { open: 0 },
      append: (log, text, alone) => {
        this.#refuseClosed(); // what the end of this process brings about is no input of a run
        return ledger.append(log, text, alone);
      },
      owned: () => this.#closed === undefined && ledger.journal.owned(),
      troubled: (error) => options.onTrouble?.(error),
      tokenOpened: (token, run) => void this.#tokens.set(token, run),
      tokenClosed: (token) => void this.#tokens.delete(token),
      offer: (arn, work) => this.#activities.offer(arn, work),
      ended: (run, result) => this.#ended(run, result),
    };
    const { onStatus: listener } = options;
    const append = (log: RunLog, text: string): void => ledger.appendLater(log, text);
    const emptied = (log: RunLog): void => this.#retire(log);
    this.#outbox = listener && new Outbox({ listener, clock, append, emptied });
  }

  /** Replays what has not ended, and goes on with it. */
  async recover(): Promise<void> {
    // Where the machine's clock was set back meanwhile, the runs' time goes on from where it was.
    this.#ahead = Math.max(0, this.#ledger.latest() - this.#clock.now());
    for (const arn of this.#ledger.activities()) this.#activities.create(arn);
    this.machines.recover();
    const logs = [...this.#ledger.runs.values()];
    for (const log of logs) if (log.ended) this.#tellEnd(log);
    await Promise.all(logs.filter(({ ended }) => !ended).map((log) => this.#replay(log)));
    const resumed = this.#options.resume ?? (() => true);
    await Promise.all(this.recovered.map((run) => (resumed(run) ? this.resume(run.arn) : undefined)));
  }

  /**
   * Goes on with a run that was left standing when the engine was opened.
   *
   * @throws RunletError RLT6010 for one that cannot go on, RLT6011
   */
  async resume(arn: string): Promise<DurableExecution> {
    const log = this.#known(arn);
    if (!log.ended) {
      const failed = this.recovered.find((run) => run.arn === arn)?.error;
      if (failed) throw failed;
      log.live?.goOn();
      void this.#outbox?.deliver(log);
    }
    return this.#handle(log);
  }

  /**
   * Starts an execution; resolves when it is on disk. The same name with the same input and definition again is the same
   * execution, running or ended.
   *
   * @throws RunletError RLT3001, RLT3002, RLT2009 as `createEngine`'s; RLT6005 when it could not be written: then it has
   * not begun. StateMachineError ExecutionAlreadyExists for the name with something else
   */
  async start(request: StartRequest): Promise<DurableExecution> {
    this.#refuseClosed();
    const { definition, type = "STANDARD", stateMachineName: name = "machine" } = request;
    return this.#start({ name, type, definition: acceptDefinition(definition, type) }, request);
  }

  /**
   * Starts an execution of a machine of `machines`, as `start` does; the same name with the same input again is the same
   * execution, whatever the machine has become.
   *
   * @param request.stateMachineArn the machine's, a version's or an alias's
   * @throws as `start`; StateMachineError StateMachineDoesNotExist
   */
  async startMachine(request: StartMachineRequest): Promise<DurableExecution> {
    this.#refuseClosed();
    return this.#start(this.#machines.resolve(request.stateMachineArn), request, true);
  }

  async #start(what: Resolved, request: StartDetails, byName = false): Promise<DurableExecution> {
    const { definition, type, name: machine, ...published } = what;
    const { input = {}, name = this.#ids.runId(), note } = request;
    const own = ownInput(input, name);
    const arn = this.#arns.execution(type, machine, name, () => this.#ids.uuid());
    const body: Omit<StartRecord, "at"> = {
      ...{ is: "start", name, machine, type, definition: this.#ledger.keepDefinition(definition) },
      ...{ seed: `${this.#ids.uuid()}${this.#ids.uuid()}`, atOnce: true, input: own },
      ...(Object.keys(published).length > 0 ? { published } : {}),
      ...(note === undefined ? {} : { note }),
    };
    const known = this.#ledger.runs.get(arn);
    if (known) return this.#again(known, body, byName);
    const log = new RunLog(arn);
    this.#ledger.runs.set(arn, log);
    const accepting = this.#begin(log, body, definition);
    this.#accepting.set(log, accepting);
    try {
      await accepting;
    } finally {
      this.#accepting.delete(log);
    }
    return this.#handle(log);
  }

  /** The execution of that ARN, running or ended; nothing for one that is not known (any more). */
  find(arn: string): DurableExecution | undefined {
    const log = this.#ledger.runs.get(arn);
    return log && this.#handle(log);
  }

  /** All executions that are known, in the order of their starts. */
  list(): Description[] {
    return [...this.#ledger.runs.values()].filter((log) => !this.#accepting.has(log)).map(describe);
  }

  /** Calls of a run whose token is out: who forgot them with an earlier process learns of them here. */
  waiting(arn: string): IntegrationCall[] {
    return this.#known(arn).live?.waiting() ?? [];
  }

  /** @throws RunletError RLT6011 */
  describe(arn: string): Description {
    return describe(this.#known(arn));
  }

  /**
   * All events of an execution so far. For one that has ended they are made again from its records.
   *
   * @throws RunletError RLT6011, RLT6010
   */
  async history(arn: string): Promise<readonly HistoryEvent[]> {
    const log = this.#known(arn);
    return (log.live ?? (await this.#revive(log))).history;
  }

  /**
   * Goes on where an execution that did not succeed has ended, as `Engine.redrive` does.
   *
   * @throws ExecutionNotRedrivable; RunletError RLT6011, RLT6005
   */
  async redrive(arn: string): Promise<DurableExecution> {
    this.#refuseClosed();
    const log = this.#known(arn);
    const run = await this.#revive(log);
    if (log.live || !log.ended) throw new ExecutionNotRedrivable("The execution runs.");
    log.live = run;
    this.#ledger.unretire(log);
    try {
      await run.redrive();
    } catch (error) {
      log.live = undefined;
      this.#retire(log);
      throw error;
    }
    void this.#outbox?.deliver(log);
    return this.#handle(log);
  }

  /** @throws TaskTokenError when nothing waits for the token; RunletError RLT6005, RLT2001: then it waits still */
  async sendTaskSuccess(token: string, output: Json): Promise<void> {
    await this.#holder(token).settleToken(token, { ok: true, output });
  }

  /** @throws as `sendTaskSuccess` */
  async sendTaskFailure(token: string, { error, cause }: { error?: string; cause?: string }): Promise<void> {
    await this.#holder(token).settleToken(token, { ok: false, error, cause });
  }

  /** @throws as `sendTaskSuccess` */
  async sendTaskHeartbeat(token: string): Promise<void> {
    await this.#holder(token).beat(token);
  }

  /** Makes an activity, which lasts until it is deleted. The same name again gives the same one. */
  async createActivity(name: string): Promise<string> {
    this.#refuseClosed();
    const arn = this.#arns.activity(name);
    if (!this.#activities.has(arn)) {
      await this.#ledger.setActivity(arn, true, this.#later());
      this.#activities.create(arn);
    }
    return arn;
  }

  async deleteActivity(arn: string): Promise<void> {
    this.#refuseClosed();
    if (!this.#activities.has(arn)) return;
    await this.#ledger.setActivity(arn, false, this.#later());
    this.#activities.delete(arn);
  }

  /** Waits up to a minute for a task of the activity, as `Engine.getActivityTask` does; that it was taken is on disk. */
  getActivityTask(activityArn: string, workerName?: string): Promise<ActivityTask | undefined> {
    return this.#activities.poll(activityArn, workerName);
  }

  /** What was written since the engine was opened. */
  stats(): JournalStats & { running: number; ended: number } {
    const all = [...this.#ledger.runs.values()];
    const ended = all.filter((log) => log.ended).length;
    return { ...this.#ledger.journal.stats(), running: all.length - ended, ended };
  }

  /** Ends the work of this process; what has not ended goes on when the engine is opened again. */
  async close(): Promise<void> {
    this.halt(new RunletError("RLT6008", "The engine was closed."));
    await this.#ledger.close();
  }

  /** Not for callers: from now on nothing is acknowledged, and nothing done to the world. */
  halt(error: RunletError): void {
    this.#closed ??= error;
    this.#outbox?.close();
    for (const log of this.#ledger.runs.values()) {
      log.live?.halt(error);
      log.abandon(error);
    }
    for (const arn of this.#ledger.activities()) this.#activities.delete(arn);
  }

  async #begin(log: RunLog, body: Omit<StartRecord, "at">, definition: StateMachine): Promise<void> {
    try {
      await this.#ledger.append(log, JSON.stringify({ ...body, at: this.#now() }));
    } catch (error) {
      this.#ledger.runs.delete(log.arn);
      throw error;
    }
    this.#refuseClosed();
    log.live = new LiveRun(this.#host, log, definition, true);
    void this.#outbox?.deliver(log);
  }

  async #again(log: RunLog, asked: Omit<StartRecord, "at">, byName: boolean): Promise<DurableExecution> {
    await this.#accepting.get(log);
    const { definition, input } = log.start;
    if (
      (byName || definition === asked.definition) &&
      JSON.stringify(input) === JSON.stringify(asked.input)
    ) {
      return this.#handle(log);
    }
    throw new StateMachineError("ExecutionAlreadyExists", `Execution Already Exists: '${log.arn}'`);
  }

  async #replay(log: RunLog): Promise<void> {
    const { name, machine, at, note } = log.start;
    const known = { arn: log.arn, name, machine, startedAt: at, ...(note === undefined ? {} : { note }) };
    try {
      const run = await this.#revive(log);
      if (run.result) return this.#ended(run, run.result);
      log.live = run;
      this.recovered.push({ ...known, ...run.standing() });
    } catch (error) {
      // The others go on; this one stays as it is, for a version that knows how.
      if (!(error instanceof RunletError)) throw error;
      log.abandon(error);
      this.recovered.push({ ...known, states: [], calls: [], error });
    }
  }

  async #revive(log: RunLog): Promise<LiveRun> {
    const definition = this.#ledger.definition(log.definition);
    if (!definition) throw new RunletError("RLT6010", `The definition of ${log.arn} is not in the journal.`);
    const run = new LiveRun(this.#host, log, definition, false);
    await run.replay();
    return run;
  }

  #ended(run: LiveRun, result: ExecutionResult): void {
    const { log } = run;
    log.live = undefined;
    // The end follows from what is on disk already.
    this.#ledger.appendLater(log, JSON.stringify({ is: "end", at: this.#now(), result }));
    log.finish(result);
    this.#tellEnd(log);
  }

  #tellEnd(log: RunLog): void {
    if (this.#outbox) void this.#outbox.deliver(log);
    else this.#retire(log);
  }

  #retire(log: RunLog): void {
    if (log.ended) this.#ledger.retire(log);
  }

  #handle(log: RunLog): DurableExecution {
    const { arn, live: run, done } = log;
    const events = run?.history ?? [];
    return {
      ...{ arn, name: log.start.name, done },
      get history() {
        return log.live?.history ?? events;
      },
      stop: async (error, cause) => {
        const reason = {
          ...(error === undefined ? {} : { error }),
          ...(cause === undefined ? {} : { cause }),
        };
        await log.live?.submit({ is: "stop", ...reason });
      },
    };
  }

  #holder(token: string): LiveRun {
    this.#refuseClosed();
    const run = this.#tokens.get(token);
    if (!run) throw unknownToken(token);
    return run;
  }

  #known(arn: string): RunLog {
    const log = this.#ledger.runs.get(arn);
    if (!log) throw new RunletError("RLT6011", `There is no execution ${arn}.`);
    return log;
  }

  #refuseClosed(): void {
    if (this.#closed) throw this.#closed;
  }

  #now(): number {
    this.#last = Math.max(this.#last, this.#clock.now() + this.#ahead);
    return this.#last;
  }

  /** An instant after all that were given so far. */
  #later(): number {
    this.#last = Math.max(this.#last + 1, this.#clock.now() + this.#ahead);
    return this.#last;
  }
}
