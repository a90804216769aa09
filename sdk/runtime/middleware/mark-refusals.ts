import { REFUSED } from "../../model/protocol.ts";
import { cancelledError } from "../control/gate.ts";
import type { InlineCall, Middleware } from "../handler-types.ts";

/** Refusals of a flow body: changes in place, sizes, identity, a wrong build, what cannot stay inside. */
const CODES = /^RLT(2008|2009|2010|3001|3005): /;

/** True for an error of a flow body that plain Node would not have thrown. */
export const isRefused = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === "RunletError" && CODES.test(thrown.message);

/**
 * Gives a refusal the name that the author's handlers do not match: what plain Node would not throw must not lead a
 * flow another way. Runs after the error is encoded, since authors' errors may not have such a name.
 */
export function markRefusals(): Middleware<InlineCall> {
  return {
    onError(request) {
      const error = request.error as Error;
      if (request.internal.cancelled) {
        request.error = cancelledError();
        return;
      }
      if (request.internal.refused || isRefused(error))
        Object.defineProperty(error, "name", { value: REFUSED, configurable: true });
    },
  };
}
