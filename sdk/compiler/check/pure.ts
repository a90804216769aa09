import type { Expression, Node } from "oxc-parser";
import type { DiagnosticCode } from "../diagnostic-catalogue.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { Uses } from "../graph.ts";
import type { Scope } from "../lower/scope.ts";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import type { Module, ModuleReader } from "../parse/module.ts";
import {
  ERROR_CLASSES, GLOBAL_FUNCTIONS, GLOBAL_VALUES, LOCALE_METHODS, MUTATING_METHODS, NAMESPACE_VALUES, NAMESPACES, OUTSIDE, PURE_METHODS,
} from "./builtins.ts";
import { isLiteralOnly } from "./literal.ts";
import { checkCallbackBody } from "./callback.ts";

/** What the checks of one flow share. */
export interface CheckContext {
  reader: ModuleReader;
  module: Module;
  diagnostics: Diagnostics;
  /** Filled by the check: which identifier stands for which binding of the flow. */
  uses: Uses;
}

export const report = (context: CheckContext, code: DiagnosticCode, node: { start: number; end: number }, message?: string): void =>
  context.diagnostics.add(context.module.source, code, node, message);

/**
 * Checks that an expression is synchronous and pure, so that it may run again anywhere and gives the same answer;
 * reports what is not, and resolves its names. Nothing is let through unknown: an unlisted node is refused.
 */
export function checkPure(context: CheckContext, node: Node, scope: Scope): void {
  if (context.uses.has(node)) return; // an await that was taken out
  const check = CHECKS[node.type];
  if (check) check(context, node as never, scope);
  else report(context, "RLT1306", node, `${node.type} cannot stand in a flow body.`);
}

type Check = (context: CheckContext, node: never, scope: Scope) => void;
type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

const through: Check = (context, node: Node, scope) => {
  for (const child of childrenOf(node)) checkPure(context, child, scope);
};

const CHECKS: Partial<Record<Node["type"], Check>> = {
  Literal: () => undefined,
  TemplateElement: () => undefined,
  TemplateLiteral: through,
  ArrayExpression: through,
  SpreadElement: through,
  BinaryExpression: checkBinary as Check,
  LogicalExpression: through,
  ConditionalExpression: through,
  ParenthesizedExpression: through,
  ChainExpression: through,
  SequenceExpression: through,
  TSAsExpression: through,
  TSSatisfiesExpression: through,
  TSNonNullExpression: through,
  TSTypeAssertion: through,
  TSInstantiationExpression: through,
  ObjectExpression: through,
  Property: checkProperty as Check,
  Identifier: checkIdentifier as Check,
  MemberExpression: checkMember as Check,
  CallExpression: checkCall as Check,
  UnaryExpression: checkUnary as Check,
  ArrowFunctionExpression: (context, node) =>
    report(context, "RLT1108", node, "A function is no value here; it may stand as the callback of a method such as map or filter."),
  FunctionExpression: (context, node) => report(context, "RLT1108", node, "A function is no value here."),
  AssignmentExpression: (context, node: Of<"AssignmentExpression">) =>
    report(context, node.left.type === "MemberExpression" ? "RLT1105" : "RLT1104", node),
  UpdateExpression: (context, node: Of<"UpdateExpression">) =>
    report(context, node.argument.type === "MemberExpression" ? "RLT1105" : "RLT1104", node),
  AwaitExpression: (context, node) => report(context, "RLT1203", node),
  YieldExpression: (context, node) => report(context, "RLT1107", node),
  NewExpression: checkNew as Check,
  ThisExpression: (context, node) => report(context, "RLT1306", node, "`this` has no meaning in a flow body."),
};

function checkBinary(context: CheckContext, node: Of<"BinaryExpression">, scope: Scope): void {
  if (node.operator === "instanceof") report(context, "RLT1306", node, "instanceof says nothing of JSON values.");
  const fresh = (side: Node): boolean => ["ObjectExpression", "ArrayExpression"].includes(bare(side as Expression).type);
  if (["===", "!==", "==", "!="].includes(node.operator) && (fresh(node.left) || fresh(node.right))) report(context, "RLT1307", node);
  through(context, node as never, scope);
}

