import { secretVariable } from "../../flow/task-context.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { SecretStore } from "../ports.ts";

/** Secrets from the environment, as `RUNLET_SECRET_<NAME>`. */
export function environmentSecretStore(
  environment: Readonly<Record<string, string | undefined>>,
): SecretStore {
  return {
    async get(name) {
      const variable = secretVariable(name);
      const value = environment[variable];
      if (value === undefined) {
        throw new RunletError("RLT3006", `The secret "${name}" is not set: ${variable} is missing.`);
      }
      return value;
    },
  };
}
