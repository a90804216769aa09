import type { Node, Program } from "oxc-parser";
import { childrenOf } from "./ast.ts";

const MOST_LEVELS = 600;

/** A node that lies deeper than the compiler reads; found without recursion. */
export function tooDeep(program: Program): Node | undefined {
  const left: { node: Node; level: number }[] = [{ node: program, level: 0 }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { node, level } = next;
    if (level > MOST_LEVELS) return node;
    for (const child of childrenOf(node)) left.push({ node: child, level: level + 1 });
  }
  return undefined;
}

/** Moves a tree to where its file begins; without recursion, since it may be deep. */
export function shift(root: Node, by: number): void {
  const left: unknown[] = by === 0 ? [] : [root];
  const seen = new Set<unknown>();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    const node = next as { start?: unknown; end?: unknown };
    if (typeof node.start === "number" && typeof node.end === "number") {
      node.start += by;
      node.end += by;
    }
    for (const part of Object.values(next) as unknown[]) left.push(part);
  }
}
