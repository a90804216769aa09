import type { CallExpression, Expression, Node } from "oxc-parser";
import { checkLocal } from "../check/callback.ts";
import { report } from "../check/pure.ts";
import type { Binding, BlockNode } from "../graph.ts";
import { type AnyFunction, bare, namesOf } from "../parse/ast.ts";
import { listMadeOf } from "../parse/make.ts";
import { hoistArguments, lowerValue } from "./awaits.ts";
import { ends, lowerStatements } from "./block.ts";
import { declareCells, named, readsCell } from "./cells.ts";
import { effectsOf } from "./effects.ts";
import { bindHanded, type HandedFunction, handedOf } from "./handed.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { addReturn } from "./return.ts";
import { Scope } from "./scope.ts";

/** A function whose body becomes part of the flow. */
export interface Inlinable {
  fn: AnyFunction;
  scope: Scope;
  /** Of a function that was handed on: the functions in whose bodies it is written. */
  within?: readonly AnyFunction[];
}

/** Functions may be handed to themselves, so that none of them stands in its own body. */
const MOST_WITHIN = 40;

/** `await helper(x)` of an async function: a copy of its body stands where it is called. */
export function lowerInlined(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  target: Inlinable,
): Binding | undefined {
  const { fn } = target;
  const around = lowering.inlined;
  const within = target.within ?? around;
  if (within.includes(fn) || lowering.inlining > MOST_WITHIN) {
    report(
      lowering.context,
      "RLT1210",
      call,
      "A function that calls itself cannot become part of the flow: write it as a loop, or as a flow that calls itself.",
    );
    return undefined;
  }
  lowering.inlining++;
  const value = lowering.temporary("returned", place);
  const handed = call.arguments.map((argument) => handedOf(lowering, place, argument));
  hoistArguments(
    lowering,
    place,
    call.arguments.filter((_, i) => !handed[i]),
  );
  const block: BlockNode = {
    kind: "block",
    id: lowering.stateName(lowering.text(call.callee)),
    span: call,
    body: [],
    breaks: false,
  };
  const inner: Place = {
    ...innerPlace(place),
    scope: new Scope(target.scope),
    nodes: block.body,
    pending: place.pending,
    loops: [block],
    finalizers: [],
    trying: false,
    returns: { block, value },
  };
  const copy = lowering.copy(fn as Node) as AnyFunction;
  lowering.inlined = [...within, fn];
  bindParameters(lowering, { from: place, to: inner }, copy, call, handed);
  flush(lowering, inner, call);
  lowerBody(lowering, inner, copy, call);
  lowering.inlined = around;
  lowering.inlining--;
  place.nodes.push(block);
  return value;
}

export function lowerBody(lowering: Lowering, place: Place, fn: AnyFunction, call: Node): void {
  const { body } = fn;
  if (body?.type === "BlockStatement") {
    lowerStatements(lowering, place, body.body, "exact");
    if (!ends(place.nodes)) addReturn(lowering, place, call, undefined, "exact");
  } else if (body) {
    lowerValue(lowering, place, body, true);
    addReturn(lowering, place, call, body, "exact");
  }
}

/** What a rest parameter takes; V8 words the errors of a spread otherwise in a call than in a list, so there is none. */
function listedFrom(
  args: CallExpression["arguments"],
  handed: readonly unknown[],
  from: number,
): Node[] | undefined {
  const others = args.slice(from);
  const isPlain = others.every((one, i) => one.type !== "SpreadElement" && !handed[from + i]);
  return isPlain ? others : undefined;
}

/** Parameters are constants that the arguments define; one that changes, or is made of what changes, is a variable. */
function bindParameters(
  lowering: Lowering,
  { from, to: place }: { from: Place; to: Place },
  fn: AnyFunction,
  call: CallExpression,
  handed: readonly (HandedFunction | undefined)[],
): void {
  for (const [i, parameter] of fn.params.entries()) {
    const argument = call.arguments[i];
    const given = handed[i];
    if (given) {
      bindHanded(lowering, { from, to: place }, parameter, given);
      continue;
    }
    const others = parameter.type === "RestElement" && listedFrom(call.arguments, handed, i);
    if (others) {
      bind(lowering, place, parameter.argument as Node, listMadeOf(others, call));
      return;
    }
    const isPlain = parameter.type !== "RestElement" && parameter.type !== "TSParameterProperty";
    if (!isPlain || argument?.type === "SpreadElement") {
      const at = isPlain && argument ? argument : parameter;
      report(lowering.context, "RLT1206", at, "Such a parameter cannot become part of the flow.");
      for (const name of namesOf(parameter)) place.scope.declare(name, "refused");
      continue;
    }
    const { pattern, fallback } = withoutDefault(parameter);
    const usual = argument ? undefined : handedOf(lowering, place, fallback);
    if (usual) {
      bindHanded(lowering, { from: place, to: place }, parameter, usual);
      continue;
    }
    if (!argument && !fallback) declareCells(lowering, place, pattern, undefined);
    else if (!argument && fallback) bindFallback(lowering, place, pattern, fallback);
    else if (argument && (!fallback || bare(argument).type === "Literal"))
      bind(lowering, place, pattern, argument);
    else if (argument) bind(lowering, place, parameter, argument);
  }
  // What no parameter takes is evaluated all the same.
  for (const argument of call.arguments
    .slice(fn.params.length)
    .filter((_, i) => !handed[fn.params.length + i]))
    lowering.require(
      place,
      (argument.type === "SpreadElement" ? argument.argument : argument) as Expression,
      argument.type === "SpreadElement" ? "argument" : undefined,
    );
}

/** A default is evaluated where the function begins; what it changes, it changes once. */
function bindFallback(lowering: Lowering, place: Place, pattern: Node, fallback: Expression): void {
  if (effectsOf(lowering, fallback).size === 0) {
    lowering.check(fallback, place.scope);
    bind(lowering, place, pattern, fallback);
  } else {
    lowering.checkChanging(place, () => checkLocal(lowering.context, fallback, place.scope));
    declareCells(lowering, place, pattern, fallback);
  }
}

function withoutDefault(parameter: Node): { pattern: Node; fallback?: Expression } {
  if (parameter.type !== "AssignmentPattern") return { pattern: parameter };
  return { pattern: parameter.left, fallback: parameter.right };
}

export function bind(lowering: Lowering, place: Place, pattern: Node, value: Expression): void {
  const { uses } = lowering.context;
  for (const one of defaultsOf(pattern)) lowering.check(one, place.scope);
  const readsChanging = defaultsOf(pattern).some((one) => readsCell(one, uses));
  if (lowering.changes(pattern) || effectsOf(lowering, pattern).size > 0 || readsChanging)
    declareCells(lowering, place, pattern, value, true);
  else if (pattern.type !== "Identifier") {
    // A parameter that is taken apart stays one: V8 words its errors otherwise than a constant's.
    const cell = lowering.temporary("argument", place);
    const made = [cell];
    lowering.assign(
      place,
      made,
      { by: "declaration", pattern: named(lowering, value, cell), init: value, made },
      value,
    );
    lowering.define(place, pattern, undefined, pattern, cell);
  } else if (readsCell(value, uses)) declareCells(lowering, place, pattern, value);
  else lowering.define(place, pattern, value, { start: value.start, end: value.end });
}

const defaultsOf = (pattern: Node): Expression[] =>
  pattern.type === "AssignmentPattern" ? [pattern.right] : [];
