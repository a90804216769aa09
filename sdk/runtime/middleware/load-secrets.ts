import { RunletError } from "../../model/runlet-error.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";
import { createRedactor } from "../redact.ts";

/**
 * Loads the secrets that the task declares, and hides their values from here on. One that is not set is missed where
 * the task asks for it, as in plain Node: an attempt that does not need it goes on.
 */
export function loadSecrets(names: readonly string[]): Middleware<TaskCall> {
  return {
    async before(request) {
      const { ports } = request.internal;
      if (!ports) return;
      const found = await Promise.all(
        names.map((name) => ports.secrets.get(name).then((value) => [[name, value]], ignoreUnset)),
      );
      const secrets: Record<string, string> = Object.fromEntries(found.flat());
      request.internal.secrets = secrets;
      request.internal.redact = createRedactor(secrets);
    },
  };
}

function ignoreUnset(error: unknown): [] {
  if (error instanceof RunletError && error.code === "RLT3006") return [];
  throw error;
}
