import type { Clock } from "../model/clock.ts";

/** How long GetActivityTask waits for work. */
const POLL_SECONDS = 60;
/** Workers that may wait for one activity at a time. */
const MOST_POLLERS = 1_000;

/** One task that waits for a worker, or is with one. */
export interface ActivityWork {
  token: string;
  /** JSON text. */
  input: string;
  /**
   * Called when a worker takes it.
   *
   * @returns whether it still is to be done; a rejection leaves it for the next worker
   */
  started(workerName: string | undefined): boolean | Promise<boolean>;
}

/** Where a run hands out work for activities. */
export interface ActivityDesk {
  has(arn: string): boolean;
  /** Hands work to a worker, now or later; the result takes it back where none has it yet. */
  offer(arn: string, work: ActivityWork): () => void;
}

/** What a worker gets: the token to answer with, and the input as JSON text. */
export interface ActivityTask {
  taskToken: string;
  input: string;
}

/** No activity of that ARN was created, or it was deleted. */
export class ActivityDoesNotExist extends Error {
  override readonly name = "ActivityDoesNotExist";

  constructor(arn: string) {
    super(`Activity Does Not Exist: '${arn}'`);
  }
}

/** So many workers wait for the activity that no other may. */
export class ActivityWorkerLimitExceeded extends Error {
  override readonly name = "ActivityWorkerLimitExceeded";

  constructor() {
    super("The maximum number of workers concurrently polling for activity tasks has been reached.");
  }
}

interface Poller {
  give(work: ActivityWork | undefined): void;
}

interface Queue {
  waiting: ActivityWork[];
  pollers: Poller[];
}

/** The activities of one engine: tasks wait in the order in which they came, and so do workers. */
export class Activities implements ActivityDesk {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queue>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Without effect for one that is there already. */
  create(arn: string): void {
    if (!this.#queues.has(arn)) this.#queues.set(arn, { waiting: [], pollers: [] });
  }

  delete(arn: string): void {
    for (const poller of [...(this.#queues.get(arn)?.pollers ?? [])]) poller.give(undefined);
    this.#queues.delete(arn);
  }

  has(arn: string): boolean {
    return this.#queues.has(arn);
  }

  /** Hands work to a worker, now or later; the result takes it back where none has it yet. */
  offer(arn: string, work: ActivityWork): () => void {
    const queue = this.#queues.get(arn);
    const poller = queue?.pollers.shift();
    if (poller) poller.give(work);
    else queue?.waiting.push(work);
    return () => {
      if (queue) queue.waiting = queue.waiting.filter((other) => other !== work);
    };
  }

  /**
   * Waits for work, for a minute at most.
   *
   * @returns nothing when there was none
   * @throws ActivityDoesNotExist, ActivityWorkerLimitExceeded (as rejections)
   */
  async poll(arn: string, workerName: string | undefined): Promise<ActivityTask | undefined> {
    const queue = this.#queues.get(arn);
    if (!queue) throw new ActivityDoesNotExist(arn);
    for (;;) {
      const work = queue.waiting.shift() ?? (await this.#nextWork(queue));
      if (!work) return undefined;
      if (await this.#taken(arn, work, workerName)) return { taskToken: work.token, input: work.input };
    }
  }

  async #taken(arn: string, work: ActivityWork, workerName: string | undefined): Promise<boolean> {
    try {
      return await work.started(workerName);
    } catch (error) {
      this.#queues.get(arn)?.waiting.unshift(work);
      throw error;
    }
  }

  #nextWork(queue: Queue): Promise<ActivityWork | undefined> {
    if (queue.pollers.length >= MOST_POLLERS) throw new ActivityWorkerLimitExceeded();
    return new Promise((resolve) => {
      const poller: Poller = {
        give: (work) => {
          timer.cancel();
          queue.pollers = queue.pollers.filter((other) => other !== poller);
          resolve(work);
        },
      };
      const timer = this.#clock.schedule(POLL_SECONDS * 1_000, () => poller.give(undefined));
      queue.pollers.push(poller);
    });
  }
}
