import type { Clock } from "../model/clock.ts";
import type { Json } from "../model/json.ts";
import type { Execution } from "./execution.ts";
import { jsonText } from "./json-text.ts";
import { StateMachineError } from "./machines.ts";

/** How long the name of an execution that has ended stays taken. */
const TAKEN_MILLIS = 90 * 24 * 3_600_000;

interface Running {
  input: string;
  execution: Execution;
}

/**
 * Names of Standard executions. The same name with the same input stands for the execution that runs; any other use of
 * a name is refused, for ninety days after its execution has ended.
 */
export class ExecutionNames {
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();
  /** When executions ended, oldest first. */
  readonly #ended = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The execution of this name: the one that runs, or the one that `begin` starts.
   *
   * @throws StateMachineError ExecutionAlreadyExists
   */
  claim(arn: string, input: Json, begin: () => Execution): Execution {
    this.#forget();
    const running = this.#running.get(arn);
    const text = jsonText(input);
    if (running?.input === text) return running.execution;
    if (running || this.#ended.has(arn)) {
      throw new StateMachineError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    }
    const execution = begin();
    this.#running.set(arn, { input: text, execution });
    void execution.done.then(() => {
      this.#running.delete(arn);
      this.#ended.set(arn, this.#clock.now());
    });
    return execution;
  }

  #forget(): void {
    for (const [arn, at] of this.#ended) {
      if (this.#clock.now() - at < TAKEN_MILLIS) return;
      this.#ended.delete(arn);
    }
  }
}
