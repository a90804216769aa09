import type { ControlOptions } from "../../sdk/runtime/control/control.ts";
import type { WaitStore } from "../../sdk/runtime/control/waits.ts";
import type { AnswerStore } from "../store/wait-store.ts";

/** What the control function reaches outside. */
export interface ControlPorts {
  waits: WaitStore | AnswerStore;
  tokens: ControlOptions["tokens"];
  /** The flow of a run; nothing for a run that has no record. */
  flowOf(runId: string): Promise<string | undefined>;
}
