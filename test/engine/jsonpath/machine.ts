import type { StateMachine } from "../../../sdk/asl/types.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { output, type Ran, run, type Setup } from "../run.ts";

/** States in the JSONPath form, which `sdk/asl` has no types for. */
export const paths = (states: Record<string, unknown>, more: object = {}): StateMachine =>
  ({ StartAt: Object.keys(states)[0] ?? "", States: states, ...more }) as unknown as StateMachine;

export const runOne = (state: object, input: Json, setup: Setup = {}): Promise<Ran> =>
  run(paths({ S: state }), { input, ...setup });

/** The output of a machine with one Pass. */
export const passed = async (fields: object, input: Json): Promise<Json> =>
  output(await runOne({ Type: "Pass", End: true, ...fields }, input));

/** The cause of a machine that fails, without the words that name the state. */
export function causeOf(ran: Ran): string {
  const { result } = ran;
  if (result.status !== "FAILED") throw new Error(`It has ${result.status}.`);
  return `${result.error}: ${(result.cause ?? "").replace(/^An error occurred while executing the state 'S' \(entered at the event id #\d+\)\. /, "")}`;
}
