import type { CallExpression, Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { Binding, ParallelBranch, ParallelNode, Part, Value, VariableBinding } from "../graph.ts";
import { bare, childrenOf, containsAwait, isFunction, promiseRoot } from "../parse/ast.ts";
import { type TaskDeclaration, titleOf } from "../parse/module.ts";
import type { Variable } from "../parse/variables.ts";
import { lowerAwaited, type PromiseMethod, targetOf } from "./awaited.ts";
import { hoistArguments, hoistAwaits } from "./awaits.ts";
import { finishBlock, lowerStatements } from "./block.ts";
import { lowerCallList } from "./call-lists.ts";
import { effectsOf } from "./effects.ts";
import { asLiteral, givenFutures, lowerGiven } from "./future-sets.ts";
import { bindFutures, futureOf, lowerAwaitedFuture } from "./futures.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import {
  arrayMap,
  assignFirst,
  cannotThrow,
  isMapCall,
  isUsableCallback,
  lowerPromiseMap,
  mapCall,
  returnOf,
  taskItems,
  taskMap,
} from "./map.ts";
import { isS3Call } from "./map-source.ts";
import { readable } from "./names.ts";
import { isTaken, keepFromLater, refuseOvertaken } from "./overtaken.ts";

/**
 * `await Promise.all(…)` and `allSettled`: of a map, or of a literal of calls.
 *
 * @param later it is awaited later, so that only what its calls do may fail then
 */
export function lowerPromise(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  method: PromiseMethod,
  name?: string,
  later = false,
): Binding | undefined {
  const [argument, ...more] = call.arguments;
  const written =
    argument && argument.type !== "SpreadElement" && more.length === 0 ? bare(argument) : undefined;
  const settles = method === "allSettled";
  const future = written && futureOf(lowering, place, written);
  if (future && lowering.lists.has(future) && future.role === (settles ? "settled" : "map"))
    return lowerAwaitedFuture(place, future);
  const given = written && givenFutures(lowering, place, written);
  if (given && !settles) return lowerGiven(lowering, place, call, given, name);
  const inner = given ? asLiteral(lowering, call, given) : written;
  const throws = later && inner?.type === "ArrayExpression" && !inner.elements.every(isQuiet);
  const list =
    inner &&
    (throws || !isKept(lowering, place, inner)) &&
    lowerCallList(lowering, place, { call, list: inner, settles, name });
  if (list) return list;
  if (inner && isMapCall(inner)) return lowerPromiseMap(lowering, place, call, inner, settles, name);
  if (throws || inner?.type !== "ArrayExpression" || inner.elements.length === 0) {
    const message = "What is called later on may throw here: give it a name before the Promise.all.";
    report(lowering.context, "RLT1205", call, throws ? message : undefined);
    return undefined;
  }
  const parts: Part[] = [];
  const node = branchesOf(lowering, place, { call, list: inner, settles, parts, first: true });
  const region = { ...lowering.region(place, "parts", [], call), parts };
  node.parts = region;
  assignFirst(lowering, place, node, region, functionsIn(inner));
  const role = settles || node.holdsSettled ? "settled" : "map";
  node.result = name === undefined ? lowering.unnamed("results", role) : lowering.variable(name, role);
  place.nodes.push(node);
  place.pending.push({ kind: "settled", binding: node.result });
  return node.result;
}

/** A list that becomes a Parallel, or a map, as it stands: that costs less than to list its calls. */
function isKept(lowering: Lowering, place: Place, list: Expression): boolean {
  if (isMapCall(list)) {
    const [callback, ...more] = list.arguments;
    const isArrow = callback?.type === "ArrowFunctionExpression" && more.length === 0;
    return isArrow && isUsableCallback(lowering, place, callback);
  }
  if (list.type !== "ArrayExpression") return false;
  return list.elements.every((one) => one && one.type !== "SpreadElement" && isBranch(lowering, place, one));
}

