import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf } from "../parse/ast.ts";

/** What an array or object is made of that is none of the two itself. */
export function leavesOf(expression: Expression): Expression[] {
  const node = bare(expression);
  if (node.type === "ArrayExpression")
    return node.elements.flatMap((one) =>
      one ? leavesOf(one.type === "SpreadElement" ? one.argument : one) : [],
    );
  if (node.type === "ObjectExpression")
    return node.properties.flatMap((one) =>
      leavesOf(one.type === "SpreadElement" ? one.argument : (one.value as Expression)),
    );
  return [node];
}

/** A literal in which something stands twice: so it does in a copy of it. */
export function hasTwice(argument: Node | undefined): boolean {
  if (argument?.type !== "ArrayExpression" && argument?.type !== "ObjectExpression") return false;
  const names = (node: Node): string[] =>
    node.type === "Identifier" ? [node.name] : childrenOf(node).flatMap(names);
  const values = childrenOf(argument).flatMap((part) => names(part.type === "Property" ? part.value : part));
  return new Set(values).size < values.length;
}