function checkProperty(context: CheckContext, node: Of<"Property">, scope: Scope): void {
  if (node.kind !== "init" || node.method) {
    report(context, "RLT1108", node, "A method, getter or setter is no JSON value.");
    return;
  }
  if (node.computed) checkPure(context, node.key, scope);
  else if (!node.shorthand && (nameOfKey(node.key) === "__proto__")) report(context, "RLT1313", node.key);
  checkPure(context, node.value, scope);
}

const nameOfKey = (key: Node): string | undefined =>
  key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;

export function checkIdentifier(context: CheckContext, node: Of<"Identifier">, scope: Scope): void {
  const found = scope.find(node.name);
  if (found === "local") return;
  if (found) {
    context.uses.set(node, found);
    return;
  }
  const declared = context.reader.lookup(context.module, node.name);
  if (declared) {
    if (declared.kind === "task" || declared.kind === "flow") report(context, "RLT1207", node, `The ${declared.kind} "${node.name}" is used as a value.`);
    else if (declared.kind === "constant" && isLiteralOnly(declared.init)) return;
    else if (declared.kind === "missing") report(context, "RLT1009", node, `"${declared.imported}" is not exported by ${declared.from}.`);
    else report(context, "RLT1310", node, `"${node.name}" is no constant of literals.`);
    return;
  }
  if (GLOBAL_VALUES.has(node.name)) return;
  const outside = OUTSIDE[node.name];
  if (outside) report(context, outside, node, `"${node.name}" reaches outside the flow.`);
  else if (node.name in globalThis) report(context, "RLT1304", node, `"${node.name}" cannot be used as a value in a flow body.`);
  else report(context, "RLT1308", node, `"${node.name}" is not defined.`);
}

function checkMember(context: CheckContext, node: Of<"MemberExpression">, scope: Scope): void {
  const namespace = globalNamespace(context, node.object, scope);
  const name = memberName(node);
  if (namespace) {
    if (name === undefined || !NAMESPACE_VALUES[namespace]?.has(name)) reportNamespace(context, node, namespace, name);
    return;
  }
  if (node.property.type === "PrivateIdentifier") return report(context, "RLT1306", node, "Private names belong to classes.");
  checkPure(context, node.object, scope);
  if (node.computed) checkPure(context, node.property, scope);
}

function globalNamespace(context: CheckContext, node: Node, scope: Scope): string | undefined {
  if (node.type !== "Identifier" || scope.find(node.name) || context.reader.lookup(context.module, node.name)) return undefined;
  return Object.hasOwn(NAMESPACES, node.name) ? node.name : undefined;
}

function reportNamespace(context: CheckContext, node: Node, namespace: string, name: string | undefined): void {
  if (namespace === "Math" && name === "random") report(context, "RLT1302", node, "Math.random() differs from run to run.");
  else report(context, "RLT1309", node, `${namespace}.${name ?? "[…]"} is not known to be pure.`);
}

function checkUnary(context: CheckContext, node: Of<"UnaryExpression">, scope: Scope): void {
  if (node.operator === "delete") report(context, "RLT1105", node, "delete changes a value in place.");
  else checkPure(context, node.argument, scope);
}

function checkNew(context: CheckContext, node: Of<"NewExpression">): void {
  const name = node.callee.type === "Identifier" ? node.callee.name : "";
  if (name === "Date") report(context, "RLT1301", node, "new Date(…) depends on the clock or the time zone.");
  else if (name === "Promise") report(context, "RLT1204", node, "new Promise(…) cannot be compiled.");
  else if (ERROR_CLASSES.has(name)) report(context, "RLT1312", node, `new ${name}(…) stands only after throw.`);
  else report(context, "RLT1312", node);
}

function checkCall(context: CheckContext, node: Of<"CallExpression">, scope: Scope): void {
  const callee = bare(node.callee);
  if (callee.type === "Identifier") checkNamedCall(context, callee, node, scope);
  else if (callee.type === "MemberExpression") checkMethodCall(context, callee, node, scope);
  else report(context, "RLT1305", node);
  for (const argument of node.arguments) checkArgument(context, argument, scope);
}

