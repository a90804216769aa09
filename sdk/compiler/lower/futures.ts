import type { CallExpression, Expression, MemberExpression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { StepNode, VariableBinding } from "../graph.ts";
import { bare, childrenOf, containsAwait, memberName, promiseRoot } from "../parse/ast.ts";
import { listOf } from "../parse/make.ts";
import type { TaskDeclaration } from "../parse/module.ts";
import { lowerAwaited, type PromiseMethod, targetOf } from "./awaited.ts";
import { hoistArguments, hoistAwaits } from "./awaits.ts";
import { CallList } from "./call-list.ts";
import { lowerCallList } from "./call-lists.ts";
import type { CallSite } from "./call-site.ts";
import { usesOf } from "./future-uses.ts";
import type { Lowering, Place } from "./lowering.ts";
import { isMapCall, lowerPromiseMap } from "./map.ts";
import { lowerPromise } from "./parallel.ts";
import { lowerStep } from "./step.ts";
import { refuseChangesMeanwhile } from "./still-running.ts";

/**
 * `const p = task(x)`, `task.submit(x, { waitFor })`, `task.map(xs)` and `xs.map((x) => task.submit(x))` without await:
 * calls that begin now and are awaited later. Their nodes stand where they begin; a failure is their result, which is
 * thrown where it is awaited. What can run side by side is found afterwards: see `series-parallel.ts`.
 */
export function lowerFuture(
  lowering: Lowering,
  place: Place,
  node: Expression,
  name: string,
  following: readonly Node[],
  until = name,
): VariableBinding | undefined {
  const same = futureOf(lowering, place, node);
  if (same) return same;
  if (node.type !== "CallExpression") return lowerOneCall(lowering, place, node, { name, following, until });
  const target = targetOf(lowering, place, node);
  const isMap = !target && isMapCall(node) && callsTask(lowering, place, node);
  const begins = target && ["step", "submit", "taskMap"].includes(target.kind);
  if (!isMap && !begins) return lowerOneCall(lowering, place, node, { name, following, until });
  const settles = isMap && usesOf(following, name) === "each";
  if (isMap && runsOn(node)) refuseChangesMeanwhile(lowering, place, node, name, following);
  const binding = isMap
    ? lowerPromiseMap(lowering, place, node, node, settles, name)
    : target?.kind === "submit"
      ? lowerSubmit(lowering, place, node, target.task, name)
      : lowerAwaited(lowering, place, node, name);
  if (binding?.kind !== "variable") return undefined;
  noteFuture(lowering, place, binding);
  if (isMap) lowering.lists.add(binding);
  if (target?.kind === "submit") lowering.submitted.add(binding);
  if (isMap && runsOn(node)) lowering.promises.add(binding);
  return binding;
}

/**
 * `const p = child(x)`, of a flow, an async function, a choice between calls, `load(x).then(…)`: a list of one call.
 * `const p = Promise.all([…])` begins all of its own.
 */
function lowerOneCall(
  lowering: Lowering,
  place: Place,
  node: Expression,
  { name, following, until }: { name: string; following: readonly Node[]; until: string },
): VariableBinding | undefined {
  const target = node.type === "CallExpression" ? targetOf(lowering, place, node) : undefined;
  const isAll = target?.kind === "promise" && (target.method === "all" || target.method === "allSettled");
  if (target?.kind === "promise" && !isAll) return undefined;
  const list = listOf(node);
  const read = new CallList(lowering, place, list).read();
  if (!read && !isAll) return undefined;
  const isCall = ({ call, root }: CallSite): boolean =>
    call === root && call.type === "CallExpression" && CALLS.has(targetOf(lowering, place, call)?.kind ?? "");
  const isPlain = !isAll && read?.sites.every(isCall);
  const runOn = isAll ? [node] : (read?.sites ?? []).filter((site) => !isCall(site)).map(({ call }) => call);
  for (const one of runOn) refuseChangesMeanwhile(lowering, place, one, until, following);
  hoistFirst(lowering, place, node);
  const binding =
    isAll && node.type === "CallExpression"
      ? lowerPromise(lowering, place, node, target.method as PromiseMethod, name, true)
      : lowerCallList(lowering, place, { call: node, list, settles: false, only: true, name });
  if (binding?.kind !== "variable") {
    if (binding)
      report(lowering.context, "RLT1214", node, "It holds a list of futures: await it where it is made.");
    return undefined;
  }
  noteFuture(lowering, place, binding);
  if (!isPlain) lowering.promises.add(binding);
  return binding;
}

/** What is awaited before the call begins. */
function hoistFirst(lowering: Lowering, place: Place, given: Expression): void {
  const node = bare(given);
  if (!containsAwait(node)) return;
  if (node.type === "ConditionalExpression") hoistAwaits(lowering, place, node.test);
  else if (node.type === "LogicalExpression") hoistAwaits(lowering, place, node.left);
  else if (node.type === "CallExpression" && targetOf(lowering, place, promiseRoot(node))?.kind !== "promise")
    hoistArguments(lowering, place, promiseRoot(node).arguments);
}

/** `const ps = xs.map((x) => child(x))`, `const ps = [...xs.map(a), b()]`: any list of calls that can be seen. */
export function lowerListFuture(
  lowering: Lowering,
  place: Place,
  node: Expression,
  name: string,
  following: readonly Node[],
  iterated = false,
): VariableBinding | undefined {
  const read = new CallList(lowering, place, node).read();
  if (!read) return undefined;
  refuseChangesMeanwhile(lowering, place, node, name, following);
  const settles = usesOf(following, name) === "each";
  const binding = lowerCallList(lowering, place, { call: node, list: node, settles, iterated, name });
  if (!binding) return undefined;
  noteFuture(lowering, place, binding);
  lowering.lists.add(binding);
  lowering.promises.add(binding);
  return binding;
}

const CALLS = new Set(["step", "submit", "taskMap", "flow"]);

/** Its callback goes on after its first await; one that only calls a task has read everything by then. */
const runsOn = ({ arguments: [callback] }: CallExpression): boolean =>
  callback?.type === "ArrowFunctionExpression" && callback.async;

/** The result of the last node is awaited later: its failure is not thrown here. */
export function noteFuture(lowering: Lowering, place: Place, binding: VariableBinding): void {
  const thrown = place.pending.findIndex((check) => check.kind === "settled" && check.binding === binding);
  if (thrown >= 0) place.pending.splice(thrown, 1);
  const made = place.nodes.at(-1);
  if (made?.kind === "step" || made?.kind === "map") made.future = true;
  lowering.futures.add(binding);
}

/** `items.map((x) => task(x))`, whose results are promises. */
function callsTask(lowering: Lowering, place: Place, call: CallExpression): boolean {
  const callback = call.arguments[0];
  if (callback?.type !== "ArrowFunctionExpression") return false;
  if (callback.async) return true;
  const body = callback.body.type === "BlockStatement" ? undefined : bare(callback.body);
  const target = body?.type === "CallExpression" ? targetOf(lowering, place, body) : undefined;
  return target?.kind === "step" || target?.kind === "submit";
}

/** `task.submit(x, { waitFor })`: the call begins when the futures among its arguments, and the named ones, are there. */
export function lowerSubmit(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  task: TaskDeclaration,
  name?: string,
): VariableBinding {
  const after = waitedFor(lowering, place, call);
  const args = after ? call.arguments.slice(0, -1) : call.arguments;
  const binding = lowerStep(lowering, place, { ...call, arguments: args }, task, name);
  const made = place.nodes.at(-1);
  if (made?.kind === "step" && after && after.length > 0) made.after = after;
  return binding;
}

/** The futures of `{ waitFor: [a, b] }`, or nothing where the last argument is none. */
function waitedFor(lowering: Lowering, place: Place, call: CallExpression): VariableBinding[] | undefined {
  const last = call.arguments.at(-1);
  if (last?.type !== "ObjectExpression" || last.properties.length !== 1) return undefined;
  const [property] = last.properties;
  if (property?.type !== "Property" || property.computed || property.key.type !== "Identifier")
    return undefined;
  if (property.key.name !== "waitFor") return undefined;
  const list = bare(property.value as Expression);
  const named = list.type === "ArrayExpression" ? list.elements : [list];
  return named.flatMap((one) => {
    const future = one && futureOf(lowering, place, one);
    if (!future) report(lowering.context, "RLT1214", one ?? list, "waitFor takes a list of futures.");
    return future ?? [];
  });
}

/** The future that a name stands for, or a place in a list of them: `p`, `ps[0]`, `calls.a`. */
export function futureOf(lowering: Lowering, place: Place, node: Node): VariableBinding | undefined {
  const inner = bare(node as Expression);
  if (inner.type === "MemberExpression") return memberOf(place, inner);
  const bound = lowering.context.uses.get(inner);
  if (bound?.kind === "variable" && lowering.futures.has(bound)) return bound;
  const found = inner.type === "Identifier" ? place.scope.find(inner.name) : undefined;
  if (typeof found !== "object" || found.kind !== "variable") return undefined;
  return lowering.futures.has(found) ? found : undefined;
}

function memberOf(
  { scope }: Place,
  { object, property, computed, optional }: MemberExpression,
): VariableBinding | undefined {
  const base = bare(object);
  const found = base.type === "Identifier" ? scope.find(base.name) : undefined;
  if (optional || typeof found !== "object" || found.kind !== "futures") return undefined;
  if (computed) return property.type === "Literal" ? found.futures.get(String(property.value)) : undefined;
  return property.type === "Identifier" ? found.futures.get(property.name) : undefined;
}

/** `await p`: from here on its failure is thrown. */
export function lowerAwaitedFuture(place: Place, future: VariableBinding): VariableBinding {
  place.pending.push({ kind: "settled", binding: future });
  return { ...future, of: future };
}

/** Futures in the arguments of a call, also nested in literals: the call waits for them. */
export function bindFutures(lowering: Lowering, place: Place, node: Node): void {
  const future = futureOf(lowering, place, node);
  const inner = bare(node as Expression);
  if (future && lowering.promises.has(future)) {
    const message = "The promise of an async function, or of Promise.all, is passed on before it is awaited.";
    report(lowering.context, "RLT1214", node, message);
  } else if (future) lowering.context.uses.set(inner, future);
  else if (inner.type === "ArrayExpression")
    for (const element of inner.elements) if (element) bindFutures(lowering, place, element);
  if (inner.type !== "ObjectExpression") return;
  for (const property of inner.properties)
    if (property.type === "Property" && !property.computed) bindFutures(lowering, place, property.value);
}

/** `a.setDownstream(b)`: b, which was submitted and has not begun, waits for a. True where the statement is that. */
export function lowerDownstream(lowering: Lowering, place: Place, node: Expression): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  if (memberName(node.callee) !== "setDownstream") return false;
  const upstream = futureOf(lowering, place, node.callee.object);
  if (!upstream) return false;
  const isSubmitted = [node.callee.object, ...node.arguments].every((one) => {
    const future = futureOf(lowering, place, one);
    return future && lowering.submitted.has(future);
  });
  if (!isSubmitted) {
    report(
      lowering.context,
      "RLT1214",
      node,
      "setDownstream is a method of what submit gives, and takes the same.",
    );
    return true;
  }
  for (const argument of node.arguments) {
    const downstream = futureOf(lowering, place, argument);
    const step = downstream && begunBy(place, downstream);
    const first = place.nodes.findIndex((one) => "result" in one && one.result === upstream);
    const isLater = step && first >= 0 && place.nodes.indexOf(step) > first && hasNotBegun(place, step);
    if (step && isGiven(lowering, step, upstream)) continue; // its argument says the same
    if (!step || !isLater)
      report(
        lowering.context,
        "RLT1214",
        argument,
        "setDownstream takes a future that was submitted after this one, with no await in between.",
      );
    else step.after = [...(step.after ?? []), upstream];
  }
  return true;
}

/** The future is an argument of the step, or lies in one. */
function isGiven({ context: { uses } }: Lowering, { args }: StepNode, future: VariableBinding): boolean {
  const holds = (node: Node): boolean => uses.get(node) === future || childrenOf(node).some(holds);
  return args.values.some(({ expression }) => holds(expression));
}

const begunBy = (place: Place, future: VariableBinding): StepNode | undefined =>
  place.nodes.find((one): one is StepNode => one.kind === "step" && one.result === future);

const hasNotBegun = ({ nodes, pending }: Place, step: StepNode): boolean =>
  pending.every(({ kind }) => kind !== "settled") &&
  nodes.slice(nodes.indexOf(step)).every((one) => (one.kind === "step" || one.kind === "map") && one.future);
