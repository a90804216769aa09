import type { Expression, Node } from "oxc-parser";
import { expression, expressionText, isExpression, literalTemplate } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { Template } from "../../asl/types.ts";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { both, type FastContext, strict } from "../fast/fast.ts";
import { normalised } from "../fast/numbers.ts";
import { test } from "../fast/operators.ts";
import { fromBinding, translate } from "../fast/translate.ts";
import type { Check, Definition, Region } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { expressionDepth } from "./depth.ts";

/** How a region is emitted: as JSONata (guarded or not), or always as an inline step. */
export type Plan = { fast: true; guard: string | undefined; values: Template[] } | { fast: false };

const INLINE: Plan = { fast: false };

/** A region whose values are templates: arguments, a returned value, items. */
export function planValues(region: Region, context: FastContext): Plan {
  const checks = planChecks(region.checks, context);
  if (checks === "inline" || region.values.some((value) => value.spread)) return INLINE;
  const values: Template[] = [];
  const guards = [checks];
  for (const { expression: node } of region.values) {
    const leaf = templateOf(node, context);
    if (!leaf) return INLINE;
    values.push(leaf.template);
    guards.push(leaf.guard);
  }
  return shallow({ fast: true, guard: both(...guards), values });
}

/** The items of a map: surely an array under the guard, since Step Functions would iterate an object by its keys. */
export function planItems(region: Region, context: FastContext): Plan {
  const plan = planValues(region, context);
  const [value] = region.values;
  const [template] = plan.fast ? plan.values : [];
  if (!plan.fast || !value) return plan;
  // A literal array is a template; only an expression could choose between it and an inline step's answer.
  if (Array.isArray(template)) return plan.guard === undefined ? plan : INLINE;
  if (!isExpression(template)) return INLINE;
  if (translate(value.expression, context)?.type === "array") return plan;
  return { ...plan, guard: both(plan.guard, `$type(${expressionText(template)})="array"`) };
}

/** A region that ends in a condition; its one value is a total boolean under the guard. */
export function planTest(region: Region, context: FastContext): Plan {
  const checks = planChecks(region.checks, context);
  const [value] = region.values;
  const condition = value && test(value.expression, context);
  if (checks === "inline" || !condition) return INLINE;
  return shallow({ fast: true, guard: both(checks, condition.guard), values: [expression(condition.code)] });
}

/** A plan whose expressions AWS might find too deep is an inline step instead. */
function shallow(plan: Plan & { fast: true }): Plan {
  const guardDepth = plan.guard === undefined ? 0 : expressionDepth(plan.guard);
  const valueDepth = Math.max(0, ...plan.values.map(templateDepth));
  // The state adds a conditional, a conjunction and `$exists` around a guard and a value.
  return Math.max(guardDepth, valueDepth) + 6 > EXPRESSION_DEPTH ? INLINE : plan;
}

function templateDepth(template: Template): number {
  if (isExpression(template)) return expressionDepth(expressionText(template));
  if (Array.isArray(template)) return Math.max(0, ...template.map(templateDepth));
  if (typeof template === "object" && template !== null)
    return Math.max(0, ...Object.values(template).map(templateDepth));
  return 0;
}

/** The guard under which none of the checks throws. */
function planChecks(checks: readonly Check[], context: FastContext): string | undefined | "inline" {
  const guards: (string | undefined)[] = [];
  for (const check of checks) {
    const guard =
      check.kind === "settled"
        ? `$not($exists(${context.code(check.binding)}.\`$runlet.error\`))`
        : definitionGuard(check.definition, context);
    if (guard === "inline") return "inline";
    guards.push(guard);
  }
  return both(...guards);
}

function definitionGuard(definition: Definition, context: FastContext): string | undefined | "inline" {
  if (definition.bindings.some((binding) => binding.path === undefined)) return "inline";
  const isPattern = definition.pattern !== undefined && definition.pattern.type !== "Identifier";
  const { init, source } = definition;
  const [own] = definition.bindings;
  if (!isPattern) {
    if (source || !init) return undefined;
    return quietGuard(init, own && context.uses.get(init) === own ? withoutUse(context, init) : context);
  }
  // Destructuring throws where a base is null or undefined: each base on the way must be an object.
  const whole = source ? fromBinding(source, context) : init && translate(init, context);
  if (!whole?.path) return "inline";
  const parts = definition.bindings.map((binding) => fromBinding(binding, context));
  if (parts.includes(undefined)) return "inline";
  return both(whole.guard, `$type(${whole.code})="object"`, ...parts.map((part) => part?.guard));
}

function withoutUse(context: FastContext, node: Node): FastContext {
  const uses = new Map(context.uses);
  uses.delete(node);
  return { ...context, uses };
}

/** The guard under which an expression does not throw; its value does not matter here. */
function quietGuard(node: Expression, context: FastContext): string | undefined | "inline" {
  const leaf = structureOf(node, context);
  if (leaf) {
    const guards = leaf.map((child) => quietGuard(child, context));
    return guards.includes("inline") ? "inline" : both(...guards);
  }
  const fast = translate(node, context);
  return fast ? fast.guard : "inline";
}

