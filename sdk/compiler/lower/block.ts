import type { Expression, Node } from "oxc-parser";
import { checkLocal } from "../check/callback.ts";
import { report } from "../check/pure.ts";
import type { DiagnosticCode } from "../diagnostic-catalogue.ts";
import type { ReturnNode } from "../graph.ts";
import { type AnyFunction, bare, childrenOf, containsAwait, isFunction, namesOf } from "../parse/ast.ts";
import type { Span } from "../source-file.ts";
import { lowerAwaited } from "./awaited.ts";
import { lowerValue } from "./awaits.ts";
import { lowerBranch } from "./branch.ts";
import { bindCells, declareCells, lowerEffect, readsCell } from "./cells.ts";
import { lowerChange } from "./change.ts";
import { captureMoments, effectsOf, hasEffects, isLine } from "./effects.ts";
import { Hoisted, lowerFunction } from "./function.ts";
import { lowerFilling, lowerPushed, pushedLists } from "./future-lists.ts";
import { lowerFutureNames } from "./future-sets.ts";
import { lowerDownstream } from "./futures.ts";
import { lowerJump, lowerLabel } from "./jumps.ts";
import { flush, lowerDoWhile, lowerFor, lowerForOf, lowerWhile } from "./loops.ts";
import type { Lowering, Place } from "./lowering.ts";
import { lowerReturn } from "./return.ts";
import { Scope } from "./scope.ts";
import { isScript, lowerScript, lowerScriptOver } from "./script.ts";
import { changesAtLast, settleChange } from "./settle.ts";
import { lowerSwitch } from "./switch.ts";
import { lowerThrow } from "./throw.ts";
import { lowerTry } from "./try.ts";

type Crossing = ReturnNode["crossing"];
type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Lower<N> = (lowering: Lowering, place: Place, statement: N, crossing: Crossing) => void;

/** One function a statement; a statement that is not listed is refused, never dropped. */
const STATEMENTS: { [T in Node["type"]]?: Lower<Of<T>> } = {
  VariableDeclaration: lowerVariables,
  ExpressionStatement: lowerExpression,
  ReturnStatement: lowerReturn,
  IfStatement: lowerBranch,
  ThrowStatement: lowerThrow,
  TryStatement: lowerTry,
  SwitchStatement: lowerSwitch,
  WhileStatement: lowerWhile,
  DoWhileStatement: lowerDoWhile,
  ForStatement: lowerFor,
  ForOfStatement: lowerForOf,
  ForInStatement: lowerForOf,
  LabeledStatement: lowerLabel,
  BreakStatement: (lowering, place, statement) => lowerJump(lowering, place, statement),
  ContinueStatement: (lowering, place, statement) => lowerJump(lowering, place, statement),
  BlockStatement: (lowering, place, block, crossing) =>
    lowerStatements(lowering, { ...place, scope: new Scope(place.scope) }, block.body, crossing),
  FunctionDeclaration: () => undefined, // lowered where it is named first
  EmptyStatement: () => undefined,
  TSInterfaceDeclaration: () => undefined,
  TSTypeAliasDeclaration: () => undefined,
};

const REFUSED: Partial<Record<Node["type"], DiagnosticCode>> = {
  ClassDeclaration: "RLT1108",
};

export function lowerStatements(
  lowering: Lowering,
  place: Place,
  statements: readonly Node[],
  crossing: Crossing,
): void {
  for (const statement of statements) announce(statement, place.scope);
  const functions = new Hoisted(statements);
  const pushed = pushedLists(lowering, place, statements);
  let here = place;
  for (const [i, statement] of statements.entries()) {
    const list = pushed.find(({ filling }) => filling.includes(statement));
    // What follows a return never runs: it is checked all the same, and its nodes go nowhere.
    if (ends(here.nodes)) here = { ...place, nodes: [], pending: [] };
    functions.lower(lowering, here, statement);
    if (list) {
      lowerFilling(lowering, here, list, statement, crossing);
      if (statement === list.filling.at(-1)) lowerPushed(lowering, here, list, statements.slice(i + 1));
      continue;
    }
    lowering.following = statements.slice(i + 1);
    const lower = STATEMENTS[statement.type] as Lower<Node> | undefined;
    if (isScript(lowering, here, statement)) lowerScript(lowering, here, statement, crossing);
    else if (lowerScriptOver(lowering, here, statement, crossing)) continue;
    else if (lower) lower(lowering, here, statement, crossing);
    else
      report(lowering.context, REFUSED[statement.type] ?? "RLT1111", headOf(statement), refusal(statement));
  }
}

/** A block's names are known from its beginning, though not yet defined: they hide outer ones at once. */
function announce(statement: Node, scope: Scope): void {
  if (statement.type === "VariableDeclaration") {
    for (const { id } of statement.declarations)
      for (const name of namesOf(id)) if (!scope.own(name)) scope.declare(name, "later");
  } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
    if (statement.id)
      scope.declare(statement.id.name, statement.type === "ClassDeclaration" ? "refused" : "later");
  }
}

/** The first line of a statement: a diagnostic that underlines a whole loop helps nobody. */
export const headOf = (statement: Node): Span => ({
  start: statement.start,
  end: Math.min(statement.end, statement.start + 3),
});

const refusal = (statement: Node): string | undefined =>
  REFUSED[statement.type] ? undefined : `${statement.type} cannot stand in a flow body.`;

