import type { CallExpression, Node } from "oxc-parser";
import type { AnyFunction } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import { type Place, reachable } from "./place.ts";
import type { Applied, Flow, Source, Store } from "./stores.ts";
import type { Walk } from "./walk.ts";

/** What passes on its way into an array or object; a variable of a function is another one in each call. */
interface Passed {
  what: Variable | Node;
  call: CallExpression | undefined;
}

/** The deep copy is one of a value in which something may stand twice, and so it may in the copy. */
export function mayCopyTwice(walk: Walk, call: CallExpression): boolean {
  const clone = walk.clones.get(call);
  return !clone || [...reachable(clone.copy)].some((place) => new Twice(walk, place, clone.copy).isTwice);
}

/** A call whose result is followed into the function. */
interface Frame extends Applied {
  call: CallExpression;
  outer: Frame | undefined;
  around: readonly Node[];
}

/**
 * Whether an object of a place may stand at two places of what a variable holds: it is put there twice, or once more out
 * of something that the variable holds as well.
 */
export class Twice {
  readonly #walk: Walk;
  readonly #place: Place;
  /** Everything in the variable. */
  readonly #held: Set<Place>;
  #again = false;
  /** Copies that have been looked into: one may be a copy of another. */
  readonly #clones: Set<object>;

  constructor(walk: Walk, place: Place, holder: Place, clones: Set<object> = new Set()) {
    this.#walk = walk;
    this.#place = place;
    this.#held = reachable(holder);
    this.#clones = clones;
  }

  get isTwice(): boolean {
    const seen: Passed[] = [];
    for (const store of this.#walk.stores) {
      if (!this.#concerns(store)) continue;
      if (store.often) return true;
      const passed = this.#followAll(store, undefined, new Set(), false);
      if (this.#again || passed.some((one) => seen.some((other) => isSame(one, other)))) return true;
      seen.push(...passed);
    }
    return this.#isCloned;
  }

  /** It is part of a deep copy of what has something twice. */
  get #isCloned(): boolean {
    for (const clone of this.#walk.clones.values()) {
      if (this.#clones.has(clone) || !reachable(clone.copy).has(this.#place.root)) continue;
      this.#clones.add(clone);
      if (this.#standsTwice(clone.originals)) return true;
    }
    return false;
  }

  #standsTwice(originals: readonly Place[]): boolean {
    const all = originals.map(reachable);
    const isShared = all.some((one, i) =>
      all.slice(i + 1).some((other) => [...one].some((place) => other.has(place))),
    );
    return (
      isShared ||
      originals.some((holder, i) =>
        [...(all[i] ?? [])].some((place) => new Twice(this.#walk, place, holder, this.#clones).isTwice),
      )
    );
  }

  #concerns({ place, inner }: Store): boolean {
    const reached = inner ? place.parts.flatMap((part) => [...reachable(part)]) : [...reachable(place)];
    return reached.includes(this.#place.root);
  }

  #followAll(
    { sources, around }: Flow,
    frame: Frame | undefined,
    open: Set<unknown>,
    part: boolean,
  ): Passed[] {
    return sources.flatMap((source) => this.#follow(source, around, frame, open, part || source.part));
  }

  #follow(
    source: Source,
    around: readonly Node[],
    frame: Frame | undefined,
    open: Set<unknown>,
    part: boolean,
  ): Passed[] {
    if (source.kind === "call") return this.#enter(source.call, around, frame, open, part);
    const variable = this.#walk.of(source.name);
    if (!variable) return source.name.type === "Identifier" ? [] : [{ what: source.name, call: frame?.call }];
    const home = this.#walk.homes.get(variable) ?? [];
    const isLocal = frame !== undefined && home.includes(frame.fn);
    const given = isLocal ? givenTo(variable, frame) : undefined;
    if (frame && given) return this.#followAll(given, frame.outer, open, part);
    if (!isLocal && !source.moved) this.#look(variable, home, around, part);
    const passed = source.moved ? [] : [{ what: variable, call: isLocal ? frame?.call : undefined }];
    if (open.has(variable)) {
      if (isParameter(variable, home)) this.#again = true; // a part of what a function got is given to it, too
      return passed;
    }
    open.add(variable);
    const before = this.#origins(variable, home, isLocal ? frame : undefined, open, part);
    open.delete(variable);
    return [...passed, ...before];
  }

  /** The variable still holds what is taken out of it, or gives the same thing more than once. */
  #look(variable: Variable, home: readonly Node[], around: readonly Node[], part: boolean): void {
    if (around.some((node) => !home.includes(node))) this.#again = true;
    const place = this.#walk.values.get(variable);
    if (!place) return;
    const inside = new Set(place.parts.flatMap((one) => [...reachable(one)]));
    const holds = inside.has(this.#place.root) || inside.has(place.root);
    if (holds && (part ? this.#held.has(place.root) : inside.has(place.root))) this.#again = true;
  }

  #origins(
    variable: Variable,
    home: readonly Node[],
    frame: Frame | undefined,
    open: Set<unknown>,
    part: boolean,
  ): Passed[] {
    const flows = this.#walk.flows.get(variable) ?? [];
    const each = flows.map((flow) => this.#followAll(frame ? moved(flow, frame) : flow, frame, open, part));
    // A function is called with each of them; another variable is one of them at a time.
    if (isParameter(variable, home) && overlap(each)) this.#again = true;
    return each.flat();
  }

  #enter(
    call: CallExpression,
    around: readonly Node[],
    outer: Frame | undefined,
    open: Set<unknown>,
    part: boolean,
  ): Passed[] {
    if (open.has(call)) return [];
    open.add(call);
    const passed = (this.#walk.applied.get(call) ?? []).flatMap((applied) => {
      const sources = this.#walk.returns.get(applied.fn)?.sources ?? [];
      return this.#followAll({ sources, around }, { ...applied, call, outer, around }, open, part);
    });
    open.delete(call);
    return passed;
  }
}

/** The argument of a parameter that has a plain name. */
function givenTo(variable: Variable, { fn, flows }: Frame): Flow | undefined {
  const i = fn.params.indexOf(variable.declared as (typeof fn.params)[number]);
  return i < 0 ? undefined : (flows[i] ?? { sources: [], around: [] });
}

/** Within a call that is followed, what is around the call is around what happens in the function. */
const moved = ({ sources, around }: Flow, { fn, around: outer }: Frame): Flow => ({
  sources,
  around: [...outer, ...around.slice(around.indexOf(fn as Node) + 1)],
});

function isParameter({ declared }: Variable, home: readonly Node[]): boolean {
  const fn = home.at(-1) as AnyFunction | undefined;
  return (
    fn !== undefined &&
    "params" in fn &&
    fn.params.some(({ start, end }) => start <= declared.start && declared.end <= end)
  );
}

const isSame = (a: Passed, b: Passed): boolean =>
  a.what === b.what && (a.call === b.call || a.call === undefined || b.call === undefined);

const overlap = (lists: readonly Passed[][]): boolean =>
  lists.some((list, i) =>
    lists.slice(i + 1).some((other) => list.some((a) => other.some((b) => isSame(a, b)))),
  );
