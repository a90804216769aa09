import type { Json } from "../model/json.ts";
import { ScopeClosed, StateFailure } from "./errors.ts";
import { type HistoryEvent, WHOLE } from "./history.ts";
import { runMachine } from "./interpreter.ts";
import { detached, jsonText } from "./json-text.ts";
import type { RunContext } from "./run-context.ts";
import { Scope } from "./scope.ts";

/** How an execution ended. `error` and `cause` are absent where the service gives none. */
export type ExecutionResult =
  | { status: "SUCCEEDED"; output: Json }
  | { status: "FAILED" | "TIMED_OUT" | "ABORTED"; error?: string; cause?: string };

/** One execution of a machine, running or ended. */
export interface Execution {
  /** `arn:aws:states:<region>:<account>:execution:<machine>:<name>` */
  arn: string;
  name: string;
  /** All events so far, oldest first. */
  readonly history: readonly HistoryEvent[];
  /** Never rejects. */
  done: Promise<ExecutionResult>;
  /**
   * Ends the execution at once as ABORTED, as StopExecution does: nothing in the machine runs any more, no Catch
   * either. Without effect once it has ended.
   */
  stop(error?: string, cause?: string): void;
}

/** Starts driving; the first event is recorded before this returns, the first state is entered after. */
export function startExecution(run: RunContext): Execution {
  const root = new Scope(run, {}, 0);
  run.history.append("ExecutionStarted", 0, {
    executionStartedEventDetails: { input: jsonText(run.input), inputDetails: WHOLE, roleArn: run.roleArn },
  });
  let finish: (result: ExecutionResult) => void = () => undefined;
  const done = new Promise<ExecutionResult>((resolve) => {
    finish = resolve;
  });
  const seconds = longest(run);
  const deadline = seconds === undefined ? undefined : run.clock.schedule(seconds * 1_000, () => timeOut());
  let ended = false;
  const end = (record: () => ExecutionResult): void => {
    if (ended) return;
    ended = true;
    deadline?.cancel();
    root.close();
    try {
      finish(record());
    } catch (thrown) {
      // Whoever listens to the events failed; the execution must end all the same, and not as if nothing were wrong.
      finish({ status: "FAILED", ...defect(thrown).eventDetails });
    }
  };
  const timeOut = (): void => end(() => recordTimeout(root));
  void Promise.resolve()
    .then(() => runMachine(root, run.definition, run.input))
    .then(
      (output) => end(() => recordSuccess(root, output)),
      (thrown: unknown) => {
        if (!(thrown instanceof ScopeClosed)) end(() => recordFailure(root, thrown));
      },
    );
  return {
    arn: run.arn,
    name: run.name,
    history: run.history.events,
    done,
    stop: (error, cause) => end(() => recordAbortion(root, error, cause)),
  };
}

const EXPRESS_SECONDS = 300;

/** Seconds after which the execution ends as TIMED_OUT. */
function longest({ definition, type }: RunContext): number | undefined {
  const { TimeoutSeconds: seconds } = definition;
  return type === "STANDARD" ? seconds : Math.min(seconds ?? EXPRESS_SECONDS, EXPRESS_SECONDS);
}

function recordSuccess(root: Scope, output: Json): ExecutionResult {
  root.run.history.append("ExecutionSucceeded", root.last, {
    executionSucceededEventDetails: { output: jsonText(output), outputDetails: WHOLE },
  });
  return { status: "SUCCEEDED", output: detached(output) };
}

function recordFailure(root: Scope, thrown: unknown): ExecutionResult {
  // Anything else is a defect of the engine: it must show, and must not look like an error of the machine.
  const { eventDetails } = thrown instanceof StateFailure ? thrown : defect(thrown);
  root.run.history.append("ExecutionFailed", root.last, { executionFailedEventDetails: eventDetails });
  return { status: "FAILED", ...eventDetails };
}

const defect = (thrown: unknown): StateFailure =>
  new StateFailure({ error: "States.Runtime", cause: `A defect of the engine: ${describe(thrown)}` });

const describe = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);

function recordAbortion(root: Scope, error: string | undefined, cause: string | undefined): ExecutionResult {
  const { eventDetails } = new StateFailure({ error, cause });
  root.run.history.append("ExecutionAborted", 0, { executionAbortedEventDetails: eventDetails });
  return { status: "ABORTED", ...eventDetails };
}

function recordTimeout(root: Scope): ExecutionResult {
  const details = { executionTimedOutEventDetails: { error: "States.Timeout" } };
  root.run.history.append("ExecutionTimedOut", 0, details);
  return { status: "TIMED_OUT" }; // the name of the error stands in the history only
}
