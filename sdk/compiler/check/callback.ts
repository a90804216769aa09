import type { Expression, Node } from "oxc-parser";
import type { DiagnosticCode } from "../diagnostic-catalogue.ts";
import type { Binding, CellBinding } from "../graph.ts";
import { type Named, Scope } from "../lower/scope.ts";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { type CheckContext, checkIterated, checkPure, report } from "./pure.ts";

/**
 * A synchronous callback inside a plain expression (`rows.filter((row) => …)`). Its body always runs as the author's
 * JavaScript, so it may hold statements and change names of its own; it must not change anything outside.
 */
export function checkCallbackBody(context: CheckContext, node: Node, outer: Scope): void {
  const refusal = refusalOf(node);
  if (refusal) {
    report(context, refusal.code, node, refusal.message);
    return;
  }
  if (!isFunction(node)) return;
  const scope = new Scope(outer);
  if (node.type === "FunctionExpression" && node.id) scope.declare(node.id.name, "local");
  for (const parameter of node.params) declareLocals(context, parameter, scope);
  for (const parameter of node.params) checkDefaults(context, parameter, scope);
  if (!node.body) return;
  if (node.body.type === "BlockStatement") checkStatements(context, node.body.body, scope);
  else checkLocal(context, node.body, scope);
}

function refusalOf(node: Node): { code: DiagnosticCode; message?: string } | undefined {
  if (!isFunction(node)) return { code: "RLT1108" };
  if (node.async) {
    const message = "An async callback stands only in `await Promise.all(items.map(async …))`.";
    return { code: "RLT1206", message };
  }
  return "generator" in node && node.generator ? { code: "RLT1107" } : undefined;
}

/** Declares every name of a pattern as local, but for those that are variables of the flow already. */
export function declareLocals(context: CheckContext, pattern: Node, scope: Scope): void {
  if (pattern.type === "Identifier") {
    if (!context.uses.has(pattern)) scope.declare(pattern.name, "local");
  } else if (pattern.type === "AssignmentPattern") declareLocals(context, pattern.left, scope);
  else if (pattern.type === "Property") declareLocals(context, pattern.value, scope);
  else for (const child of childrenOf(pattern)) declareLocals(context, child, scope);
}

function checkDefaults(context: CheckContext, pattern: Node, scope: Scope): void {
  if (pattern.type === "ObjectPattern" && hasRest(pattern)) context.seesKeys = true;
  if (pattern.type === "AssignmentPattern") {
    checkLocal(context, pattern.right, scope);
    checkDefaults(context, pattern.left, scope);
  } else if (pattern.type === "Property") {
    if (pattern.computed) checkLocal(context, pattern.key, scope);
    checkDefaults(context, pattern.value, scope);
  } else if (pattern.type !== "Identifier") {
    for (const child of childrenOf(pattern)) checkDefaults(context, child, scope);
  }
}

export function checkStatements(context: CheckContext, statements: readonly Node[], outer: Scope): void {
  const scope = new Scope(outer);
  for (const statement of statements) declareHoisted(context, statement, scope);
  for (const statement of statements) checkLocal(context, statement, scope);
}

/** Names are declared for the whole block before its statements are read, as JavaScript scopes them. */
function declareHoisted(context: CheckContext, statement: Node, scope: Scope): void {
  if (statement.type === "VariableDeclaration")
    for (const { id } of statement.declarations) declareLocals(context, id, scope);
  else if (statement.type === "FunctionDeclaration" && statement.id)
    declareLocals(context, statement.id, scope);
}

const STATEMENTS = new Set<Node["type"]>([
  "ExpressionStatement",
  "IfStatement",
  "ReturnStatement",
  "WhileStatement",
  "DoWhileStatement",
  "EmptyStatement",
  "SwitchCase",
]);

