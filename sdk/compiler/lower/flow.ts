import type { Expression, Node } from "oxc-parser";
import { type CheckContext, report } from "../check/pure.ts";
import type {
  Binding,
  Block,
  CollectNode,
  FlowGraph,
  InputBinding,
  MapNode,
  ParallelNode,
} from "../graph.ts";
import { armsOf, bodiesOf } from "../graph.ts";
import { bare, namesOf } from "../parse/ast.ts";
import type { FlowDeclaration } from "../parse/module.ts";
import { outsideOf } from "../sharing/outside.ts";
import { Sharing } from "../sharing/sharing.ts";
import { reportAliases, reportAssignedConstants, reportConstants } from "./aliases.ts";
import { lowerValue } from "./awaits.ts";
import { finishBlock, lowerStatements } from "./block.ts";
import { findTypes } from "./cell-types.ts";
import { declareCells, findCounters, named } from "./cells.ts";
import { writesLines } from "./effects.ts";
import { Lowering, type Place } from "./lowering.ts";
import { mayReturnUndefined } from "./map.ts";
import { Scope } from "./scope.ts";
import { groupFutures, throwJoined } from "./series-parallel.ts";
import { findUndefined } from "./undefined-cells.ts";

/** The graph of one flow; mistakes go to the context's diagnostics, and then the graph is not to be emitted. */
export function lowerFlow(
  context: CheckContext,
  flow: FlowDeclaration,
  inlineSteps: "allow" | "refuse",
): FlowGraph | undefined {
  const fn = flow.call.arguments.at(-1);
  const body = fn && fn.type !== "SpreadElement" ? bare(fn as Expression) : undefined;
  if (body?.type !== "ArrowFunctionExpression" && body?.type !== "FunctionExpression") {
    report(context, "RLT1008", fn ?? flow.call);
    return undefined;
  }
  if (body.type === "FunctionExpression" && body.generator) report(context, "RLT1107", flow.span);
  else if (!body.async) report(context, "RLT1006", flow.span);
  if (body.params.length > 1) report(context, "RLT1007", body.params[1] ?? flow.span);
  const lowering = new Lowering(context, new Sharing(body, outsideOf(context.reader, context.module)));
  lowering.writes = writesLines(body);
  const known = lowering.mistakes;
  const input: InputBinding = { kind: "input", name: "input" };
  const place: Place = {
    scope: new Scope(),
    nodes: [],
    pending: [],
    depth: 0,
    loops: [],
    finalizers: [],
    guarded: false,
    trying: false,
  };
  const [parameter, ...more] = body.params;
  for (const name of more.flatMap(namesOf)) place.scope.declare(name, "refused");
  if (parameter) bindInput(lowering, place, parameter, input);
  if (body.body?.type === "BlockStatement") {
    lowerStatements(lowering, place, body.body.body, "result");
    finishBlock(lowering, place, body.body, "result");
  } else if (body.body) {
    lowerValue(lowering, place, body.body, true);
    const value = lowering.region(place, "value", [{ expression: body.body, spread: false }], body.body);
    place.nodes.push({
      kind: "return",
      id: lowering.stateName("return"),
      span: body.body,
      value,
      crossing: "result",
    });
  }
  groupFutures(lowering, place.nodes);
  throwJoined(lowering, place.nodes);
  findCounters(lowering.assignments);
  findUndefined(lowering.assignments, lowering.context.uses);
  findTypes(lowering.assignments, lowering.context.uses);
  reportAssignedConstants(lowering);
  reportAliases(lowering);
  if (lowering.mistakes === known) reportConstants(lowering, body);
  refuseUndefinedResults(lowering, place.nodes);
  refuseReadSleeps(lowering, place.nodes);
  const onCancel = cancelTask(context, flow);
  return {
    ...(onCancel === undefined ? {} : { onCancel }),
    name: flow.name,
    span: flow.span,
    input,
    body: place.nodes,
    inlineSteps,
    futures: lowering.futures,
    barriers: lowering.barriers,
    access: lowering.access,
    begun: context.begun ?? new Set(),
    oneRuns: context.oneRuns ?? new Set(),
    settledAwaits: context.settledAwaits ?? new Set(),
    seesKeys: context.seesKeys === true,
  };
}

/** The task of the option `onCancel`, by its name: the machine calls it as a state of its own. */
function cancelTask(context: CheckContext, { call }: FlowDeclaration): string | undefined {
  const [options] = call.arguments;
  if (options?.type !== "ObjectExpression") return undefined;
  const property = options.properties.find(
    (one) => one.type === "Property" && one.key.type === "Identifier" && one.key.name === "onCancel",
  );
  if (property?.type !== "Property") return undefined;
  const value = bare(property.value as Expression);
  const task = value.type === "Identifier" ? context.reader.named(value) : undefined;
  if (task?.kind === "task") return task.name;
  report(context, "RLT1004", property, "onCancel does not name a task of the module.");
  return undefined;
}

function bindInput(lowering: Lowering, place: Place, parameter: Node, input: InputBinding): void {
  if (parameter.type !== "RestElement" && lowering.changes(parameter)) {
    declareCells(lowering, place, parameter, named(lowering, parameter, input), true);
  } else if (parameter.type === "Identifier") {
    input.name = parameter.name;
    place.scope.declare(parameter.name, input);
  } else if (parameter.type === "RestElement" || parameter.type === "TSParameterProperty") {
    report(lowering.context, "RLT1007", parameter, "A rest parameter cannot be the input.");
  } else {
    lowering.define(place, parameter, undefined, parameter, input);
  }
}

/**
 * A callback that ends without a value leaves `undefined` among the results, which JSON would turn into null: refused
 * where the flow could see the difference, that is where it uses the results at all.
 */
function refuseUndefinedResults(lowering: Lowering, body: Block): void {
  const used = new Set<Binding>();
  for (const one of lowering.context.uses.values()) used.add(one.kind === "variable" ? (one.of ?? one) : one);
  visitCollected(body, ({ result, futures }) => {
    if (used.has(result)) for (const { future } of futures) used.add(future.of ?? future);
  });
  visitMaps(body, (node) => {
    if (node.result && used.has(node.result) && bodiesOf(node).some(mayReturnUndefined)) {
      report(lowering.context, "RLT1314", { start: node.span.start, end: node.span.end });
    }
  });
}

/** A sleep gives undefined in plain Node, and nothing at all compiled: whoever reads it is mistaken. */
function refuseReadSleeps(lowering: Lowering, block: Block): void {
  for (const node of block) {
    const sleeps = node.kind === "wait" && (node.wait === "sleep" || node.wait === "until");
    if (sleeps && node.result)
      report(
        lowering.context,
        "RLT1212",
        node.span,
        "A sleep gives no value: await it in a statement of its own.",
      );
    for (const inner of [...armsOf(node), ...bodiesOf(node)]) refuseReadSleeps(lowering, inner);
  }
}

function visitCollected(block: Block, visit: (node: CollectNode) => void): void {
  for (const node of block) {
    if (node.kind === "collect") visit(node);
    for (const inner of [...bodiesOf(node), ...armsOf(node)]) visitCollected(inner, visit);
  }
}

function visitMaps(block: Block, visit: (node: MapNode | ParallelNode) => void): void {
  for (const node of block) {
    if (node.kind === "map" || node.kind === "parallel") visit(node);
    for (const inner of [...bodiesOf(node), ...armsOf(node)]) visitMaps(inner, visit);
  }
}
