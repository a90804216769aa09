import type { State, SubMachine } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { enter } from "./enter.ts";
import type { Step } from "./entry.ts";
import { type EventDetails, WHOLE } from "./history.ts";
import { jsonText } from "./json-text.ts";
import type { ActiveState, Scope } from "./scope.ts";
import { runState } from "./states/index.ts";
import { type Variables, withVariables } from "./variables.ts";

/**
 * Drives one machine (the whole one, a branch, an iteration) from its first state to its end. A loop, not a
 * recursion: the stack stays as it is however many states are entered.
 *
 * @param resumed where a redriven execution stood in this machine: it goes on in that state
 * @returns the output of the last state
 * @throws StateFailure when a state fails and nothing in it catches; ScopeClosed when the scope was aborted
 */
export async function runMachine(
  scope: Scope,
  machine: SubMachine,
  input: Json,
  resumed?: ActiveState,
): Promise<Json> {
  let name: string | undefined = resumed?.name ?? machine.StartAt;
  let value = resumed?.input ?? input;
  let from = resumed;
  while (name !== undefined) {
    const late = scope.run.type === "STANDARD" ? (scope.run.transitions?.reserve() ?? 0) : 0;
    if (late > 0) await scope.sleep(late);
    const step: Step = await visit(scope, name, machine.States[name] as State, value, from);
    from = undefined;
    value = step.output;
    name = step.next;
  }
  return value;
}

async function visit(
  scope: Scope,
  name: string,
  state: State,
  input: Json,
  resumed: ActiveState | undefined,
): Promise<Step> {
  const details = { stateEnteredEventDetails: { name, input: jsonText(input), inputDetails: WHOLE } };
  const entered = resumed?.entered ?? scope.record(`${state.Type}StateEntered`, details);
  const children = new Map<number, Scope>();
  scope.active = { type: state.Type, name, input, entered, children, outputs: [], resumed };
  const step = await runState(enter(scope, name, state, input, entered));
  // A Fail state always throws, so whatever gets here has an exit.
  if (state.Type !== "Fail") {
    scope.record(`${state.Type}StateExited`, exitDetails(name, step), step.exitPrevious ?? scope.last);
  }
  scope.active = undefined;
  if (step.assigned) scope.variables = withVariables(scope.variables, step.assigned);
  return step;
}

function exitDetails(name: string, { output, assigned }: Step): EventDetails {
  const assignment =
    assigned && Object.keys(assigned).length > 0
      ? { assignedVariables: textOfEach(assigned), assignedVariablesDetails: WHOLE }
      : {};
  return { stateExitedEventDetails: { name, output: jsonText(output), outputDetails: WHOLE, ...assignment } };
}

const textOfEach = (variables: Variables): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, jsonText(value)]));
