import type { Node } from "oxc-parser";
import type { DiagnosticCode } from "../diagnostic-catalogue.ts";
import { Scope } from "../lower/scope.ts";
import { childrenOf, isFunction } from "../parse/ast.ts";
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
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression") return;
  const scope = new Scope(outer);
  for (const parameter of node.params) declareLocals(parameter, scope);
  for (const parameter of node.params) checkDefaults(context, parameter, scope);
  if (!node.body) return;
  if (node.body.type === "BlockStatement") checkStatements(context, node.body.body, scope);
  else checkLocal(context, node.body, scope);
}

function refusalOf(node: Node): { code: DiagnosticCode; message?: string } | undefined {
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression")
    return { code: "RLT1108" };
  if (node.async) {
    const message = "An async callback stands only in `await Promise.all(items.map(async …))`.";
    return { code: "RLT1206", message };
  }
  return "generator" in node && node.generator ? { code: "RLT1107" } : undefined;
}

/** Declares every name of a pattern as local. */
export function declareLocals(pattern: Node, scope: Scope): void {
  if (pattern.type === "Identifier") scope.declare(pattern.name, "local");
  else if (pattern.type === "AssignmentPattern") declareLocals(pattern.left, scope);
  else if (pattern.type === "Property") declareLocals(pattern.value, scope);
  else for (const child of childrenOf(pattern)) declareLocals(child, scope);
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

function checkStatements(context: CheckContext, statements: readonly Node[], outer: Scope): void {
  const scope = new Scope(outer);
  for (const statement of statements) declareHoisted(statement, scope);
  for (const statement of statements) checkLocal(context, statement, scope);
}

/** Names are declared for the whole block before its statements are read, as JavaScript scopes them. */
function declareHoisted(statement: Node, scope: Scope): void {
  if (statement.type === "VariableDeclaration")
    for (const { id } of statement.declarations) declareLocals(id, scope);
}

const STATEMENTS = new Set<Node["type"]>([
  "ExpressionStatement",
  "IfStatement",
  "ReturnStatement",
  "WhileStatement",
  "DoWhileStatement",
  "EmptyStatement",
]);

/** As checkPure, with the statements and assignments that are harmless on names of the callback itself. */
function checkLocal(context: CheckContext, node: Node, scope: Scope): void {
  switch (node.type) {
    case "BlockStatement":
      checkStatements(context, node.body, scope);
      return;
    case "VariableDeclaration":
      if (node.kind === "var") report(context, "RLT1110", node);
      for (const declarator of node.declarations) {
        declareLocals(declarator.id, scope);
        checkDefaults(context, declarator.id, scope);
        if (declarator.init) checkLocal(context, declarator.init, scope);
      }
      return;
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
      checkLoop(context, node, scope);
      return;
    case "AssignmentExpression":
      checkTarget(context, node.left, scope);
      checkLocal(context, node.right, scope);
      return;
    case "BreakStatement":
    case "ContinueStatement":
      if (node.label) report(context, "RLT1109", node);
      return;
    case "UpdateExpression":
      checkTarget(context, node.argument, scope);
      return;
    case "ParenthesizedExpression":
    case "SequenceExpression":
    case "LogicalExpression":
    case "ConditionalExpression":
      for (const child of childrenOf(node)) checkLocal(context, child, scope);
      return;
    default:
      if (STATEMENTS.has(node.type)) for (const child of childrenOf(node)) checkLocal(context, child, scope);
      else if (isFunction(node)) report(context, "RLT1108", node);
      else checkPure(context, node, scope);
  }
}

export const hasRest = (pattern: Extract<Node, { type: "ObjectPattern" }>): boolean =>
  pattern.properties.some(({ type }) => type === "RestElement");

type Loop = Extract<Node, { type: "ForStatement" | "ForOfStatement" | "ForInStatement" }>;

function checkLoop(context: CheckContext, loop: Loop, outer: Scope): void {
  const scope = new Scope(outer);
  if (loop.type === "ForInStatement") context.seesKeys = true;
  if (loop.type === "ForOfStatement" && loop.await) report(context, "RLT1101", loop);
  for (const child of childrenOf(loop)) declareHoisted(child, scope);
  // `for (x of xs)` without a declaration changes x, as an assignment does.
  const target =
    loop.type !== "ForStatement" && loop.left.type !== "VariableDeclaration" ? loop.left : undefined;
  if (target) checkTarget(context, target, scope);
  for (const child of childrenOf(loop)) {
    if (child === target) continue;
    if (loop.type === "ForOfStatement" && child === loop.right) checkIterated(context, child, scope);
    else checkLocal(context, child, scope);
  }
}

/** What is assigned to must be the callback's own; a value that came in is frozen when it runs, so it is safe too. */
function checkTarget(context: CheckContext, target: Node, scope: Scope): void {
  if (target.type === "Identifier") {
    if (scope.find(target.name) !== "local")
      report(context, "RLT1104", target, `"${target.name}" is changed from inside a callback.`);
    return;
  }
  if (target.type !== "MemberExpression") {
    report(context, "RLT1104", target);
    return;
  }
  let root: Node = target.object;
  while (root.type === "MemberExpression") root = root.object;
  if (root.type === "Identifier" && scope.find(root.name) === "local") checkPure(context, target, scope);
  else report(context, "RLT1105", target);
}
