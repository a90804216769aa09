import type { ArrowFunctionExpression, CallExpression, Expression, Node } from "oxc-parser";
import { checkPure, report } from "../check/pure.ts";
import type { Binding, Block, MapNode, ReturnNode, Uses, Value, VariableBinding } from "../graph.ts";
import { armsOf } from "../graph.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { type TaskDeclaration, titleOf } from "../parse/module.ts";
import { isAwaitable } from "./awaited.ts";
import { hoistAwaits, lowerValue } from "./awaits.ts";
import { finishBlock, lowerStatements } from "./block.ts";
import { flush } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { readable } from "./names.ts";

const MOST_CONCURRENCY = 40;

/** `await task.map(items, { concurrency })`. */
export function lowerTaskMap(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  task: TaskDeclaration,
  name?: string,
): VariableBinding | undefined {
  const [items, options, ...more] = call.arguments;
  if (!items || items.type === "SpreadElement" || more.length > 0) {
    report(lowering.context, "RLT1206", call, `${titleOf(task)}.map takes an array and options.`);
    return undefined;
  }
  const concurrency = readConcurrency(lowering, options);
  hoistAwaits(lowering, place, items);
  checkPure(lowering.context, items, place.scope);
  const node = openMap(lowering, place, call, items, `map ${titleOf(task)}`, concurrency, "task");
  node.body.push({
    kind: "step",
    id: lowering.stateName(titleOf(task)),
    span: call,
    task: task.name,
    step: lowering.stepId(titleOf(task)),
    args: {
      ...lowering.region(innerPlace(place), "args", [], call),
      values: [itemValue(lowering, node, items)],
    },
    result: lowering.unnamed(titleOf(task), "result"),
  });
  node.body.push(returnOfLast(lowering, node, call));
  return closeMap(lowering, place, node, name, titleOf(task));
}

/** The item as an argument: a node of its own that stands for the binding. */
function itemValue(lowering: Lowering, node: MapNode, items: Expression): Value {
  const expression = { ...items } as Expression;
  lowering.context.uses.set(expression, node.item);
  return { expression, spread: false };
}

function returnOfLast(lowering: Lowering, node: MapNode, call: CallExpression): ReturnNode {
  const last = node.body.at(-1);
  const expression = { ...call } as Expression;
  if (last?.kind === "step" && last.result) lowering.context.uses.set(expression, last.result);
  const value = {
    ...lowering.region(
      innerPlace({ scope: undefined as never, nodes: [], pending: [], depth: 0, loops: [], guarded: false }),
      "value",
      [],
      call,
    ),
    values: [{ expression, spread: false }],
  };
  return {
    kind: "return",
    id: lowering.stateName(`${node.id}: result`),
    span: call,
    value,
    crossing: "exact",
  };
}

/** `await Promise.all(items.map(async (item, index) => …))`. */
export function lowerPromiseAll(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  name?: string,
): VariableBinding | undefined {
  const [argument, ...more] = call.arguments;
  const inner =
    argument && argument.type !== "SpreadElement" && more.length === 0 ? bare(argument) : undefined;
  if (
    inner?.type !== "CallExpression" ||
    inner.callee.type !== "MemberExpression" ||
    memberName(inner.callee) !== "map" ||
    inner.optional ||
    inner.callee.optional
  ) {
    report(lowering.context, "RLT1205", call);
    return undefined;
  }
  const callback = inner.arguments[0];
  if (
    callback?.type !== "ArrowFunctionExpression" ||
    inner.arguments.length !== 1 ||
    !isUsableCallback(lowering, place, callback)
  ) {
    report(lowering.context, "RLT1206", callback ?? inner);
    return undefined;
  }
  const items = inner.callee.object;
  hoistAwaits(lowering, place, items);
  checkPure(lowering.context, items, place.scope);
  const node = openMap(lowering, place, call, items, `map ${readable(lowering.text(items), 40)}`, 0, "array");
  lowerCallback(lowering, place, node, callback);
  assignFirst(lowering, place, node, callback);
  return closeMap(lowering, place, node, name, "results");
}

/**
 * A map assigns when it ends, which is too late for what its body reads: then the assignments before it are done by a
 * state of their own.
 */
function assignFirst(lowering: Lowering, place: Place, node: MapNode, callback: Node): void {
  const { checks } = node.items;
  const changed = new Set<Binding>();
  for (const check of checks) {
    if (check.kind === "assignment") for (const cell of check.assignment.cells) changed.add(cell);
  }
  if (!reads(callback, changed, lowering.context.uses)) return;
  node.items.checks = [];
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
function isUsableCallback(lowering: Lowering, place: Place, callback: ArrowFunctionExpression): boolean {
  if (callback.params.length > 2) return false;
  if (callback.async) return true;
  const body = callback.body.type === "BlockStatement" ? undefined : bare(callback.body);
  return (
    body?.type === "CallExpression" &&
    callback.params.every((parameter) => parameter.type === "Identifier") &&
    isAwaitable(lowering, place, body) &&
    body.arguments.every(cannotThrow)
  );
}

function cannotThrow(node: Node): boolean {
  const inner = bare(node as Expression);
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
  items: Expression,
  label: string,
  concurrency: number,
  form: "array" | "task",
): MapNode {
  const region = { ...lowering.region(place, "items", [{ expression: items, spread: false }], call), form };
  return {
    kind: "map",
    id: lowering.stateName(label),
    span: call,
    items: region,
    item: lowering.unnamed("item", "item"),
    index: lowering.unnamed("index", "index"),
    concurrency,
    body: [],
    depth: place.depth + 1,
  };
}

function closeMap(
  lowering: Lowering,
  place: Place,
  node: MapNode,
  name: string | undefined,
  wish: string,
): VariableBinding {
  node.result = name === undefined ? lowering.unnamed(wish, "map") : lowering.variable(name, "map");
  place.nodes.push(node);
  place.pending.push({ kind: "settled", binding: node.result });
  return node.result;
}

function readConcurrency(lowering: Lowering, options: Node | undefined): number {
  if (!options) return 0;
  const refuse = (): number => {
    report(lowering.context, "RLT1209", options);
    return 0;
  };
  if (options.type !== "ObjectExpression") return refuse();
  let concurrency = 0;
  for (const property of options.properties) {
    if (
      property.type !== "Property" ||
      property.computed ||
      property.key.type !== "Identifier" ||
      property.key.name !== "concurrency"
    )
      return refuse();
    const value = bare(property.value as Expression);
    if (
      value.type !== "Literal" ||
      typeof value.value !== "number" ||
      !Number.isInteger(value.value) ||
      value.value < 1 ||
      value.value > MOST_CONCURRENCY
    )
      return refuse();
    concurrency = value.value;
  }
  return concurrency;
}

/** True when the callback may end without a value: then `undefined` stands among the results. */
export function mayReturnUndefined(body: Block): boolean {
  return body.some((node) => {
    if (node.kind === "return") return node.value.values.length === 0;
    return armsOf(node).some(mayReturnUndefined);
  });
}
