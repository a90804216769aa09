import { APPROVAL } from "../../flow/approval.ts";
import { parseWith, type StandardSchemaV1 } from "../../flow/standard-schema.ts";
import { crossBoundary, type Json } from "../../model/json.ts";
import { CANCELLED, runOfCall, type WaitEvent } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { RunControl, Wait, WaitStore } from "./waits.ts";

/** zod, or any Standard Schema. */
export type AnswerSchema = StandardSchemaV1;

/** Ends waits by their tokens; false where nobody waits any more. */
export interface Tokens {
  success(token: string, output: Json): Promise<boolean>;
  failure(token: string, error: string, cause: string): Promise<boolean>;
}

export interface ControlOptions {
  waits: WaitStore;
  tokens: Tokens;
  /** The schema of a wait for input, by `flow/step`. */
  schemaOf(key: string): StandardSchemaV1 | undefined;
  /** What an earlier run, which this one repeats, had for the wait. */
  earlier?(event: WaitEvent): Promise<{ output: Json } | undefined>;
  /** Keeps what a wait was answered with, for runs that repeat this one. */
  answered?(wait: Wait, output: Json): Promise<void>;
  /** Whether the machine of a run knows how to hold its tasks: the flow's option `pausable`. */
  canPause(runId: string): boolean | Promise<boolean>;
}

/** Which wait is meant, where a run is in several. */
export interface WaitName {
  runId: string;
  step?: string | undefined;
  frames?: readonly number[] | undefined;
}

/** What a machine's token waits, and people, talk to. */
export interface Control {
  /** A run begins to wait: the token is kept, or ended at once where what it waits for is there already. */
  register(event: WaitEvent): Promise<Wait | undefined>;
  /** What somebody asked of the run. */
  state(runId: string): Promise<RunControl | undefined>;
  /** The waits of a run. */
  list(runId: string): Promise<Wait[]>;
  /**
   * Answers a wait for input or approval.
   *
   * @throws RunletError RLT4022 where no wait, or more than one, is meant; RLT2004 where its schema refuses the answer:
   *   then it waits on
   */
  answer(name: WaitName, value: unknown): Promise<{ step: string; frames: number[] }>;
  /** Sends an event, which is kept until the run waits for it. @throws RunletError RLT2001 to RLT2003 */
  send(runId: string, name: string, payload: unknown): Promise<void>;
  /** Ends every wait of the run; what begins from now on is refused. */
  cancel(runId: string): Promise<void>;
  /** Holds the run at its next tasks. @throws RunletError RLT4024 where its flow is not `pausable` */
  pause(runId: string): Promise<void>;
  /** Lets a paused run go on. */
  resume(runId: string): Promise<void>;
}

