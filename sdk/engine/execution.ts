import type { StateType } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { ScopeClosed, StateFailure } from "./errors.ts";
import { type HistoryEvent, WHOLE } from "./history.ts";
import { runMachine } from "./interpreter.ts";
import { detached, jsonText } from "./json-text.ts";
import type { RunContext } from "./run-context.ts";
import { type ActiveState, Scope } from "./scope.ts";

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
  const { input, roleArn, published } = run;
  const details = { input: jsonText(input), inputDetails: WHOLE, roleArn, ...published };
  run.history.append("ExecutionStarted", 0, { executionStartedEventDetails: details });
  return drive(run, new Scope(run, {}, 0), undefined);
}

/** What has ended without success, with where it stood. */
interface Ended {
  run: RunContext;
  root: Scope;
  result: ExecutionResult | undefined;
}

const endings = new WeakMap<Execution, Ended>();

/** The execution runs, has succeeded, or cannot go on for another reason. */
export class ExecutionNotRedrivable extends Error {
  override readonly name = "ExecutionNotRedrivable";
}

/**
 * Goes on where an execution that did not succeed has ended: in the same state, with a new count of retries and a new
 * deadline; of a Map or Parallel only what had not ended well runs again, of a Map Run the children that had not. ARN
 * and history stay the same.
 *
 * @throws ExecutionNotRedrivable
 */
export function redriveExecution(execution: Execution): Execution {
  const { run, root } = redrivable(execution);
  endings.delete(execution);
  const redriveCount = (run.redriveCount ?? 0) + 1;
  const redriven = { ...run, redriveCount, redriveTime: new Date(run.clock.now()).toISOString() };
  const details = { executionRedrivenEventDetails: { redriveCount } };
  const { id } = run.history.append("ExecutionRedriven", root.last, details);
  const { active } = root;
  if (active) active.resumed = undefined; // it stood for the redrive before
  return drive(redriven, new Scope(redriven, root.variables, id), active);
}

/** @throws ExecutionNotRedrivable */
export function redrivable(execution: Execution): Ended {
  const ended = endings.get(execution);
  if (!ended?.result || ended.result.status === "SUCCEEDED") {
    const status = ended?.result?.status ?? "RUNNING";
    throw new ExecutionNotRedrivable(`Execution is ${status} and cannot be redriven`);
  }
  if (ended.run.type === "EXPRESS") {
    throw new ExecutionNotRedrivable("An Express execution cannot be redriven.");
  }
  return ended;
}

/** A state that an execution is in. */
export interface Standing {
  name: string;
  type: StateType;
  /** Milliseconds since the epoch. */
  since: number;
}

/** The innermost states that the execution is in; those of a distributed Map's children are not its own. */
export function standing(execution: Execution): Standing[] {
  const root = endings.get(execution)?.root;
  return root ? statesOf(root) : [];
}

function statesOf({ active }: Scope): Standing[] {
  if (!active) return [];
  const inner = [...active.children.values()].filter(({ closed }) => !closed).flatMap(statesOf);
  if (inner.length > 0) return inner;
  return [{ name: active.name, type: active.type, since: active.entered.timestamp }];
}

function drive(run: RunContext, root: Scope, resumed: ActiveState | undefined): Execution {
  let finish: (result: ExecutionResult) => void = () => undefined;
  const done = new Promise<ExecutionResult>((resolve) => {
    finish = resolve;
  });
  const seconds = longest(run);
  const deadline = seconds === undefined ? undefined : run.clock.schedule(seconds * 1_000, () => timeOut());
  const ending: Ended = { run, root, result: undefined };
  let ended = false;
  const end = (record: () => ExecutionResult): void => {
    if (ended) return;
    ended = true;
    deadline?.cancel();
    root.close();
    try {
      ending.result = record();
      finish(ending.result);
    } catch (thrown) {
      // Whoever listens to the events failed; the execution must end all the same, and not as if nothing were wrong.
      finish({ status: "FAILED", ...defect(thrown).eventDetails });
    }
  };
  const timeOut = (): void => end(() => recordTimeout(root));
  void Promise.resolve()
    .then(() => runMachine(root, run.definition, run.input, resumed))
    .then(
      (output) => end(() => recordSuccess(root, output)),
      (thrown: unknown) => {
        if (!(thrown instanceof ScopeClosed)) end(() => recordFailure(root, thrown));
      },
    );
  const execution: Execution = {
    arn: run.arn,
    name: run.name,
    history: run.history.events,
    done,
    stop: (error, cause) => end(() => recordAbortion(root, error, cause)),
  };
  endings.set(execution, ending);
  return execution;
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
