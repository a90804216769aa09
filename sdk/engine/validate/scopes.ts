import { innerMachines } from "./inner.ts";
import { isDistributed } from "./map.ts";
import { isObject, type Problems } from "./problems.ts";

/**
 * A branch or an iteration reads the variables around it and must not set one of their names. The Catch of the Map or
 * Parallel itself is no part of what is around: it assigns when the inner scopes have ended, and AWS was seen to
 * accept a name there that a branch assigns too.
 */
export function checkScopes(machine: Record<string, unknown>, problems: Problems): void {
  visit(machine, "", new Set(), problems);
}

function visit(
  machine: Record<string, unknown>,
  location: string,
  outer: ReadonlySet<string>,
  problems: Problems,
): void {
  const states = machine["States"] as Record<string, Record<string, unknown>>;
  for (const [name, state] of Object.entries(states)) {
    for (const [variable, at] of assignments(state, `${location}/States/${name}`)) {
      if (outer.has(variable)) problems.invalid(at, `The variable "${variable}" belongs to an outer scope.`);
    }
  }
  for (const [name, state] of Object.entries(states)) {
    const at = `${location}/States/${name}`;
    const inner = innerMachines(state, at);
    if (inner.length === 0) continue;
    const around = new Set(outer);
    for (const [other, sibling] of Object.entries(states)) {
      const counted = other === name ? { ...sibling, Catch: [] } : sibling;
      for (const [variable] of assignments(counted, "")) around.add(variable);
    }
    for (const { location: where, machine: found } of inner) {
      // The children of a distributed Map see nothing of what is around them.
      if (isObject(found)) visit(found, where, isDistributed(state) ? new Set() : around, problems);
    }
  }
}

/** Variables that a state sets, its rules and catchers included, with where. */
function assignments(
  state: Record<string, unknown>,
  location: string,
): [variable: string, location: string][] {
  const holders: [string, unknown][] = [[location, state]];
  for (const list of ["Choices", "Catch"]) {
    const elements = state[list];
    if (!Array.isArray(elements)) continue;
    for (const [index, element] of elements.entries())
      holders.push([`${location}/${list}[${index}]`, element]);
  }
  return holders.flatMap(([at, holder]) => {
    const assign = isObject(holder) ? holder["Assign"] : undefined;
    if (!isObject(assign)) return [];
    return Object.keys(assign).map((key): [string, string] => [
      key.endsWith(".$") ? key.slice(0, -2) : key,
      `${at}/Assign/${key}`,
    ]);
  });
}
