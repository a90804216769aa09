import type { ArrowFunctionExpression, CallExpression, Expression, MemberExpression, Node } from "oxc-parser";
import { checkPure, report } from "../check/pure.ts";
import { readsOfBlock } from "../emit/region-reads.ts";
import type {
  Binding,
  Block,
  MapNode,
  ParallelNode,
  Region,
  ReturnNode,
  Uses,
  Value,
  VariableBinding,
} from "../graph.ts";
import { armsOf, bodiesOf } from "../graph.ts";
import { bare, childrenOf, memberName, namesOf, promiseRoot } from "../parse/ast.ts";
import { isMadeUp } from "../parse/make.ts";
import { type TaskDeclaration, titleOf } from "../parse/module.ts";
import { isAwaitable } from "./awaited.ts";
import { hoistAwaits, lowerValue } from "./awaits.ts";
import { finishBlock, lowerStatements } from "./block.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { type MapNodeOptions, mapOptions } from "./map-options.ts";
import { isS3Call, lowerSource } from "./map-source.ts";
import { readable } from "./names.ts";

/** `await task.map(items, { concurrency })`. */
export function lowerTaskMap(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  task: TaskDeclaration,
  name?: string,
): VariableBinding | undefined {
  const items = taskItems(lowering, call, task);
  if (!items) return undefined;
  const isSource = isS3Call(lowering, place, items);
  const shape = isSource ? lowerSource(lowering, place, bare(items) as CallExpression) : undefined;
  if (isSource && !shape) return undefined;
  if (!isSource) {
    hoistAwaits(lowering, place, items);
    checkPure(lowering.context, items, place.scope);
  }
  const region = {
    ...lowering.region(place, "items", [{ expression: items, spread: false }], call),
    form: shape ? ("source" as const) : ("task" as const),
    ...(shape && { shape }),
  };
  const node = taskMap(lowering, place, { call, task, items, region });
  if (shape) Object.assign(node, { source: shape, forced: true });
  return closeMap(lowering, place, node, name, titleOf(task));
}

/** What `task.map` is called with, or nothing where that is a mistake. */
export function taskItems(
  lowering: Lowering,
  call: CallExpression,
  task: TaskDeclaration,
): Expression | undefined {
  const [items, , ...more] = call.arguments;
  if (items && items.type !== "SpreadElement" && more.length === 0) return items;
  report(lowering.context, "RLT1206", call, `${titleOf(task)}.map takes an array and options.`);
  return undefined;
}

/** The node of `task.map`, with items that a region gives or, in a `Promise.all([…])`, a part of one. */
export function taskMap(
  lowering: Lowering,
  place: Place,
  made: { call: CallExpression; task: TaskDeclaration; items: Expression; region: Region },
): MapNode {
  const { call, task, items, region } = made;
  const options = mapOptions(lowering, call.arguments[1]);
  const node = openMap(lowering, place, call, region, `map ${titleOf(task)}`, options);
  return withStep(lowering, place, node, { call, task, value: itemValue(lowering, node, items) });
}

/** A body that calls the task. */
function withStep(
  lowering: Lowering,
  place: Place,
  node: MapNode,
  { call, task, value }: { call: CallExpression; task: TaskDeclaration; value: Value },
): MapNode {
  const result = lowering.unnamed(titleOf(task), "result");
  node.body.push({
    kind: "step",
    id: lowering.stateName(titleOf(task)),
    span: call,
    task: task.name,
    step: lowering.stepId(titleOf(task)),
    args: {
      ...lowering.region(innerPlace(place), "args", [], call),
      values: [value],
    },
    result,
  });
  node.body.push(returnOf(lowering, call, result, node.id));
  return node;
}

/** The node of calls that were listed: an item is the arguments of one. */
export function listMap(
  lowering: Lowering,
  place: Place,
  made: { call: CallExpression; task: TaskDeclaration; items: Expression; region: Region; settles: boolean },
): MapNode {
  const { call, task, items, region, settles } = made;
  const node = {
    ...openMap(lowering, place, call, region, `map ${titleOf(task)}`, { concurrency: 0 }),
    settles,
  };
  const value = { ...itemValue(lowering, node, items), spread: true };
  return withStep(lowering, place, node, { call, task, value });
}

