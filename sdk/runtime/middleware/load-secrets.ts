import type { Middleware, TaskCall } from "../handler-types.ts";
import { createRedactor } from "../redact.ts";

/** Loads the secrets that the task declares, and hides their values from here on. */
export function loadSecrets(names: readonly string[]): Middleware<TaskCall> {
  return {
    async before(request) {
      const { ports } = request.internal;
      if (!ports) return;
      const values = await Promise.all(names.map((name) => ports.secrets.get(name)));
      const secrets = Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
      request.internal.secrets = secrets;
      request.internal.redact = createRedactor(secrets);
    },
  };
}
