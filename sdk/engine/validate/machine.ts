import { NAME_CHARACTERS } from "../../asl/limits.ts";
import { languageOf } from "../languages.ts";
import { innerMachines } from "./inner.ts";
import { isObject, type Problems } from "./problems.ts";
import { checkScopes } from "./scopes.ts";
import { checkState, isStateType, require } from "./states.ts";
import { checkFields, oneOf, text, whole } from "./values.ts";

const MACHINE = {
  Comment: text,
  QueryLanguage: oneOf("JSONata", "JSONPath"),
  StartAt: text,
  States: () => undefined,
  Version: oneOf("1.0"),
  TimeoutSeconds: whole(1, 99_999_999),
};

/** What holds for the whole definition while its machines are checked one by one. */
interface Whole {
  /** States inherit the language of the whole machine, not that of the Map or Parallel around them. */
  language: string;
  names: Map<string, string>;
  problems: Problems;
}

/** Checks a definition: fields, names, transitions, expressions, variables. */
export function checkDefinition(definition: unknown, problems: Problems): void {
  if (!isObject(definition)) {
    problems.invalid("/", "The definition must be an object.");
    return;
  }
  checkFields(definition, MACHINE, "", problems);
  const language = definition["QueryLanguage"] === "JSONata" ? "JSONata" : "JSONPath";
  checkMachine(definition, "", { language, names: new Map(), problems });
  if (problems.list.length === 0) checkScopes(definition, problems);
}

function checkMachine(machine: Record<string, unknown>, location: string, all: Whole): void {
  const { problems } = all;
  require(machine, ["StartAt", "States"], location || "/", problems);
  const { States: states, StartAt: start } = machine;
  if (!isObject(states)) {
    if ("States" in machine) problems.invalid(`${location}/States`, "The field must be an object.");
    return;
  }
  for (const [name, state] of Object.entries(states)) {
    checkNamed(name, state, `${location}/States/${name}`, all);
  }
  if (typeof start === "string") checkGraph(states, start, location, problems);
}

function checkNamed(name: string, state: unknown, location: string, all: Whole): void {
  const { problems } = all;
  const elsewhere = all.names.get(name);
  if (elsewhere !== undefined) {
    problems.invalid(location, `The name is taken by ${elsewhere}; names are unique in the whole machine.`);
  }
  all.names.set(name, location);
  if (name.length === 0 || name.length > NAME_CHARACTERS) {
    problems.invalid(location, `A state name has 1 to ${NAME_CHARACTERS} characters.`);
  }
  if (!isObject(state)) {
    problems.invalid(location, "The state must be an object.");
    return;
  }
  const type = state["Type"];
  if (!isStateType(type)) {
    problems.invalid(`${location}/Type`, "The field must be the type of a state.");
    return;
  }
  if (all.language === "JSONata" && state["QueryLanguage"] === "JSONPath") {
    const message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
    problems.invalid(location, message);
  } else checkState(state, type, languageOf(state, { QueryLanguage: all.language }), location, problems);
  checkInner(state, location, all);
}

const INNER = {
  branch: { StartAt: text, States: () => undefined, Comment: text },
  processor: { StartAt: text, States: () => undefined, Comment: text, ProcessorConfig: checkProcessorConfig },
};

function checkInner(state: Record<string, unknown>, location: string, all: Whole): void {
  for (const { kind, location: at, machine } of innerMachines(state, location)) {
    if (!isObject(machine)) all.problems.invalid(at, "The field must be an object.");
    else {
      checkFields(machine, INNER[kind], at, all.problems);
      checkMachine(machine, at, all);
    }
  }
  const branches = state["Branches"];
  if (state["Type"] === "Parallel" && (!Array.isArray(branches) || branches.length === 0)) {
    all.problems.invalid(`${location}/Branches`, "The field must be an array of at least one branch.");
  }
}

function checkProcessorConfig(value: unknown, location: string, problems: Problems): void {
  if (!isObject(value)) {
    problems.invalid(location, "The field must be an object.");
    return;
  }
  const fields = { Mode: oneOf("INLINE", "DISTRIBUTED"), ExecutionType: oneOf("STANDARD", "EXPRESS") };
  checkFields(value, fields, location, problems);
}

/** Transitions lead somewhere, every state is reached, and there is an end. */
function checkGraph(
  states: Record<string, unknown>,
  start: string,
  location: string,
  problems: Problems,
): void {
  if (!Object.hasOwn(states, start)) {
    problems.invalid(`${location}/StartAt`, `There is no state "${start}" in this machine.`);
    return;
  }
  const reached = new Set([start]);
  let hasEnd = false;
  for (const name of reached) {
    const state = states[name];
    if (!isObject(state)) continue;
    hasEnd ||= state["End"] === true || state["Type"] === "Succeed" || state["Type"] === "Fail";
    for (const [field, target] of transitions(state)) {
      if (Object.hasOwn(states, target)) reached.add(target);
      else
        problems.invalid(
          `${location}/States/${name}/${field}`,
          `There is no state "${target}" in this machine.`,
        );
    }
  }
  for (const name of Object.keys(states)) {
    if (!reached.has(name))
      problems.invalid(`${location}/States/${name}`, `State "${name}" is not reachable.`);
  }
  if (!hasEnd) problems.invalid(`${location}/States`, "No state ends the machine.");
}

function transitions(state: Record<string, unknown>): [field: string, target: string][] {
  const found: [string, unknown][] = [
    ["Next", state["Next"]],
    ["Default", state["Default"]],
  ];
  for (const list of ["Choices", "Catch"]) {
    const elements = state[list];
    if (!Array.isArray(elements)) continue;
    for (const [index, element] of elements.entries()) {
      if (isObject(element)) found.push([`${list}[${index}]/Next`, element["Next"]]);
    }
  }
  return found.filter((transition): transition is [string, string] => typeof transition[1] === "string");
}
