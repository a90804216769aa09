import { fileForKey, LOCAL_BUCKET } from "../../model/object-files.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { ObjectStore } from "../ports.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";

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
