import type { Failure } from "../../sdk/model/failure.ts";
import type { Json } from "../../sdk/model/json.ts";
import type { InlineEvent, TaskEvent } from "../../sdk/model/protocol.ts";
import { decodeCause } from "../../sdk/runtime/decode-cause.ts";
import type { Handler, LambdaContext } from "../../sdk/runtime/handler-types.ts";

export const taskEvent = (changes: Partial<TaskEvent> = {}): TaskEvent => ({
  runlet: 1,
  kind: "task",
  runId: "run-1",
  step: "load",
  frames: [2, 0],
  attempt: 0,
  args: [],
  ...changes,
});

export const inlineEvent = (
  region: string,
  values: Record<string, Json>,
  crossing: InlineEvent["crossing"] = "arguments",
): InlineEvent => ({
  runlet: 1,
  kind: "inline",
  runId: "run-1",
  region,
  frames: [],
  values,
  crossing,
});

/** The text that Lambda's Node runtime makes of what a handler throws: the `Cause` in Step Functions. */
export async function causeOf(
  handler: Handler,
  event: unknown,
  context: LambdaContext = {},
): Promise<string> {
  try {
    await handler(event, context);
  } catch (thrown) {
    const error = thrown as Error;
    return JSON.stringify({
      errorType: error.name,
      errorMessage: error.message,
      trace: error.stack?.split("\n"),
    });
  }
  throw new Error("The handler did not throw.");
}

/** The failure that comes out at the other end of Step Functions. */
export const failureOf = async (
  handler: Handler,
  event: unknown,
  context: LambdaContext = {},
): Promise<Failure> => decodeCause(await causeOf(handler, event, context));
