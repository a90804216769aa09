import type { Expression, Node } from "oxc-parser";
import type { DiagnosticCode } from "../diagnostic-catalogue.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { Binding, Uses } from "../graph.ts";
import type { Scope } from "../lower/scope.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { isPromise } from "../parse/make.ts";
import type { Declared, FlowDeclaration, Module, ModuleReader } from "../parse/module.ts";
import {
  ERROR_CLASSES,
  GLOBAL_VALUES,
  HELPFUL_CLASSES,
  NAMESPACE_VALUES,
  NAMESPACES,
  OUTSIDE,
} from "./builtins.ts";
import { checkLocal } from "./callback.ts";
import { checkCall } from "./calls.ts";
import { isErrorClass } from "./error-classes.ts";
import { isPureConstant } from "./helper.ts";
import { isLiteralOnly } from "./literal.ts";
import { checkFormat } from "./locale.ts";

/** What the checks of one flow share. */
export interface CheckContext {
  reader: ModuleReader;
  module: Module;
  diagnostics: Diagnostics;
  /** Filled by the check: which identifier stands for which binding of the flow. */
  uses: Uses;
  /** Results of calls that begin before they are awaited: their names may stand in few places. */
  futures?: Set<Binding>;
  /** Calls that a list is filled with: they begin when it is full. */
  begun?: Set<Node>;
  oneRuns?: Set<Node>;
  /** Awaits of a future that has ended, in a loop over futures. */
  settledAwaits?: Set<Node>;
  /** How many there are in a list of futures. */
  lengths?: Map<Binding, Binding>;
  /** Set by the check: something in the flow can tell a key with undefined from no key. */
  seesKeys?: boolean;
  /** A constant is checked: it is computed as the module is loaded, by the author's text alone. */
  loads?: boolean;
  /** Set by the lowering: the flows that this one calls. */
  called?: Set<FlowDeclaration>;
  /** Set while a statement is checked that may change variables of the flow, as deep in maps as they were declared. */
  changing?: { depth: number } | undefined;
}

export const report = (
  context: CheckContext,
  code: DiagnosticCode,
  node: { start: number; end: number },
  message?: string,
): void => context.diagnostics.add(context.reader.sourceOf(node), code, node, message);

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
  Literal: checkLiteral as Check,
  TemplateElement: () => undefined,
  TemplateLiteral: through,
  TaggedTemplateExpression: checkTagged as Check,
  ArrayExpression: through,
  SpreadElement: (context, node: Of<"SpreadElement">, scope) => checkIterated(context, node.argument, scope),
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
  ObjectExpression: (context, node: Of<"ObjectExpression">, scope) => {
    if (node.properties.some(({ type }) => type === "SpreadElement")) context.seesKeys = true;
    through(context, node as never, scope);
  },
  Property: checkProperty as Check,
  Identifier: checkIdentifier as Check,
  MemberExpression: checkMember as Check,
  CallExpression: checkCall as Check,
  UnaryExpression: checkUnary as Check,
  ArrowFunctionExpression: (context, node) =>
    report(
      context,
      "RLT1108",
      node,
      "A function is no value here; it may stand as the callback of a method such as map or filter.",
    ),
  FunctionExpression: (context, node) => report(context, "RLT1108", node, "A function is no value here."),
  AssignmentExpression: checkLocal as Check,
  UpdateExpression: checkLocal as Check,
  AwaitExpression: (context, node: Of<"AwaitExpression">, scope) => {
    if (context.settledAwaits?.has(node)) return checkPure(context, node.argument, scope);
    // Where what is awaited is a mistake already, its place says nothing more.
    if (!context.diagnostics.anyWithin(context.reader.sourceOf(node), node)) report(context, "RLT1203", node);
  },
  YieldExpression: (context, node) => report(context, "RLT1107", node),
  NewExpression: checkNew as Check,
  ThisExpression: (context, node) =>
    report(context, "RLT1306", node, "`this` has no meaning in a flow body."),
};

/** `` String.raw`…` `` is no more than another way to write a text; any other tag is a function that gets an object of its own. */
function checkTagged(context: CheckContext, node: Of<"TaggedTemplateExpression">, scope: Scope): void {
  const { tag } = node;
  const isRaw =
    tag.type === "MemberExpression" &&
    memberName(tag) === "raw" &&
    globalNamespace(context, tag.object, scope) === "String";
  if (!isRaw) report(context, "RLT1306", node, "A tag gets an object that it may tell from any other.");
  checkPure(context, node.quasi, scope);
}

function checkBinary(context: CheckContext, node: Of<"BinaryExpression">, scope: Scope): void {
  if (node.operator === "instanceof") {
    checkInstance(context, node, scope);
    return;
  }
  if (node.operator === "in") context.seesKeys = true;
  const fresh = (side: Node): boolean =>
    ["ObjectExpression", "ArrayExpression"].includes(bare(side as Expression).type);
  if (["===", "!==", "==", "!="].includes(node.operator) && (fresh(node.left) || fresh(node.right)))
    report(context, "RLT1307", node);
  through(context, node as never, scope);
}

