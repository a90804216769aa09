import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { RunletError } from "../../model/runlet-error.ts";
import type { SecretStore } from "../ports.ts";

/** A rotated secret is seen after this long by a warm function; each read of Secrets Manager is billed. */
const FRESH_MILLIS = 300_000;

/** Secrets named `runlet/<project>/<name>` in Secrets Manager. */
export function secretsManagerStore(project: string): SecretStore {
  const seen = new Map<string, { value: string; at: number }>();
  let client: SecretsManagerClient | undefined;
  return {
    async get(name) {
      const known = seen.get(name);
      if (known && Date.now() - known.at < FRESH_MILLIS) return known.value;
      const manager = await import("@aws-sdk/client-secrets-manager");
      client ??= new manager.SecretsManagerClient({});
      const id = `runlet/${project}/${name}`;
      try {
        const answer = await client.send(new manager.GetSecretValueCommand({ SecretId: id }));
        const value = answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString("utf8");
        seen.set(name, { value, at: Date.now() });
        return value;
      } catch (error) {
        if (!(error instanceof manager.ResourceNotFoundException)) throw error;
        throw new RunletError("RLT3006", `Secrets Manager has no secret "${id}".`, { cause: error });
      }
    },
  };
}
