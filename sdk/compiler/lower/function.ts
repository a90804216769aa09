import type { Node } from "oxc-parser";
import { checkCallbackBody } from "../check/callback.ts";
import type { AnyFunction } from "../parse/ast.ts";
import type { Lowering, Place } from "./lowering.ts";

/** A function that the flow body declares: it is part of every region that calls it. */
export function lowerFunction(lowering: Lowering, place: Place, name: Node, fn: AnyFunction): void {
  if (name.type !== "Identifier") return;
  if (fn.async) {
    place.scope.declare(name.name, { kind: "async", fn, scope: place.scope });
    return;
  }
  place.scope.declare(name.name, "later");
  const known = lowering.mistakes;
  lowering.defineFunction(place, name, fn);
  lowering.checkChanging(place, () => checkCallbackBody(lowering.context, fn, place.scope));
  if (lowering.mistakes > known) place.scope.declare(name.name, "refused");
}
