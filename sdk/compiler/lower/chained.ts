import type { CallExpression, Expression, Node } from "oxc-parser";
import { isHelper } from "../check/given-functions.ts";
import { report } from "../check/pure.ts";
import type { Binding, BlockNode } from "../graph.ts";
import { type AnyFunction, bare, childrenOf, isFunction, promiseMethod, promiseRoot } from "../parse/ast.ts";
import { callerOf } from "../parse/make.ts";
import { isNothing } from "../promises/uses.ts";
import { isAwaitable, lowerAwaited, targetOf } from "./awaited.ts";
import { hoistArguments } from "./awaits.ts";
import { ends } from "./block.ts";
import { capture, named } from "./cells.ts";
import { bind, lowerBody } from "./inlined.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { cannotThrow } from "./map.ts";
import { addReturn } from "./return.ts";
import { Scope } from "./scope.ts";
import { lowerCatch as lowerCaught, lowerTry } from "./try.ts";

/** `load(x).catch(handler)`: what is awaited, and what is done with its end. */
export type Chain = NonNullable<ReturnType<typeof promiseMethod>>;
type Method = Chain["method"];

/** A method of the promise that a call of ours gives. */
export function chainOf(lowering: Lowering, place: Place, call: CallExpression): Chain | undefined {
  const chain = promiseMethod(call);
  return chain && targetOf(lowering, place, chain.inner) ? chain : undefined;
}

/**
 * `await load(x).catch(handler)`: a `try` around the call, whose arguments are evaluated before it; `then` goes on with
 * the result, `finally` stands at every way out.
 */
export function lowerChained(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  chain: Chain,
): Binding | undefined {
  const before = lowering.mistakes;
  const { method, functions } = givenTo(call, chain.method);
  const handlers = handlersOf(lowering, place, { call, method }, functions);
  const [handler, failed] = handlers ?? [];
  if (method !== "then" || failed) evaluateBefore(lowering, place, promiseRoot(chain.inner));
  if (!handler || lowering.mistakes > before) return undefined;
  flush(lowering, place, call);
  const value = lowering.temporary("returned", place);
  const id = lowering.stateName(`${lowering.text(chain.inner)} ${chain.method}`);
  const block: BlockNode = { kind: "block", id, span: call, body: [], breaks: false };
  const inside: Place = {
    ...innerPlace(place),
    nodes: block.body,
    loops: [block],
    finalizers: [],
    returns: { block, value },
  };
  const around = lowering.inlined;
  lowering.inlined = [...around, handler.fn, ...(failed ? [failed.fn] : [])];
  if (failed) lowerEither(lowering, inside, { call, inner: chain.inner, handler }, failed);
  else lowerMethod(lowering, inside, method, { call, inner: chain.inner, handler });
  lowering.inlined = around;
  place.nodes.push(block);
  return value;
}

/** A copy of the function that a method is called with, and where its names are looked up. */
interface Handler {
  fn: AnyFunction;
  copy: AnyFunction;
  scope: Scope;
}

interface Chained {
  call: CallExpression;
  inner: CallExpression;
  handler: Handler;
}

function lowerThen(lowering: Lowering, inside: Place, { call, inner, handler }: Chained): void {
  const result = lowerAwaited(lowering, inside, inner);
  if (result) goOn(lowering, inside, { call, handler, result });
}

function goOn(
  lowering: Lowering,
  inside: Place,
  { call, handler, result }: { call: CallExpression; handler: Handler; result: Binding },
): void {
  const { copy, scope } = handler;
  const within: Place = { ...inside, scope: new Scope(scope) };
  const [parameter] = copy.params;
  if (parameter) bind(lowering, within, parameter as Node, named(lowering, call, result));
  flush(lowering, within, call);
  lowerBody(lowering, within, copy, call);
}

/** `.then(f, g)`: what `f` throws is not `g`'s business, so `f` stands behind the try, which `g` never leaves. */
function lowerEither(
  lowering: Lowering,
  inside: Place,
  { call, inner, handler }: Chained,
  failed: Handler,
): void {
  const value = lowering.temporary("value", inside);
  const caught = handlerBlock(lowering, { ...inside, scope: failed.scope }, failed.copy);
  const body = blockOf(call, [caught, returnOfNothing(call)]);
  const clause = { type: "CatchClause", param: failed.copy.params[0] ?? null, body, ...spanOf(call) };
  const statement = { type: "TryStatement", block: blockOf(call, []), handler: clause, ...spanOf(call) };
  flush(lowering, inside, call);
  lowerCaught(lowering, inside, statement as never, "exact", failed.scope, (tried) => {
    const result = lowerAwaited(lowering, tried, inner);
    if (!result) return;
    const [pattern, init] = [named(lowering, call, value), named(lowering, call, result)];
    lowering.assign(tried, [value], { by: "declaration", pattern, init, made: [value] }, call);
    flush(lowering, tried, call);
  });
  goOn(lowering, inside, { call, handler, result: value });
}

