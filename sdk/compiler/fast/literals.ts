import type { Expression, Node } from "oxc-parser";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { bare, memberName } from "../parse/ast.ts";
import type { FastContext } from "./fast.ts";

type ObjectExpression = Extract<Node, { type: "ObjectExpression" }>;

interface Found {
  node: Expression;
  context: FastContext;
}

/**
 * What stands under a path of keys in an object literal, `missing` where nothing does; nothing for other expressions.
 *
 * @param named the literal was evaluated where it got its name; one in place must be evaluated whole, since its other
 *   keys may throw
 */
export function literalAt(
  node: Node,
  path: readonly (string | number)[],
  context: FastContext,
  named: boolean,
): Found | "missing" | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return { node: node as Expression, context };
  if (typeof key === "number") return undefined;
  const found = literalOf(node, context, named);
  const property = found && propertyOf(found.literal, key);
  if (!found || property === undefined) return undefined;
  if (property === "missing") return rest.length === 0 ? "missing" : undefined;
  return literalAt(property, rest, found.context, true);
}

interface Literal {
  literal: ObjectExpression;
  context: FastContext;
}

/** The object literal that an expression surely is: a constant of the flow or of a module, or a part of one. */
function literalOf(node: Node, context: FastContext, named: boolean): Literal | undefined {
  const bound = context.uses.get(node);
  if (bound) {
    if (bound.kind !== "pure" || !bound.path || !bound.definition.init) return undefined;
    return literalIn(literalAt(bound.definition.init, bound.path, context, true));
  }
  const inner = bare(node as Expression);
  if (inner.type === "ObjectExpression") return named ? { literal: inner, context } : undefined;
  const name = memberName(inner);
  if (inner.type === "MemberExpression" && name !== undefined)
    return literalIn(literalAt(inner.object, [name], context, named));
  if (inner.type !== "Identifier" || context.locals.has(inner.name)) return undefined;
  const declared = context.reader.named(inner);
  if (declared?.kind !== "constant") return undefined;
  return literalOf(declared.init, { ...context, module: declared.module, locals: new Map() }, true);
}

const literalIn = (found: Found | "missing" | undefined): Literal | undefined =>
  found === undefined || found === "missing" ? undefined : literalOf(found.node, found.context, true);

/** The one value of a key; nothing where a spread or a computed key might give another one. */
function propertyOf({ properties }: ObjectExpression, key: string): Expression | "missing" | undefined {
  if (PROTOTYPE_NAMES.has(key)) return undefined;
  let found: Expression | "missing" = "missing";
  for (const property of properties) {
    if (property.type !== "Property" || property.computed || property.kind !== "init" || property.method)
      return undefined;
    const name =
      property.key.type === "Identifier"
        ? property.key.name
        : property.key.type === "Literal"
          ? String(property.key.value)
          : undefined;
    if (name === undefined) return undefined;
    if (name === key) found = property.value as Expression;
  }
  return found;
}
