import type { Binding } from "../graph.ts";

/** Names in a flow body, innermost first. `"local"` is a name inside a synchronous callback. */
export class Scope {
  readonly #names = new Map<string, Binding | "local">();
  readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  declare(name: string, binding: Binding | "local"): void {
    this.#names.set(name, binding);
  }

  find(name: string): Binding | "local" | undefined {
    return this.#names.get(name) ?? this.parent?.find(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }
}
