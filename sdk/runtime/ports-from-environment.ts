import { RunletError } from "../model/runlet-error.ts";
import { bucketObjectStore } from "./aws/object-store.ts";
import { secretsManagerStore } from "./aws/secret-store.ts";
import { tableControls, tableStateStore } from "./aws/state-store.ts";
import { directoryObjectStore } from "./local/object-store.ts";
import { environmentSecretStore } from "./local/secret-store.ts";
import { directoryStateStore } from "./local/state-store.ts";
import type { ObjectStore, Ports, SecretStore, StateStore } from "./ports.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The ports that the environment names. On AWS: `RUNLET_BUCKET`, `RUNLET_TABLE`, `RUNLET_PROJECT` (prefix of secrets).
 * On one machine: the directories `RUNLET_OBJECTS` and `RUNLET_STATES`, and secrets in `RUNLET_SECRET_<NAME>`.
 */
export function portsFromEnvironment(environment: Environment): Ports {
  const states = chooseStates(environment);
  const { RUNLET_TABLE: table } = environment;
  return {
    objects: chooseObjects(environment),
    secrets: chooseSecrets(environment),
    ...(states ? { states } : {}),
    ...(table ? { controls: tableControls(table) } : {}),
  };
}

function chooseObjects(environment: Environment): ObjectStore {
  if (environment["RUNLET_BUCKET"]) return bucketObjectStore(environment["RUNLET_BUCKET"]);
  if (environment["RUNLET_OBJECTS"]) return directoryObjectStore(environment["RUNLET_OBJECTS"]);
  const refuse = async (): Promise<never> => {
    throw new RunletError("RLT3007", "A large value needs an object store, and none is configured.", {
      mend: "Set RUNLET_BUCKET (a bucket) or RUNLET_OBJECTS (a directory) in the environment of the function.",
    });
  };
  return { bucket: "", get: refuse, put: refuse };
}

/** None on one machine unless asked for: the engine's own history already says how each task went. */
function chooseStates(environment: Environment): StateStore | undefined {
  if (environment["RUNLET_TABLE"]) return tableStateStore(environment["RUNLET_TABLE"]);
  if (environment["RUNLET_STATES"]) return directoryStateStore(environment["RUNLET_STATES"]);
  return undefined;
}

function chooseSecrets(environment: Environment): SecretStore {
  const onAws = environment["RUNLET_BUCKET"] ?? environment["RUNLET_TABLE"];
  if (!onAws) return environmentSecretStore(environment);
  return secretsManagerStore(environment["RUNLET_PROJECT"] ?? "default");
}
