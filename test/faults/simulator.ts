import { createHash } from "node:crypto";
import type { StateMachine } from "../../sdk/asl/types.ts";
import {
  createEngine,
  type DurableEngine,
  type ExecutionResult,
  type HistoryEvent,
  type IntegrationCall,
  type Outcome,
  type StatusEvent,
} from "../../sdk/engine/index.ts";
import { type Clock, sleepOn } from "../../sdk/model/clock.ts";
import { createIds } from "../../sdk/model/ids.ts";
import type { Json } from "../../sdk/model/json.ts";
import { Desk, type Process } from "../engine/durable/desk.ts";
import type { FaultPlan, Luck } from "../journal/faulty-disk.ts";
import { answerTo, below, keyOf, type Random, randomMachine, seededRandom } from "./random-machine.ts";

/** One run, and what is known of it from outside. */
interface Subject {
  name: string;
  definition: StateMachine;
  input: Json;
  arn: string | undefined;
  hasTokens: boolean;
  /** A stop or a redrive was asked for, so its end is not that of an undisturbed run. */
  disturbed: boolean;
  stopped: boolean;
}

export interface Simulated {
  /** Of everything that happened and everything that is on the disk. */
  digest: string;
  runs: number;
  crashes: number;
  calls: number;
  repeated: number;
  faults: number;
  events: number;
}

export interface SimulationOptions {
  /** Steps of the story before the faults end. Default 60. */
  steps?: number;
  /** Added to what befalls the disk: a mutant that must be found. */
  mutant?: FaultPlan;
}

const LUCK: Luck[] = ["nothing", "everything", "removals"];
const FAULTS = ["ENOSPC", "EIO", "EMFILE"];
const MOST_STEPS = 60_000;

/**
 * Engine, journal, disk, clock, tasks and faults from one seed, in virtual time: runs of random machines are started,
 * stopped, redriven and handed their tokens, while processes die, disks fill up, owners fall asleep and clocks jump.
 * Then the faults end, and what must hold is checked.
 *
 * @throws Error that names the seed and what did not hold
 */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Simulated> {
  const story = new Story(seed, options);
  try {
    return await story.tell();
  } catch (error) {
    const message = `seed ${seed}: ${(error as Error).message}\n${story.trace.slice(-40).join("\n")}`;
    throw Object.assign(new Error(message, { cause: error }), { story: story.trace });
  }
}

class Story {
  readonly trace: string[] = [];
  readonly #random: Random;
  readonly #desk: Desk;
  readonly #options: SimulationOptions;
  readonly #subjects: Subject[] = [];
  readonly #heard = new Map<string, HistoryEvent>();
  readonly #statuses = new Map<string, StatusEvent[]>();
  readonly #held: string[] = [];
  readonly #settled = new Set<string>();
  readonly #calls = new Map<string, number>();
  #process: Process | undefined;
  /** The last one whose end was counted. */
  #dead: Process | undefined;
  #trouble: string | undefined;
  #ends = 0;
  #faults = 0;
  #repeated = 0;

  constructor(seed: number, options: SimulationOptions) {
    this.#random = seededRandom(seed);
    this.#options = options;
    this.#desk = new Desk(createIds({ now: () => 1_767_225_600_000 } as Clock, seededRandom(seed + 1)));
  }

