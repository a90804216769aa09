import { NAME_CHARACTERS } from "../../asl/limits.ts";
import { languageOf, type QueryLanguage } from "../query-language.ts";
import { innerMachines } from "./inner.ts";
import { isObject, type Problems } from "./problems.ts";
import { checkScopes } from "./scopes.ts";
import { checkState, isStateType, require } from "./states.ts";
import { checkFields, filled, oneOf, text, whole } from "./values.ts";

const MACHINE = {
  Comment: text,
  QueryLanguage: oneOf("JSONPath", "JSONata"),
  StartAt: text,
  States: () => undefined,
  Version: oneOf("1.0"),
  TimeoutSeconds: timeout,
};

/** The service takes 0 for the whole machine; what that means is not known. */
function timeout(value: unknown, location: string, problems: Problems): void {
  if (value === 0) problems.unsupported(location, "The engine does not implement a TimeoutSeconds of 0.");
  else whole(0, 99_999_999)(value, location, problems);
}

/** What holds for the whole definition while its machines are checked one by one. */
interface Whole {
  /** States inherit the language of the whole machine, not that of the Map or Parallel around them. */
  language: QueryLanguage;
  /** Its language is called so exactly: a wrong name gives JSONata too, but forbids no state its own language. */
  isJsonata: boolean;
  names: Set<string>;
  labels: Set<unknown>;
  problems: Problems;
  /** Looked at once the fields are sound: the service tells of transitions only then. */
  graphs: (() => void)[];
}

/** Checks a definition: fields, names, transitions, expressions, variables. */
export function checkDefinition(definition: unknown, problems: Problems): void {
  if (!isObject(definition)) {
    problems.invalid("/", "The definition must be an object.");
    return;
  }
  checkFields(definition, MACHINE, "", problems);
  const language = languageOf(definition);
  const graphs: Whole["graphs"] = [];
  const isJsonata = definition["QueryLanguage"] === "JSONata";
  checkMachine(definition, "", {
    language,
    isJsonata,
    names: new Set(),
    labels: new Set(),
    problems,
    graphs,
  });
  if (problems.list.some(({ code }) => code === "RLT3001")) return;
  for (const check of graphs) check();
  if (problems.list.length === 0) checkScopes(definition, problems);
}

function checkMachine(machine: Record<string, unknown>, location: string, all: Whole): void {
  const { problems } = all;
  require(machine, ["States", "StartAt"], location || "/", problems);
  const { States: states, StartAt: start } = machine;
  if (!isObject(states)) {
    if ("States" in machine) problems.invalid(`${location}/States`, "The field must be an object.");
    return;
  }
  for (const [name, state] of Object.entries(states)) {
    checkNamed(name, state, `${location}/States/${name}`, all);
  }
  if (typeof start !== "string") return;
  all.graphs.push(() => {
    const known = Object.hasOwn(states, start);
    if (!known) missingTarget(`${location}/StartAt`, start, problems);
    checkGraph(states, known ? [start] : [], location, problems);
  });
}

const TURNS_BACK = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";

const UNKNOWN_TYPE =
  "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]";

function checkNamed(name: string, state: unknown, location: string, all: Whole): void {
  const { problems } = all;
  if (all.names.has(name)) {
    problems.invalid(location, `Duplicate State name: ${name}`, "DUPLICATE_STATE_NAME");
  }
  all.names.add(name);
  if (name.length === 0 || name.length > NAME_CHARACTERS) {
    const limit = `the ${NAME_CHARACTERS}-character limit allowed by the service`;
    const problem = name.length === 0 ? "is empty" : `exceeds ${limit}`;
    problems.invalid(location, `Invalid State name: '${name}' ${problem}`, "INVALID_STATE_NAME");
  }
  if (!isObject(state)) {
    problems.invalid(location, "Expected value of type [Object]");
    return;
  }
  const { Label: label } = state;
  if (label !== undefined && all.labels.has(label)) {
    problems.invalid(`${location}/Label`, `Duplicate Label name: ${String(label)}`, "DUPLICATE_LABEL_NAME");
  }
  all.labels.add(label);
  const type = state["Type"];
  if (!("Type" in state)) {
    problems.invalid(location, "These fields are required: [Type]");
    return;
  }
  if (!isStateType(type)) {
    problems.invalid(`${location}/Type`, UNKNOWN_TYPE);
    return;
  }
  const language = languageOf(state, { QueryLanguage: all.language });
  const turnsBack = language === "JSONPath" && all.isJsonata;
  if (turnsBack) problems.invalid(location, TURNS_BACK);
  checkState(state, type, { language, isMixed: turnsBack }, location, problems);
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
  if (state["Type"] === "Parallel" && "Branches" in state)
    filled(branches, `${location}/Branches`, all.problems);
}

function checkProcessorConfig(value: unknown, location: string, problems: Problems): void {
  if (!isObject(value)) {
    problems.invalid(location, "The field must be an object.");
    return;
  }
  const mode = { Mode: oneOf("INLINE", "DISTRIBUTED") };
  const inline = value["Mode"] === "INLINE";
  const fields = inline ? mode : { ...mode, ExecutionType: oneOf("STANDARD", "EXPRESS") };
  checkFields(value, fields, location, problems);
  if (value["Mode"] === "DISTRIBUTED") require(value, ["ExecutionType"], location, problems);
}

/**
 * Transitions lead somewhere, to every state leads one, and the whole machine has an end: inner ones need none. A state
 * to which only an unreachable one leads is not told of (cfn-lint#4074).
 */
function checkGraph(
  states: Record<string, unknown>,
  starts: string[],
  location: string,
  problems: Problems,
): void {
  const reached = new Set(starts);
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    for (const [field, target] of transitions(state)) {
      if (Object.hasOwn(states, target)) reached.add(target);
      else missingTarget(`${location}/States/${name}/${field}`, target, problems);
    }
  }
  if (location === "" && !Object.values(states).some(endsMachine)) {
    problems.invalid(undefined, "Workflow has no terminal state", "MISSING_END_STATE");
    return;
  }
  for (const name of Object.keys(states)) {
    if (reached.has(name)) continue;
    const at = `${location}/States/${name}`;
    problems.invalid(at, `State "${name}" is not reachable.`, "MISSING_TRANSITION_TARGET");
  }
}

/** The service says 'Next' of every kind of transition, also of StartAt and Default. */
const missingTarget = (location: string, target: string, problems: Problems): void =>
  problems.invalid(location, `Missing 'Next' target: ${target}`, "MISSING_TRANSITION_TARGET");

const endsMachine = (state: unknown): boolean =>
  isObject(state) && (state["End"] === true || state["Type"] === "Succeed" || state["Type"] === "Fail");

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
