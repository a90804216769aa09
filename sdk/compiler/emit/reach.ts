import type { State } from "../../asl/types.ts";
import { successors } from "../walk.ts";
import type { Emission } from "./context.ts";

/** Takes out the states that nothing leads to, such as the handler of a body that cannot fail: AWS refuses them. */
export function dropUnreached(emission: Emission, states: Record<string, State>, start: string): void {
  const reached = reachedFrom(start, states);
  const dropped = new Set(Object.keys(states).filter((name) => !reached.has(name)));
  for (const name of dropped) delete states[name];
  emission.inlineSteps = emission.inlineSteps.filter(({ state }) => !dropped.has(state));
}

/** The states that a machine may come to, failures included. */
export function reachedFrom(start: string, states: Readonly<Record<string, State>>): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = states[name];
    if (!state || reached.has(name)) continue;
    reached.add(name);
    open.push(...waysOn(state));
  }
  return reached;
}

/** Where a state leads, failures included. */
export const waysOn = (state: State | undefined): string[] =>
  state === undefined
    ? []
    : [...successors(state), ...("Catch" in state ? (state.Catch ?? []).map(({ Next }) => Next) : [])];
