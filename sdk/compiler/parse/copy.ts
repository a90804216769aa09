import type { Node } from "oxc-parser";
import { childrenOf, isNode } from "./ast.ts";
import { noteCopy } from "./make.ts";

/**
 * A copy of a piece of the tree, for code that is lowered at more than one place.
 *
 * @param copied called with each node and its copy
 * @param instead what stands in the place of a node, if not its copy
 */
export function copyOf<N extends Node>(
  node: N,
  copied: (original: Node, copy: Node) => void,
  instead: (original: Node) => Node | undefined = () => undefined,
): N {
  const other = instead(node);
  if (other) return other as N;
  const copy = { ...node } as unknown as Record<string, unknown>;
  const children = new Set(childrenOf(node));
  const anew = (value: unknown): unknown =>
    isNode(value) && children.has(value) ? copyOf(value, copied, instead) : value;
  for (const [key, value] of Object.entries(copy))
    copy[key] = Array.isArray(value) ? value.map(anew) : anew(value);
  noteCopy(node, copy as unknown as Node);
  copied(node, copy as unknown as Node);
  return copy as unknown as N;
}
