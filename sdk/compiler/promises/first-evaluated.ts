import type { Node } from "oxc-parser";

/** What is evaluated before anything else in the node that could be noticed; nothing where that is not plain to see. */
export function firstEvaluated(node: Node | null | undefined): Node | undefined {
  switch (node?.type) {
    case "BlockStatement":
      return firstEvaluated(node.body[0]);
    case "VariableDeclaration":
      return firstEvaluated(node.declarations[0]?.init);
    case "ReturnStatement":
      return firstEvaluated(node.argument);
    case "ExpressionStatement":
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return firstEvaluated(node.expression);
    case "BinaryExpression":
    case "LogicalExpression":
      return firstEvaluated(node.left);
    case "ConditionalExpression":
    case "IfStatement":
      return firstEvaluated(node.test);
    case "MemberExpression":
      return firstEvaluated(node.object);
    case "CallExpression":
      // The name of what is called is read, and that is nothing to anybody.
      return firstEvaluated(node.callee.type === "Identifier" ? node.arguments[0] : node.callee);
    case "ArrayExpression":
      return firstEvaluated(node.elements[0]);
    case "SpreadElement":
      return firstEvaluated(node.argument);
    case "ObjectExpression":
      return firstEvaluated(node.properties[0]);
    case "Property":
      return node.computed ? firstEvaluated(node.key) : firstEvaluated(node.value);
    case "TemplateLiteral":
      return firstEvaluated(node.expressions[0]);
    case "AssignmentExpression":
      return node.operator === "=" && node.left.type === "Identifier"
        ? firstEvaluated(node.right)
        : undefined;
    case "AwaitExpression": {
      const { argument } = node;
      return argument.type === "Identifier" || argument.type === "ParenthesizedExpression"
        ? node
        : firstEvaluated(argument);
    }
    default:
      return undefined;
  }
}