/** As checkPure, with the statements and assignments that are harmless on names of the callback itself. */
export function checkLocal(context: CheckContext, node: Node, scope: Scope): void {
  switch (node.type) {
    case "BlockStatement":
      checkStatements(context, node.body, scope);
      return;
    case "VariableDeclaration":
      checkDeclaration(context, node, scope);
      return;
    case "FunctionDeclaration":
      checkCallbackBody(context, node, scope);
      return;
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
      checkLoop(context, node, scope);
      return;
    case "AssignmentExpression":
      checkTargets(context, node.left, scope);
      checkLocal(context, node.right, scope);
      return;
    case "BreakStatement":
    case "ContinueStatement":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return;
    case "LabeledStatement":
      checkLocal(context, node.body, scope);
      return;
    case "ThrowStatement":
      checkThrown(context, node.argument, scope);
      return;
    case "UpdateExpression":
      checkTarget(context, node.argument, scope);
      return;
    case "SwitchStatement":
      checkSwitch(context, node, scope);
      return;
    case "TryStatement":
      checkTry(context, node, scope);
      return;
    case "UnaryExpression":
      if (node.operator === "delete") checkTarget(context, bare(node.argument), scope);
      else checkPure(context, node, scope);
      return;
    case "ParenthesizedExpression":
    case "SequenceExpression":
    case "LogicalExpression":
    case "ConditionalExpression":
      for (const child of childrenOf(node)) checkLocal(context, child, scope);
      return;
    default:
      if (STATEMENTS.has(node.type)) for (const child of childrenOf(node)) checkLocal(context, child, scope);
      else if (isFunction(node)) checkCallbackBody(context, node, scope);
      else checkPure(context, node, scope);
  }
}

/** What is thrown may be of a class of the author's: whether that is an error shows when it is thrown. */
function checkThrown(context: CheckContext, thrown: Expression, scope: Scope): void {
  const made = bare(thrown);
  const callee = made.type === "NewExpression" && made.callee.type === "Identifier" ? made.callee : undefined;
  const declared = callee && !scope.find(callee.name) ? context.reader.named(callee) : undefined;
  if (made.type !== "NewExpression" || (declared?.kind !== "class" && declared?.kind !== "package"))
    checkLocal(context, thrown, scope);
  else for (const argument of made.arguments) checkPure(context, argument, scope);
}

function checkDeclaration(
  context: CheckContext,
  node: Extract<Node, { type: "VariableDeclaration" }>,
  scope: Scope,
): void {
  if (node.kind === "var") report(context, "RLT1110", node);
  if (node.kind === "using" || node.kind === "await using") report(context, "RLT1111", node);
  for (const { id, init } of node.declarations) {
    declareLocals(context, id, scope);
    checkDefaults(context, id, scope);
    if (init) checkLocal(context, init, scope);
  }
}

function checkSwitch(
  context: CheckContext,
  { discriminant, cases }: Extract<Node, { type: "SwitchStatement" }>,
  outer: Scope,
): void {
  checkLocal(context, discriminant, outer);
  const scope = new Scope(outer);
  for (const { consequent } of cases) for (const one of consequent) declareHoisted(context, one, scope);
  for (const one of cases) checkLocal(context, one, scope);
}

function checkTry(
  context: CheckContext,
  { block, handler, finalizer }: Extract<Node, { type: "TryStatement" }>,
  outer: Scope,
): void {
  checkLocal(context, block, outer);
  if (handler) {
    const scope = new Scope(outer);
    if (handler.param) {
      declareLocals(context, handler.param, scope);
      checkDefaults(context, handler.param, scope);
    }
    checkLocal(context, handler.body, scope);
  }
  if (finalizer) checkLocal(context, finalizer, outer);
}

export const hasRest = (pattern: Extract<Node, { type: "ObjectPattern" }>): boolean =>
  pattern.properties.some(({ type }) => type === "RestElement");

type Loop = Extract<Node, { type: "ForStatement" | "ForOfStatement" | "ForInStatement" }>;

function checkLoop(context: CheckContext, loop: Loop, outer: Scope): void {
  const scope = new Scope(outer);
  if (loop.type === "ForInStatement") context.seesKeys = true;
  if (loop.type === "ForOfStatement" && loop.await) report(context, "RLT1101", loop);
  for (const child of childrenOf(loop)) declareHoisted(context, child, scope);
  // `for (x of xs)` without a declaration changes x, as an assignment does.
  const target =
    loop.type !== "ForStatement" && loop.left.type !== "VariableDeclaration" ? loop.left : undefined;
  if (target) checkTargets(context, target, scope);
  for (const child of childrenOf(loop)) {
    if (child === target) continue;
    if (loop.type === "ForOfStatement" && child === loop.right) checkIterated(context, child, scope);
    else checkLocal(context, child, scope);
  }
}

