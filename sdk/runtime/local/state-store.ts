import { readFile } from "node:fs/promises";
import type { StateStore, TaskRecord } from "../ports.ts";
import { fileForKey, writeDurably } from "./durable-file.ts";

/** Task records as files below a directory: `<runId>/<step>/<frames>.json`. For tests and for runs without an engine. */
export function directoryStateStore(directory: string): StateStore {
  const fileOf = (call: { runId: string; step: string; frames: readonly number[] }): string =>
    fileForKey(directory, `${call.runId}/${call.step}/${call.frames.join(".") || "_"}.json`);
  const find: StateStore["find"] = async (call) => {
    try {
      return JSON.parse(await readFile(fileOf(call), "utf8")) as TaskRecord;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ENOENT") throw error;
      return undefined;
    }
  };
  return {
    find,
    async record(record) {
      const known = await find(record);
      if (known && (known.status === "COMPLETED" || known.startedAt > record.startedAt)) return;
      await writeDurably(fileOf(record), new TextEncoder().encode(JSON.stringify(record)));
    },
  };
}