/** The item as an argument: a node of its own that stands for the binding. */
function itemValue(lowering: Lowering, node: MapNode, items: Expression): Value {
  const expression = { ...items } as Expression;
  lowering.context.uses.set(expression, node.item);
  return { expression, spread: false };
}

/** The end of a body that the lowering makes: it gives the result of its last node. */
export function returnOf(lowering: Lowering, call: CallExpression, result: Binding, of: string): ReturnNode {
  const expression = { ...call } as Expression;
  lowering.context.uses.set(expression, result);
  const value = lowering.bareRegion("value", [{ expression, spread: false }], call);
  return {
    kind: "return",
    id: lowering.stateName(`${of}: result`),
    span: call,
    value,
    crossing: "exact",
    ...(result.kind === "variable" && { given: result }),
  };
}

/** `items.map(callback)`, which `Promise.all` waits for. */
export interface MapCall {
  items: Expression;
  callback: ArrowFunctionExpression;
}

/** Reads `items.map(async …)`; nothing where it is something else, or a mistake. */
export function mapCall(lowering: Lowering, place: Place, node: Expression): MapCall | undefined {
  if (!isMapCall(node)) return undefined;
  const callback = node.arguments[0];
  if (
    callback?.type !== "ArrowFunctionExpression" ||
    node.arguments.length !== 1 ||
    !isUsableCallback(lowering, place, callback)
  ) {
    report(lowering.context, "RLT1206", callback ?? node);
    return undefined;
  }
  return { items: (node.callee as MemberExpression).object as Expression, callback };
}

export const isMapCall = (node: Expression): node is CallExpression =>
  node.type === "CallExpression" &&
  node.callee.type === "MemberExpression" &&
  memberName(node.callee) === "map" &&
  !node.optional &&
  !node.callee.optional;

/** `await Promise.all(items.map(async (item, index) => …))`, and `allSettled`. */
export function lowerPromiseMap(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  inner: Expression,
  settles: boolean,
  name?: string,
): VariableBinding | undefined {
  const made = mapCall(lowering, place, inner);
  if (!made) return undefined;
  const { items } = made;
  hoistAwaits(lowering, place, items);
  checkPure(lowering.context, items, place.scope);
  const region = {
    ...lowering.region(place, "items", [{ expression: items, spread: false }], call),
    form: "array" as const,
  };
  const node = arrayMap(lowering, place, { call, map: made, region, settles });
  assignFirst(lowering, place, node, region, [made.callback]);
  return closeMap(lowering, place, node, name, "results");
}

/** The node of `Promise.all(items.map(…))`. */
export function arrayMap(
  lowering: Lowering,
  place: Place,
  made: { call: CallExpression; map: MapCall; region: Region; settles: boolean },
): MapNode {
  const { call, map, region, settles } = made;
  const label = `map ${readable(lowering.text(map.items), 40)}`;
  const node = { ...openMap(lowering, place, call, region, label, { concurrency: 0 }), settles };
  lowerCallback(lowering, place, node, map.callback);
  return node;
}

/**
 * A map assigns when it ends, which is too late for what its body reads: then the assignments before it are done by a
 * state of their own.
 */
export function assignFirst(
  lowering: Lowering,
  place: Place,
  node: MapNode | ParallelNode,
  region: Region,
  bodies: readonly Node[],
): void {
  const { checks } = region;
  const changed = new Set<Binding>();
  for (const check of checks) {
    if (check.kind === "assignment") for (const cell of check.assignment.cells) changed.add(cell);
  }
  const { uses } = lowering.context;
  const inside = bodiesOf(node).flatMap((body) => [...readsOfBlock(uses, body)]);
  if (!inside.some((read) => changed.has(read)) && !bodies.some((body) => reads(body, changed, uses))) return;
  region.checks = [];
  const pending = { ...innerPlace(place), pending: checks, nodes: place.nodes };
  flush(lowering, pending, node.span);
}

