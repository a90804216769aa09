import type { Expression } from "oxc-parser";
import { expression, expressionText, isExpression } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { Template } from "../../asl/types.ts";
import { arrayPerhaps } from "../fast/calls.ts";
import {
  beyond,
  both,
  conjunction,
  type Fast,
  type Guard,
  lenient,
  named,
  strict,
  whereIt,
  withGuard,
} from "../fast/fast.ts";
import { together, withNames } from "../fast/guards.ts";
import { noSurrogates } from "../fast/members.ts";
import { binary, test } from "../fast/operators.ts";
import { joined as textOf } from "../fast/printing.ts";
import { type Exit, recordOf } from "../fast/record.ts";
import { array } from "../fast/structures.ts";
import { arrayFor, isTaskList, textOfReceiver } from "../fast/total.ts";
import { fromBinding, translate } from "../fast/translate.ts";
import type { CellBinding, Region } from "../graph.ts";
import { assignedTemplates } from "./assign.ts";
import { checksGuard } from "./checks.ts";
import type { PlanContext } from "./context.ts";
import { expressionDepth } from "./depth.ts";
import { type Destination, Templates } from "./template.ts";

/** How a region is emitted: as JSONata (guarded or not), or always as an inline step. */
export type Plan =
  | {
      fast: true;
      guard: string | undefined;
      values: Template[];
      /** All values as one expression, where one of them is spread. */
      list?: Template;
      /** The one value may be nothing. */
      optional?: true;
      /** What the region leaves in its cells, by variable. */
      assigned: Record<string, Template>;
      /** Lines that go along. */
      lines?: Template[];
    }
  | { fast: false };

/** Only JavaScript can say it; the innermost expression that has no form in JSONata is why. */
function inline(region: Region, { reasons, gap }: PlanContext): Plan {
  reasons.set(region.id, { gap: gap.source });
  return { fast: false };
}

/** A region whose values are templates: arguments, a returned value, items. */
export function planValues(region: Region, context: PlanContext, destination: Destination | "input"): Plan {
  const checks = checksGuard(region.checks, context);
  if (checks === "inline") return inline(region, context);
  if (region.values.some((value) => value.spread)) return planSpread(region, checks, context);
  const values: Template[] = [];
  let guard = checks;
  let optional: true | undefined;
  const isInput = destination === "input";
  const templates = new Templates(context, isInput ? "boundary" : destination);
  for (const { expression: node } of region.values) {
    const leaf = isInput ? templates.input(node) : templates.of(node);
    if (!leaf) return inline(region, context);
    if (leaf.template !== undefined) values.push(leaf.template);
    if (leaf.template !== undefined && leaf.optional) optional = true;
    guard = both(guard, leaf.guard);
  }
  const plan = planned(region, guard, values, context);
  return optional && plan.fast ? { ...plan, optional } : plan;
}

/** Arguments of which one is spread: one expression for all of them. */
function planSpread(region: Region, checks: Guard | undefined, context: PlanContext): Plan {
  const elements = region.values.map(({ expression: argument, spread }) =>
    spread ? { ...argument, type: "SpreadElement", argument } : argument,
  );
  const all = array({ type: "ArrayExpression", elements } as never, context);
  if (!all) return inline(region, context);
  const list = expression(withNames(all.code, all.guard));
  const plan = planned(region, both(checks, all.guard), [list], context);
  return plan.fast ? { ...plan, list } : plan;
}

