import "./own-entry.ts";
import type { RetryIf } from "../flow/retry.ts";
import { createTaskLog, runInTaskContext, type TaskLog } from "../flow/task-context.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { type FlowLine, idempotencyKey } from "../model/protocol.ts";
import { composeHandler } from "./compose-handler.ts";
import { withDeadline } from "./deadline.ts";
import type { Handler, LambdaContext, TaskCall } from "./handler-types.ts";
import { answerFromRecord } from "./middleware/answer-from-record.ts";
import { checkResult } from "./middleware/check-result.ts";
import { decideRetry, nameRetry } from "./middleware/decide-retry.ts";
import { encodeErrors } from "./middleware/encode-errors.ts";
import { letIn } from "./middleware/let-in.ts";
import { loadSecrets } from "./middleware/load-secrets.ts";
import { offloadTaskResult } from "./middleware/offload-result.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { recordAttempt } from "./middleware/record-attempt.ts";
import { resolveArgs } from "./middleware/resolve-args.ts";
import { validateTaskEvent } from "./middleware/validate-event.ts";
import type { Ports } from "./ports.ts";

/** What is needed of a task: the author's function. A task made by `task(…)` fits. */
export interface TaskLike {
  readonly fn: (...args: never[]) => unknown;
  readonly retryIf?: RetryIf | undefined;
}

export interface TaskHandlerOptions {
  /** The task's name. */
  readonly name: string;
  /** How long one attempt may take. @default until shortly before the function's own timeout */
  readonly timeoutSeconds?: number;
  /** Names of the secrets that the task declares. @default none */
  readonly secrets?: readonly string[];
  /** Where values, states and secrets are. @default as the environment says */
  readonly ports?: Ports;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/**
 * A task as the handler of a Lambda function: takes a `TaskEvent`, answers the result as JSON, or a `Reference` where
 * it is larger than `INLINE_RESULT_BYTES`. Errors keep name, message and cause; `decodeCause` reads them.
 *
 * @throws what the task throws; RunletError RLT2001 for a result that is not JSON, RLT2004 for an event that no
 *   machine sent, RLT3004 when time is over, RLT3006 for a secret that is not set, RLT3007 for a damaged value
 * @example export const handler = createTaskHandler(fetchPage, { name: "fetchPage", timeoutSeconds: 60 });
 */
export function createTaskHandler(task: TaskLike, options: TaskHandlerOptions): Handler {
  const clock = options.clock ?? systemClock;
  const now = (): number => clock.now();
  return composeHandler<TaskCall>(
    (call, context) => runTask(task, options, clock, call, context),
    [
      openPorts(options.ports),
      validateTaskEvent(now),
      nameRetry(),
      recordAttempt(now),
      letIn(),
      answerFromRecord(),
      loadSecrets(options.secrets ?? []),
      resolveArgs(),
      offloadTaskResult(),
      checkResult(),
      encodeErrors(),
      decideRetry(task.retryIf),
    ],
  );
}

/** What the flow wrote before it called the task. */
function writeLines(lines: readonly FlowLine[] = []): void {
  for (const { level, args } of lines) console[level](...args);
}

function runTask(
  task: TaskLike,
  options: TaskHandlerOptions,
  clock: Clock,
  call: TaskCall,
  context: LambdaContext,
): Promise<unknown> {
  const { event, args, secrets, redact } = call;
  const { runId, step, frames, attempt } = event;
  const fn = task.fn as (...args: unknown[]) => unknown;
  if (attempt === 0 && event.slow == null) writeLines(event.lines);
  return withDeadline(
    (abort) => {
      let log: TaskLog | undefined;
      const taskContext = {
        ...{ runId, step, frames, attempt, secrets },
        idempotencyKey: idempotencyKey(event),
        get signal() {
          return abort.signal;
        },
        get log() {
          log ??= createTaskLog({ runId, step, frames, attempt }, redact);
          return log;
        },
      };
      return runInTaskContext(taskContext, async () => await fn(...args));
    },
    { timeoutSeconds: options.timeoutSeconds, remainingMillis: context.getRemainingTimeInMillis?.(), clock },
  );
}