/** An assignment's left side: a name, a member, or a pattern of them. */
function checkTargets(context: CheckContext, target: Node, scope: Scope): void {
  switch (target.type) {
    case "AssignmentPattern":
      checkTargets(context, target.left, scope);
      checkLocal(context, target.right, scope);
      return;
    case "Property":
      if (target.computed) checkLocal(context, target.key, scope);
      checkTargets(context, target.value, scope);
      return;
    case "ObjectPattern":
      if (hasRest(target)) context.seesKeys = true;
      for (const child of childrenOf(target)) checkTargets(context, child, scope);
      return;
    case "ArrayPattern":
    case "RestElement":
      for (const child of childrenOf(target)) checkTargets(context, child, scope);
      return;
    default:
      checkTarget(context, target, scope);
  }
}

/**
 * What is assigned to must be the callback's own, or a variable of the flow that a statement of the flow may change. A
 * value that came in otherwise is frozen when it runs, so it is safe too.
 */
function checkTarget(context: CheckContext, given: Node, scope: Scope): void {
  const target = bare(given as Expression);
  if (target.type === "Identifier") {
    const found = scope.find(target.name);
    if (found === "local" || found === "refused") return;
    if (typeof found === "object" && found.kind === "cell" && context.changing)
      takeCell(context, target, found);
    else if (found === undefined && !context.reader.named(target))
      report(context, "RLT1308", target, `"${target.name}" is not defined.`);
    else report(context, "RLT1104", target, `"${target.name}" is no variable that may change here.`);
    return;
  }
  if (target.type !== "MemberExpression") {
    report(context, "RLT1104", target);
    return;
  }
  if (target.property.type === "PrivateIdentifier" || memberName(target) === "__proto__") {
    report(context, "RLT1313", target);
    return;
  }
  checkChanged(context, target.object, scope, "RLT1105");
  if (target.computed) checkLocal(context, target.property, scope);
}

/** An object that is changed in place: it must hang on a name of the callback, or on a variable of the flow. */
export function checkChanged(
  context: CheckContext,
  object: Node,
  scope: Scope,
  code: "RLT1105" | "RLT1106",
): void {
  const inner = bare(object as Expression);
  if (inner.type === "ChainExpression") checkChanged(context, inner.expression, scope, code);
  else if (inner.type === "ConditionalExpression") {
    checkLocal(context, inner.test, scope);
    for (const one of [inner.consequent, inner.alternate]) checkChanged(context, one, scope, code);
  } else if (inner.type === "MemberExpression") {
    checkChanged(context, inner.object, scope, code);
    if (inner.computed) checkLocal(context, inner.property, scope);
  } else if (inner.type !== "Identifier") checkLocal(context, inner, scope);
  else checkChangedName(context, inner, scope, code);
}

function checkChangedName(
  context: CheckContext,
  node: Node & { type: "Identifier" },
  scope: Scope,
  code: "RLT1105" | "RLT1106",
): void {
  const found = scope.find(node.name);
  if (found === "local" || found === "refused") return;
  const cell = cellBehind(found);
  if (cell && context.changing) {
    takeCell(context, node, cell);
    context.uses.set(node, found as Binding);
  } else if (found === undefined && !context.reader.named(node))
    report(context, "RLT1308", node, `"${node.name}" is not defined.`);
  else report(context, code, node);
}

/** The variable that holds what a name stands for: the element of a loop belongs to the list. */
function cellBehind(found: Named | undefined): CellBinding | undefined {
  if (typeof found !== "object") return undefined;
  if (found.kind === "cell") return found;
  return found.kind === "pure" ? found.definition.element?.list : undefined;
}

/** A variable of the flow that is changed: by its own function only, since iterations of a map run side by side. */
function takeCell(context: CheckContext, node: Node & { name: string }, cell: CellBinding): void {
  if (cell.depth !== context.changing?.depth)
    report(
      context,
      "RLT1104",
      node,
      `"${node.name}" is changed inside a map, where iterations run side by side.`,
    );
  context.uses.set(node, cell);
}
