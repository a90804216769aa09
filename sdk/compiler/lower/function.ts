import type { Node } from "oxc-parser";
import { checkCallbackBody } from "../check/callback.ts";
import type { AnyFunction } from "../parse/ast.ts";
import type { Lowering, Place } from "./lowering.ts";

/** A function that the flow body declares: it is part of every region that calls it. */
export function lowerFunction(lowering: Lowering, place: Place, name: Node, fn: AnyFunction): void {
  const check = declareFunction(lowering, place, name, fn);
  check();
}

/** The name first, so that functions may call each other; then what the function does. */
function declareFunction(lowering: Lowering, place: Place, name: Node, fn: AnyFunction): () => void {
  if (name.type !== "Identifier") return () => undefined;
  if (fn.async) {
    place.scope.declare(name.name, { kind: "async", fn, scope: place.scope });
    return () => undefined;
  }
  place.scope.declare(name.name, "later");
  lowering.defineFunction(place, name, fn);
  return () => {
    const known = lowering.mistakes;
    lowering.checkChanging(place, () => checkCallbackBody(lowering.context, fn, place.scope));
    if (lowering.mistakes > known) place.scope.declare(name.name, "refused");
  };
}

type Declaration = AnyFunction & { id: Node };

/** The functions that a block declares; each is there as soon as a statement names it. */
export class Hoisted {
  readonly #waiting: Set<Declaration>;

  constructor(statements: readonly Node[]) {
    const isDeclaration = (one: Node): one is Declaration & Node =>
      one.type === "FunctionDeclaration" && Boolean(one.id);
    this.#waiting = new Set(statements.filter(isDeclaration));
  }

  /** Lowers the functions that the statement names, or is, and those that they name. */
  lower(lowering: Lowering, place: Place, statement: Node): void {
    const needed: Declaration[] = [];
    this.#collect(lowering, statement, needed);
    const checks = needed.map((fn) => declareFunction(lowering, place, fn.id, fn));
    for (const check of checks) check();
  }

  #collect(lowering: Lowering, piece: Node, needed: Declaration[]): void {
    for (const fn of [...this.#waiting]) {
      const variable = lowering.sharing.of(fn.id);
      const isNamed = variable?.uses.some(({ start, end }) => piece.start <= start && end <= piece.end);
      if (!isNamed || !this.#waiting.delete(fn)) continue;
      this.#collect(lowering, fn, needed);
      needed.push(fn);
    }
  }
}
