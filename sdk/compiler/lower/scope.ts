import type { Binding, VariableBinding } from "../graph.ts";
import type { AnyFunction } from "../parse/ast.ts";
import type { Declared } from "../parse/module.ts";

/**
 * What a name stands for: a binding of the flow; `local`, a name inside a synchronous callback; `later`, a name of
 * this block whose declaration is still to come; `refused`, one whose declaration was a mistake, already reported.
 */
export type Named = Binding | AsyncFunction | Handed | FutureSet | Settled | "local" | "later" | "refused";

/** An async function that the flow body declares, or hands to another one: calls of it are made part of the flow. */
export interface AsyncFunction {
  kind: "async";
  fn: AnyFunction;
  scope: Scope;
  /** Of a function that is handed on: the functions in whose bodies it is written. */
  within?: readonly AnyFunction[];
}

/** `const ps = [a(), b()]`, `const calls = { a: a() }`: futures by their place or key. */
export interface FutureSet {
  kind: "futures";
  futures: ReadonlyMap<string, VariableBinding>;
}

/** One of a list of promises that have ended: how, the record of this name says. */
export interface Settled {
  kind: "settled";
  record: string;
}

/** A task or flow that was handed to an async function. */
export interface Handed {
  kind: "handed";
  declared: Declared;
}

/** Names in a flow body, innermost first. */
export class Scope {
  readonly #names = new Map<string, Named>();
  readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  declare(name: string, named: Named): void {
    this.#names.set(name, named);
  }

  find(name: string): Named | undefined {
    return this.#names.get(name) ?? this.parent?.find(name);
  }

  /** What the name stands for in this block itself. */
  own(name: string): Named | undefined {
    return this.#names.get(name);
  }
}
