import type { CallExpression, Expression, Node } from "oxc-parser";
import type { Constant } from "./outside.ts";
import { merge, Place } from "./place.ts";
import type { Walk } from "./walk.ts";

/** The objects of constants of modules, which every run has and nobody may change. */
export class Constants {
  readonly #walk: Walk;
  readonly all: { name: string; place: Place }[] = [];
  readonly #known = new Map<Expression, Place | undefined>();
  /** The constant whose literals are gone through. */
  #naming: string | undefined;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  isOutside(node: Node): boolean {
    return node.type === "Identifier" && !this.#walk.of(node) && this.#walk.outside(node) === "unknown";
  }

  /** What a name of the module stands for, if it is a constant. */
  value(node: Node): Place | undefined {
    const found = this.#walk.outside(node);
    if (typeof found !== "object" || !("init" in found)) return undefined;
    if (!this.#known.has(found.init)) {
      this.#known.set(found.init, undefined);
      this.#known.set(found.init, this.#goThrough(found));
    }
    return this.#known.get(found.init);
  }

  #goThrough({ name, init, outside }: Constant): Place | undefined {
    const before = [this.#walk.outside, this.#naming] as const;
    [this.#walk.outside, this.#naming] = [outside, name];
    const place = this.#walk.value(init);
    if (place) this.all.push({ name, place });
    [this.#walk.outside, this.#naming] = before;
    return place;
  }

  /** A literal that is gone through is part of the constant. */
  note(place: Place): void {
    if (this.#naming !== undefined) this.all.push({ name: this.#naming, place });
  }

  /** What a call gives to a constant: functions may change it before they return it, nobody after that. */
  made(node: CallExpression): Place | undefined {
    const name = this.#naming;
    if (name === undefined) return undefined;
    this.#naming = undefined;
    this.#walk.calls.value(node);
    this.#naming = name;
    const place = new Place();
    merge(place.content, place);
    this.all.push({ name, place });
    return place;
  }
}
