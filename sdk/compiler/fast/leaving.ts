import type { Node } from "oxc-parser";
import { childrenOf, isFunction } from "../parse/ast.ts";

const LOOPS = new Set<Node["type"]>([
  "ForOfStatement",
  "ForStatement",
  "ForInStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

const JUMPS = new Set<Node["type"]>(["BreakStatement", "ContinueStatement"]);

/** True where a statement may leave the ones around it. */
export const leaves = (node: Node): boolean => leavesFrom(node, false, false);

/** @param loops a loop stands around, which its own `continue` stays in; so does `break` where `breaks` */
function leavesFrom(node: Node, loops: boolean, breaks: boolean): boolean {
  if (isFunction(node)) return false;
  if (node.type === "ReturnStatement" || node.type === "ThrowStatement") return true;
  if (JUMPS.has(node.type)) {
    const { label } = node as Extract<Node, { type: "BreakStatement" }>;
    return label !== null || !(node.type === "BreakStatement" ? breaks : loops);
  }
  const isLoop = LOOPS.has(node.type);
  const inner = breaks || isLoop || node.type === "SwitchStatement";
  return childrenOf(node).some((child) => leavesFrom(child, loops || isLoop, inner));
}

/** True where a `return` stands in a statement. */
export function returns(node: Node): boolean {
  if (isFunction(node)) return false;
  return node.type === "ReturnStatement" || childrenOf(node).some(returns);
}
