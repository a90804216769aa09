import { CANCELLED, PAUSED, runOfCall, type TaskEvent } from "../../model/protocol.ts";
import { type Control, controlOf } from "./control.ts";

const MESSAGE = "The run was cancelled.";

/** What leads a machine out, past every handler. */
export const cancelledError = (): Error => Object.assign(new Error(MESSAGE), { name: CANCELLED });

/** What leads a task into its hold; nothing where the machine has none. */
export const pausedError = ({ pausable, attempt = 0 }: Partial<TaskEvent>): Error | undefined =>
  pausable ? Object.assign(new Error(JSON.stringify({ attempt })), { name: PAUSED }) : undefined;

/** Whether a task of a run may begin; a host asks here where the wrapper has no store to ask. */
export async function gate(
  control: Pick<Control, "state">,
  given: unknown,
): Promise<{ ok: false; error: string; cause: string } | undefined> {
  const event = given as Partial<TaskEvent> | null;
  if (event?.kind !== "task" || event.undo || event.runId === undefined) return undefined;
  const callers = (event.callers ?? []).map(runOfCall);
  const asked = await controlOf([event.runId, ...callers], (runId) => control.state(runId));
  const error =
    asked === "CANCELLED" ? cancelledError() : asked === "PAUSED" ? pausedError(event) : undefined;
  if (!error) return undefined;
  const { name: errorType, message: errorMessage } = error;
  return { ok: false, error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace: [] }) };
}

/** A cancellation goes down: to the runs that a run has started, and to those that it starts from then on. */
export function goingDown(control: Control, children: () => readonly { name: string }[]): Control {
  let cancelled = false;
  return {
    ...control,
    state: async (runId) => (cancelled ? "CANCELLED" : control.state(runId)),
    async register(event) {
      if (cancelled) await control.cancel(event.runId);
      return control.register(event);
    },
    async cancel(runId) {
      cancelled ||= !children().some(({ name }) => name === runId);
      await control.cancel(runId);
      if (cancelled) for (const { name } of children()) await control.cancel(name);
    },
  };
}
