import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { Ports, TaskRecord } from "../../sdk/runtime/ports.ts";

/** Ports that keep everything in maps, where a test can look at it. */
export interface MemoryPorts extends Ports {
  files: Map<string, Uint8Array>;
  records: Map<string, TaskRecord>;
  reads: { objects: number; states: number };
}

export function memoryPorts(secrets: Record<string, string> = {}): MemoryPorts {
  const files = new Map<string, Uint8Array>();
  const records = new Map<string, TaskRecord>();
  const reads = { objects: 0, states: 0 };
  const keyOf = (call: { runId: string; step: string; frames: readonly number[] }): string =>
    `${call.runId}/${call.step}/${call.frames.join(".")}`;
  return {
    files,
    records,
    reads,
    objects: {
      bucket: "memory",
      async get(key) {
        reads.objects++;
        const bytes = files.get(key);
        if (!bytes) throw new RunletError("RLT3007", `Nothing is stored under "${key}".`);
        return bytes;
      },
      put: async (key, bytes) => void files.set(key, bytes),
    },
    states: {
      record: async (record) => void records.set(keyOf(record), record),
      async find(call) {
        reads.states++;
        return records.get(keyOf(call));
      },
    },
    secrets: {
      async get(name) {
        const value = secrets[name];
        if (value === undefined) throw new RunletError("RLT3006", `The secret "${name}" is not set.`);
        return value;
      },
    },
  };
}
