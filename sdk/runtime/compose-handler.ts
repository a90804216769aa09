import middy from "@middy/core";
import type { Handler, HandlerCall, HandlerRequest, LambdaContext, Middleware } from "./handler-types.ts";

/**
 * Middleware around a function, by middy; the one file that knows it. Its types say `any` where ours are exact, so
 * they meet here in casts. Its early timeout is off: it cannot tell a task's own limit from the platform's.
 */
export function composeHandler<Call extends HandlerCall>(
  run: (call: Call, context: LambdaContext) => unknown,
  middleware: readonly Middleware<Call>[],
): Handler {
  // middy shows the request to middleware only, so the last `before` gives the function their shared part as event.
  const handOver: Middleware<Call> = {
    before(request: HandlerRequest<Call>) {
      request.event = request.internal;
    },
  };
  const handler = middy(
    async (call: unknown, context: unknown) => run(call as Call, context as LambdaContext),
    { timeoutEarlyInMillis: 0 },
  ) as unknown as Handler & { use(middleware: unknown): void };
  handler.use([...middleware, handOver]);
  return handler;
}
