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
import { fits, fitsAny, type Quoted } from "./total.ts";
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
 * @param quoted what V8 calls the value where it does not fit; without it that is left to JavaScript
 */
export function bindPattern(
  pattern: Node,
  value: Fast,
  context: FastContext,
  wanted?: string,
  quoted?: Quoted,
): Bound | undefined {
  const bound: Bound = { values: new Map(), guard: undefined };
  const locals = new Map(context.locals);
  const binder = new Binder({ ...context, locals }, locals, bound, wanted);
  return binder.bind(pattern, value, quoted) ? bound : undefined;
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
  bind(pattern: Node, value: Fast | undefined, quoted?: Quoted): boolean {
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
        return this.#object(pattern, value, quoted);
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

  #object(pattern: Of<"ObjectPattern">, value: Fast, quoted: Quoted | undefined): boolean {
    const whole = this.#fitting(pattern, value, quoted);
    if (!whole) return false;
    const { object, isAny } = whole;
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
      if (!this.bind(property.value, memberOf(object, key, this.#context, isAny), quoted && "inner"))
        return false;
    }
    return true;
  }

  /** The object that a pattern takes apart, or, where no inline step may stand, any value that has names. */
  #fitting(
    pattern: Of<"ObjectPattern">,
    value: Fast,
    quoted: Quoted | undefined,
  ): { object: Fast; isAny: boolean } | undefined {
    const hasRest = pattern.properties.some(({ type }) => type === "RestElement");
    if (this.#context.total && value.type === "json" && !hasRest) {
      const any = named(value, this.#context);
      const asked = fitsAny(pattern, quoted, any);
      const { exists: _, ...there } = withGuard(any, both(any.guard, asked));
      if (asked) return { object: { ...there, present: true, own: true }, isAny: true };
    }
    const object = asObject(value, this.#context);
    if (!object || (value.type === "object" && value.present)) return object && { object, isAny: false };
    const test = `$type(${object.code})="object"`;
    const asked = fits(pattern, quoted, named(value, this.#context), test);
    const guard = object.guard?.map((clause) => (clause === test ? asked : clause));
    return { object: withGuard(object, guard), isAny: false };
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
