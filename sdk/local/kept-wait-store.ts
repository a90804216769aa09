import type { Json } from "../model/json.ts";
import { memoryWaitStore, type RunControl, type WaitStore } from "../runtime/index.ts";
import { readIfThere, writeDurably } from "../runtime/local/durable-file.ts";

interface Kept {
  controls: Record<string, RunControl>;
  events: { runId: string; name: string; payload: Json }[];
}

/**
 * A store of waits that outlasts the process as far as nobody else remembers: what was asked of runs, and events that no
 * wait has taken. Waits themselves stand in the engine's journal, and are registered again by whoever goes on with a run.
 */
export async function keptWaitStore(file: string): Promise<WaitStore> {
  const memory = memoryWaitStore();
  const text = (await readIfThere(file))?.toString("utf8");
  const kept: Kept = text === undefined ? { controls: {}, events: [] } : (JSON.parse(text) as Kept);
  for (const [runId, control] of Object.entries(kept.controls)) await memory.setControl(runId, control);
  for (const { runId, name, payload } of kept.events) await memory.push(runId, name, payload);
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    writing = writing
      .catch(() => undefined)
      .then(() => writeDurably(file, Buffer.from(JSON.stringify(kept))));
    return writing;
  };
  return {
    ...memory,
    async setControl(runId, control) {
      if (control) kept.controls[runId] = control;
      else delete kept.controls[runId];
      await write();
      await memory.setControl(runId, control);
    },
    async push(runId, name, payload) {
      kept.events.push({ runId, name, payload });
      await write();
      await memory.push(runId, name, payload);
    },
    async pull(runId, name) {
      const event = await memory.pull(runId, name);
      const at = kept.events.findIndex((one) => one.runId === runId && one.name === name);
      if (at >= 0) kept.events.splice(at, 1);
      // Not waited for: a crash before it is written lets the event come twice, one after it would lose the event.
      if (event) setTimeout(() => void write().catch(() => undefined), 50).unref();
      return event;
    },
  };
}
