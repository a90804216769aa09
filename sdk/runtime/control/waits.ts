import type { Json } from "../../model/json.ts";
import type { WaitKind } from "../../model/protocol.ts";
import type { Rerun } from "./rerun.ts";

/** A wait that a run is in, with the token that ends it. */
export interface Wait {
  runId: string;
  flow: string;
  step: string;
  frames: number[];
  wait: WaitKind;
  token: string;
  /** The question; of an event its name. */
  message?: string;
  show?: Json;
  /** The calls that led to the run, the nearest first. */
  callers?: string[];
  /** Of a sleep: how long it is. */
  seconds?: number;
}

export type RunControl = "CANCELLED" | "PAUSED";

/** What is kept with a run for those who make its calls: what was asked of it, what it repeats. */
export interface Asked {
  control?: RunControl;
  rerun?: Rerun;
}

/** What a control function remembers. A wait is named by run, step and frames. */
export interface WaitStore {
  /** Replaces the same wait with another token. */
  put(wait: Wait): Promise<void>;
  /** The waits of a run, oldest first. */
  list(runId: string): Promise<Wait[]>;
  /** Takes this very wait out, token and all. @returns false where somebody else did */
  take(wait: Wait): Promise<boolean>;
  control(runId: string): Promise<RunControl | undefined>;
  setControl(runId: string, control: RunControl | undefined): Promise<void>;
  asked(runId: string): Promise<Asked>;
  setRerun(runId: string, rerun: Rerun): Promise<void>;
  /** Notes that a run which this one called waits, so that a cancellation finds it. */
  addChild(runId: string, child: string): Promise<void>;
  children(runId: string): Promise<string[]>;
  /** Keeps an event until a wait asks for it. */
  push(runId: string, name: string, payload: Json): Promise<void>;
  /** The oldest event of the name, which is then gone. */
  pull(runId: string, name: string): Promise<{ payload: Json } | undefined>;
}

const sameWait = (a: Wait, b: Wait): boolean =>
  a.runId === b.runId && a.step === b.step && a.frames.join() === b.frames.join();

/** Waits in this process, for one machine and tests. */
export function memoryWaitStore(): WaitStore {
  let waits: Wait[] = [];
  const controls = new Map<string, RunControl>();
  const reruns = new Map<string, Rerun>();
  const families = new Map<string, Set<string>>();
  const events: { runId: string; name: string; payload: Json }[] = [];
  return {
    async put(wait) {
      waits = [...waits.filter((other) => !sameWait(other, wait)), wait];
    },
    list: async (runId) => waits.filter((wait) => wait.runId === runId),
    async take(wait) {
      const at = waits.findIndex((other) => sameWait(other, wait) && other.token === wait.token);
      if (at >= 0) waits.splice(at, 1);
      return at >= 0;
    },
    control: async (runId) => controls.get(runId),
    async setControl(runId, control) {
      if (control) controls.set(runId, control);
      else controls.delete(runId);
    },
    async asked(runId) {
      const [control, rerun] = [controls.get(runId), reruns.get(runId)];
      return { ...(control && { control }), ...(rerun && { rerun }) };
    },
    async setRerun(runId, rerun) {
      reruns.set(runId, rerun);
    },
    async addChild(runId, child) {
      families.set(runId, new Set(families.get(runId)).add(child));
    },
    children: async (runId) => [...(families.get(runId) ?? [])],
    async push(runId, name, payload) {
      events.push({ runId, name, payload });
    },
    async pull(runId, name) {
      const at = events.findIndex((event) => event.runId === runId && event.name === name);
      return at < 0 ? undefined : events.splice(at, 1)[0];
    },
  };
}
