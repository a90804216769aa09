import type { Expression, Node } from "oxc-parser";
import type { Binding, CellBinding, Uses } from "../graph.ts";
import type { Module, ModuleReader } from "../parse/module.ts";

/**
 * An expression as JSONata that gives JavaScript's answer whenever its guard holds. The rules and the measurements
 * behind each form are in `docs/decisions/0001-emission-rules.md`; R-numbers in comments point there.
 */
export interface Fast {
  code: string;
  /** Total booleans in JSONata that must all hold, in this order; absent where nothing can differ. */
  guard?: Guard;
  type: FastType;
  /** False where, guard or not, the value may be missing (JavaScript's undefined). */
  present: boolean;
  /** The code is a path, so members may follow it. */
  path?: boolean;
  /** An element of an array: the JVM engine takes a null there for nothing (R2b). */
  element?: boolean;
  /** Tells whether the value is there, where `$exists` of the code would not. */
  there?: string;
  /** What the last step of a path reads from: it may be a reference, which has none of the value's properties. */
  base?: string;
  /** For a computed number: its largest exponent, base 2 (R6). */
  bits?: number;
  /** For a computed number: JavaScript's answer may be -0, which is 0 here. */
  negativeZero?: boolean;
}

export type Guard = readonly string[];

export type FastType = "string" | "number" | "boolean" | "null" | "undefined" | "array" | "json";

/** How the emitter writes bindings at the state in question. */
export interface FastContext {
  reader: ModuleReader;
  module: Module;
  uses: Uses;
  /** The JSONata that reads a variable or the input. */
  code(binding: Exclude<Binding, { kind: "pure" }>): string;
  /** True when the input is surely there: a schema gave it. */
  inputPresent: boolean;
  /** Answers for definitions, which may be asked for again and again. */
  memo: Map<Node, Fast | undefined>;
  /** What the region has assigned so far; nothing stands for what only JavaScript can tell. */
  cells: Map<CellBinding, Fast | undefined>;
}

export type Translate<N extends Node = Node> = (node: N, context: FastContext) => Fast | undefined;

/** The conjunction of guards. */
export function both(...guards: (Guard | string | undefined)[]): Guard | undefined {
  const parts = new Set(guards.flatMap((guard) => guard ?? []));
  return parts.size === 0 ? undefined : [...parts];
}

/** A guard as one expression, to stand in an `and` chain or alone. */
export const conjunction = (guard: Guard): string => guard.join(" and ");

/** A boolean that tells a value, null among them, from JavaScript's undefined. */
export const presence = (fast: Fast): string => fast.there ?? `$exists(${fast.code})`;

/** The value must be there: what a strict position adds (R2). */
export function strict(fast: Fast): Fast {
  if (fast.present) return fast;
  return withGuard({ ...fast, present: true }, both(fast.guard, presence(fast)));
}

/** Missing is a legal answer, but a reference only looks as if it lacked the property (R2). */
export function lenient(fast: Fast): Fast {
  if (fast.present || fast.base === undefined) return fast;
  return withGuard(fast, both(fast.guard, `$not($exists(${fast.base}.\`$runlet.ref\`))`));
}

export function withGuard(fast: Fast, guard: Guard | undefined): Fast {
  const { guard: _, ...rest } = fast;
  return guard === undefined ? rest : { ...rest, guard };
}

/** A boolean for JavaScript's truthiness of the value: total under the guard (R11). */
export function truthy(fast: Fast): string {
  switch (fast.type) {
    case "boolean":
      return fast.present ? fast.code : `(${fast.code} and true)`;
    case "array":
      return "true";
    case "null":
    case "undefined":
      return "false";
    case "string":
      return `(${fast.code} != "")`;
    case "number":
      return `(${fast.code} != 0)`;
    case "json":
      return `($type(${fast.code}) in ["array","object"] or ${fast.code})`;
  }
}

export type { Expression };
