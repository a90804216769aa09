import type { StateMachine } from "../asl/types.ts";
import { RunletError } from "../model/runlet-error.ts";

/** What is wrong with a definition, and where. */
export interface DefinitionProblem {
  code: "RLT3001" | "RLT3002";
  message: string;
  location: string;
}
export function validateDefinition(_definition: unknown): DefinitionProblem[] {
  return [];
}
const accepted = new Map<string, StateMachine>();
export function acceptDefinition(definition: StateMachine): StateMachine {
  const text = JSON.stringify(definition);
  const known = accepted.get(text);
  if (known) return known;
  const problem = validateDefinition(definition)[0];
  if (problem) throw new RunletError(problem.code, `${problem.location}: ${problem.message}`);
  const copy = JSON.parse(text) as StateMachine;
  accepted.set(text, copy);
  return copy;
}
