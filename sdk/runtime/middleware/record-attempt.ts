import type { LambdaContext, Middleware, TaskCall } from "../handler-types.ts";
import type { StateStore, TaskRecord } from "../ports.ts";

const RECORD_DAYS = 30;
const DAY_SECONDS = 86_400;
const MOST_MESSAGE = 4_000;

/**
 * One write per attempt, at its end: how it went, and what it gave. A write that fails is said in the log and no more,
 * since the work is done and failing here would do it twice.
 */
export function recordAttempt(now: () => number): Middleware<TaskCall> {
  const record = (call: Partial<TaskCall>, context: LambdaContext): Promise<void> | undefined => {
    const { event, ports, startedAt } = call;
    if (!event || !ports?.states || startedAt === undefined || call.notLetIn) return undefined;
    return write(ports.states, { ...call, event, startedAt }, context);
  };
  const write = async (
    states: StateStore,
    call: Partial<TaskCall> & Pick<TaskCall, "event" | "startedAt">,
    context: LambdaContext,
  ): Promise<void> => {
    const { event, startedAt } = call;
    const { runId, step, frames, attempt } = event;
    const endedAt = now();
    try {
      await states.record({
        ...{ runId, step, frames, attempt, startedAt, endedAt },
        ...outcomeOf(call),
        ...(context.awsRequestId ? { requestId: context.awsRequestId } : {}),
        ...(context.logStreamName ? { logStream: context.logStreamName } : {}),
        expiresAt: Math.ceil(endedAt / 1_000) + RECORD_DAYS * DAY_SECONDS,
      });
    } catch (error) {
      const message = `The state of ${step} was not recorded: ${String(error)}`;
      console.warn(JSON.stringify({ level: "warn", message, runId, step, frames, attempt }));
    }
  };
  return {
    after: (request) => record(request.internal, request.context),
    onError: (request) => record(request.internal, request.context),
  };
}

function outcomeOf(
  call: Partial<TaskCall>,
): Pick<TaskRecord, "status" | "stateName" | "result" | "reference" | "error"> {
  const { failure, result } = call;
  if (!failure) return { status: "COMPLETED", stateName: "Completed", ...result };
  const stateName = failure.message.startsWith("RLT3004:") ? "TimedOut" : "Failed";
  const { name, message, cause } = failure;
  const error = { name, message: message.slice(0, MOST_MESSAGE), ...(cause ? { cause } : {}) };
  return { status: "FAILED", stateName, error };
}
