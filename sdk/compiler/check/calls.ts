import type { Expression, Node } from "oxc-parser";
import type { Scope } from "../lower/scope.ts";
import { bare, isFunction, memberName } from "../parse/ast.ts";
import { consoleCall } from "../parse/console.ts";
import type { Declared } from "../parse/module.ts";
import {
  CALLBACK_METHODS,
  GLOBAL_FUNCTIONS,
  HELPER_METHODS,
  ITERATOR_METHODS,
  LOCALE_METHODS,
  MOMENTARY,
  MUTATING_METHODS,
  NAMESPACES,
  PURE_IMPORTS,
  PURE_METHODS,
  ZONED_METHODS,
} from "./builtins.ts";
import { checkCallbackBody, checkChanged } from "./callback.ts";
import { isHelper, ownFunction, takesFunction } from "./given-functions.ts";
import { checkHelper } from "./helper.ts";
import { checkLocale } from "./locale.ts";
import {
  CHOSEN,
  type CheckContext,
  checkIdentifier,
  checkPure,
  exportOfModule,
  globalNamespace,
  report,
  reportNamespace,
  usedUp,
} from "./pure.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** A call is pure where what it calls is known to be: a listed function, or a listed method of JSON values. */
export function checkCall(context: CheckContext, node: Of<"CallExpression">, scope: Scope): void {
  if (context.begun?.has(node)) {
    for (const argument of node.arguments) checkPure(context, argument, scope);
    return;
  }
  const callee = bare(node.callee);
  if (callee.type === "Identifier") checkNamedCall(context, callee, node, scope);
  else if (callee.type === "MemberExpression") checkMethodCall(context, callee, node, scope);
  else if (isFunction(callee)) checkCallbackBody(context, callee, scope);
  else report(context, "RLT1305", node);
  if (callee.type === "MemberExpression" && seesKeys(memberName(callee), node)) context.seesKeys = true;
  const own = ownFunction(context, callee, scope);
  const most = callee.type === "MemberExpression" ? CALLBACKS[memberName(callee) ?? ""] : undefined;
  for (const [i, argument] of node.arguments.entries()) {
    if ((!own && most !== undefined && i <= most) || (own && takesFunction(own, i)))
      checkCallback(context, argument, scope);
    else checkPure(context, argument, scope);
  }
}

const WAITS = new Set(["sleep", "sleepUntil", "waitForInput", "approval", "waitForEvent"]);

const KEY_METHODS = new Set(["keys", "values", "entries", "hasOwn", "hasOwnProperty"]);

const seesKeys = (name: string | undefined, { arguments: args }: Of<"CallExpression">): boolean =>
  name !== undefined && (KEY_METHODS.has(name) || (name === "stringify" && args.length > 1));

/** The last position at which a method takes a function. */
const CALLBACKS: Partial<Record<string, number>> = {
  ...Object.fromEntries([...CALLBACK_METHODS].map((name) => [name, 0])),
  replace: 1,
  replaceAll: 1,
  from: 1,
  parse: 1,
  stringify: 1,
};

function checkCallback(context: CheckContext, argument: Node, scope: Scope): void {
  if (isFunction(argument)) checkCallbackBody(context, argument, scope);
  else if (argument.type === "Identifier" && isNamedFunction(context, argument, scope))
    return; // xs.map(Number)
  else checkPure(context, argument, scope);
}

function isNamedFunction(context: CheckContext, node: Of<"Identifier">, scope: Scope): boolean {
  const found = scope.find(node.name);
  if (typeof found === "object" && isHelper(found)) {
    context.uses.set(node, found);
    return true;
  }
  if (found) return found === "local";
  const declared = context.reader.named(node);
  if (declared?.kind === "function") {
    checkHelper(context, declared, node);
    return true;
  }
  return !declared && (GLOBAL_FUNCTIONS.has(node.name) || node.name === "BigInt");
}

function checkNamedCall(context: CheckContext, callee: Of<"Identifier">, node: Node, scope: Scope): void {
  const { name } = callee;
  const found = scope.find(name);
  if (found === "refused") return;
  const declared = found ? undefined : context.reader.named(callee);
  if (found === "local") return;
  if (typeof found === "object" && isHelper(found)) context.uses.set(callee, found);
  else if (typeof found === "object" && (found.kind === "async" || found.kind === "handed"))
    report(context, "RLT1201", node, `The async function "${name}" is called without await.`);
  else if (found) report(context, "RLT1305", node, `"${name}" is called, but holds a value.`);
  else if (declared) checkDeclaredCall(context, declared, name, node);
  else if (name === "Symbol" || name === "BigInt")
    report(context, "RLT1306", node, `${name} makes no JSON value.`);
  else if (!GLOBAL_FUNCTIONS.has(name) && name !== "Array") checkIdentifier(context, callee, scope);
}

function checkDeclaredCall(context: CheckContext, declared: Declared, name: string, node: Node): void {
  switch (declared.kind) {
    case "task":
      report(context, "RLT1201", node, `The task "${name}" is called without await.`);
      return;
    case "flow":
      report(context, "RLT1210", node, `The flow "${name}" is called without await.`);
      return;
    case "missing":
      report(context, "RLT1009", node, `"${declared.imported}" is not exported by ${declared.from}.`);
      return;
    case "function":
      checkHelper(context, declared, node);
      return;
    default:
      if (declared.kind === "package" && declared.from === "runlet" && declared.imported === "range") return;
      if (declared.kind === "package" && PURE_IMPORTS[declared.from]?.has(declared.imported)) return;
      if (declared.kind === "package" && declared.from === "runlet" && declared.imported === "s3") {
        report(context, "RLT1215", node, "s3(…) stands in another place than in the call of a map.");
        return;
      }
      if (declared.kind === "package" && declared.from === "runlet" && WAITS.has(declared.imported)) {
        report(context, "RLT1201", node, `${name}(…) is called without await.`);
        return;
      }
      report(context, "RLT1305", node, `"${name}" is a function, but no task.`);
  }
}

