import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf } from "../parse/ast.ts";
import { copied, Place } from "./place.ts";
import { asParts, type Flow, sourcesOf, token } from "./stores.ts";
import type { Walk } from "./walk.ts";

/** What gets a name or a place, and where that comes from. */
export interface Given {
  place: Place | undefined;
  flow: Flow;
}

/** Declarations and assignments: to names, to members, to patterns of both. */
export class Patterns {
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** A declaration: the pattern's names get the value. */
  bind(pattern: Node, given: Given): void {
    this.#each(pattern, given, (name, { place, flow }) => {
      if (name.type === "Identifier") this.#walk.name(name, place, flow);
      else for (const child of childrenOf(name)) this.bind(child, { place, flow });
    });
  }

  assign(target: Node, given: Given, at: Node): void {
    this.#each(target, given, (one, { place, flow }) => {
      if (one.type === "Identifier") this.#walk.assignName(one, place, flow);
      if (one.type !== "MemberExpression") return;
      const object = this.#walk.value(one.object);
      if (one.computed) this.#walk.value(one.property);
      this.#walk.change(object, at, one.object);
      const field = object && this.#walk.field(object, one);
      if (field && place) field.join(place);
      this.#walk.put(one, place, flow);
    });
  }

  #each(pattern: Node, given: Given, use: (target: Node, given: Given) => void): void {
    const { place } = given;
    const flow = { ...given.flow, sources: asParts(given.flow.sources) };
    const inner = bare(pattern as Expression) as Node;
    switch (inner.type) {
      case "AssignmentPattern": {
        this.#each(inner.left, given, use);
        const other = this.#walk.value(inner.right);
        this.#each(inner.left, { place: other, flow: this.#walk.flow(sourcesOf(inner.right)) }, use);
        return;
      }
      case "ObjectPattern": {
        const once = keyedOnce(inner.properties);
        for (const one of inner.properties) {
          if (one.type === "RestElement") this.#each(one.argument, { place: copied(place), flow }, use);
          else {
            if (one.computed) this.#walk.value(one.key as Expression);
            const key = once ? keyOf(one) : undefined;
            const from = once ? flow : { ...flow, sources: [...flow.sources, token(inner)] };
            this.#each(one.value, { place: place?.at(key), flow: from }, use);
          }
        }
        return;
      }
      case "ArrayPattern":
        for (const [i, element] of inner.elements.entries()) {
          if (!element) continue;
          if (element.type !== "RestElement") {
            this.#each(element, { place: place?.at(String(i)), flow }, use);
            continue;
          }
          const rest = new Place();
          if (place) rest.content.join(place.content);
          this.#each(element.argument, { place: rest, flow }, use);
        }
        return;
      default:
        use(inner, given);
    }
  }
}

/** No part of what is taken apart gets two names. */
export function keyedOnce(properties: readonly Node[]): boolean {
  const keys = properties.filter(({ type }) => type === "Property").map(keyOf);
  return keys.length < 2 || (!keys.includes(undefined) && new Set(keys).size === keys.length);
}

/** The key of a property where it is written in place. */
export function keyOf(property: Node): string | undefined {
  if (property.type !== "Property") return undefined;
  const { key } = property;
  if (!property.computed && key.type === "Identifier") return key.name;
  return key.type === "Literal" && (typeof key.value === "string" || typeof key.value === "number")
    ? String(key.value)
    : undefined;
}
