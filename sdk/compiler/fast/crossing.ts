import type { Expression, Node } from "oxc-parser";
import { bare, memberName } from "../parse/ast.ts";
import { existence, type Fast, type FastContext, lenient, valueCode } from "./fast.ts";

/** What stands in a value that leaves the flow, where JSON has null for undefined and no key for one that holds it. */
export function leavingWith(node: Expression, { uses }: FastContext): ReadonlySet<Node> {
  const found = new Set<Node>();
  const visit = (one: Node): void => {
    const inner = uses.has(one) ? one : (bare(one as Expression) as Node);
    found.add(inner);
    if (uses.has(inner)) return;
    for (const part of partsOf(inner)) visit(part);
  };
  visit(node);
  return found;
}

/** The nodes whose values are parts of the node's own, or its own. */
function partsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case "ArrayExpression":
      return node.elements.flatMap((one) => (one?.type === "SpreadElement" ? one.argument : (one ?? [])));
    case "ObjectExpression":
      return node.properties.flatMap((one) => (one.type === "Property" ? one.value : []));
    case "ConditionalExpression":
      return [node.consequent, node.alternate];
    case "CallExpression": {
      const [callback] = node.arguments;
      const isMap = memberName(bare(node.callee)) === "map" && callback?.type === "ArrowFunctionExpression";
      return isMap && callback.body && callback.body.type !== "BlockStatement" ? [callback.body] : [];
    }
    default:
      return [];
  }
}

/** Out of the flow, undefined is null but for the keys of objects. */
export function orNull(fast: Fast): Fast {
  if (fast.present) return fast;
  const { guard } = fast;
  if (fast.type === "undefined")
    return { code: "null", type: "null", present: true, ...(guard && { guard }) };
  const asked = lenient(fast);
  const code = `(${existence(asked)} ? ${valueCode({ ...asked, present: true })} : null)`;
  const { element: _, exists: __, numeric: ___, ...rest } = asked;
  return { ...rest, code, present: true, type: "json" };
}
