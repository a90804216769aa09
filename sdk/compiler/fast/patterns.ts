import type { Expression, Node } from "oxc-parser";
import { namesOf } from "../parse/ast.ts";
import {
  both,
  chosen,
  existence,
  type Fast,
  type FastContext,
  type Guard,
  here,
  lenient,
  named,
  strict,
  withGuard,
} from "./fast.ts";
import { asArray, asObject, elementAt, inVariable, memberOf } from "./members.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** What the names of a pattern stand for; nothing where only JavaScript can tell. */
export interface Bound {
  values: Map<string, Fast>;
  /** Under which the pattern fits: destructuring throws otherwise. */
  guard: Guard | undefined;
}

/**
 * Destructures a value.
 *
 * @param wanted the only name that is needed; others may not be known yet
 */
export function bindPattern(
  pattern: Node,
  value: Fast,
  context: FastContext,
  wanted?: string,
): Bound | undefined {
  const bound: Bound = { values: new Map(), guard: undefined };
  const locals = new Map(context.locals);
  const binder = new Binder({ ...context, locals }, locals, bound, wanted);
  return binder.bind(pattern, value) ? bound : undefined;
}

class Binder {
  readonly #context: FastContext;
  /** Defaults see the names before them. */
  readonly #locals: Map<string, Fast | undefined>;
  readonly #bound: Bound;
  readonly #wanted: string | undefined;

  constructor(
    context: FastContext,
    locals: Map<string, Fast | undefined>,
    bound: Bound,
    wanted: string | undefined,
  ) {
    this.#context = context;
    this.#locals = locals;
    this.#bound = bound;
    this.#wanted = wanted;
  }

  /** @returns false where JSONata cannot say it */
  bind(pattern: Node, value: Fast | undefined): boolean {
    if (this.#wanted !== undefined && !namesOf(pattern).includes(this.#wanted)) return true;
    if (!value) return false;
    switch (pattern.type) {
      case "Identifier":
        this.#bound.guard = both(this.#bound.guard, value.guard);
        this.#bound.values.set(pattern.name, value);
        this.#locals.set(pattern.name, value);
        return true;
      case "AssignmentPattern":
        return this.bind(pattern.left, this.#withDefault(value, pattern.right));
      case "ObjectPattern":
        return this.#object(pattern, value);
      case "ArrayPattern":
        return this.#array(pattern, value);
      default:
        return false;
    }
  }

  #withDefault(value: Fast, node: Expression): Fast | undefined {
    if (value.present) return value;
    const fallback = translate(node, this.#context);
    if (value.type === "undefined") return fallback && withGuard(fallback, both(value.guard, fallback.guard));
    if (!fallback || fallback.type === "undefined") return undefined;
    const asked = lenient(named(value, this.#context));
    const found = withGuard({ ...asked, present: true }, undefined);
    const made = chosen(existence(asked), found, strict(fallback));
    return withGuard(made, both(asked.guard, made.guard));
  }

  #object(pattern: Of<"ObjectPattern">, value: Fast): boolean {
    const object = asObject(value, this.#context);
    if (!object) return false;
    this.#bound.guard = both(this.#bound.guard, object.guard);
    const keys: string[] = [];
    for (const property of pattern.properties) {
      if (property.type === "RestElement") {
        if (!this.bind(property.argument, restOf(object, keys))) return false;
        continue;
      }
      const key = keyOf(property);
      if (key === undefined) return false;
      keys.push(key);
      if (!this.bind(property.value, memberOf(object, key, this.#context))) return false;
    }
    return true;
  }

  #array(pattern: Of<"ArrayPattern">, value: Fast): boolean {
    const array = asArray(value, this.#context);
    if (!array) return false;
    this.#bound.guard = both(this.#bound.guard, array.guard);
    for (const [i, element] of pattern.elements.entries()) {
      if (element === null) continue;
      const isRest = element.type === "RestElement";
      const found = isRest
        ? tailOf(inVariable(array, this.#context), i)
        : elementAt(array, { code: String(i), type: "number", present: true, whole: true }, this.#context);
      if (!this.bind(isRest ? element.argument : element, found)) return false;
    }
    return true;
  }
}

function keyOf(property: Of<"Property">): string | undefined {
  if (property.computed) return undefined;
  const { key } = property;
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : undefined;
}

/** `{ a, ...rest }`: an own `__proto__` goes slow, since engines disagree about it. */
function restOf(object: Fast, keys: readonly string[]): Fast {
  const o = here(object);
  const list = JSON.stringify(keys);
  const guard = both(o.guard, `$not("__proto__" in $keys(${o.code}))`);
  const code = `$merge([{}, $sift(${o.code}, function($v, $k){ $not($k in ${list}) })])`;
  return withGuard({ code, type: "object", present: true, own: true }, guard);
}

/** The items from a position on. */
function tailOf(array: Fast, from: number): Fast {
  const code = `$append([], $filter(${array.code}, function($v, $k){ $k >= ${from} })[])`;
  const shape = array.shape?.items && { shape: { items: array.shape.items } };
  return withGuard({ code, type: "array", present: true, own: true, ...shape }, array.guard);
}