/** A caught error is of its class again wherever JavaScript runs, be it JavaScript's own or one of the author's. */
function checkInstance(context: CheckContext, node: Of<"BinaryExpression">, scope: Scope): void {
  const { left, right } = node;
  const name = right.type === "Identifier" && !scope.find(right.name) ? right.name : "";
  const declared = name === "" || right.type !== "Identifier" ? undefined : context.reader.named(right);
  const isKnown = declared
    ? isErrorClass(context.reader, declared)
    : ERROR_CLASSES.has(name) || HELPFUL_CLASSES.has(name);
  if (!isKnown)
    report(
      context,
      "RLT1306",
      node,
      "instanceof tells errors apart whose class is JavaScript's own, or stands at the top level of a module, extends one of those and has no #private names; JSON values have no class.",
    );
  checkPure(context, left, scope);
}

/** A sticky pattern remembers where it stopped, so that asking twice gives two answers. */
function checkLiteral(context: CheckContext, node: Of<"Literal">): void {
  if ("regex" in node && node.regex.flags.includes("y"))
    report(context, "RLT1306", node, "A regular expression with the flag y has a state of its own.");
}

/** What is spread or looped over: here alone an iterator may stand, since here it is used up at once. */
export function checkIterated(context: CheckContext, node: Node, scope: Scope): void {
  usedUp.add(bare(node as Expression));
  checkPure(context, node, scope);
}

/** Expressions whose iterator, if they give one, is read to its end where it is made. */
export const usedUp = new WeakSet<Node>();

function checkProperty(context: CheckContext, node: Of<"Property">, scope: Scope): void {
  if (node.kind !== "init" || node.method) {
    report(context, "RLT1108", node, "A method, getter or setter is no JSON value.");
    return;
  }
  if (node.computed) checkPure(context, node.key, scope);
  else if (nameOfKey(node.key) === "__proto__") report(context, "RLT1313", node.key);
  checkPure(context, node.value, scope);
}

const nameOfKey = (key: Node): string | undefined =>
  key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;

export function checkIdentifier(context: CheckContext, node: Of<"Identifier">, scope: Scope): void {
  const found = scope.find(node.name);
  if (found === "refused") return;
  if (isPromise(node)) {
    report(context, "RLT1202", node, "It is awaited as a promise, and is none that is known here.");
    return;
  }
  if (found === "local") return;
  if (found === "later") {
    report(context, "RLT1308", node, `"${node.name}" is used before it is defined.`);
    return;
  }
  if (found) {
    if (found.kind === "settled")
      report(context, "RLT1214", node, `"${node.name}" is a future, which is used before it is awaited.`);
    else if (found.kind === "futures")
      report(
        context,
        "RLT1214",
        node,
        `"${node.name}" holds futures, and is used otherwise than to await them.`,
      );
    else if (found.kind === "async" || found.kind === "handed")
      report(context, "RLT1207", node, `"${node.name}" is used as a value: call it.`);
    else if (context.futures?.has(found))
      report(context, "RLT1214", node, `"${node.name}" is a future, which is used before it is awaited.`);
    else context.uses.set(node, found);
    return;
  }
  const declared = context.reader.named(node);
  if (declared) {
    const isPure =
      declared.kind === "constant" && (isLiteralOnly(declared.init) || isPureConstant(context, declared));
    if (!isPure) reportDeclared(context, node, node.name, declared);
    return;
  }
  if (GLOBAL_VALUES.has(node.name)) return;
  const outside = OUTSIDE[node.name];
  if (outside) report(context, outside, node, `"${node.name}" reaches outside the flow.`);
  else if (node.name in globalThis)
    report(context, "RLT1304", node, `"${node.name}" cannot be used as a value in a flow body.`);
  else report(context, "RLT1308", node, `"${node.name}" is not defined.`);
}

/** A name of a module that is no value in a flow body. */
function reportDeclared(context: CheckContext, node: Node, name: string, declared: Declared): void {
  if (declared.kind === "task" || declared.kind === "flow")
    report(context, "RLT1207", node, `The ${declared.kind} "${name}" is used as a value.`);
  else if (declared.kind === "function")
    report(context, "RLT1108", node, `The function "${name}" is used as a value: call it.`);
  else if (declared.kind === "class")
    report(
      context,
      "RLT1108",
      node,
      `"${name}" is a class: what a flow keeps between steps is JSON, so write functions, or use it inside a task.`,
    );
  else if (declared.kind === "missing")
    report(context, "RLT1009", node, `"${declared.imported}" is not exported by ${declared.from}.`);
  else report(context, "RLT1310", node, `"${name}" is no constant whose value is the same in every process.`);
}

