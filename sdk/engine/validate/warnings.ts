import { languageOf } from "../query-language.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { innerMachines } from "./inner.ts";
import { isObject } from "./problems.ts";

/**
 * What the service takes and finds suspicious, all of it in the JSONPath form: a path or function under a key without
 * `.$`, and a path in the Result of a Pass, which is not evaluated.
 */
export function definitionWarnings(machine: unknown): Diagnostic[] {
  const found: Diagnostic[] = [];
  visit(machine, machine, "", found);
  return found;
}

function visit(machine: unknown, whole: unknown, location: string, found: Diagnostic[]): void {
  const states = isObject(machine) ? machine["States"] : undefined;
  if (!isObject(states) || !isObject(whole)) return;
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    const at = `${location}/States/${name}`;
    if (languageOf(state, whole) === "JSONPath") checkState(state, at, found);
    for (const inner of innerMachines(state, at)) visit(inner.machine, whole, inner.location, found);
  }
}

function checkState(state: Record<string, unknown>, location: string, found: Diagnostic[]): void {
  for (const field of ["Parameters", "ResultSelector", "ItemSelector", "Assign"]) {
    walk(state[field], `${location}/${field}`, (key, at) => {
      if (key.endsWith(".$")) return;
      found.push({
        severity: "WARNING",
        code: "NO_DOLLAR",
        message: `No ".$" on a field that appears to be a JSONPath or Intrinsic Function`,
        location: at,
      });
    });
  }
  walk(state["Result"], `${location}/Result`, (_key, at) => {
    found.push({
      severity: "WARNING",
      code: "PASS_RESULT_IS_STATIC",
      message: "Attempt to use a path in the result of a pass state",
      location: at,
    });
  });
}

function walk(value: unknown, location: string, tell: (key: string, location: string) => void): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${location}[${index}]`, tell);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === "string" && /^(\$[.[]|\$$|States\.[A-Z])/.test(item))
        tell(key, `${location}/${key}`);
      else walk(item, `${location}/${key}`, tell);
    }
  }
}
