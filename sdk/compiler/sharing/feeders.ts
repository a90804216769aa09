import type { Node } from "oxc-parser";
import type { Variable } from "../parse/variables.ts";
import type { Order } from "./order.ts";
import { type Place, reachable } from "./place.ts";
import { type Source, sourcesOf } from "./stores.ts";
import type { Walk } from "./walk.ts";

/**
 * Variables of the machine whose object goes on under another name, which is changed or is read after the change:
 * `for (const row of rows) row.seen = true` changes what `rows` has, though nobody names `rows` any more.
 *
 * @param sites the changes, or the calls that lead to them
 * @param isKept a state keeps the variable, so that it has a copy of its own
 */
export function feedersOf(
  walk: Walk,
  order: Order,
  place: Place,
  sites: readonly Node[],
  isKept: (variable: Variable) => boolean,
): Set<Variable> {
  const found = new Set<Variable>();
  const seen = new Set<unknown>();
  const follow = (sources: readonly Source[]): void => {
    for (const source of sources) {
      const one = source.kind === "call" ? source.call : walk.of(source.name);
      if (!one || seen.has(one)) continue;
      seen.add(one);
      if (source.kind === "call")
        for (const { fn } of walk.applied.get(source.call) ?? []) follow(walk.returns.get(fn)?.sources ?? []);
      else leave(one as Variable);
    }
  };
  const leave = (variable: Variable): void => {
    if (isKept(variable)) found.add(variable);
    else for (const { sources } of walk.flows.get(variable) ?? []) follow(sources);
  };
  for (const { place: changed, target } of walk.changes)
    if (changed.root === place.root && target) follow(sourcesOf(target));
  for (const [variable, value] of walk.values)
    if (!isKept(variable) && reachable(value).has(place.root) && isRead(order, variable, sites))
      leave(variable);
  return found;
}

const isRead = (order: Order, variable: Variable, sites: readonly Node[]): boolean =>
  sites.some((site) => {
    const fn = order.functionOf(site);
    return !fn || order.isUsedAfter(variable, site, fn);
  });