export function createControl(options: ControlOptions): Control {
  const { waits, tokens } = options;
  const end = async (wait: Wait, output: Json): Promise<boolean> => {
    if (!(await waits.take(wait)) || !(await tokens.success(wait.token, output))) return false;
    if (wait.wait !== "hold") await options.answered?.(wait, output);
    return true;
  };
  const deliver = async (runId: string, name: string): Promise<void> => {
    for (const wait of await waits.list(runId)) {
      if (wait.wait !== "event" || wait.message !== name) continue;
      const event = await waits.pull(runId, name);
      if (!event) return;
      // A wake-up is not spent on a token that has timed out: the next one gets it.
      if (!(await end(wait, event.payload))) await waits.push(runId, name, event.payload);
    }
  };
  const cancelWaits = async (runId: string): Promise<void> => {
    for (const wait of await waits.list(runId))
      if (await waits.take(wait)) await tokens.failure(wait.token, CANCELLED, "The run was cancelled.");
  };
  const cancel = async (runId: string): Promise<void> => {
    await waits.setControl(runId, "CANCELLED");
    await cancelWaits(runId);
    for (const child of await waits.children(runId)) await cancel(child);
  };
  return {
    list: (runId) => waits.list(runId),
    state: (runId) => waits.control(runId),
    async register(event) {
      const wait = waitOf(event);
      if (event.wait === "sleep" && (event.seconds ?? 1) <= 0) {
        await tokens.success(wait.token, null);
        return undefined;
      }
      const known = event.wait === "hold" ? undefined : await options.earlier?.(event);
      if (known) {
        await tokens.success(wait.token, known.output);
        return undefined;
      }
      // Kept first and looked at after, so that nothing that comes in between is lost.
      const callers = (event.callers ?? []).map(runOfCall);
      for (const [i, caller] of callers.entries()) await waits.addChild(caller, callers[i - 1] ?? wait.runId);
      await waits.put(wait);
      const control = await controlOf([wait.runId, ...callers], (one) => waits.control(one));
      if (control === "CANCELLED") await cancelWaits(wait.runId);
      else if (wait.wait === "hold" && control !== "PAUSED") await end(wait, null);
      else if (wait.wait === "event") await deliver(wait.runId, wait.message ?? "");
      return wait;
    },
    async answer(name, value) {
      const wait = chooseWait(await waits.list(name.runId), name);
      const schema = wait.wait === "approval" ? APPROVAL : options.schemaOf(`${wait.flow}/${wait.step}`);
      const given = crossBoundary(value ?? null, "answer");
      const answer = schema ? await parseWith(schema, given, "answer") : given;
      if (!(await end(wait, answer))) throw noWait(name, "It is over, or was answered already.");
      return { step: wait.step, frames: wait.frames };
    },
    async send(runId, name, payload) {
      await waits.push(runId, name, crossBoundary(payload ?? null, "payload of an event"));
      await deliver(runId, name);
    },
    cancel,
    async pause(runId) {
      if (!(await options.canPause(runId)))
        throw new RunletError("RLT4024", `The run ${runId} cannot be paused: its flow does not say so.`);
      if ((await waits.control(runId)) !== "CANCELLED") await waits.setControl(runId, "PAUSED");
    },
    async resume(runId) {
      if ((await waits.control(runId)) === "PAUSED") await waits.setControl(runId, undefined);
      for (const wait of await waits.list(runId)) if (wait.wait === "hold") await end(wait, null);
    },
  };
}

/** What was asked of a run: whoever cancels a run cancels those that it waits for. The run itself comes first. */
export async function controlOf(
  runs: readonly string[],
  ask: (runId: string) => Promise<RunControl | undefined>,
): Promise<RunControl | undefined> {
  const [own, ...callers] = await Promise.all(runs.map(ask));
  return callers.includes("CANCELLED") ? "CANCELLED" : own;
}

function waitOf(event: WaitEvent): Wait {
  const { runId, flow, step, frames, wait, token, args = [], slow } = event;
  const [message, show] = slow ?? args;
  return {
    ...{ runId, flow, step, frames, wait, token },
    ...(message == null ? {} : { message: String(message) }),
    ...(show == null ? {} : { show }),
    ...(event.callers?.length ? { callers: event.callers } : {}),
    ...(event.seconds === undefined ? {} : { seconds: event.seconds }),
  };
}

function chooseWait(all: readonly Wait[], name: WaitName): Wait {
  const { step, frames } = name;
  const fitting = all.filter(
    (wait) =>
      (wait.wait === "input" || wait.wait === "approval") &&
      (step === undefined || wait.step === step) &&
      (frames === undefined || wait.frames.join() === frames.join()),
  );
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  if (!only) throw noWait(name, "It waits for no answer.");
  const names = fitting.map((wait) => [wait.step, ...wait.frames].join("/")).join(", ");
  throw noWait(name, `It waits for several answers: ${names}.`);
}

const noWait = ({ runId }: WaitName, why: string): RunletError =>
  new RunletError("RLT4022", `No wait of the run ${runId} could be answered. ${why}`);