function lowerCatch(lowering: Lowering, inside: Place, { call, inner, handler }: Chained): void {
  const { copy, scope } = handler;
  const clause = {
    type: "CatchClause",
    param: copy.params[0] ?? null,
    body: handlerBlock(lowering, { ...inside, scope }, copy),
    ...spanOf(call),
  };
  const parts = { block: returnOf(inner, call), handler: clause, finalizer: null };
  tryAround(lowering, inside, call, parts, scope);
  if (!ends(inside.nodes)) addReturn(lowering, inside, call, undefined, "exact");
}

function lowerFinally(lowering: Lowering, inside: Place, { call, inner, handler }: Chained): void {
  const { copy, scope } = handler;
  const finalizer = handlerBlock(lowering, { ...inside, scope }, copy, true);
  const parts = { block: returnOf(inner, call), handler: null, finalizer };
  tryAround(lowering, inside, call, parts, scope);
}

function tryAround(
  lowering: Lowering,
  place: Place,
  at: Node,
  parts: { block: Node; handler: unknown; finalizer: Node | null },
  scope: Scope,
): void {
  lowerTry(lowering, place, { type: "TryStatement", ...parts, ...spanOf(at) } as never, "exact", scope);
}

function lowerMethod(lowering: Lowering, inside: Place, method: Method, chained: Chained): void {
  if (method === "then") lowerThen(lowering, inside, chained);
  else if (method === "catch") lowerCatch(lowering, inside, chained);
  else lowerFinally(lowering, inside, chained);
}

/** A value that cannot throw, or a list of calls with such values. */
function isQuiet(node: Node): boolean {
  const inner = bare(node as Expression);
  if (inner.type !== "ArrayExpression") return cannotThrow(inner);
  return inner.elements.every((element) => {
    const one = element && element.type !== "SpreadElement" ? bare(element) : undefined;
    return one && (cannotThrow(one) || (one.type === "CallExpression" && one.arguments.every(cannotThrow)));
  });
}

/** What throws while a call's arguments are evaluated is thrown before there is a promise. */
function evaluateBefore(lowering: Lowering, place: Place, root: CallExpression): void {
  if (root.arguments.every(isQuiet)) return;
  const kind = targetOf(lowering, place, root)?.kind;
  const takesValues = kind === "step" || kind === "flow" || kind === "function";
  if (!takesValues || root.arguments.some((argument) => argument.type === "SpreadElement")) {
    refuse(
      lowering,
      root,
      "What this is called with may throw: use try and catch, or give it a name before.",
    );
    return;
  }
  hoistArguments(lowering, place, root.arguments);
  for (const argument of root.arguments as Expression[])
    if (!isQuiet(argument) && !lowering.context.uses.has(argument)) capture(lowering, place, argument);
}

type Argument = CallExpression["arguments"][number];

/** `.then(f, undefined)` is `.then(f)`, and `.then(undefined, g)` is `.catch(g)`. */
function givenTo(call: CallExpression, method: Method): { method: Method; functions: Argument[] } {
  const [first, second] = call.arguments;
  if (method !== "then" || call.arguments.length !== 2 || !first || !second)
    return { method, functions: call.arguments };
  if (isNothing(second)) return { method, functions: [first] };
  return isNothing(first) ? { method: "catch", functions: [second] } : { method, functions: [first, second] };
}

/** The method's own; behind that of `then` the one for what fails. */
function handlersOf(
  lowering: Lowering,
  place: Place,
  { call, method }: { call: CallExpression; method: Method },
  [given, failing, ...more]: readonly Argument[],
): [Handler, Handler?] | undefined {
  if (more.length > 0 || (failing && method !== "then"))
    return refuse(lowering, call, `.${method}() takes fewer functions.`);
  const handler = handlerOf(lowering, place, { call, given, method });
  if (!failing || !handler) return handler && [handler];
  const failed = handlerOf(lowering, place, { call, given: failing, method: "catch" });
  return failed && [handler, failed];
}

