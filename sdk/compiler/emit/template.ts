import type { Expression, Node } from "oxc-parser";
import { expression, expressionText, isExpression, literalTemplate } from "../../asl/expression.ts";
import type { Template } from "../../asl/types.ts";
import { RESERVED_PREFIX } from "../../model/json.ts";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { leavingWith, orNull } from "../fast/crossing.ts";
import { both, type Fast, type FastContext, type Guard, lenient, strict, valueCode } from "../fast/fast.ts";
import { withNames } from "../fast/guards.ts";
import { MISSING } from "../fast/members.ts";
import { normalised } from "../fast/numbers.ts";
import { translate } from "../fast/translate.ts";
import { bare } from "../parse/ast.ts";

/**
 * Where a template's value goes: out of the flow, as JSON carries it; on inside the flow, where nothing may change; or
 * `keyless`, inside a flow that cannot tell a key with undefined from no key.
 */
export type Destination = "boundary" | "inside" | "keyless";

export interface Leaf {
  template: Template;
  guard: Guard | undefined;
  /** Characters, about; a name that stands for a literal is written out wherever it is used. */
  size: number;
  /** Levels of arrays and objects. */
  levels: number;
  /** The expression may give nothing, which only an object of JSONata's can hold: as no key. */
  optional?: true;
}

/** A larger or deeper template would fill a definition; it is an inline step instead. */
const MOST_CHARACTERS = 60_000;
const MOST_LEVELS = 40;

/** Makes templates of expressions: literals of arrays and objects keep their shape, each leaf an expression (R1). */
export class Templates {
  readonly #context: FastContext;
  readonly #destination: Destination;
  readonly #named = new Map<Node, Leaf | undefined>();

  constructor(context: FastContext, destination: Destination) {
    this.#context = context;
    this.#destination = destination;
  }

  of(node: Expression, context = this.#context): Leaf | undefined {
    const leaf = this.#named.has(node) ? this.#named.get(node) : this.#make(node, context);
    return leaf && leaf.size <= MOST_CHARACTERS && leaf.levels <= MOST_LEVELS ? leaf : undefined;
  }

  /** The input of a flow: nothing is no null there, but no input; absent where it surely is nothing. */
  input(node: Expression): Leaf | { template?: never; guard: Guard | undefined } | undefined {
    const fast = translate(node, this.#context);
    if (!fast || fast.present) return this.of(node);
    if (fast.type === "undefined") return { guard: fast.guard };
    const asked = lenient(fast);
    const code = withNames(valueCode(asked), asked.guard);
    return { template: expression(code), guard: asked.guard, size: code.length, levels: 0, optional: true };
  }

  #make(node: Expression, context: FastContext): Leaf | undefined {
    if (context.uses.has(node) || node.type === "Identifier")
      return this.#literal(node, context) ?? this.#leaf(node, context);
    const inner = bare(node);
    if (inner !== node) return this.of(inner, context);
    if (node.type === "ArrayExpression") return this.#array(node, context) ?? this.#leaf(node, context);
    if (node.type === "ObjectExpression") return this.#object(node, context) ?? this.#leaf(node, context);
    return constant(node) ?? this.#leaf(node, context);
  }

  /** A name that stands for a literal of an array or object: its structure is written out where it is used. */
  #literal(node: Expression, context: FastContext): Leaf | undefined {
    const literal = namedLiteral(node, context);
    if (!literal) return undefined;
    const known = this.#named.get(literal.node);
    if (known || this.#named.has(literal.node)) return known;
    const leaf = this.of(literal.node, literal.context);
    this.#named.set(literal.node, leaf);
    return leaf;
  }

  #leaf(node: Expression, given: FastContext): Leaf | undefined {
    const context =
      this.#destination === "boundary" ? { ...given, leaving: leavingWith(node, given) } : given;
    const fast = translate(node, context);
    if (!fast) return undefined;
    if (this.#destination === "boundary" && !fast.present && fast.type !== "undefined")
      return this.#valueLeaf(orNull(fast));
    return this.#valueLeaf(fast);
  }

  #valueLeaf(fast: Fast): Leaf | undefined {
    if (fast.type === "undefined") {
      return this.#destination === "boundary"
        ? { template: null, guard: both(fast.guard), size: 4, levels: 0 }
        : undefined;
    }
    const value = strict(fast);
    const template = expression(withNames(normalised(value), value.guard));
    return { template, guard: both(value.guard, this.#signed(value)), size: template.length, levels: 0 };
  }

  /** A key that JSON drops where its value is missing: no template can say that, but an object of JSONata's can (R1). */
  #property(value: Expression, context: FastContext): Leaf | undefined {
    const fast = translate(value, context);
    if (!fast || fast.present || fast.type === "undefined") return this.of(value, context);
    return context.drops ? undefined : this.#valueLeaf(fast);
  }

