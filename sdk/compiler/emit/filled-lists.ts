import type { Node } from "oxc-parser";
import type { FlowGraph } from "../graph.ts";
import { childrenOf } from "../parse/ast.ts";

/** The list that a statement fills with calls which begin when it is awaited. */
export function filledBy(node: Node, graph: FlowGraph): Node | undefined {
  if (node.type === "CallExpression" && node.callee.type === "MemberExpression") {
    const [call] = node.arguments;
    if (call && graph.begun.has(call)) return node.callee.object;
  }
  return childrenOf(node)
    .map((child) => filledBy(child, graph))
    .find(Boolean);
}
