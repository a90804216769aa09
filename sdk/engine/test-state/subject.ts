import type { State, StateMachine } from "../../asl/types.ts";
import type { Diagnostic } from "../validate/diagnostic.ts";
import { innerMachines } from "../validate/inner.ts";
import { isObject } from "../validate/problems.ts";
import { invalidDefinition, validateStateMachineDefinition } from "../validate/service.ts";
import { refuse } from "./refusal.ts";

/** The service calls the state so, whatever its name is. */
export const STATE_NAME = "StateName";

/** The state under test, and what stands around it. */
export interface Subject {
  state: State;
  /** The machine whose language the state inherits. */
  machine: StateMachine;
}

/**
 * Finds the state, and refuses a definition that the service would not take.
 *
 * @throws TestStateError InvalidDefinition, ValidationException, ParamValidationError
 */
export function subjectOf(definition: string | object, stateName: string | undefined): Subject {
  if (stateName === "") {
    const problem = "Invalid length for parameter stateName, value: 0, valid min length: 1";
    refuse("ParamValidationError", `Parameter validation failed:\n${problem}`);
  }
  const text = typeof definition === "string" ? definition : JSON.stringify(definition);
  const value = parsed(text);
  return stateName === undefined ? alone(value) : named(value, stateName, text);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // told below, in the parser's words
  }
  refuse(
    "InvalidDefinition",
    invalidDefinition(validateStateMachineDefinition({ definition: text }).diagnostics),
  );
}

/** What a state alone cannot break: where it leads is not there. */
const GRAPH: ReadonlySet<string> = new Set(["MISSING_END_STATE", "MISSING_TRANSITION_TARGET"]);

/** A state by itself: it leads wherever it says. */
function alone(state: Record<string, unknown>): Subject {
  if (!("Type" in state) && "States" in state) {
    refuse("ValidationException", "StateName must be specified when the definition is a state machine");
  }
  const language = state["QueryLanguage"] === "JSONata" ? { QueryLanguage: "JSONata" as const } : {};
  const machine = { ...language, StartAt: STATE_NAME, States: { [STATE_NAME]: state } };
  refuseInvalid(machine as unknown as StateMachine, ({ code }) => !GRAPH.has(code));
  return { state: state as unknown as State, machine: machine as unknown as StateMachine };
}

function named(machine: Record<string, unknown>, name: string, text: string): Subject {
  refuseInvalid(text, () => true);
  const state = find(machine, name);
  if (!state) refuse("ValidationException", "State not found in definition");
  return { state: state as unknown as State, machine: machine as unknown as StateMachine };
}

function refuseInvalid(definition: string | StateMachine, counts: (diagnostic: Diagnostic) => boolean): void {
  const { diagnostics } = validateStateMachineDefinition({ definition });
  const told = diagnostics.filter(counts);
  if (told.length > 0) refuse("InvalidDefinition", invalidDefinition(told));
}

function find(machine: unknown, name: string): Record<string, unknown> | undefined {
  const states = isObject(machine) ? machine["States"] : undefined;
  if (!isObject(states)) return undefined;
  const here = Object.hasOwn(states, name) ? states[name] : undefined;
  if (isObject(here)) return here;
  for (const state of Object.values(states)) {
    for (const inner of isObject(state) ? innerMachines(state, "") : []) {
      const found = find(inner.machine, name);
      if (found) return found;
    }
  }
  return undefined;
}

/** Whether there is such a state inside of the state. */
export function holds(state: State, name: string): boolean {
  const inner = innerMachines(state as unknown as Record<string, unknown>, "");
  return inner.some(({ machine }) => find(machine, name) !== undefined);
}
