import { DEFINITION_BYTES } from "../asl/limits.ts";
import type { StateMachine } from "../asl/types.ts";
import { RunletError } from "../model/runlet-error.ts";
import { checkExpress } from "./validate/express.ts";
import { checkIntegrations } from "./validate/integrations.ts";
import { checkDefinition } from "./validate/machine.ts";
import { type DefinitionProblem, Problems } from "./validate/problems.ts";

export type { DefinitionProblem };

/**
 * All that is wrong with a definition: what AWS would refuse at creation (RLT3001) and what AWS would take but this
 * engine does not implement (RLT3002). Nothing is left for the run to stumble over, and no field is ignored.
 *
 * @param definition the machine as a value, not as text
 * @param type default "STANDARD"; the other one takes less
 * @returns an empty array for a definition that runs
 * @example
 * validateDefinition({ StartAt: "A" })
 * // [{ code: "RLT3001", location: "/", message: "These fields are required: [States]" }]
 */
export function validateDefinition(
  definition: unknown,
  type: "STANDARD" | "EXPRESS" = "STANDARD",
): DefinitionProblem[] {
  return check(asText(definition), type).problems;
}

/** The same with what the service asks beyond that of the arguments of calls. */
export function serviceProblems(definition: unknown, type: "STANDARD" | "EXPRESS"): DefinitionProblem[] {
  const found = validateDefinition(definition, type);
  const problems = new Problems();
  checkIntegrations(definition, problems);
  return [...found, ...problems.list];
}

/** Definitions that were found sound, by their type and text: starting a machine again costs no second look. */
const accepted = new Map<string, StateMachine>();
const MAX_ACCEPTED = 200;
/** The same for definitions that nobody can change any more, by identity: to write one down costs more than to start a run. */
const unchanging = {
  STANDARD: new WeakMap<object, StateMachine>(),
  EXPRESS: new WeakMap<object, StateMachine>(),
};

/**
 * The definition as the engine runs it: checked, and a copy of its own, so that nobody changes it under a run. One that is
 * frozen to its last part is looked at once.
 *
 * @throws RunletError with the code of the first problem
 */
export function acceptDefinition(definition: StateMachine, type: "STANDARD" | "EXPRESS"): StateMachine {
  const seen = unchanging[type].get(definition);
  if (seen) return seen;
  const machine = acceptText(definition, type);
  if (isDeepFrozen(definition)) unchanging[type].set(definition, machine);
  return machine;
}

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function"; // it may have a `toJSON`
  const properties = Object.values(Object.getOwnPropertyDescriptors(value));
  return Object.isFrozen(value) && properties.every((one) => "value" in one && isDeepFrozen(one.value));
}

function acceptText(definition: StateMachine, type: "STANDARD" | "EXPRESS"): StateMachine {
  const text = asText(definition);
  const key = `${type} ${text}`;
  const known = accepted.get(key);
  if (known) return known;
  const { problems, machine } = check(text, type);
  const [first, ...rest] = problems;
  if (first) {
    const more = rest.length > 0 ? ` (and ${rest.length} more)` : "";
    const at = first.location === undefined ? "" : ` at ${first.location}`;
    throw new RunletError(first.code, `${first.message.replace(/\.$/, "")}${at}${more}.`);
  }
  if (accepted.size >= MAX_ACCEPTED) accepted.clear();
  accepted.set(key, machine as StateMachine);
  return machine as StateMachine;
}

function asText(definition: unknown): string | undefined {
  try {
    return JSON.stringify(definition);
  } catch {
    return undefined; // it contains itself, or a BigInt
  }
}

function check(
  text: string | undefined,
  type: "STANDARD" | "EXPRESS",
): { problems: DefinitionProblem[]; machine: unknown } {
  const problems = new Problems();
  if (text === undefined) {
    problems.invalid("/", "The definition is not JSON.");
    return { problems: problems.list, machine: undefined };
  }
  if (Buffer.byteLength(text) > DEFINITION_BYTES) {
    problems.invalid("/", `The definition has more than ${DEFINITION_BYTES} bytes.`);
  }
  const machine: unknown = JSON.parse(text);
  checkDefinition(machine, problems);
  checkExpress(machine, type, problems);
  return { problems: problems.list, machine };
}
