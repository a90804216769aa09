import { readFile } from "node:fs/promises";
import { RunletError } from "../../model/runlet-error.ts";
import type { ObjectStore } from "../ports.ts";
import { fileForKey, writeDurably } from "./durable-file.ts";

/** Large values as files below a directory. */
export function directoryObjectStore(directory: string): ObjectStore {
  return {
    async get(key) {
      try {
        return await readFile(fileForKey(directory, key));
      } catch (error) {
        if ((error as { code?: unknown }).code !== "ENOENT") throw error;
        throw new RunletError("RLT3007", `Nothing is stored under "${key}".`);
      }
    },
    put: (key, bytes) => writeDurably(fileForKey(directory, key), bytes),
  };
}
