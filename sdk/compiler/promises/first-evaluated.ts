import type { Node } from "oxc-parser";

/**
 * What is evaluated before anything else in the node that could be noticed; nothing where that is not plain to see.
 *
 * @param asked it is this one, whatever stands in it
 */
export function firstEvaluated(node: Node | null | undefined, asked?: Node): Node | undefined {
  if (node === asked) return asked;
  const first = (part: Node | null | undefined): Node | undefined => firstEvaluated(part, asked);
  switch (node?.type) {
    case "BlockStatement":
      return first(node.body[0]);
    case "VariableDeclaration":
      return first(node.declarations[0]?.init);
    case "ReturnStatement":
      return first(node.argument);
    case "ExpressionStatement":
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return first(node.expression);
    case "ForOfStatement":
      return first(node.right);
    case "BinaryExpression":
    case "LogicalExpression":
      return first(node.left);
    case "ConditionalExpression":
    case "IfStatement":
      return first(node.test);
    case "MemberExpression":
      return first(node.object);
    case "CallExpression":
      // The name of what is called is read, and that is nothing to anybody.
      return first(node.callee.type === "Identifier" ? node.arguments[0] : node.callee);
    case "ArrayExpression":
      return first(node.elements[0]);
    case "SpreadElement":
      return first(node.argument);
    case "ObjectExpression":
      return first(node.properties[0]);
    case "Property":
      return node.computed ? first(node.key) : first(node.value);
    case "TemplateLiteral":
      return first(node.expressions[0]);
    case "AssignmentExpression":
      return node.operator === "=" && node.left.type === "Identifier" ? first(node.right) : undefined;
    case "AwaitExpression": {
      const { argument } = node;
      return argument.type === "Identifier" || argument.type === "ParenthesizedExpression"
        ? node
        : first(argument);
    }
    default:
      return undefined;
  }
}