interface Leaf {
  template: Template;
  guard: string | undefined;
}

/** An expression as a template: literals of arrays and objects keep their shape, each leaf an expression (R1). */
function templateOf(node: Expression, context: FastContext): Leaf | undefined {
  if (context.uses.has(node)) return pureStructure(node, context) ?? leafOf(node, context);
  const inner = bare(node);
  if (inner !== node) return templateOf(inner, context);
  if (node.type === "Identifier") return pureStructure(node, context) ?? leafOf(node, context);
  if (node.type === "ArrayExpression") return arrayTemplate(node, context);
  if (node.type === "ObjectExpression") return objectTemplate(node, context);
  if (node.type === "Literal" && typeof node.value === "string" && node.value.isWellFormed())
    return { template: literalTemplate(node.value), guard: undefined };
  if (
    node.type === "Literal" &&
    (typeof node.value === "boolean" ||
      (typeof node.value === "number" && Number.isFinite(node.value)) ||
      node.raw === "null")
  ) {
    return { template: node.value as Template, guard: undefined };
  }
  return leafOf(node, context);
}

/** A name that stands for a literal of an array or object: its structure is written out where it is used. */
function pureStructure(node: Expression, context: FastContext): Leaf | undefined {
  const binding = context.uses.get(node);
  if (binding?.kind === "pure") {
    const { init, source } = binding.definition;
    if (source || !init || binding.path?.length !== 0 || context.uses.get(init) === binding) return undefined;
    return structureOf(init, context) ? templateOf(init, context) : undefined;
  }
  if (binding || node.type !== "Identifier") return undefined;
  const declared = context.reader.lookup(context.module, node.name);
  return declared?.kind === "constant" && structureOf(declared.init, context)
    ? templateOf(declared.init, { ...context, module: declared.module })
    : undefined;
}

function leafOf(node: Expression, context: FastContext): Leaf | undefined {
  const fast = translate(node, context);
  if (!fast) return undefined;
  if (fast.type === "undefined") return { template: null, guard: undefined };
  const value = strict(fast);
  return { template: expression(normalised(value)), guard: value.guard };
}

/** The parts of an array or object literal, or nothing for any other expression. */
function structureOf(node: Expression, context: FastContext): Expression[] | undefined {
  const inner = context.uses.has(node) ? node : bare(node);
  if (
    inner.type === "ArrayExpression" &&
    inner.elements.every((element) => element !== null && element.type !== "SpreadElement")
  ) {
    return inner.elements as Expression[];
  }
  if (
    inner.type === "ObjectExpression" &&
    inner.properties.every((property) => property.type === "Property" && !property.computed)
  ) {
    return inner.properties.map((property) => (property as { value: Expression }).value);
  }
  return undefined;
}

function arrayTemplate(
  node: Extract<Node, { type: "ArrayExpression" }>,
  context: FastContext,
): Leaf | undefined {
  const template: Template[] = [];
  let guard: string | undefined;
  for (const element of node.elements) {
    if (element === null || element.type === "SpreadElement") return undefined;
    const leaf = templateOf(element, context);
    if (!leaf) return undefined;
    template.push(leaf.template);
    guard = both(guard, leaf.guard);
  }
  return { template, guard };
}

function objectTemplate(
  node: Extract<Node, { type: "ObjectExpression" }>,
  context: FastContext,
): Leaf | undefined {
  const template: Record<string, Template> = {};
  let guard: string | undefined;
  for (const property of node.properties) {
    if (property.type !== "Property" || property.computed) return undefined;
    const key =
      property.key.type === "Identifier"
        ? property.key.name
        : property.key.type === "Literal"
          ? String(property.key.value)
          : undefined;
    // `x.$` is JSONPath's mark for a computed field; some validators read it so in any language.
    if (key === undefined || PROTOTYPE_NAMES.has(key) || key.endsWith(".$") || !key.isWellFormed())
      return undefined;
    const value = property.value as Expression;
    if (translate(value, context)?.type === "undefined") continue; // JSON drops the key
    const leaf = templateOf(value, context);
    if (!leaf || Object.hasOwn(template, key)) return undefined;
    template[key] = leaf.template;
    guard = both(guard, leaf.guard);
  }
  return { template, guard };
}

/** Guards a template: each leaf gives the value under the guard, and otherwise raises, which leads to the inline step (R3). */
export function guardTemplate(template: Template, wrap: (code: string) => string): Template {
  if (isExpression(template)) return expression(wrap(expressionText(template)));
  if (Array.isArray(template)) return template.map((item) => guardTemplate(item, wrap));
  if (typeof template === "object" && template !== null) {
    return Object.fromEntries(
      Object.entries(template).map(([key, item]) => [key, guardTemplate(item, wrap)]),
    );
  }
  return template;
}
