import { toError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import { ERROR_KEY, type TaskEvent } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";
import { resolveReferences } from "../references.ts";
import { findSettledFailure } from "../settled-failure.ts";

/**
 * Puts values in the place of references. A failed future among the arguments fails the call as it would in plain
 * Node, where the argument is awaited first.
 */
export function resolveArgs(): Middleware<TaskCall> {
  return {
    before(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return undefined;
      const args = resolveReferences((event.slow ?? event.args) as Json, ports.objects);
      const take = (resolved: Json): void => takeArgs(request.internal, event, resolved);
      return args instanceof Promise ? args.then(take) : take(args);
    },
  };
}

function takeArgs(call: Partial<TaskCall>, event: TaskEvent, args: Json): void {
  if (!Array.isArray(args)) throw new RunletError("RLT3007", "The stored arguments of a task are no list.");
  if (event.undo) {
    call.args = withoutFailures(args) as Json[];
    return;
  }
  const failure = findSettledFailure([...(event.after ?? []), ...args]);
  if (failure) {
    call.hasFailedArgs = true;
    throw toError(failure);
  }
  call.args = args;
}

/** What a cancelled run had by then: null in the place of items that were not done. */
function withoutFailures(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, ERROR_KEY)) return null;
  if (Array.isArray(value)) return value.map(withoutFailures);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFailures(item)]));
}