  async tell(): Promise<Simulated> {
    await this.#open();
    for (let step = 0; step < (this.#options.steps ?? 60); step++) {
      await this.#act();
      for (let tick = below(this.#random, 12); tick > 0; tick--) {
        this.#desk.clock.step();
        await this.#desk.settle(1 + below(this.#random, 8));
      }
    }
    this.#trouble = undefined;
    this.#desk.skew = 0;
    if (!this.#alive) await this.#openAgain();
    await this.#finish();
    await this.#check();
    const hash = createHash("sha256").update(this.trace.join("\n"));
    for (const name of this.#desk.disk.listing()) hash.update(this.#desk.disk.file(name)?.cache ?? "");
    return {
      digest: hash.digest("hex"),
      runs: this.#subjects.length,
      crashes: this.#ends,
      calls: this.#desk.calls.length,
      repeated: this.#repeated,
      faults: this.#faults,
      events: this.#heard.size,
    };
  }

  get #alive(): DurableEngine | undefined {
    return this.#process?.alive ? this.#process.engine : undefined;
  }

  async #act(): Promise<void> {
    const random = this.#random;
    if (!this.#alive) return this.#openAgain();
    const dice = below(random, 100);
    if (dice < 35) return this.#start();
    if (dice < 60) return this.#reportToken();
    if (dice < 64) return this.#stop();
    if (dice < 68) return this.#redrive();
    if (dice < 74) return this.#crash();
    if (dice < 78) return this.#sleepingOwner();
    if (dice < 80) return this.#leave();
    if (dice < 88) {
      this.#trouble = this.#trouble ? undefined : FAULTS[below(random, FAULTS.length)];
      this.#note(`disk ${this.#trouble ?? "is well again"}`);
    }
  }

  /** A disk may have ended the process while nothing was asked of it. */
  async #openAgain(): Promise<void> {
    this.#died();
    await this.#open();
  }

  /** Each process ends once. */
  #died(): void {
    if (this.#dead === this.#process) return;
    this.#dead = this.#process;
    this.#ends++;
  }

  async #open(): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      if (tries > 8) this.#trouble = undefined;
      // The time of day may have been set meanwhile, by an hour or so.
      if (this.#random() < 0.2) this.#desk.skew = [0, 3_600_000, -3_600_000][below(this.#random, 3)] ?? 0;
      try {
        const process = await this.#desk.open(
          (call, clock) => this.#work(call, clock),
          {
            onEvent: (arn, event) => this.#hear(arn, event),
            onStatus: (event) => this.#hearStatus(event),
            leaseMillis: 10_000,
            segmentBytes: 3_000,
            snapshotBytes: 9_000,
            retention: { runs: 1_000 },
          },
          (operation, name) => this.#befall(operation, name),
        );
        if (process.alive) {
          this.#process = process;
          const flights = process.engine?.recovered ?? [];
          this.#note(`opened; in flight: ${flights.map(({ name }) => name).join(" ")}`);
          for (const { name, error } of flights) if (error) throw new Error(`${name}: ${error.message}`);
          return;
        }
        this.#ends++;
        this.#desk.crash(this.#luck());
      } catch (error) {
        const { code } = error as { code?: string };
        this.#note(`not opened: ${code}`);
        if (code !== "RLT6001" && code !== "RLT6005" && code !== "RLT6004") throw error;
        await this.#desk.until(sleepOn(this.#desk.clock, 4_000));
      }
    }
    throw new Error("The engine cannot be opened any more.");
  }