/** Looks into awaits that were taken out, too: their arguments are read in the callback. */
function reads(node: Node, bindings: ReadonlySet<Binding>, uses: Uses): boolean {
  const bound = uses.get(node);
  return (
    (bound !== undefined && bindings.has(bound)) ||
    childrenOf(node).some((child) => reads(child, bindings, uses))
  );
}

/** Async, or a bare call of a task whose arguments cannot throw: then "throws" and "rejects" are the same. */
export function isUsableCallback(
  lowering: Lowering,
  place: Place,
  callback: ArrowFunctionExpression,
): boolean {
  if (callback.params.length > 2) return false;
  if (callback.async) return true;
  const body = callback.body.type === "BlockStatement" ? undefined : bare(callback.body);
  return (
    body?.type === "CallExpression" &&
    callback.params.every((parameter) => parameter.type === "Identifier") &&
    isAwaitable(lowering, place, body) &&
    promiseRoot(body).arguments.every(cannotThrow)
  );
}

export function cannotThrow(node: Node): boolean {
  if (node.type === "SpreadElement" && isMadeUp(node.argument)) return true; // arguments that were listed
  const inner = bare(node as Expression);
  if (inner.type === "MemberExpression" && isMadeUp(inner)) return true;
  if (inner.type === "Literal" || inner.type === "Identifier") return true;
  if (inner.type !== "ObjectExpression" && inner.type !== "ArrayExpression") return false;
  return childrenOf(inner).every((child) =>
    child.type === "Property"
      ? !child.computed && cannotThrow(child.value)
      : child.type !== "SpreadElement" && cannotThrow(child),
  );
}

function lowerCallback(
  lowering: Lowering,
  outer: Place,
  node: MapNode,
  callback: ArrowFunctionExpression,
): void {
  const place = { ...innerPlace(outer, node.depth), nodes: node.body };
  for (const [i, binding] of [node.item, node.index].entries()) {
    const parameter = callback.params[i];
    if (!parameter) continue;
    if (parameter.type === "Identifier") {
      binding.name = parameter.name;
      place.scope.declare(parameter.name, binding);
    } else if (parameter.type === "RestElement" || parameter.type === "TSParameterProperty") {
      report(lowering.context, "RLT1206", parameter);
      for (const name of namesOf(parameter)) place.scope.declare(name, "refused");
    } else {
      lowering.define(place, parameter, undefined, parameter, binding);
    }
  }
  if (callback.body.type === "BlockStatement") {
    lowerStatements(lowering, place, callback.body.body, "exact");
    finishBlock(lowering, place, callback.body, "exact");
    return;
  }
  lowerValue(lowering, place, callback.body, true);
  const value = lowering.region(
    place,
    "value",
    [{ expression: callback.body, spread: false }],
    callback.body,
  );
  place.nodes.push({
    kind: "return",
    id: lowering.stateName(`${node.id}: result`),
    span: callback.body,
    value,
    crossing: "exact",
  });
}

function openMap(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  items: Region,
  label: string,
  options: MapNodeOptions,
): MapNode {
  return {
    kind: "map",
    id: lowering.stateName(label),
    span: call,
    items,
    item: lowering.unnamed("item", "item"),
    index: lowering.unnamed("index", "index"),
    ...options,
    body: [],
    depth: place.depth + 1,
    settles: false,
  };
}

/** How the results of a map are read: whatever is in them beside values only JavaScript can tell. */
export const roleOf = ({ settles, tolerates, only }: MapNode): VariableBinding["role"] =>
  only ? "result" : settles ? "settled" : tolerates ? "tolerated" : "map";

export function closeMap(
  lowering: Lowering,
  place: Place,
  node: MapNode,
  name: string | undefined,
  wish: string,
): VariableBinding {
  const role = roleOf(node);
  node.result = name === undefined ? lowering.unnamed(wish, role) : lowering.variable(name, role);
  place.nodes.push(node);
  place.pending.push({ kind: "settled", binding: node.result });
  return node.result;
}

/** True when the callback may end without a value: then `undefined` stands among the results. */
export function mayReturnUndefined(body: Block): boolean {
  return body.some((node) => {
    if (node.kind === "return") return node.value.values.length === 0;
    return armsOf(node).some(mayReturnUndefined);
  });
}
