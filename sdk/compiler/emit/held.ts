import { expression } from "../../asl/expression.ts";
import type { Catcher, Retrier, TaskState, Template } from "../../asl/types.ts";
import { ATTEMPT_KEY, CANCELLED, MOST_WAIT_SECONDS, PAUSED } from "../../model/protocol.ts";
import { callersAt, codeAt, comment, type Emission, partName, runIdAt, type Site } from "./context.ts";

/**
 * A task of a run that is paused waits by a token beside itself and goes back, with all that its input carried: it is
 * no attempt. Only in flows that say so, since each task gets a state more.
 *
 * @param note what the wrapper says beside the error's name
 */
export function held(emission: Emission, site: Site, note: string, retry: Retrier): Catcher[] {
  if (!emission.pausable) return [];
  const { target, node, entry } = site;
  const name = partName(emission, node, "held");
  const read = codeAt(target, entry);
  const step = "step" in node ? node.step : node.id;
  const carried = expression("$states.input");
  const frames: Template = target.indexes.map((index) => expression(read(index)));
  const out = target.cancelled ?? target.settle;
  const cancelled: Catcher[] =
    out === undefined
      ? []
      : [
          {
            ErrorEquals: [CANCELLED],
            Next: out,
            Output: { Error: CANCELLED, Cause: "The run was cancelled.", Turn: 0 },
          },
        ];
  const state: TaskState = {
    Type: "Task",
    Comment: comment(emission, node.span),
    Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    Arguments: {
      FunctionName: emission.controlResource,
      Payload: {
        runlet: 1,
        kind: "wait",
        wait: "hold",
        runId: expression(runIdAt(target, entry)),
        flow: emission.graph.name,
        step,
        frames,
        token: expression("$states.context.Task.Token"),
        ...callersAt(emission, target, entry),
      },
    },
    TimeoutSeconds: MOST_WAIT_SECONDS,
    Retry: [retry],
    Catch: [...cancelled, { ErrorEquals: ["States.Timeout"], Next: node.id, Output: carried }],
    Output: carried,
    Next: node.id,
  };
  target.states[name] = state;
  const Output = expression(`$merge([$states.input, {"${ATTEMPT_KEY}": ${note}.attempt}])`);
  return [{ ErrorEquals: [PAUSED], Next: name, Output }];
}