/** How many futures a list of them holds. */
function lengthOf({ lengths }: CheckContext, node: Node, scope: Scope): Binding | undefined {
  const list = bare(node as Expression);
  const found = list.type === "Identifier" ? scope.find(list.name) : undefined;
  return typeof found === "object" && found.kind === "variable" ? lengths?.get(found) : undefined;
}

function checkMember(context: CheckContext, node: Of<"MemberExpression">, scope: Scope): void {
  const namespace = globalNamespace(context, node.object, scope);
  const name = memberName(node);
  if (namespace) {
    if (name === undefined || !NAMESPACE_VALUES[namespace]?.has(name))
      reportNamespace(context, node, namespace, name);
    return;
  }
  if (isExportOfModule(context, node, scope)) return;
  const length = name === "length" ? lengthOf(context, node.object, scope) : undefined;
  if (length) {
    context.uses.set(node, length);
    return;
  }
  if (node.property.type === "PrivateIdentifier") {
    report(context, "RLT1306", node, "Private names belong to classes.");
    return;
  }
  if (name === "stack") report(context, "RLT1306", node, "A stack differs from run to run.");
  checkPure(context, node.object, scope);
  if (node.computed) checkPure(context, node.property, scope);
}

/** `helpers.LIMIT` of a module that is imported whole: a constant of that module. */
function isExportOfModule(context: CheckContext, node: Of<"MemberExpression">, scope: Scope): boolean {
  const declared = exportOfModule(context, node, scope);
  if (!declared) return false;
  if (declared.kind !== "constant" || !(isLiteralOnly(declared.init) || isPureConstant(context, declared)))
    reportDeclared(context, node, context.reader.sourceOf(node).slice(node), declared);
  return true;
}

/** What a member of a module stands for that is imported whole. */
export function exportOfModule(
  context: CheckContext,
  node: Of<"MemberExpression">,
  scope: Scope,
): Declared | undefined {
  if (node.object.type !== "Identifier" || scope.find(node.object.name)) return undefined;
  const module = context.reader.named(node.object);
  const name = memberName(node);
  if (module?.kind !== "namespace" || name === undefined) return undefined;
  return (
    context.reader.exported(module.module, name) ?? {
      kind: "missing",
      from: context.reader.at(node.object).imports.get(node.object.name)?.from ?? "",
      imported: name,
    }
  );
}

/** The name of a global namespace such as Math, where nothing in the flow or the module has that name. */
export function globalNamespace(context: CheckContext, node: Node, scope: Scope): string | undefined {
  if (node.type !== "Identifier" || scope.find(node.name) || context.reader.named(node)) return undefined;
  return Object.hasOwn(NAMESPACES, node.name) ? node.name : undefined;
}

/** `handlers[kind](x)` */
export const CHOSEN =
  "Which function is called is chosen at run time: write a switch over the key, with a call in each case.";

/** What later versions of Node have. */
const LATER = new Set(["Object.groupBy", "Map.groupBy"]);

export function reportNamespace(
  context: CheckContext,
  node: Node,
  namespace: string,
  name: string | undefined,
): void {
  const called = `${namespace}.${name ?? "[…]"}`;
  const message = LATER.has(called)
    ? `Node 20, in which flows run too, has no ${called}: push into (groups[key] ??= []) in a loop.`
    : `${called} is not known to be pure.`;
  report(context, "RLT1309", node, message);
}

function checkUnary(context: CheckContext, node: Of<"UnaryExpression">, scope: Scope): void {
  if (node.operator === "delete") checkLocal(context, node, scope);
  else checkPure(context, node.argument, scope);
}

/** Objects that an expression makes to use them up: a Set to drop duplicates, a Date to reckon with. */
function checkNew(context: CheckContext, node: Of<"NewExpression">, scope: Scope): void {
  const name = node.callee.type === "Identifier" ? node.callee.name : "";
  if (scope.find(name) === "refused") return;
  const declared = node.callee.type === "Identifier" ? context.reader.named(node.callee) : undefined;
  const isOwn = scope.find(name) !== undefined || declared !== undefined;
  const isError = scope.find(name) === undefined && isErrorClass(context.reader, declared);
  if (checkFormat(context, node)) for (const argument of node.arguments) checkPure(context, argument, scope);
  else if (name === "Promise") report(context, "RLT1204", node, "new Promise(…) cannot be compiled.");
  else if (!isError && (isOwn || !(ERROR_CLASSES.has(name) || HELPFUL_CLASSES.has(name))))
    report(context, "RLT1312", node);
  else if (name === "Date" && node.arguments.length === 0 && !context.changing)
    report(context, "RLT1301", node, "new Date() differs from moment to moment.");
  else if (name === "Date" && node.arguments.length > 1)
    report(
      context,
      "RLT1311",
      node,
      "new Date(year, month, …) depends on the machine's time zone: use Date.UTC.",
    );
  for (const argument of node.arguments)
    if (argument.type === "SpreadElement" || name === "Set" || name === "Map")
      checkIterated(context, argument.type === "SpreadElement" ? argument.argument : argument, scope);
    else checkPure(context, argument, scope);
}
