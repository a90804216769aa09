import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Variable } from "../parse/variables.ts";
import type { Place } from "../sharing/place.ts";
import type { Lowering } from "./lowering.ts";

/**
 * Refuses a change in place that another variable of the flow would see: between two states each variable is a copy of
 * its own. A variable that nobody reads any more when the change is made does not matter.
 */
export function reportAliases(lowering: Lowering): void {
  const changed = new Map<Place, { sites: Node[]; variables: Set<Variable> }>();
  for (const variable of [...lowering.cells.keys(), ...lowering.awaitable]) {
    for (const { place, node } of lowering.sharing.seenChangesOf(variable)) {
      // A method that is refused anyway is told once.
      if (lowering.mistakes > 0 && lowering.sharing.isGuessed(node)) continue;
      const entry = changed.get(place) ?? { sites: [], variables: new Set() };
      if (!entry.sites.includes(node)) entry.sites.push(node);
      entry.variables.add(variable);
      changed.set(place, entry);
    }
  }
  for (const [place, { sites, variables }] of changed) {
    const isKept = (variable: Variable): boolean =>
      lowering.cells.has(variable) || lowering.awaitable.has(variable);
    const alive = lowering.sharing.usedAfter([...variables], place, sites, isKept);
    const [site] = sites;
    const places = new Set(alive.map((variable) => lowering.cells.get(variable) ?? variable));
    if (!site) continue;
    if (places.size < 2) {
      reportTwice(lowering, place, site, alive);
      continue;
    }
    const names = alive.map(({ name }) => `"${name}"`);
    report(
      lowering.context,
      "RLT1105",
      { start: site.start, end: Math.min(site.end, site.start + 60) },
      `What is changed here may be part of ${names.slice(0, -1).join(", ")} and of ${names.at(-1)} as well.`,
    );
  }
}

/** The same object may stand at two places of a variable; between two states it would be two objects. */
function reportTwice(lowering: Lowering, place: Place, site: Node, alive: readonly Variable[]): void {
  const holder = alive.find((variable) => lowering.sharing.holds(variable, place));
  if (!holder) return;
  if (!lowering.sharing.mayStandTwice(holder, place)) return;
  const run = lowering.sharing.oneRunOf(holder, place, lowering.scripts);
  if (run) {
    lowering.context.oneRuns ??= new Set();
    lowering.context.oneRuns.add(run);
    return;
  }
  const { start, end } = site;
  const message = `What is changed here may stand at more than one place of "${holder.name}".`;
  report(lowering.context, "RLT1105", { start, end: Math.min(end, start + 60) }, message);
}

/** JavaScript throws a TypeError there, and TypeScript and bundlers refuse it. */
export function reportAssignedConstants(lowering: Lowering): void {
  for (const target of lowering.sharing.assignedConstants)
    report(lowering.context, "RLT1112", target, `"${lowering.text(target)}" is a constant.`);
}

/** Refuses a change of a module's constant: plain Node keeps it for the next run, a function on AWS for some of them. */
export function reportConstants(lowering: Lowering, root: Node): void {
  for (const { name, node, own } of lowering.sharing.changedConstants()) {
    const { start, end } = own ? node : root;
    const message = `What is changed ${own ? "here" : "by a function that this calls"} may be part of the constant "${name}" of a module.`;
    report(lowering.context, "RLT1105", { start, end: Math.min(end, start + 60) }, message);
    return;
  }
}