/** An element that becomes a branch. */
function isBranch(lowering: Lowering, place: Place, element: Expression): boolean {
  const inner = bare(element);
  const isChoice = inner.type === "ConditionalExpression" || inner.type === "LogicalExpression";
  if (isChoice) return containsAwait(inner) || !holdsCall(lowering, place, inner);
  const target = inner.type === "CallExpression" ? targetOf(lowering, place, inner) : undefined;
  if (inner.type !== "CallExpression" || !target || OWN_BRANCH.has(target.kind)) return true;
  return isAsyncCall(inner) || promiseRoot(inner).arguments.every(cannotThrow);
}

/** Evaluating it throws nothing, so that only its call may fail. */
function isQuiet(element: Node | null): boolean {
  const inner = element && bare(element as Expression);
  if (inner?.type === "ArrayExpression") return inner.elements.every(isQuiet);
  if (inner?.type !== "CallExpression") return inner !== null && cannotThrow(inner);
  return promiseRoot(inner).arguments.every(isQuiet);
}

const OWN_BRANCH = new Set(["step", "submit", "taskMap", "promise"]);

const holdsCall = (lowering: Lowering, place: Place, node: Node): boolean =>
  (node.type === "CallExpression" && targetOf(lowering, place, node) !== undefined) ||
  childrenOf(node).some((child) => holdsCall(lowering, place, child));

const functionsIn = (node: Node): Node[] =>
  isFunction(node) ? [node] : childrenOf(node).flatMap(functionsIn);

interface Elements {
  call: CallExpression;
  list: Extract<Node, { type: "ArrayExpression" }>;
  settles: boolean;
  /** What all elements need, those of lists inside this one included. */
  parts: Part[];
  /** Nothing was begun before the first element, so that it may wait for what it is called with. */
  first: boolean;
}

function branchesOf(lowering: Lowering, place: Place, elements: Elements): ParallelNode {
  const { call, list, settles, parts } = elements;
  const label = `${settles ? "all settled" : "all"} ${readable(lowering.text(list), 40)}`;
  const node: ParallelNode = {
    kind: "parallel",
    id: lowering.stateName(label),
    span: call,
    branches: [],
    depth: place.depth + 1,
    settles,
  };
  for (const [i, element] of list.elements.entries()) {
    if (element === null || element.type === "SpreadElement") {
      report(
        lowering.context,
        "RLT1205",
        element ?? call,
        element ? "A spread stands in the list of a Promise.all." : "The list of a Promise.all has a hole.",
      );
      continue;
    }
    const later = new Set(
      list.elements.slice(i + 1).flatMap((one) => [...(one ? effectsOf(lowering, one) : [])]),
    );
    const writer = new ElementWriter(lowering, place, node, parts, {
      first: elements.first && i === 0,
      later,
    });
    const made = writer.branch(element);
    if (made) node.branches.push(made);
  }
  return node;
}

/** Makes the branch of one element, and its part of what is evaluated before any branch begins. */
class ElementWriter {
  readonly #lowering: Lowering;
  readonly #place: Place;
  readonly #inner: Place;
  readonly #node: ParallelNode;
  readonly #parts: Part[];
  readonly #first: boolean;
  /** What the elements after it change. */
  readonly #later: ReadonlySet<Variable>;

  constructor(
    lowering: Lowering,
    place: Place,
    node: ParallelNode,
    parts: Part[],
    { first, later }: { first: boolean; later: ReadonlySet<Variable> },
  ) {
    this.#lowering = lowering;
    this.#place = place;
    this.#inner = innerPlace(place, node.depth);
    this.#node = node;
    this.#parts = parts;
    this.#first = first;
    this.#later = later;
  }

