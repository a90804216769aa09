import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { isPromise } from "../parse/make.ts";
import type { Variable } from "../parse/variables.ts";
import type { Span } from "../source-file.ts";
import { effectsOf } from "./effects.ts";
import { eachOf, loopsOver } from "./future-uses.ts";
import type { Lowering, Place } from "./lowering.ts";
import { exitsOf } from "./script.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/**
 * The callbacks of `const fs = xs.map(async …)` run on while the flow does: in plain Node they would see what the flow
 * changes before it awaits them, here they have what was there when they began. So such a change is refused, also where
 * control comes to it without the await: behind a `break`, in a handler, in the next turn of a loop.
 *
 * @param following what comes after them in their block
 */
export function refuseChangesMeanwhile(
  lowering: Lowering,
  place: Place,
  begun: Node,
  name: string,
  following: readonly Node[],
): void {
  const awaited = following.findIndex((statement) => awaits(statement, name));
  const read = variablesIn(lowering, begun);
  const parts = lowering.sharing.calledFrom(begun);
  const fromOutside = [...read].filter(({ declared }) => !parts.some((part) => contains(part, declared)));
  const meanwhile = awaited < 0 ? following : following.slice(0, awaited + 1);
  const later = awaited < 0 ? [] : following.slice(awaited + 1);
  const jumps =
    awaited < 0 || meanwhile.some((one) => exitsOf(one).some(({ type }) => type !== "ReturnStatement"));
  const goesOn = place.guarded || place.depth > 0 || place.returns !== undefined;
  const changed =
    meanwhile.find((statement) => changesOneOf(lowering, statement, read)) ??
    fromOutside
      .filter((one) => jumps || place.trying || (goesOn && !lowering.sharing.isOwn(one, begun)))
      .flatMap((one) => lowering.sharing.changesAfter(one, begun, later))
      .find(() => true);
  if (!changed) return;
  const isOwnName = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && following.length > 0;
  const message = `What ${isOwnName ? `"${name}"` : "this call"} reads is changed before it is awaited.`;
  report(lowering.context, "RLT1104", head(changed), message);
}

/** Wherever control goes in the statement, the future has been awaited. */
function awaits(statement: Node, name: string): boolean {
  switch (statement.type) {
    case "VariableDeclaration":
      return statement.declarations.some((one) => awaits(one, name));
    case "VariableDeclarator":
      return statement.init !== null && surely(statement.init, name);
    case "ExpressionStatement":
      return surely(statement.expression, name);
    case "ReturnStatement":
      return (
        statement.argument !== null && (holds(statement.argument, name) || surely(statement.argument, name))
      );
    case "ForOfStatement":
      return surely(statement.right, name) || awaitsAll(statement, name);
    default:
      return false;
  }
}

/** A loop that comes to the last of them, and awaits each. */
function awaitsAll(loop: Of<"ForOfStatement">, name: string): boolean {
  if (!loopsOver(loop, name) || exitsOf(loop.body).length > 0) return false;
  const { promise } = eachOf(loop);
  const statements = loop.body.type === "BlockStatement" ? loop.body.body : [loop.body];
  return loop.await || (promise !== undefined && statements.some((one) => awaits(one, promise.name)));
}

/** An await of it that is always come to. */
function surely(node: Node, name: string): boolean {
  if (isFunction(node)) return false;
  if (node.type === "AwaitExpression" && holds(node.argument, name)) return true;
  if (node.type === "ConditionalExpression") return surely(node.test, name);
  if (node.type === "LogicalExpression") return surely(node.left, name);
  if (node.type === "AssignmentExpression" && LOGICAL.has(node.operator)) return false;
  if (node.type === "ChainExpression") return false;
  return childrenOf(node).some((child) => surely(child, name));
}

const LOGICAL = new Set(["||=", "&&=", "??="]);

/** It is the future, or `Promise.all` of what it is among. */
function holds(given: Node, name: string): boolean {
  if (given.type === "SpreadElement") return holds(given.argument, name);
  const node = bare(given as Expression);
  // Its author awaits it later, or elsewhere.
  if (node.type === "Identifier") return node.name === name && !isPromise(node);
  if (node.type === "ArrayExpression") return node.elements.some((one) => one !== null && holds(one, name));
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { object } = node.callee;
  const method = memberName(node.callee) ?? "";
  if (method === "concat") return [object, ...node.arguments].some((one) => holds(one, name));
  const isOf = (namespace: string): boolean => object.type === "Identifier" && object.name === namespace;
  const isTaken = (isOf("Promise") && SETTLING.has(method)) || (isOf("Object") && method === "values");
  return isTaken && node.arguments.some((one) => holds(one, name));
}

const SETTLING = new Set(["all", "allSettled"]);

function changesOneOf(lowering: Lowering, statement: Node, read: ReadonlySet<Variable>): boolean {
  const effects = effectsOf(lowering, statement);
  return [...read].some(
    (variable) =>
      effects.has(variable) ||
      lowering.sharing.changesOf(variable).some(({ node }) => within(node, statement)),
  );
}

/**
 * The variables that a piece reads while it runs, itself or in a function that it calls. What stands in no function is read
 * when it begins, so that only what the objects there hold may be another thing later.
 */
const variablesIn = (lowering: Lowering, piece: Node): Set<Variable> => {
  const { sharing } = lowering;
  const read = sharing.calledFrom(piece).flatMap((part) => readIn(part, false));
  return new Set(
    read.flatMap(({ name, later }) => (later || sharing.isMutated(name) ? (sharing.of(name) ?? []) : [])),
  );
};

function readIn(node: Node, inside: boolean): { name: Named; later: boolean }[] {
  if (node.type === "Identifier") return [{ name: node, later: inside }];
  return childrenOf(node).flatMap((child) => readIn(child, inside || isFunction(node)));
}

type Named = Extract<Node, { type: "Identifier" }>;

const within = (node: Node, outer: Node): boolean => outer.start <= node.start && node.end <= outer.end;

/** What nobody wrote may have a place before that of what it is a part of. */
const contains = (node: Node, part: Node): boolean =>
  node === part || within(part, node) || childrenOf(node).some((child) => contains(child, part));

const head = ({ start, end }: Node): Span => ({ start, end: Math.min(end, start + 40) });