/** The message of an error, as the string of JSON that a Lambda function's failure would have as its cause. */
export function planCause(
  region: Region,
  name: string,
  message: Expression | undefined,
  context: PlanContext,
): Plan {
  const checks = checksGuard(region.checks, context);
  if (checks === "inline") return inline(region, context);
  const value = message && translate(message, context);
  if (message && !value) return inline(region, context);
  const isEmpty = !value || value.type === "undefined";
  // The message of `new Error(undefined)` is empty.
  const text = isEmpty ? undefined : textOf([strict(value)], context);
  if (!isEmpty && !text) return inline(region, context);
  const said = text ? named(text, context) : undefined;
  const guard = said && both(said.guard, noSurrogates(said.code), `$length(${said.code}) <= ${MOST_MESSAGE}`);
  const code = `$string({"errorType": "${name}", "errorMessage": ${said?.code ?? '""'}, "trace": []})`;
  return planned(region, both(checks, value?.guard, guard), [expression(withNames(code, guard))], context);
}

/** A longer text would not fit the field that Step Functions keeps for a cause. */
const MOST_MESSAGE = 5_000;

/** The items of a map: surely an array under the guard, since Step Functions would iterate an object by its keys. */
export function planItems(region: Region, context: PlanContext, inside: Destination): Plan {
  const [value] = region.values;
  if (region.form === "mixed") return inline(region, context);
  const total = region.form === "array" ? planTotalItems(region, context) : undefined;
  if (total) return total;
  if (region.form === "task") return planTaskItems(region, context);
  const plan = planValues(region, context, inside);
  const [template] = plan.fast ? plan.values : [];
  if (!plan.fast || !value) return plan;
  // A literal array is a template; only an expression can choose between it and an inline step's answer.
  if (Array.isArray(template))
    return plan.guard === undefined ? plan : planList(region, value.expression, context);
  if (!isExpression(template)) return inline(region, context);
  if (translate(value.expression, context)?.type === "array") return plan;
  const isArray = `$type(${expressionText(template)})="array"`;
  return { ...plan, guard: plan.guard === undefined ? isArray : `${plan.guard} and ${isArray}` };
}

/** The items of `task.map` are arguments of its calls and nothing else; what is no array is refused, as in plain Node. */
function planTaskItems(region: Region, context: PlanContext): Plan {
  const [value] = region.values;
  const checks = checksGuard(region.checks, context);
  const leaf = value && new Templates(context, "boundary").of(value.expression);
  if (checks === "inline" || !leaf || !value) return inline(region, context);
  const { template } = leaf;
  const guard = both(checks, leaf.guard);
  if (Array.isArray(template))
    return guard === undefined
      ? planned(region, guard, [template], context)
      : planList(region, value.expression, context);
  if (!isExpression(template)) return inline(region, context);
  const isList = translate(value.expression, context)?.type === "array";
  const asked = isList ? undefined : isTaskList(expressionText(template));
  return planned(region, both(guard, asked), [template], context);
}

/** What is no array throws as `map` of it does. */
function planTotalItems(region: Region, given: PlanContext): Plan | undefined {
  // What the region assigns first is what the items are read from; where this is no way, another begins anew.
  const context = { ...given, cells: new Map(), ...(given.lines && { lines: [] }) };
  const checks = checksGuard(region.checks, context);
  const [value] = region.values;
  const text = value && textOfReceiver(value.expression, context);
  const items = text === undefined ? undefined : value && translate(value.expression, context);
  if (checks === "inline" || text === undefined || items?.type !== "json") return undefined;
  const list = context.total
    ? arrayFor(items, "map", text, context)
    : arrayPerhaps(items, "map", text, context);
  return planned(region, both(checks, list.guard), [expression(withNames(list.code, list.guard))], context);
}

function planList(region: Region, node: Expression, context: PlanContext): Plan {
  const again = { ...context, cells: new Map() };
  const checks = checksGuard(region.checks, again);
  const list = translate(node, again);
  if (checks === "inline" || list?.type !== "array" || !list.present) return inline(region, context);
  return planned(region, both(checks, list.guard), [expression(withNames(list.code, list.guard))], again);
}

