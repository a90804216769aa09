import { RunletError } from "../../model/runlet-error.ts";
import type { ObjectStore } from "../ports.ts";
import { fileForKey, readIfThere, writeDurably } from "./durable-file.ts";

/** What the one bucket of a project is called on one machine. */
export const LOCAL_BUCKET = "runlet-objects";

/** Large values as files below a directory. */
export function directoryObjectStore(directory: string): ObjectStore {
  return {
    bucket: LOCAL_BUCKET,
    async get(key) {
      const bytes = await readIfThere(fileForKey(directory, key));
      if (!bytes) throw new RunletError("RLT3007", `Nothing is stored under "${key}".`);
      return bytes;
    },
    put: (key, bytes) => writeDurably(fileForKey(directory, key), bytes),
  };
}