  branch(element: Expression): ParallelBranch | undefined {
    const inner = bare(element);
    if (!this.#first && containsAwait(inner)) {
      const message = "The elements before this one have begun when it waits.";
      report(this.#lowering.context, "RLT1203", inner, message);
      return undefined;
    }
    const future = futureOf(this.#lowering, this.#place, inner);
    if (future) {
      this.#inner.nodes.push(returnOf(this.#lowering, inner as never, future, future.name));
      if (this.#node.settles) this.#checkedFuture(future);
      return { body: this.#inner.nodes, part: this.#part("value", []) };
    }
    const call = inner.type === "CallExpression" ? inner : undefined;
    const target = call && targetOf(this.#lowering, this.#place, call);
    if (call && target?.kind === "step") return this.#step(call, target.task);
    if (target && refuseOvertaken(this.#lowering, inner, this.#later)) return undefined;
    if (call && target?.kind === "submit") return this.#submit(call);
    if (call && target?.kind === "taskMap") return this.#taskMap(call, target.task);
    if (call && target?.kind === "promise") return this.#promise(call, target.method);
    if (call && isAsyncCall(call)) return this.#body(call);
    if (call && target) return this.#other(call);
    return this.#value(element);
  }

  /** An allSettled must see that a future failed, before its value goes on. */
  #checkedFuture(future: VariableBinding): void {
    const end = this.#inner.nodes.at(-1);
    if (end?.kind === "return") end.value.checks.push({ kind: "settled", binding: future });
  }

  #step(call: CallExpression, task: TaskDeclaration): ParallelBranch {
    const lowering = this.#lowering;
    for (const argument of call.arguments) bindFutures(lowering, this.#place, argument);
    const taken = call.arguments.filter((one) => isTaken(lowering, one as Expression));
    hoistArguments(lowering, this.#place, call.arguments);
    const kept = call.arguments.filter((one) => !taken.includes(one)) as Expression[];
    keepFromLater(lowering, this.#place, kept, this.#later);
    const values: Value[] = call.arguments.map((argument) =>
      argument.type === "SpreadElement"
        ? { expression: argument.argument, spread: true }
        : { expression: argument, spread: false },
    );
    const result = lowering.unnamed(titleOf(task), "result");
    this.#inner.nodes.push({
      kind: "step",
      id: lowering.stateName(titleOf(task)),
      span: call,
      task: task.name,
      step: lowering.stepId(titleOf(task)),
      args: lowering.bareRegion("args", [], call),
      part: this.#part("arguments", values),
      result,
    });
    return this.#ending(call, result);
  }

  #submit(call: CallExpression): undefined {
    const message =
      "A call that stands in the list begins there: write task(x) in the place of task.submit(x).";
    report(this.#lowering.context, "RLT1205", call, message);
  }

  #taskMap(call: CallExpression, task: TaskDeclaration): ParallelBranch | undefined {
    const items = taskItems(this.#lowering, call, task);
    if (!items) return undefined;
    if (isS3Call(this.#lowering, this.#place, items)) {
      const message = "A map over items in S3 stands by itself: await it in a statement of its own.";
      report(this.#lowering.context, "RLT1215", call, message);
      return undefined;
    }
    this.#evaluated(items);
    const region = this.#lowering.bareRegion("items", [], call);
    const part = this.#part("taskItems", [{ expression: items, spread: false }]);
    const node = { ...taskMap(this.#lowering, this.#inner, { call, task, items, region }), part };
    if (node.tolerates) {
      const message = "A map that tolerates failures stands by itself: await it in a statement of its own.";
      report(this.#lowering.context, "RLT1209", call, message);
    }
    node.result = this.#lowering.unnamed(titleOf(task), "map");
    this.#inner.nodes.push(node);
    this.#checked(node.result);
    return this.#ending(call, node.result);
  }

  /** Failures of a list or map inside are those of a Promise.all around it; an allSettled must see that it failed. */
  #checked(result: VariableBinding): void {
    if (this.#node.settles) this.#inner.pending.push({ kind: "settled", binding: result });
  }

  /** A list inside the list. */
  #promise(call: CallExpression, method: string): ParallelBranch | undefined {
    const [argument, ...more] = call.arguments;
    const list = argument && argument.type !== "SpreadElement" ? bare(argument) : undefined;
    const isKnown = method === "all" || method === "allSettled";
    if (!list || more.length > 0 || !isKnown) return this.#refused(call, isKnown);
    const settles = method === "allSettled";
    if (settles && this.#node.settles) return this.#refused(call, true);
    if (settles) this.#node.holdsSettled = true;
    const result = this.#lowering.unnamed("results", "map");
    this.#checked(result);
    if (isMapCall(list)) {
      const map = mapCall(this.#lowering, this.#place, list);
      if (!map) return undefined;
      this.#evaluated(map.items);
      const region = this.#lowering.bareRegion("items", [], call);
      const part = this.#part("items", [{ expression: map.items, spread: false }]);
      const node = arrayMap(this.#lowering, this.#inner, { call, map, region, settles });
      this.#inner.nodes.push({ ...node, part, result });
      return this.#ending(call, result);
    }
    if (list.type !== "ArrayExpression" || list.elements.length === 0) return this.#refused(call, true);
    const elements = { call, list, settles, parts: this.#parts, first: this.#first };
    const node = { ...branchesOf(this.#lowering, this.#inner, elements), result };
    if (node.holdsSettled && this.#node.settles) return this.#refused(call, true);
    if (node.holdsSettled) this.#node.holdsSettled = true;
    this.#inner.nodes.push(node);
    return this.#ending(call, result);
  }

  /** `(async () => { … })()`. */
  #body(call: CallExpression): ParallelBranch | undefined {
    const lowering = this.#lowering;
    const fn = bare(call.callee);
    if (fn.type !== "ArrowFunctionExpression" || fn.params.length > 0 || call.arguments.length > 0) {
      report(lowering.context, "RLT1205", call, "An async function in a Promise.all takes no arguments.");
      return undefined;
    }
    if (fn.body.type === "BlockStatement") {
      lowerStatements(lowering, this.#inner, fn.body.body, "exact");
      finishBlock(lowering, this.#inner, fn.body, "exact");
      return { body: this.#inner.nodes, part: this.#part("value", []) };
    }
    const statement = { type: "ReturnStatement", argument: fn.body, start: fn.body.start, end: fn.body.end };
    lowerStatements(lowering, this.#inner, [statement as Node], "exact");
    return { body: this.#inner.nodes, part: this.#part("value", []) };
  }

  /** What else can be awaited: it evaluates its own arguments, so these must be quiet. */
  #other(call: CallExpression): ParallelBranch | undefined {
    if (!promiseRoot(call).arguments.every(cannotThrow)) {
      const message = "What this is called with may throw: give it a name before the Promise.all.";
      report(this.#lowering.context, "RLT1205", call, message);
      return undefined;
    }
    const binding = lowerAwaited(this.#lowering, this.#inner, call);
    return binding && this.#ending(call, binding);
  }

  /** No promise at all: it is a result as it stands. */
  #value(element: Expression): ParallelBranch {
    const isKept = isTaken(this.#lowering, element);
    this.#evaluated(element);
    if (!isKept) keepFromLater(this.#lowering, this.#place, [element], this.#later);
    return { body: [], part: this.#part("value", [{ expression: element, spread: false }]) };
  }

  #evaluated(node: Expression): void {
    hoistAwaits(this.#lowering, this.#place, node);
    this.#lowering.check(node, this.#place.scope);
  }

  #refused(call: CallExpression, isKnown: boolean): undefined {
    report(this.#lowering.context, isKnown ? "RLT1205" : "RLT1204", call);
  }

  #part(form: Part["form"], values: Value[]): string {
    const key = `p${this.#parts.length}`;
    this.#parts.push({ key, form, values, settles: this.#node.settles });
    return key;
  }

  #ending(call: CallExpression, result: Binding): ParallelBranch {
    const of = this.#inner.nodes.at(-1)?.id ?? this.#node.id;
    const node = returnOf(this.#lowering, call, result, of);
    node.value.checks.push(...this.#inner.pending.splice(0));
    this.#inner.nodes.push(node);
    return { body: this.#inner.nodes };
  }
}

const isAsyncCall = (call: CallExpression): boolean => {
  const fn = bare(call.callee);
  return fn.type === "ArrowFunctionExpression" && fn.async;
};