function checkMethodCall(
  context: CheckContext,
  callee: Of<"MemberExpression">,
  node: Of<"CallExpression">,
  scope: Scope,
): void {
  const name = memberName(callee);
  const exported = exportOfModule(context, callee, scope);
  if (exported) {
    checkDeclaredCall(context, exported, context.reader.sourceOf(callee).slice(callee), node);
    return;
  }
  if (callee.object.type === "Identifier" && !scope.find(callee.object.name)) {
    if (checkGlobalMethod(context, callee.object, name, node, scope)) return;
  }
  const known = context.diagnostics.list.length;
  checkPure(context, callee.object, scope);
  if (callee.computed) checkPure(context, callee.property, scope);
  // Of a receiver that is a mistake already, a method's name says nothing more.
  if (context.diagnostics.list.length > known) return;
  checkMethod(context, callee, name, node, scope);
}

function checkMethod(
  context: CheckContext,
  callee: Of<"MemberExpression">,
  name: string | undefined,
  node: Of<"CallExpression">,
  scope: Scope,
): void {
  if (name === undefined) report(context, "RLT1309", node, CHOSEN);
  else if ((name === "test" || name === "exec") && remembers(context, callee.object, scope))
    report(context, "RLT1306", node, "A regular expression with the flag g remembers where it stopped.");
  else if (LOCALE_METHODS.has(name)) checkLocale(context, callee.object, name, node);
  else if (ZONED_METHODS.has(name))
    report(context, "RLT1311", node, `${name} depends on the machine's time zone: use its UTC form.`);
  else if (MUTATING_METHODS.has(name)) checkChanged(context, callee.object, scope, "RLT1106");
  else if (!PURE_METHODS.has(name) && !HELPER_METHODS.has(name))
    report(context, "RLT1309", node, `The method "${name}" is not known to be pure.`);
  else if (ITERATOR_METHODS.has(name) && !usedUp.has(node))
    report(
      context,
      "RLT1309",
      node,
      `An iterator is used up by its first reader: spread it, [...x.${name}()].`,
    );
}

/** A pattern that has a name of the flow or of a module, and so outlives the call: asked twice, it gives two answers. */
function remembers(context: CheckContext, receiver: Node, scope: Scope): boolean {
  if (receiver.type !== "Identifier") return false;
  const found = scope.find(receiver.name);
  if (found === "local") return false;
  const binding = typeof found === "object" && found.kind === "pure" ? found.definition.init : undefined;
  const declared = found ? undefined : context.reader.named(receiver);
  const init = binding ?? (declared?.kind === "constant" ? declared.init : undefined);
  const pattern = init && bare(init);
  if (pattern?.type === "NewExpression") {
    const flags = pattern.arguments[1];
    return flags !== undefined && !(flags.type === "Literal" && !String(flags.value).includes("g"));
  }
  return pattern?.type === "Literal" && "regex" in pattern && pattern.regex.flags.includes("g");
}

/** Lines are written once, where they stand: so not in what may run again, such as a function of a module. */
function checkConsole(context: CheckContext, name: string | undefined, node: Of<"CallExpression">): void {
  if (!consoleCall(node))
    report(context, "RLT1303", node, `console.${name ?? "[…]"} is not a line of a run.`);
  else if (!context.changing)
    report(
      context,
      "RLT1303",
      node,
      "A function that is called in the middle of an expression writes a line.",
    );
}

/** Calls on a name that is no value of the flow: a namespace, a task, a module. True when that settles it. */
function checkGlobalMethod(
  context: CheckContext,
  object: Of<"Identifier">,
  name: string | undefined,
  node: Of<"CallExpression">,
  scope: Scope,
): boolean {
  const declared = context.reader.named(object);
  if (declared?.kind === "task" || declared?.kind === "flow") {
    const code = declared.kind === "flow" ? "RLT1210" : name === "map" ? "RLT1201" : "RLT1208";
    const message =
      name === "map"
        ? `${object.name}.map(…) is called without await.`
        : `"${object.name}" has no member "${name ?? "…"}" that a flow body can call.`;
    report(context, code, node, message);
    return true;
  }
  if (declared) return false;
  if (object.name === "console") {
    checkConsole(context, name, node);
    return true;
  }
  if (object.name === "Promise") {
    report(context, "RLT1201", node, `Promise.${name ?? "…"}(…) is called without await.`);
    return true;
  }
  if (name !== undefined && MOMENTARY[object.name]?.has(name)) {
    if (!context.changing)
      report(
        context,
        object.name === "Date" ? "RLT1301" : "RLT1302",
        node,
        `${object.name}.${name}() differs from moment to moment.`,
      );
    return true;
  }
  const namespace = globalNamespace(context, object, scope);
  if (!namespace) return false;
  if (name === undefined || !NAMESPACES[namespace]?.has(name))
    reportNamespace(context, node, namespace, name);
  else if ((name === "from" || name === "fromEntries") && node.arguments[0])
    usedUp.add(bare(node.arguments[0] as Expression));
  return true;
}
