import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { childrenOf } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import type { Place } from "../sharing/place.ts";
import type { Lowering } from "./lowering.ts";

const LOOPS = new Set<Node["type"]>([
  "ForStatement",
  "ForOfStatement",
  "ForInStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

/**
 * Refuses a change in place that another variable of the flow would see: between two states each variable is a copy of
 * its own. A variable that nobody reads any more when the change is made does not matter.
 */
export function reportAliases(lowering: Lowering, root: Node): void {
  const changed = new Map<Place, { sites: Node[]; variables: Set<Variable> }>();
  for (const variable of lowering.cells.keys()) {
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
    const alive = [...variables].filter((variable) => !isDone(variable, sites, root));
    const [site] = sites;
    const places = new Set(alive.map((variable) => lowering.cells.get(variable)));
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
  const { start, end } = site;
  const message = `What is changed here may stand at more than one place of "${holder.name}".`;
  report(lowering.context, "RLT1105", { start, end: Math.min(end, start + 60) }, message);
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

/** Every use of the variable is over before the first change, also in the next turn of a loop. */
function isDone(variable: Variable, sites: readonly Node[], root: Node): boolean {
  const first = Math.min(...sites.map(({ start }) => start));
  if (!variable.uses.every(({ end }) => end <= first)) return false;
  // In the next turn of a loop the uses in it come after the change, unless the variable is a new one in each turn.
  return loopsAround(root, first).every(
    (loop) => isWithin(variable.declared, loop) || !variable.uses.some((use) => isWithin(use, loop)),
  );
}

const isWithin = ({ start, end }: Node, outer: Node): boolean => outer.start <= start && end <= outer.end;

const loopsAround = (root: Node, at: number): Node[] => around(root, at, ({ type }) => LOOPS.has(type));

function around(node: Node, at: number, test: (node: Node) => boolean): Node[] {
  if (node.start > at || at >= node.end) return [];
  const inner = childrenOf(node).flatMap((child) => around(child, at, test));
  return test(node) ? [node, ...inner] : inner;
}