/** What the elements of a `Promise.all([…])` are called with: one template, by the keys of the parts. */
export function planParts(region: Region, context: PlanContext, inside: Destination): Plan {
  let guard = checksGuard(region.checks, context);
  if (guard === "inline") return inline(region, context);
  const parts: Record<string, Template> = {};
  const templates = { out: new Templates(context, "boundary"), in: new Templates(context, inside) };
  for (const { key, form, values } of region.parts ?? []) {
    if (form === "mixed") return inline(region, context);
    const templated = form === "arguments" || form === "taskItems" ? templates.out : templates.in;
    const made: Template[] = [];
    for (const { expression: node, spread } of values) {
      const leaf = spread ? undefined : templated.of(node);
      if (!leaf) return inline(region, context);
      const isList = form === "items" || form === "taskItems" || form === "calls";
      made.push(leaf.template);
      guard = both(guard, leaf.guard, isList ? arrayGuard(node, leaf.template, context) : undefined);
    }
    const [only] = made;
    if (form === "arguments") parts[key] = made;
    else if (only !== undefined) parts[key] = only;
  }
  return planned(region, guard, [parts], context);
}

/** Under this an expression's value is an array; nothing where it surely is one. */
function arrayGuard(node: Expression, template: Template, context: PlanContext): string | undefined {
  if (Array.isArray(template)) return undefined;
  if (!isExpression(template)) return "false";
  if (translate(node, context)?.type === "array") return undefined;
  return `$type(${expressionText(template)})="array"`;
}

/** A region that ends in a condition; its one value is a total boolean under the guard. */
export function planTest(region: Region, context: PlanContext): Plan {
  const checks = checksGuard(region.checks, context);
  const [value] = region.values;
  const condition = region.inside
    ? isInside(region.inside, context)
    : region.nothing
      ? isNothing(region.nothing, context)
      : value
        ? test(value.expression, context)
        : ALWAYS;
  if (checks === "inline" || !condition) return inline(region, context);
  return planned(
    region,
    both(checks, condition.guard),
    [expression(withNames(condition.code, condition.guard))],
    context,
  );
}

const ALWAYS: Fast = { code: "true", type: "boolean", present: true };

/** Is there another element? */
function isInside({ list, index }: NonNullable<Region["inside"]>, context: PlanContext): Fast | undefined {
  const elements = fromBinding(list, context);
  const at = fromBinding(index, context);
  if (!elements || !at) return undefined;
  return withGuard(
    { code: `(${at.code} < $count(${elements.code}))`, type: "boolean", present: true },
    both(elements.guard, elements.type === "array" ? undefined : `$type(${elements.code})="array"`, at.guard),
  );
}

/** Is it undefined or null? A variable that may hold the mark of undefined is asked where it surely does not. */
function isNothing(cell: CellBinding, context: PlanContext): Fast | undefined {
  const value = fromBinding(cell, context);
  if (!value) return undefined;
  if (value.type === "undefined" || value.type === "null") return ALWAYS;
  return withGuard(
    { code: `$not(${value.code} != null)`, type: "boolean", present: true },
    lenient(value).guard,
  );
}

/** A switch: a total boolean a case, true where the case is the one, under one guard for all. */
export function planCases(region: Region, context: PlanContext): Plan {
  let guard = checksGuard(region.checks, context);
  const [on, ...tests] = region.values;
  if (guard === "inline" || !on) return inline(region, context);
  const conditions: Template[] = [];
  for (const { expression: node } of tests) {
    const equal = binary(
      {
        type: "BinaryExpression",
        operator: "===",
        left: on.expression,
        right: node,
        start: node.start,
        end: node.end,
      } as never,
      context,
    );
    if (!equal) return inline(region, context);
    // A test is not evaluated where one before it holds.
    const asked = together(beyond(equal, guard).guard, (code) => code);
    const isReached = `$not(${conditions.join(" or ")})`;
    guard = both(guard, conditions.length === 0 ? equal.guard : whereIt(isReached, asked));
    conditions.push(withNames(equal.code, equal.guard));
  }
  const known = tests.length === 0 ? translate(on.expression, context) : undefined;
  if (tests.length === 0 && !known) return inline(region, context);
  return planned(region, both(guard, known?.guard), conditions, context);
}

