import type { Expression } from "oxc-parser";
import { bare } from "../parse/ast.ts";

/** A value made of literals alone: the same in every process, and never changed by anyone who can reach it. */
export function isLiteralOnly(expression: Expression): boolean {
  const node = bare(expression);
  switch (node.type) {
    case "Literal":
      return !("regex" in node);
    case "TemplateLiteral":
      return node.expressions.length === 0;
    case "UnaryExpression":
      return (node.operator === "-" || node.operator === "+") && isLiteralOnly(node.argument);
    case "ArrayExpression":
      return node.elements.every(
        (element) => element !== null && element.type !== "SpreadElement" && isLiteralOnly(element),
      );
    case "ObjectExpression":
      return node.properties.every(
        (property) =>
          property.type === "Property" &&
          property.kind === "init" &&
          !property.computed &&
          !property.method &&
          isLiteralOnly(property.value as Expression),
      );
    default:
      return false;
  }
}
