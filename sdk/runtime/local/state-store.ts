import { fileForKey } from "../../model/object-files.ts";
import type { StateStore, TaskRecord } from "../ports.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";

/** Task records as files below a directory: `<runId>/<step>/<frames>.json`. For tests and for runs without an engine. */
export function directoryStateStore(directory: string): StateStore {
  const fileOf = (call: { runId: string; step: string; frames: readonly number[] }): string =>
    fileForKey(directory, `${call.runId}/${call.step}/${call.frames.join(".") || "_"}.json`);
  const find: StateStore["find"] = async (call) => {
    const bytes = await readIfThere(fileOf(call));
    return bytes && (JSON.parse(bytes.toString("utf8")) as TaskRecord);
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