/** Statements that control may leave on several ways: one record of how it did, and of what they leave in the cells. */
export function planScript(region: Region, context: PlanContext): Plan & { cells?: readonly CellBinding[] } {
  const last = region.checks.at(-1);
  const assignment = last?.kind === "assignment" ? last.assignment : undefined;
  const made = assignment?.made;
  const checks = checksGuard(region.checks.slice(0, -1), context);
  if (checks === "inline" || !assignment || made?.by !== "script" || !made.exits)
    return inline(region, context);
  if (made.statements.some((one) => context.oneRuns.has(one))) return inline(region, context);
  const { places, value } = made.exits;
  const returning = [...places].filter(([node]) => node.type === "ReturnStatement");
  // All of them lead out alike; what one without a value gives is undefined.
  const returned = (returning.find(([node]) => "argument" in node && node.argument) ?? returning[0])?.[1];
  const cells = assignment.cells.filter((cell) => cell !== value);
  const placeOf = (exit: Exit): number | undefined => (exit === "return" ? returned : places.get(exit));
  const record = recordOf(made.statements, cells, context, placeOf, made.made);
  if (!record) return inline(region, context);
  const code = expression(withNames(record.code, record.guard));
  return { ...planned(region, both(checks, record.guard), [code], context), cells };
}

/** A region that only throws or does not. */
export const planChecks = (region: Region, context: PlanContext): Plan => {
  const checks = checksGuard(region.checks, context);
  return checks === "inline" ? inline(region, context) : planned(region, checks, [], context);
};

function planned(region: Region, guard: Guard | undefined, values: Template[], context: PlanContext): Plan {
  const assigned = assignedTemplates(context);
  if (!assigned) return inline(region, context);
  // A guard may hold names alone, which the values share, and no condition.
  const clauses = guard && conjunction(guard);
  const condition = clauses === "true" ? undefined : clauses;
  const lines = context.lines?.map(({ level, args }) => ({ level, args: args.map(expression) })) ?? [];
  const plan: Plan = { fast: true, guard: condition, values, assigned, ...(lines.length > 0 && { lines }) };
  // Lines that the flow writes go along with what the state calls: one that only throws calls nothing.
  const asked = lines.length === 0 && condition !== undefined ? { asked: condition } : {};
  if (guard) context.reasons.set(region.id, { guard, ...asked });
  const computed = [...values, ...Object.values(assigned)];
  if (context.paths === "slow" && (guard || computed.some(isComputed))) return inline(region, context);
  if (!isShallow(plan)) return inline(region, context);
  return context.paths === "raise" && condition !== undefined ? { ...plan, guard: "false" } : plan;
}

function isComputed(template: Template): boolean {
  if (typeof template === "object" && template !== null) return Object.values(template).some(isComputed);
  return isExpression(template);
}

/** A plan whose expressions AWS might find too deep is an inline step instead. */
function isShallow(plan: Plan & { fast: true }): boolean {
  const guardDepth = plan.guard === undefined ? 0 : expressionDepth(plan.guard);
  const valueDepth = Math.max(
    0,
    ...[...plan.values, ...Object.values(plan.assigned), ...(plan.lines ?? [])].map(templateDepth),
  );
  // The state adds a conditional, a conjunction and `$exists` around a guard and a value.
  return Math.max(guardDepth, valueDepth) + 6 <= EXPRESSION_DEPTH;
}

function templateDepth(template: Template): number {
  if (isExpression(template)) return expressionDepth(expressionText(template));
  if (typeof template === "object" && template !== null)
    return Object.values(template).reduce(
      (deepest: number, item) => Math.max(deepest, templateDepth(item)),
      0,
    );
  return 0;
}