function checkArgument(context: CheckContext, argument: Node, scope: Scope): void {
  if (isFunction(argument)) checkCallbackBody(context, argument, scope);
  else if (argument.type === "Identifier" && isPureGlobalFunction(context, argument.name, scope)) return; // xs.map(Number)
  else checkPure(context, argument, scope);
}

const isPureGlobalFunction = (context: CheckContext, name: string, scope: Scope): boolean =>
  GLOBAL_FUNCTIONS.has(name) && !scope.find(name) && !context.reader.lookup(context.module, name);

function checkNamedCall(context: CheckContext, callee: Of<"Identifier">, node: Node, scope: Scope): void {
  const { name } = callee;
  if (scope.find(name)) return report(context, "RLT1305", node, `"${name}" is called, but holds a value.`);
  const declared = context.reader.lookup(context.module, name);
  if (!declared) {
    if (GLOBAL_FUNCTIONS.has(name)) return;
    if (name === "Symbol" || name === "BigInt") return report(context, "RLT1306", node, `${name} makes no JSON value.`);
    return checkIdentifier(context, callee, scope);
  }
  if (declared.kind === "package" && declared.from === "runlet" && declared.imported === "range") return;
  if (declared.kind === "task") return report(context, "RLT1201", node, `The task "${name}" is called without await.`);
  if (declared.kind === "flow") return report(context, "RLT1210", node, `The flow "${name}" is called in a flow.`);
  if (declared.kind === "missing") return report(context, "RLT1009", node, `"${declared.imported}" is not exported by ${declared.from}.`);
  report(context, "RLT1305", node, `"${name}" is a function, but no task.`);
}

function checkMethodCall(context: CheckContext, callee: Of<"MemberExpression">, node: Of<"CallExpression">, scope: Scope): void {
  const name = memberName(callee);
  if (callee.object.type === "Identifier" && !scope.find(callee.object.name)) {
    if (checkGlobalMethod(context, callee.object, name, node, scope)) return;
  }
  checkPure(context, callee.object, scope);
  if (callee.computed) checkPure(context, callee.property, scope);
  if (name === undefined) return report(context, "RLT1309", node, "The method is chosen at run time.");
  if (LOCALE_METHODS.has(name)) return report(context, "RLT1311", node, `${name} depends on the machine's language.`);
  if (MUTATING_METHODS.has(name)) {
    const receiver = bare(callee.object);
    const madeHere = receiver.type === "ArrayExpression" || receiver.type === "CallExpression";
    const local = receiver.type === "Identifier" && scope.find(receiver.name) === "local";
    if (!madeHere && !local) report(context, "RLT1106", node, `${name} changes its receiver.`);
    return;
  }
  if (!PURE_METHODS.has(name)) report(context, "RLT1309", node, `The method "${name}" is not known to be pure.`);
}

/** Calls on a name that is no value of the flow: a namespace, a task, a module. True when that settles it. */
function checkGlobalMethod(context: CheckContext, object: Of<"Identifier">, name: string | undefined, node: Node, scope: Scope): boolean {
  const declared = context.reader.lookup(context.module, object.name);
  if (declared?.kind === "task" || declared?.kind === "flow") {
    const code = declared.kind === "flow" ? "RLT1210" : name === "map" ? "RLT1201" : "RLT1208";
    report(context, code, node, name === "map" ? `${object.name}.map(…) is called without await.` : `"${object.name}" has no member "${name ?? "…"}" that a flow body can call.`);
    return true;
  }
  if (declared) return false;
  if (object.name === "Promise") {
    report(context, "RLT1201", node, `Promise.${name ?? "…"}(…) is called without await.`);
    return true;
  }
  const namespace = globalNamespace(context, object, scope);
  if (!namespace) return false;
  if (name === undefined || !NAMESPACES[namespace]?.has(name)) reportNamespace(context, node, namespace, name);
  return true;
}