  readonly #befall: FaultPlan = (operation, name) => {
    const planned = this.#options.mutant?.(operation, name);
    if (planned) return planned;
    if (!this.#trouble || this.#random() > 0.3) return undefined;
    if (operation === "remove" || operation === "list" || operation === "open") return undefined;
    this.#faults++;
    if (this.#random() < 0.05) return "die";
    const after = operation === "write" && this.#random() < 0.5 ? { after: below(this.#random, 200) } : {};
    return { error: this.#trouble, ...after };
  };

  async #start(): Promise<void> {
    const before = this.#subjects[below(this.#random, this.#subjects.length)];
    const isAgain = before !== undefined && this.#random() < 0.2;
    const subject = isAgain ? before : this.#subject();
    const { name, definition, input } = subject;
    const request = { definition, input, name };
    const twice = this.#random() < 0.3;
    const starts = [this.#alive?.start(request), ...(twice ? [this.#alive?.start(request)] : [])];
    const [first, second] = await this.#outcome(starts);
    if (second?.status === "fulfilled" && first?.status !== "fulfilled")
      throw new Error(`${name}: two answers`);
    this.#note(`start ${name}${isAgain ? " again" : ""}: ${told(first)}`);
    if (first?.status !== "fulfilled" || !first.value) return;
    subject.arn = first.value.arn;
    if (!isAgain) this.#subjects.push(subject);
  }

  #subject(): Subject {
    const name = `run${this.#desk.calls.length}-${this.#subjects.length}-${below(this.#random, 1e9)}`;
    const hasTokens = this.#random() < 0.4;
    const definition = randomMachine(this.#random, { tokens: hasTokens });
    const held = JSON.stringify(definition).includes("waitForTaskToken");
    return {
      ...{ name, definition, input: { path: name }, arn: undefined },
      ...{ hasTokens: held, disturbed: false, stopped: false },
    };
  }

  async #reportToken(): Promise<void> {
    const token = this.#held[below(this.#random, this.#held.length)];
    if (token === undefined) return this.#start();
    const output = { token: createHash("sha256").update(token).digest("hex").slice(0, 8) };
    const times = 1 + below(this.#random, 3);
    const sent = Array.from({ length: times }, () => this.#alive?.sendTaskSuccess(token, output));
    const results = await this.#outcome(sent);
    const accepted = results.filter(({ status }) => status === "fulfilled").length;
    this.#note(`token ${token.slice(-6)} ${times} times: ${results.map(told).join(" ")}`);
    if (accepted > 1 || (accepted === 1 && this.#settled.has(token)))
      throw new Error(`${token} was taken twice`);
    if (accepted === 1) this.#settled.add(token);
  }

  async #stop(): Promise<void> {
    const subject = this.#subjects[below(this.#random, this.#subjects.length)];
    const execution = subject?.arn === undefined ? undefined : this.#alive?.find(subject.arn);
    if (!subject || !execution || !subject.arn) return;
    const runs = this.#alive?.describe(subject.arn).status === "RUNNING";
    subject.disturbed = true;
    const [stopped] = await this.#outcome([execution.stop("Stopped", "by the story")]);
    this.#note(`stop ${subject.name}: ${told(stopped)}`);
    if (runs && stopped?.status === "fulfilled" && this.#alive) {
      const { status } = this.#alive.describe(subject.arn);
      if (status === "RUNNING") throw new Error(`${subject.name} runs although its stop was acknowledged`);
      subject.stopped = status === "ABORTED";
    }
  }

  async #redrive(): Promise<void> {
    const subject = this.#subjects[below(this.#random, this.#subjects.length)];
    if (!subject?.arn || !this.#alive) return;
    subject.disturbed = true;
    const [redriven] = await this.#outcome([this.#alive.redrive(subject.arn)]);
    this.#note(`redrive ${subject.name}: ${told(redriven)}`);
    subject.stopped = false;
  }

  async #crash(): Promise<void> {
    this.#note("crash");
    this.#ends++;
    this.#desk.crash(this.#luck());
    await this.#open();
  }

  /** The owner hangs beyond its lease, another one takes over, and the first one wakes up. */
  async #sleepingOwner(): Promise<void> {
    const sleeper = this.#process;
    if (!sleeper?.engine) return;
    this.#note("the owner falls asleep");
    sleeper.alive = false;
    this.#ends++;
    await this.#desk.until(sleepOn(this.#desk.clock, 15_000 + Math.abs(this.#desk.skew) * 2));
    await this.#open();
    if (sleeper.machine.dead) return;
    sleeper.alive = true;
    const { name, definition, input } = this.#subject();
    const [late] = await Promise.allSettled([
      this.#desk.until(sleeper.engine.start({ definition, input, name })),
    ]);
    this.#note(`the sleeper wakes: ${told(late)}`);
    if (late?.status === "fulfilled") throw new Error("an owner that was followed acknowledged a start");
    sleeper.alive = false;
  }

  async #leave(): Promise<void> {
    this.#note("the process closes the engine");
    this.#ends++;
    const process = this.#process;
    await this.#desk.until(process?.engine?.close() ?? Promise.resolve());
    if (process) process.kill();
    await this.#open();
  }

  async #work(call: IntegrationCall, clock: Clock): Promise<Outcome> {
    const key = keyOf(call);
    const times = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, times);
    this.#note(`call ${key}${times > 1 ? ` (${times})` : ""}`);
    if (times > 1) this.#repeated++;
    if (call.taskToken !== undefined && !this.#held.includes(call.taskToken)) this.#held.push(call.taskToken);
    const { outcome, after } = answerTo(call);
    await sleepOn(clock, after);
    return outcome ?? new Promise(() => undefined);
  }