interface Given {
  call: CallExpression;
  given: Argument | undefined;
  method: Method;
}

function handlerOf(lowering: Lowering, place: Place, { call, given, method }: Given): Handler | undefined {
  const found =
    given && given.type !== "SpreadElement"
      ? functionOf(lowering, place, bare(given), method !== "finally")
      : undefined;
  if (!found) {
    const message = `.${method}() takes functions that are written in place or declared in this module.`;
    return refuse(lowering, call, `${message} Use await with try and catch.`);
  }
  const { fn, scope } = found;
  if (lowering.inlined.includes(fn))
    return refuse(lowering, call, "A function that calls itself cannot become part of the flow.", "RLT1210");
  const isPlain = fn.params.every(({ type }) => type === "Identifier" || type.endsWith("Pattern"));
  if (!isPlain || fn.params.length > 1 || fn.generator)
    return refuse(lowering, call, `The function of .${method}() takes one parameter at most.`);
  const [parameter] = fn.params;
  if (method === "catch" && parameter && lowering.changes(parameter as Node))
    return refuse(lowering, parameter as Node, "An error that is caught is not assigned to.", "RLT1101");
  if (method === "finally" && (parameter || returnsIn(fn)))
    return refuse(lowering, call, "The function of .finally() takes nothing and returns nothing.");
  return { fn, copy: lowering.copy(fn as Node) as AnyFunction, scope };
}

const CONVERSIONS: ReadonlySet<string> = new Set(["Boolean", "Number", "String"]);

function functionOf(
  lowering: Lowering,
  place: Place,
  node: Node,
  takesValue: boolean,
): { fn: AnyFunction; scope: Scope } | undefined {
  if (isFunction(node)) return { fn: node, scope: place.scope };
  const isJson =
    node.type === "MemberExpression" && node.object.type === "Identifier" && node.object.name === "JSON";
  if (node.type !== "Identifier" && !isJson) return undefined;
  const byName = { fn: callerOf(node as Expression, takesValue) as AnyFunction, scope: place.scope };
  if (node.type !== "Identifier") return byName;
  const found = place.scope.find(node.name);
  if (typeof found === "object") {
    if (found.kind === "async") return found;
    return isHelper(found) || found.kind === "handed" ? byName : undefined;
  }
  const declared = found ? undefined : lowering.context.reader.named(node);
  if (declared?.kind === "task" || declared?.kind === "flow") return byName;
  if (declared?.kind === "function") return { fn: declared.fn, scope: new Scope() };
  return found || declared || !CONVERSIONS.has(node.name) ? undefined : byName;
}

const returnsIn = (fn: AnyFunction): boolean =>
  fn.body?.type === "BlockStatement" && childrenOf(fn.body).some(hasReturn);

const hasReturn = (node: Node): boolean =>
  node.type === "ReturnStatement" || (!isFunction(node) && childrenOf(node).some(hasReturn));

function refuse(
  lowering: Lowering,
  node: Node,
  message: string,
  code: "RLT1202" | "RLT1101" | "RLT1210" = "RLT1202",
): undefined {
  report(lowering.context, code, node, message);
}

const spanOf = ({ start, end }: Node): { start: number; end: number } => ({ start, end });

const blockOf = (at: Node, body: Node[]): Node => ({ type: "BlockStatement", body, ...spanOf(at) }) as Node;

const awaited = (argument: Expression): Expression =>
  ({ type: "AwaitExpression", argument, ...spanOf(argument) }) as Expression;

const returnOfNothing = (at: Node): Node =>
  ({ type: "ReturnStatement", argument: null, ...spanOf(at) }) as Node;

const returnOf = (inner: CallExpression, at: Node): Node =>
  blockOf(at, [{ type: "ReturnStatement", argument: awaited(inner), ...spanOf(at) } as Node]);

/** A function's body as a block; a promise that it gives is awaited by whoever called the method. */
function handlerBlock(lowering: Lowering, place: Place, fn: AnyFunction, ignored = false): Node {
  const { body } = fn;
  if (!body || body.type === "BlockStatement") return (body ?? blockOf(fn as Node, [])) as Node;
  const isPromise = isAwaitable(lowering, place, bare(body));
  const expression = isPromise ? awaited(bare(body)) : body;
  const statement = ignored
    ? { type: "ExpressionStatement", expression, ...spanOf(body) }
    : { type: "ReturnStatement", argument: expression, ...spanOf(body) };
  return blockOf(body, [statement as Node]);
}
