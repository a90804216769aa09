import { expression } from "../../asl/expression.ts";
import type { TaskState } from "../../asl/types.ts";
import { CANCELLED, COMPENSATION_FAILED } from "../../model/protocol.ts";
import { armsOf, type Block } from "../graph.ts";
import type { Emission, Target } from "./context.ts";
import { retriers } from "./retries.ts";
import { failed, NO_OUTPUT } from "./tasks.ts";

const [UNDO, ENDED, BROKEN] = ["(cancelled: undo)", "(cancelled)", "(cancelled: undo failed)"];

/**
 * A flow with `onCancel` leads a cancellation to a task that undoes, and ends as cancelled: StopExecution would run
 * nothing. A flow without one needs no state for it: the error that nobody catches ends it.
 */
export function undoing(emission: Emission, target: Target): void {
  const { graph } = emission;
  const { onCancel } = graph;
  const settings = onCancel === undefined ? undefined : emission.tasks.get(onCancel);
  if (onCancel === undefined || !settings) return;
  target.cancelled = UNDO;
  const Comment = `Cancellation of the flow "${graph.name}".`;
  const attempt = expression("$states.context.State.RetryCount");
  const { delays } = settings.retry;
  const undo: TaskState = {
    Type: "Task",
    Comment,
    Resource: emission.taskResource(onCancel),
    Arguments: {
      runlet: 1,
      kind: "task",
      undo: true,
      runId: expression("$states.context.Execution.Name"),
      step: "(undo)",
      frames: [],
      attempt,
      ...(delays.length > 0 ? { retries: delays.length } : {}),
      args: [expression(doneOf(graph.body))],
    },
    TimeoutSeconds: settings.timeoutSeconds + 5,
    Retry: retriers(settings.retry),
    Catch: [{ ErrorEquals: ["States.ALL"], Next: BROKEN, Output: expression("$states.errorOutput") }],
    Output: NO_OUTPUT,
    Next: ENDED,
  };
  target.states[UNDO] = undo;
  target.states[ENDED] = { Type: "Fail", Comment, Error: CANCELLED, Cause: "The run was cancelled." };
  target.states[failed(target, BROKEN, Comment)] = {
    Type: "Fail",
    Comment,
    Error: COMPENSATION_FAILED,
    Cause: expression('$exists($states.input.Cause) ? $states.input.Cause : ""'),
  };
}

/** The results that are there: JSONata drops what never was. */
function doneOf(body: Block): string {
  const fields = resultsOf(body).map(([name, variable]) => `${JSON.stringify(name)}: $${variable}`);
  return `{${fields.join(", ")}}`;
}

/** Results of the flow's own steps, by the author's names; the last one of a name wins. */
function resultsOf(block: Block): [string, string][] {
  const found = new Map<string, string>();
  for (const node of block) {
    if ("result" in node && node.result && !node.result.name.endsWith("$"))
      found.set(node.result.name, node.result.variable);
    for (const arm of armsOf(node)) for (const [name, variable] of resultsOf(arm)) found.set(name, variable);
  }
  return [...found];
}
