import type { State, SubMachine } from "../asl/types.ts";

/** The machines inside a state. */
export function childStates(state: State): SubMachine[] {
  if (state.Type === "Map") return [state.ItemProcessor];
  return state.Type === "Parallel" ? state.Branches : [];
}

/** The states that a state leads to when nothing fails. */
export function successors(state: State): string[] {
  if (state.Type === "Choice")
    return [
      ...state.Choices.map(({ Next }) => Next),
      ...(state.Default === undefined ? [] : [state.Default]),
    ];
  return "Next" in state && state.Next !== undefined ? [state.Next] : [];
}
