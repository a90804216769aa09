import { RunletError } from "../../model/runlet-error.ts";
import type { Middleware, TaskCall } from "../handler-types.ts";
import type { Ports } from "../ports.ts";
import { createRedactor } from "../redact.ts";

/**
 * Loads the secrets that the task declares, and hides their values from here on. One that is not set is missed where
 * the task asks for it, as in plain Node: an attempt that does not need it goes on.
 */
export function loadSecrets(names: readonly string[]): Middleware<TaskCall> {
  return {
    before(request) {
      const { ports } = request.internal;
      if (!ports) return undefined;
      const keep = (secrets: Record<string, string>): void => {
        request.internal.secrets = secrets;
        request.internal.redact = createRedactor(secrets);
      };
      return names.length === 0 ? keep({}) : load(ports, names).then(keep);
    },
  };
}

async function load(ports: Ports, names: readonly string[]): Promise<Record<string, string>> {
  const found = await Promise.all(
    names.map((name) => ports.secrets.get(name).then((value) => [[name, value]], ignoreUnset)),
  );
  return Object.fromEntries(found.flat()) as Record<string, string>;
}

function ignoreUnset(error: unknown): [] {
  if (error instanceof RunletError && error.code === "RLT3006") return [];
  throw error;
}
