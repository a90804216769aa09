import type { CallExpression, Expression, Node } from "oxc-parser";
import { type Duration, toWholeSeconds } from "../../model/duration.ts";
import { MOST_WAIT_SECONDS } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { isLiteralOnly } from "../check/literal.ts";
import { report } from "../check/pure.ts";
import type { Value, VariableBinding, WaitNode } from "../graph.ts";
import { bare, memberName } from "../parse/ast.ts";
import { hoistArguments } from "./awaits.ts";
import type { Lowering, Place } from "./lowering.ts";
import { foreignName } from "./with-options.ts";

const KINDS: Record<string, WaitNode["wait"]> = {
  sleep: "sleep",
  sleepUntil: "until",
  waitForInput: "input",
  approval: "approval",
  waitForEvent: "event",
};

/** The wait of Runlet's that a call is, under whatever name the module imports it. */
export function waitOf(lowering: Lowering, place: Place, call: CallExpression): WaitNode["wait"] | undefined {
  const { reader } = lowering.context;
  const callee = bare(call.callee);
  const member = callee.type === "MemberExpression" && callee.object.type === "Identifier";
  const local = member
    ? (callee.object as { name: string }).name
    : callee.type === "Identifier"
      ? callee.name
      : "";
  if (local === "" || place.scope.find(local)) return undefined;
  const declared = reader.lookup(reader.at(call), local);
  if (declared?.kind !== "package" || declared.from !== "runlet") return undefined;
  const name = member ? (declared.imported === "*" ? memberName(callee) : undefined) : declared.imported;
  return name !== undefined && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}

/** `await sleep(…)` and its like. */
export function lowerWait(
  lowering: Lowering,
  place: Place,
  call: CallExpression,
  wait: WaitNode["wait"],
  name?: string,
): VariableBinding {
  const title = {
    sleep: "sleep",
    until: "sleep until",
    input: "input",
    approval: "approval",
    event: "event",
  }[wait];
  const node: WaitNode = {
    kind: "wait",
    wait,
    id: lowering.stateName(title),
    span: call,
    step: lowering.stepId(title.replace(" ", "-")),
    args: lowering.bareRegion("args", [], call),
    result: name === undefined ? lowering.unnamed(title, "result") : lowering.variable(name, "result"),
  };
  const [first, second, third] = call.arguments;
  const spread = call.arguments.find(({ type }) => type === "SpreadElement");
  if (!first || spread) report(lowering.context, "RLT1212", spread ?? call);
  else if (wait === "sleep" || wait === "until") lowerSleep(lowering, place, node, first as Expression, call);
  else if (wait === "input") {
    lowerSchema(lowering, place, node, first as Expression);
    lowerQuestion(lowering, place, node, { call, message: second, options: third });
  } else lowerQuestion(lowering, place, node, { call, message: first, options: second });
  place.nodes.push(node);
  return node.result as VariableBinding;
}

/** A duration that stands in the source needs no function; any other passes through JavaScript. */
function lowerSleep(
  lowering: Lowering,
  place: Place,
  node: WaitNode,
  given: Expression,
  call: CallExpression,
): void {
  if (node.wait === "sleep") {
    const literal = literalOf(lowering, place, given);
    const seconds = literal && secondsOf(lowering, given, literal.value, "sleep", 0);
    if (seconds !== undefined) {
      node.seconds = seconds;
      node.args = lowering.region(place, "args", [], call);
      return;
    }
    if (literal) return; // a mistake, already told
  }
  hoistArguments(lowering, place, [given]);
  const form = node.wait === "sleep" ? ("seconds" as const) : ("instant" as const);
  node.args = { ...lowering.region(place, "wait", [{ expression: given, spread: false }], call), form };
}

/** A schema is no JSON: it is made where the module is loaded, for whoever checks the answers. */
function lowerSchema(lowering: Lowering, place: Place, node: WaitNode, schema: Expression): void {
  const { context } = lowering;
  const foreign = foreignName(place, [schema]);
  if (foreign) report(context, "RLT1213", foreign);
  else if (context.reader.at(schema) !== context.module)
    report(context, "RLT1213", schema, "A schema stands in the module of the flow.");
  else node.schema = lowering.text(schema);
}

function lowerQuestion(
  lowering: Lowering,
  place: Place,
  node: WaitNode,
  { call, message, options }: { call: CallExpression; message: Node | undefined; options: Node | undefined },
): void {
  if (!message) {
    report(lowering.context, "RLT1212", call);
    return;
  }
  const given: Expression[] = [message as Expression];
  const show = readOptions(lowering, place, node, options);
  if (show) given.push(show);
  hoistArguments(lowering, place, given);
  const values = given.map((expression): Value => ({ expression, spread: false }));
  node.args = lowering.region(place, "args", values, call);
}

/** @returns what is shown */
function readOptions(
  lowering: Lowering,
  place: Place,
  node: WaitNode,
  options: Node | undefined,
): Expression | undefined {
  if (!options) return undefined;
  if (options.type !== "ObjectExpression") {
    report(lowering.context, "RLT1212", options);
    return undefined;
  }
  let show: Expression | undefined;
  for (const property of options.properties) {
    const key =
      property.type === "Property" && !property.computed && property.key.type === "Identifier"
        ? property.key.name
        : undefined;
    const value = property.type === "Property" ? (property.value as Expression) : undefined;
    if (key === "show" && value && node.wait !== "event") show = value;
    else if (key === "timeout" && value) {
      const literal = literalOf(lowering, place, value);
      if (!literal) report(lowering.context, "RLT1212", value, "The timeout of a wait is written in place.");
      else {
        const seconds = secondsOf(lowering, value, literal.value, "timeout", 1);
        if (seconds !== undefined) node.timeout = seconds;
      }
    } else report(lowering.context, "RLT1212", property);
  }
  return show;
}

function secondsOf(
  lowering: Lowering,
  at: Expression,
  value: unknown,
  what: string,
  least: number,
): number | undefined {
  try {
    const seconds = toWholeSeconds(value as Duration, what, least);
    if (seconds <= MOST_WAIT_SECONDS) return seconds;
    report(lowering.context, "RLT1212", at, `${what} is ${seconds} s; no run lives longer than a year.`);
  } catch (error) {
    if (!(error instanceof RunletError)) throw error;
    report(lowering.context, "RLT1212", at, error.message.replace(/^RLT\d{4}: | Mend: .*$/gs, ""));
  }
  return undefined;
}

/** The value of a literal, in place or as a constant of the module. */
function literalOf(lowering: Lowering, place: Place, given: Expression): { value: unknown } | undefined {
  const node = bare(given);
  if (node.type === "Identifier") {
    const declared = place.scope.find(node.name) ? undefined : lowering.context.reader.named(node);
    return declared?.kind === "constant" && isLiteralOnly(declared.init)
      ? evaluated(declared.init)
      : undefined;
  }
  return isLiteralOnly(node) ? evaluated(node) : undefined;
}

function evaluated(given: Expression): { value: unknown } | undefined {
  const node = bare(given);
  if (node.type === "Literal") return { value: node.value };
  if (node.type !== "ObjectExpression") return undefined;
  const entries: [string, unknown][] = [];
  for (const property of node.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier")
      return undefined;
    const value = evaluated(property.value as Expression);
    if (!value) return undefined;
    entries.push([property.key.name, value.value]);
  }
  return { value: Object.fromEntries(entries) };
}
