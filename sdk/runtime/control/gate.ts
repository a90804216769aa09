import { CANCELLED, type TaskEvent } from "../../model/protocol.ts";
import type { Control } from "./control.ts";

const MESSAGE = "The run was cancelled.";

/** What leads a machine out, past every handler. */
export const cancelledError = (): Error => Object.assign(new Error(MESSAGE), { name: CANCELLED });

/** Whether a task of a run may begin; a host asks here where the wrapper has no store to ask. */
export async function gate(
  control: Pick<Control, "state">,
  given: unknown,
): Promise<{ ok: false; error: string; cause: string } | undefined> {
  const event = given as Partial<TaskEvent> | null;
  if (event?.kind !== "task" || event.undo || event.runId === undefined) return undefined;
  if ((await control.state(event.runId)) !== "CANCELLED") return undefined;
  const cause = JSON.stringify({ errorType: CANCELLED, errorMessage: MESSAGE, trace: [] });
  return { ok: false, error: CANCELLED, cause };
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