  /** I4: what was heard once stands in the history for good. */
  #hear(arn: string, event: HistoryEvent): void {
    const key = `${arn} ${event.id}`;
    const known = this.#heard.get(key);
    if (known) throw new Error(`${key} was heard twice`);
    this.#heard.set(key, event);
  }

  #hearStatus(event: StatusEvent): void {
    if (this.#random() < 0.1) throw new Error("The listener is away.");
    const all = this.#statuses.get(event.executionArn) ?? [];
    this.#statuses.set(event.executionArn, [...all, event]);
    const last = all.at(-1)?.sequence ?? 0;
    if (event.sequence > last + 1) throw new Error(`${event.executionArn}: a status event was left out`);
  }

  /** The faults are over: every run must come to its end. */
  async #finish(): Promise<void> {
    for (let step = 0; step < MOST_STEPS; step++) {
      const engine = this.#alive;
      if (!engine) {
        await this.#open();
        continue;
      }
      if (step % 50 === 0) {
        for (const token of this.#held)
          await this.#outcome([engine.sendTaskSuccess(token, { token: "last" })]);
        const all = engine.list();
        if (all.every(({ status }) => status !== "RUNNING")) return;
      }
      this.#desk.clock.step();
      await this.#desk.settle(4);
    }
    const open = this.#alive?.list().filter(({ status }) => status === "RUNNING");
    throw new Error(`I1: ${open?.map(({ name }) => name).join(", ")} came to no end`);
  }

  async #check(): Promise<void> {
    const engine = this.#alive;
    if (!engine) throw new Error("There is no engine to ask.");
    await this.#desk.until(sleepOn(this.#desk.clock, 120_000)); // status events that were refused come again
    const before = engine.list();
    for (const subject of this.#subjects) await this.#checkRun(engine, subject);
    // I5: and all of it is on disk.
    this.#desk.crash("nothing");
    await this.#open();
    const after = this.#alive?.list();
    if (JSON.stringify(after) !== JSON.stringify(before))
      throw new Error("I5: another process sees other runs");
  }

  async #checkRun(engine: DurableEngine, subject: Subject): Promise<void> {
    const { name, arn, hasTokens, disturbed, stopped } = subject;
    const known = engine.list().find((run) => run.arn === arn);
    if (!known || arn === undefined) throw new Error(`I5: ${name} was acknowledged and is lost`);
    if (known.status === "RUNNING") throw new Error(`I1: ${name} still runs`);
    if (stopped && known.status !== "ABORTED") throw new Error(`${name} was stopped and is ${known.status}`);
    const history = await this.#desk.until(engine.history(arn));
    for (const event of history) {
      const heard = this.#heard.get(`${arn} ${event.id}`);
      if (heard && JSON.stringify(heard) !== JSON.stringify(event)) {
        throw new Error(
          `I4: ${name}: event ${event.id} was ${JSON.stringify(heard)}, is ${JSON.stringify(event)}`,
        );
      }
    }
    const last = this.#statuses.get(arn)?.at(-1);
    if (last?.status !== known.status)
      throw new Error(`${name} is ${known.status}, told was ${last?.status}`);
    this.#checkCalls(name);
    if (disturbed || hasTokens) return;
    const expected = await undisturbed(subject);
    // Which of several failures comes first, and what siblings had begun by then, is a matter of time.
    if (expected.result.status !== known.status) {
      throw new Error(`I2: ${name} is ${known.status}, undisturbed ${expected.result.status}`);
    }
    if (known.status !== "SUCCEEDED") return;
    const { output } = expected.result as { output: Json };
    if (JSON.stringify(known.output) !== JSON.stringify(output)) {
      throw new Error(
        `I2: ${name} gave ${JSON.stringify(known.output)}, undisturbed ${JSON.stringify(output)}`,
      );
    }
    const missing = [...expected.keys].filter((key) => !this.#calls.has(key));
    if (missing.length > 0) throw new Error(`I2: ${missing.join(", ")} never called`);
  }

  /** I3: only what a process did when it ended is done again. */
  #checkCalls(name: string): void {
    for (const [key, times] of this.#calls) {
      if (!key.startsWith(name)) continue;
      const { disturbed = false } = this.#subjects.find((subject) => subject.name === name) ?? {};
      const allowed = 1 + this.#ends + (disturbed ? 100 : 0); // a redrive calls anew
      if (times > allowed) throw new Error(`I3: ${key} was called ${times} times with ${this.#ends} ends`);
    }
  }

  /** Settles what was asked of the engine, or gives up when its process has died over it. */
  async #outcome<T>(
    asked: readonly (Promise<T> | undefined)[],
  ): Promise<PromiseSettledResult<T | undefined>[]> {
    const died = this.#process?.machine.died.then(() => Promise.reject(new Error("died")));
    const each = asked.map((one) => Promise.race([one, died]) as Promise<T | undefined>);
    const results = await this.#desk.until(Promise.allSettled(each));
    if (this.#process && !this.#process.alive) {
      this.#note("the process died");
      this.#died();
      this.#desk.crash(this.#luck());
    }
    return results;
  }

  #luck(): Luck {
    const random = this.#random;
    return random() < 0.4 ? random : (LUCK[below(random, LUCK.length)] ?? "nothing");
  }

  #note(what: string): void {
    this.trace.push(`${this.#desk.clock.now() - 1_767_225_600_000} ${what}`);
  }
}

const told = (result: PromiseSettledResult<unknown> | undefined): string => {
  if (!result) return "-";
  if (result.status === "fulfilled") return "yes";
  const { code, name, message } = result.reason as { code?: string; name: string; message: string };
  return code ?? `${name} ${message.slice(0, 60)}`;
};

/** The same machine with the same answers where nothing goes wrong: what I2 compares with. */
async function undisturbed({
  definition,
  input,
  name,
}: Subject): Promise<{ result: ExecutionResult; keys: Set<string> }> {
  const desk = new Desk();
  const keys = new Set<string>();
  const engine = createEngine({
    clock: desk.clock,
    integration: async (call) => {
      keys.add(keyOf(call));
      const { outcome, after } = answerTo(call);
      await sleepOn(desk.clock, after);
      return outcome ?? new Promise(() => undefined);
    },
  });
  const result = await desk.until(engine.start({ definition, input, name }).done);
  return { result, keys };
}
