import type { Expression, Node } from "oxc-parser";
import { bare } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import { isWithin, type Order } from "./order.ts";
import { type Place, reachable } from "./place.ts";
import type { Source, Store } from "./stores.ts";
import type { Walk } from "./walk.ts";

/**
 * Objects that are made, put into a variable and changed within one statement that runs as JavaScript, once: there one
 * object at two places is one object, as in `by.set(key, group); group.count += 1`, and nothing changes it afterwards.
 */
export class OneRun {
  readonly #walk: Walk;
  readonly #order: Order;
  readonly #holder: Variable;
  readonly #place: Place;

  constructor(walk: Walk, order: Order, holder: Variable, place: Place) {
    this.#walk = walk;
    this.#order = order;
    this.#holder = holder;
    this.#place = place.root;
  }

  /** The statement makes, puts and changes all of them itself. */
  isOf(script: Node): boolean {
    const fn = this.#order.functionOf(this.#holder.declared);
    const original = fn && this.#order.original(script, fn);
    if (!fn || !original || this.#order.functionOf(original) !== fn) return false;
    if (this.#order.declarationOf(this.#holder.declared).length === 0) return false;
    const loops = this.#order.loops(original, fn);
    if (!loops?.every((loop) => isWithin(this.#holder.declared, loop))) return false;
    return (
      this.#changes(original) &&
      this.#walk.stores.every((store) => !this.#concerns(store) || this.#isHere(store, original, fn)) &&
      ![...this.#walk.clones.values()].some(({ copy }) => reachable(copy).has(this.#place))
    );
  }

  #changes(script: Node): boolean {
    return this.#walk.changes.every(({ place, node, target }) => {
      if (place.root !== this.#place) return true;
      if (this.#walk.guessed.has(node) || !this.#walk.own.has(node) || !target) return false;
      const root = rootOf(target);
      return isWithin(node, script) && this.#isMade([{ kind: "variable", name: root, part: false }], script);
    });
  }

  /** What is put somewhere after the statement is not changed there any more. */
  #isHere({ site, sources }: Store, script: Node, fn: Node): boolean {
    if (this.#order.loops(site, fn) === undefined) return false;
    return isWithin(site, script) ? this.#isMade(sources, script) : site.start >= script.end;
  }

  #concerns({ place, inner }: Store): boolean {
    const reached = inner ? place.parts.flatMap((part) => [...reachable(part)]) : [...reachable(place)];
    return reached.includes(this.#place);
  }

  /** All of it comes out of the variable, or was made in the statement. */
  #isMade(sources: readonly Source[], script: Node, open = new Set<Variable>()): boolean {
    return sources.every((source) => {
      if (source.kind === "call") return this.#isNew(source.call);
      const variable = this.#walk.of(source.name);
      if (!variable) return source.name.type === "Identifier" && source.name.name === "undefined";
      if (variable === this.#holder || open.has(variable)) return true;
      if (!isWithin(variable.declared, script)) return false;
      open.add(variable);
      const flows = this.#walk.flows.get(variable) ?? [];
      const isDeclared = this.#order.declarationOf(variable.declared).length > 0;
      return isDeclared && flows.every((flow) => this.#isMade(flow.sources, script, open));
    });
  }

  /** Functions that give what they make. */
  #isNew(call: Extract<Source, { kind: "call" }>["call"]): boolean {
    const applied = this.#walk.applied.get(call) ?? [];
    return applied.length > 0 && applied.every(({ fn }) => this.#walk.returns.get(fn)?.sources.length === 0);
  }
}

const rootOf = (given: Expression): Node => {
  const node = bare(given);
  if (node.type === "MemberExpression") return rootOf(node.object);
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  return callee?.type === "MemberExpression" ? rootOf(callee.object) : node;
};
