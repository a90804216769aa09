import { crossBoundary } from "../../model/json.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";

/** Sends the result through JSON, as plain Node does with it, and names it in the same words: messages are compared. */
export function checkResult(): Middleware<TaskCall> {
  return {
    after(request) {
      request.response = crossBoundary(request.response, "result of a task");
    },
  };
}
