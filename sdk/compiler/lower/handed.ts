import type { CallExpression, Node } from "oxc-parser";
import { checkCallbackBody } from "../check/callback.ts";
import { report } from "../check/pure.ts";
import { type AnyFunction, bare, childrenOf, isFunction } from "../parse/ast.ts";
import { isAwaitable } from "./awaited.ts";
import { futureOf } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";
import type { Named } from "./scope.ts";
import { Scope } from "./scope.ts";

type Argument = CallExpression["arguments"][number];

/** A function that is handed to an async function of the flow: whoever calls it there, calls what was written here. */
export type HandedFunction = { at: Node } & ({ as: Named } | { plain: AnyFunction });

/** What an argument hands on, where it is a function, or the name of one, of a task or of a flow. */
export function handedOf(
  lowering: Lowering,
  place: Place,
  argument: Argument | undefined,
): HandedFunction | undefined {
  if (!argument || argument.type === "SpreadElement") return undefined;
  const at = bare(argument);
  if (isFunction(at)) {
    if (!waits(lowering, place, at)) return { at, plain: at };
    return { at, as: { kind: "async", fn: at, scope: place.scope, within: [...lowering.inlined] } };
  }
  if (at.type !== "Identifier") return undefined;
  const found = place.scope.find(at.name);
  if (typeof found === "object") {
    if (found.kind === "handed") return { at, as: found };
    if (futureOf(lowering, place, at)) return { at, as: found };
    if (found.kind === "async")
      return { at, as: { ...found, within: found.within ?? [...lowering.inlined] } };
    const plain = found.kind === "pure" && found.definition.init ? bare(found.definition.init) : undefined;
    return plain && isFunction(plain) ? { at, as: found } : undefined;
  }
  const declared = found ? undefined : lowering.context.reader.named(at);
  if (declared?.kind === "task" || declared?.kind === "flow") return { at, as: { kind: "handed", declared } };
  if (declared?.kind !== "function" || !declared.fn.async) return undefined;
  return { at, as: { kind: "async", fn: declared.fn, scope: new Scope() } };
}

/** Calls of it are awaited: it is async, or gives the promise of a call. */
function waits(lowering: Lowering, place: Place, fn: AnyFunction): boolean {
  if (fn.async) return true;
  const { body } = fn;
  if (!body) return false;
  if (body.type !== "BlockStatement") return isAwaitable(lowering, place, bare(body));
  return body.body.some((one) => returnsPromise(lowering, place, one));
}

function returnsPromise(lowering: Lowering, place: Place, node: Node): boolean {
  if (isFunction(node)) return false;
  if (node.type === "ReturnStatement")
    return node.argument !== null && isAwaitable(lowering, place, bare(node.argument));
  return childrenOf(node).some((child) => returnsPromise(lowering, place, child));
}

/** A parameter that stands for a function. */
export function bindHanded(
  lowering: Lowering,
  { from, to }: { from: Place; to: Place },
  parameter: Node,
  handed: HandedFunction,
): void {
  const name = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
  if (name.type !== "Identifier" || lowering.changes(name)) {
    report(
      lowering.context,
      "RLT1206",
      handed.at,
      "A function is handed to a parameter that is no plain name.",
    );
    return;
  }
  if ("as" in handed) {
    to.scope.declare(name.name, handed.as);
    return;
  }
  const known = lowering.mistakes;
  lowering.checkChanging(from, () => checkCallbackBody(lowering.context, handed.plain, from.scope));
  if (lowering.mistakes > known) to.scope.declare(name.name, "refused");
  else lowering.defineFunction(to, name, handed.plain);
}