  /** Inside the flow a zero that might be -0 is left to JavaScript, which knows. */
  #signed(value: Fast): string | undefined {
    return this.#destination === "boundary" ? undefined : value.signed;
  }

  #array(node: Extract<Node, { type: "ArrayExpression" }>, context: FastContext): Leaf | undefined {
    const template: Template[] = [];
    let guard: Guard | undefined;
    let size = 2;
    let levels = 1;
    for (const element of node.elements) {
      if (element?.type === "SpreadElement") return undefined;
      // A hole is undefined, which is null out of the flow.
      const leaf = element ? this.of(element, context) : this.#valueLeaf(MISSING);
      if (!leaf) return undefined;
      template.push(leaf.template);
      guard = both(guard, leaf.guard);
      size += leaf.size;
      levels = Math.max(levels, leaf.levels + 1);
    }
    return { template, guard, size, levels };
  }

  #object(node: Extract<Node, { type: "ObjectExpression" }>, context: FastContext): Leaf | undefined {
    const template: Record<string, Template> = {};
    let guard: Guard | undefined;
    let size = 2;
    let levels = 1;
    for (const property of node.properties) {
      const key = keyOf(property);
      if (property.type !== "Property" || key === undefined || Object.hasOwn(template, key)) return undefined;
      const value = property.value as Expression;
      const undefinedOne = translate(value, context);
      if (undefinedOne?.type === "undefined") {
        if (this.#destination === "inside") return undefined;
        guard = both(guard, undefinedOne.guard);
        continue; // JSON drops the key
      }
      const leaf = this.#property(value, context);
      if (!leaf) return undefined;
      template[key] = leaf.template;
      guard = both(guard, leaf.guard);
      size += leaf.size + key.length;
      levels = Math.max(levels, leaf.levels + 1);
    }
    return { template, guard, size, levels };
  }
}

/** A key that means the same in a template; nothing for one that does not, or is computed. */
function keyOf(property: Node): string | undefined {
  if (property.type !== "Property" || property.computed) return undefined;
  const { key } = property;
  const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
  if (name === undefined || PROTOTYPE_NAMES.has(name) || !name.isWellFormed()) return undefined;
  // `x.$` is JSONPath's mark for a computed field; some validators read it so in any language.
  if (name.endsWith(".$") || name.startsWith(RESERVED_PREFIX)) return undefined;
  // CloudFormation and what prepares definitions for it look for these wherever they stand.
  return name.includes("${") || ["Resource", "FunctionName", "StateMachineArn"].includes(name)
    ? undefined
    : name;
}

function constant(node: Expression): Leaf | undefined {
  if (node.type !== "Literal") return undefined;
  const { value } = node;
  const template = (made: Template, size: number): Leaf => ({
    template: made,
    guard: undefined,
    size,
    levels: 0,
  });
  if (typeof value === "string")
    return value.isWellFormed() ? template(literalTemplate(value), value.length) : undefined;
  if (typeof value === "boolean" || node.raw === "null") return template(value as boolean | null, 5);
  return typeof value === "number" && Number.isFinite(value) ? template(value, 20) : undefined;
}

/** The literal behind a name of the flow or of a module, where it is one that templates can say. */
function namedLiteral(
  node: Expression,
  context: FastContext,
): { node: Expression; context: FastContext } | undefined {
  const binding = context.uses.get(node);
  if (binding) {
    if (binding.kind !== "pure" || binding.path?.length !== 0 || !binding.definition.init) return undefined;
    return partsOf(binding.definition.init, context) ? { node: binding.definition.init, context } : undefined;
  }
  if (node.type !== "Identifier") return undefined;
  const declared = context.reader.named(node);
  if (declared?.kind !== "constant" || !partsOf(declared.init, context)) return undefined;
  return { node: declared.init, context: { ...context, module: declared.module } };
}

/** The parts of an array or object literal, or nothing for any other expression. */
export function partsOf(node: Expression, context: FastContext): Expression[] | undefined {
  const inner = context.uses.has(node) ? node : bare(node);
  if (context.uses.has(inner)) return undefined;
  if (inner.type === "ArrayExpression") {
    const { elements } = inner;
    return elements.every((element) => element?.type !== "SpreadElement")
      ? (elements.filter((element) => element !== null) as Expression[])
      : undefined;
  }
  if (inner.type !== "ObjectExpression") return undefined;
  const values = inner.properties.map((property) =>
    property.type === "Property" && !property.computed ? property.value : undefined,
  );
  return values.includes(undefined) ? undefined : (values as Expression[]);
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