/** True when control cannot reach the end of the block. */
export function ends(nodes: Place["nodes"]): boolean {
  const last = nodes.at(-1);
  if (!last) return false;
  if (last.kind === "return" || last.kind === "throw" || last.kind === "jump") return true;
  if (last.kind === "switch")
    return (
      !last.breaks &&
      last.fallback !== undefined &&
      last.bodies.every(
        (body, i) => ends(body) || (i < last.bodies.length - 1 && ends(last.bodies.at(-1) ?? [])),
      )
    );
  if (last.kind === "block") return !last.breaks && ends(last.body);
  if (last.kind === "leave") return ends(last.body);
  if (last.kind === "try") return ends(last.body) && ends(last.handler);
  if (last.kind === "loop")
    return (
      !last.breaks && last.first === undefined && (last.again === undefined || last.again.purpose === "check")
    );
  return last.kind === "branch" && ends(last.consequent) && ends(last.otherwise);
}

/** The end of a function body: it returns undefined. */
export function finishBlock(lowering: Lowering, place: Place, span: Span, crossing: Crossing): void {
  if (ends(place.nodes)) return;
  const end = { start: Math.max(span.start, span.end - 1), end: span.end };
  const value = lowering.region(place, "value", [], end);
  place.nodes.push({ kind: "return", id: lowering.stateName("return"), span: end, value, crossing });
}

/** No assignment can make anything else of it. */
function noteWhatItHolds(lowering: Lowering, id: Node, init: Expression): void {
  const cell = id.type === "Identifier" ? lowering.context.uses.get(id) : undefined;
  if (cell?.kind !== "cell") return;
  if (init.type === "ArrayExpression") cell.holds = "array";
  if (init.type === "ObjectExpression") cell.holds = "object";
}

function lowerVariables(
  lowering: Lowering,
  place: Place,
  statement: Of<"VariableDeclaration">,
  crossing: Crossing,
): void {
  if (statement.kind === "var") report(lowering.context, "RLT1110", headOf(statement));
  if (statement.kind === "using" || statement.kind === "await using")
    report(lowering.context, "RLT1111", headOf(statement));
  const after = lowering.following;
  for (const [i, { id, init }] of statement.declarations.entries()) {
    const following = [...statement.declarations.slice(i + 1), ...after];
    if (init && id.type === "Identifier" && isFunction(bare(init))) {
      lowerFunction(lowering, place, id, bare(init) as AnyFunction);
      continue;
    }
    const changes = lowering.changes(id);
    if (!init) {
      declareCells(lowering, place, id, undefined);
      continue;
    }
    const value = bare(init);
    if (value.type === "AwaitExpression" && id.type === "Identifier" && !changes) {
      const binding = lowerAwaited(lowering, place, bare(value.argument), id.name);
      place.scope.declare(id.name, binding ?? "refused");
      continue;
    }
    const before = lowering.mistakes;
    if (lowerFutureNames(lowering, place, id, value, following)) continue;
    if (lowering.mistakes > before) {
      refuseNames(place, id);
      continue;
    }
    const known = lowering.mistakes;
    const defaults = effectsOf(lowering, id).size > 0;
    const effects = !containsAwait(init) && (defaults || effectsOf(lowering, init).size > 0);
    const isLast = !defaults && changesAtLast(lowering, init);
    if (effects && place.guarded && statement.declarations.length === 1 && !isLast) {
      lowerScript(lowering, place, statement, crossing, bindCells(lowering, place, id));
      if (lowering.mistakes > known) refuseNames(place, id);
      return;
    }
    if (effects) lowering.checkChanging(place, () => checkLocal(lowering.context, init, place.scope));
    else lowerValue(lowering, place, init, false);
    // A mistake is reported where it stands; what uses the name adds nothing to that.
    const mistaken = lowering.mistakes > known;
    if (
      effects ||
      defaults ||
      changes ||
      readsCell(init, lowering.context.uses) ||
      readsCell(id, lowering.context.uses)
    ) {
      declareCells(lowering, place, id, init);
      if (statement.kind === "const") noteWhatItHolds(lowering, id, value);
      if (effects && !defaults) settleChange(lowering, place, init);
      else if (place.guarded) flush(lowering, place, id);
    } else lowering.define(place, id, init, { start: id.start, end: init.end });
    if (mistaken) refuseNames(place, id);
  }
}

function refuseNames(place: Place, pattern: Node): void {
  for (const name of namesOf(pattern)) place.scope.declare(name, "refused");
}

function lowerExpression(
  lowering: Lowering,
  place: Place,
  statement: Of<"ExpressionStatement">,
  crossing: Crossing,
): void {
  if ("directive" in statement && statement.directive) return;
  const value = bare(statement.expression);
  if (value.type === "AwaitExpression") {
    const binding = lowerAwaited(lowering, place, bare(value.argument));
    const last = place.nodes.at(-1);
    // Nobody reads it, so it needs no variable; a map's failures are read all the same.
    if (
      binding &&
      (last?.kind === "step" || last?.kind === "subflow" || last?.kind === "wait") &&
      last.result === binding
    )
      delete last.result;
    return;
  }
  if (lowerDownstream(lowering, place, value)) return;
  if (isLine(lowering, value) && !containsAwait(value)) {
    // It changes nothing, so that it may wait for the next state, and go along with that.
    for (const argument of childrenOf(value).slice(1)) captureMoments(lowering, place, argument);
    lowerEffect(lowering, place, value);
    return;
  }
  if (hasEffects(lowering, value)) {
    if (place.guarded && !containsAwait(value) && !changesAtLast(lowering, value)) {
      lowerScript(lowering, place, statement, crossing);
      return;
    }
    lowerChange(lowering, place, value);
    // What throws after this must find it done.
    if (place.guarded) flush(lowering, place, value);
    return;
  }
  lowerValue(lowering, place, statement.expression, false);
  lowering.define(place, undefined, statement.expression as Expression, statement);
}
